"""What judging a point finds out; `alerts.machine` says what becomes of its alarm."""

from dataclasses import dataclass
from typing import TypeAlias

from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import Severity


@dataclass(frozen=True, slots=True)
class Raised:
    """A condition holds with this severity from `at` on. `limit` is None where no limit is behind it."""

    condition: Condition
    severity: Severity
    onset: Instant
    at: Instant
    value: float | None = None
    limit: float | None = None
    operator: str | None = None
    worst: float | None = None
    worst_at: Instant | None = None
    latched: bool = False
    """Must a person reset the alarm after it has returned?"""


@dataclass(frozen=True, slots=True)
class Worsened:
    """A condition that was raised holds still, with a value farther outside than any before."""

    condition: Condition
    worst: float
    worst_at: Instant


@dataclass(frozen=True, slots=True)
class Returned:
    """A condition that was raised has held no longer since `at`."""

    condition: Condition
    at: Instant


Finding: TypeAlias = Raised | Worsened | Returned

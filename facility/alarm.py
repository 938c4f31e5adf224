"""The words of alarms (ISA-18.2) and what is known of one occurrence."""

from dataclasses import dataclass
from enum import StrEnum

from facility.instants import Instant
from facility.limit import Severity


class Condition(StrEnum):
    """What is wrong with a point. One alarm is one condition of one point."""

    HIGH = "high"
    LOW = "low"
    NO_DATA = "no data"
    INSTRUMENT_FAULT = "instrument fault"


class AlarmState(StrEnum):
    """Where an alarm stands between the process and the person who must answer it."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned, not acknowledged"


STANDING = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.RETURNED})
"""The states that a person sees in the list of standing alarms."""


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who answered an alarm, when and in which words, and how severe it was then."""

    by: str
    at: Instant
    comment: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Alarm:
    """One occurrence of one condition at one point, from its onset until it has returned and is acknowledged.

    `onset` is the first reading outside, `raised` the end of the delay; `returned` the first reading back inside.
    `severity` is the highest reached so far. `limit` and `operator` are of the limit of that severity (None for
    no data and instrument fault), `value` what was read when it was raised or rose, `worst` the value farthest
    outside until now. `retrospective` marks an alarm found in readings that arrived late.
    """

    point: str
    room: str
    condition: Condition
    severity: Severity
    state: AlarmState
    onset: Instant
    raised: Instant
    value: float | None = None
    limit: float | None = None
    operator: str | None = None
    worst: float | None = None
    worst_at: Instant | None = None
    returned: Instant | None = None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    retrospective: bool = False

    @property
    def id(self) -> str:
        """The same whenever the same readings are judged: point, condition and onset."""
        return f"{self.point}/{self.condition.replace(' ', '-')}/{self.onset}"

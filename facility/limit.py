"""Alert levels and action limits: what they are, and what they say of one value."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TypeAlias

from facility.instants import Span
from facility.language import N_
from facility.units import MICROLITRES


class Severity(IntEnum):
    """How bad: an advisory is a task, an alert level an early warning, an action limit calls for action at once."""

    ADVISORY = 1
    ALERT = 2
    ACTION = 3


class Side(StrEnum):
    """Which way is outside."""

    HIGH = "high"
    LOW = "low"


class RoomState(StrEnum):
    """What a room is doing; it selects the limits. `None` stands for unknown: then the stricter limits hold."""

    IN_OPERATION = "in operation"
    AT_REST = "at rest"
    CLEANING = "cleaning"
    NOT_IN_USE = "not in use"


EXEMPT = N_("‡ standard does not apply")
"""Symbol and word of a limit that is looser than the standard's, with a reason."""

ALL_ROOM_STATES = frozenset(RoomState)


@dataclass(frozen=True, slots=True)
class Each:
    """Every reading outside counts by itself."""


@dataclass(frozen=True, slots=True)
class Consecutive:
    """Outside only from the n-th reading outside in a row on."""

    n: int


@dataclass(frozen=True, slots=True)
class MOfN:
    """Outside while at least `m` of the last `n` readings are."""

    m: int
    n: int


@dataclass(frozen=True, slots=True)
class RollingVolume:
    """What is judged is the concentration in the newest samples that together make at least so many `litres`.

    Particles only. The counts are added up and divided by the volume that was really drawn, for which EU GMP
    Annex 1:2022 and ISO 14644-1:2015 give their limits a cubic metre. Until so much is sampled, the rest is taken to
    be free of particles: enough of them alarm at once, too few say nothing. A reading that does not tell its volume
    counts for the whole of it.
    """

    litres: float

    @property
    def microlitres(self) -> int:
        """The volume in whole microlitres, so that sums of samples are exact."""
        return round(self.litres * MICROLITRES)


MOST_SAMPLES = 1000
"""Of so many samples a rolling volume is made up at most, since all of them are remembered."""


@dataclass(frozen=True, slots=True)
class Dose:
    """Outside once depth times time is as much as `amount`, in the point's unit times seconds.

    The depth is how far a reading lies beyond the limit, and is taken to last until the next one. The dose is empty
    again when a reading is inside by the deadband. So a door may be open for a moment, and a room may be a little
    low for a while, but not both.
    """

    amount: float


Rule: TypeAlias = Each | Consecutive | MOfN | RollingVolume | Dose


@dataclass(frozen=True, slots=True)
class Limit:
    """One alert level or action limit of one point.

    `reached` says whether the value of the limit itself is outside already (`>=`), or only beyond it (`>`).
    `on_delay` is how long a value must stay outside before it is an alarm, `off_delay` how long inside (by more
    than `deadband`, in the point's unit) before the alarm returns. A value beyond `at_once`, deeper than the limit,
    is an alarm without delay, whatever the rule. A `latched` alarm stays until a person resets it. `source` names the
    standard or the site; `rationale` says why the delays and numbers are as they are (EU GMP Annex 1:2022, 4.16),
    `response` what to do when it is passed, for whoever is called.
    `exempt` is the reason why the standard does not apply, so that the limit may be looser; empty where it applies.
    """

    severity: Severity
    side: Side
    value: float
    reached: bool = False
    on_delay: Span = 0
    off_delay: Span = 0
    deadband: float = 0.0
    rule: Rule = Each()
    at_once: float | None = None
    latched: bool = False
    room_states: frozenset[RoomState] = ALL_ROOM_STATES
    source: str = "site"
    rationale: str = ""
    response: str = ""
    exempt: str = ""

    def is_outside(self, value: float) -> bool:
        """Is this value outside the limit?"""
        if self.side is Side.HIGH:
            return value >= self.value if self.reached else value > self.value
        return value <= self.value if self.reached else value < self.value

    def is_deep(self, value: float) -> bool:
        """Is this value so far outside that nothing is waited for?"""
        if self.at_once is None:
            return False
        return value > self.at_once if self.side is Side.HIGH else value < self.at_once

    def depth(self, value: float) -> float:
        """How far this value is outside, in the point's unit; 0 where it is not."""
        return max(0.0, value - self.value if self.side is Side.HIGH else self.value - value)

    def is_clear(self, value: float) -> bool:
        """Is this value inside by more than the deadband, so that a standing alarm may return?"""
        if self.deadband == 0:
            return not self.is_outside(value)
        if self.side is Side.HIGH:
            return value < self.value - self.deadband
        return value > self.value + self.deadband

    @property
    def mark(self) -> str:
        """What stands beside the limit wherever it is shown: nothing, or that the standard does not apply."""
        return EXEMPT if self.exempt else ""

    @property
    def operator(self) -> str:
        """The sign that people read: >, ≥, < or ≤."""
        return {
            (Side.HIGH, False): ">",
            (Side.HIGH, True): "≥",
            (Side.LOW, False): "<",
            (Side.LOW, True): "≤",
        }[self.side, self.reached]

    def is_stricter_than(self, other: "Limit") -> bool:
        """Of two limits of the same severity and side: does this one alarm earlier?"""
        if self.value == other.value:
            return self.reached and not other.reached
        return self.value < other.value if self.side is Side.HIGH else self.value > other.value

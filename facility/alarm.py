"""The words of alarms (ISA-18.2) and what is known of one occurrence."""

from dataclasses import dataclass
from enum import StrEnum

from facility.instants import Instant
from facility.limit import Severity


class Condition(StrEnum):
    """What is wrong with a point, a source or a room. One alarm is one condition of one of them."""

    HIGH = "high"
    LOW = "low"
    NO_DATA = "no data"
    INSTRUMENT_FAULT = "instrument fault"
    SOURCE_LOST = "source lost"
    """A source, like a gateway, has said or its broker has seen that it is gone: its points are blind."""
    FROZEN = "frozen value"
    """The very same value again and again, for longer than the process could stand still."""
    OUT_OF_RANGE = "out of physical range"
    """A value that cannot exist, or that the instrument cannot measure."""
    INVALID_READINGS = "too many invalid readings"
    """Of the readings of a while so many were invalid that the rest says little."""
    CLOCK_SKEW = "clock skew"
    """The instrument's clock is ahead: its readings are dated later than they were received."""
    CALIBRATION_OVERDUE = "calibration overdue"
    REVERSAL = "pressure reversal"
    """Air flows the wrong way: the room that should be higher is lower."""
    RATE = "rate of change"
    STILL_OUT_OF_SERVICE = "still out of service"
    """The day has passed on which it was expected back."""
    ROOM_STATE_UNKNOWN = "room state unknown"
    """Nobody has said for long what a room is doing, so that the stricter limits of all states hold."""


IN_IDS = {condition: condition.replace(" ", "-") for condition in Condition}
"""Conditions as the ids of alarms have them."""

DOUBTED = frozenset(
    {
        Condition.NO_DATA,
        Condition.INSTRUMENT_FAULT,
        Condition.SOURCE_LOST,
        Condition.FROZEN,
        Condition.OUT_OF_RANGE,
        Condition.INVALID_READINGS,
    }
)
"""Conditions in which the newest value is none, or may not pass for the truth."""


class AlarmState(StrEnum):
    """Where an alarm stands between the process and the person who must answer it."""

    NORMAL = "normal"
    UNACKNOWLEDGED = "unacknowledged"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned, not acknowledged"
    LATCHED = "latched"
    """Returned and acknowledged, and kept until a person resets it: its limit says so."""


STANDING = frozenset(AlarmState) - {AlarmState.NORMAL}
"""The states that a person sees in the list of standing alarms."""


SOURCE = "source:"
"""An alarm of a source has, where others have the id of their point, this and the name of the source."""


def of_source(source: str) -> str:
    """What stands in place of a point's id in an alarm of a source. No point's id has a colon."""
    return SOURCE + source


def source_of(point: str) -> str | None:
    """The source that an alarm is of, by what it has for a point; None where that is a point."""
    return point.removeprefix(SOURCE) if point.startswith(SOURCE) else None


ROOM = "room:"
"""An alarm of a room has, where others have the id of their point, this and the id of the room."""


def of_room(room: str) -> str:
    """What stands in place of a point's id in an alarm of a room."""
    return ROOM + room


def room_of(point: str) -> str | None:
    """The room that an alarm is of, by what it has for a point; None where that is a point or a source."""
    return point.removeprefix(ROOM) if point.startswith(ROOM) else None


@dataclass(frozen=True, slots=True)
class Blinded:
    """A point that is not heard while an alarm of its source stands, and the room it is in."""

    point: str
    room: str


class HoldKind(StrEnum):
    """Why an alarm calls nobody although it is judged and recorded like any other (ISA-18.2)."""

    OUT_OF_SERVICE = "out of service"
    """The instrument is taken away from its work, under control, until somebody puts it back."""
    SUPPRESSED = "suppressed by design"
    """A rule of the site file says that it means nothing now."""
    SHELVED = "shelved"
    """A person has put it aside for a limited time."""
    CAUSE = "cause"
    """Another alarm explains it."""


@dataclass(frozen=True, slots=True)
class Held:
    """Why an alarm calls nobody at present, since when and until when, by whom.

    `until` is None where what ends it is no moment. `by` is the person, or `cleanwatch` for what a rule says; for
    shelving and out of service `hold` is the number of the hold on record.
    """

    kind: HoldKind
    since: Instant
    until: Instant | None
    by: str
    reason: str
    hold: int | None = None


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
    conditions beside limits), `value` what was read when it was raised or rose, `worst` the value farthest
    outside until now. `retrospective` marks an alarm found in readings that arrived late.
    A `latched` one stays, after it has returned, until a person resets it. `held` says why it calls nobody now.
    `cause` is the id of the alarm that explains it, `first_out` marks the first of several that began together.

    Of a source: `point` is what `of_source` says, `blinds` are the points that were heard through it when it was
    lost, and `room` is the first of the rooms where that is worst, empty where no point is known. Of a room: `point`
    is what `of_room` says.
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
    blinds: tuple[Blinded, ...] = ()
    latched: bool = False
    held: Held | None = None
    cause: str | None = None
    first_out: bool = False

    @property
    def announced(self) -> bool:
        """Are people called for it? Not while it is held, nor for what late readings tell of the past."""
        return self.held is None and not self.retrospective

    @property
    def source(self) -> str | None:
        """The source that it is of; None where it is of a point."""
        return source_of(self.point)

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that it concerns."""
        return tuple(dict.fromkeys([self.room, *(blinded.room for blinded in self.blinds)])) if self.room else ()

    @property
    def id(self) -> str:
        """The same whenever the same readings are judged: point, condition and onset."""
        return f"{self.point}/{IN_IDS[self.condition]}/{self.onset}"

"""An excursion: QA's record over one or more alarms with a common room, time or cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from facility.alarm import Alarm
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.limit import Severity


@dataclass(frozen=True, slots=True)
class Grouping:
    """How near alarms must be to each other to be one excursion.

    `same_room`: one in a room where an excursion is, so long after whatever happened in it last.
    `same_time`: ones anywhere in an area that begin so close to the beginning of the excursion.
    """

    same_room: Span = 30 * MINUTE
    same_time: Span = 60 * SECOND


@dataclass(frozen=True, slots=True)
class Excursion:
    """One event, from the first reading outside to the return of the last alarm.

    `id` stays the same and orders nothing; `number` is what people call it, empty until it is on record.
    One that was merged into another keeps the alarms that it had then.
    """

    id: str
    alarms: Mapping[str, Alarm] = field(repr=False)
    """By their id; at least one."""
    number: str = ""
    merged_into: str | None = None
    """The id of the other."""

    @property
    def onset(self) -> Instant:
        """The first reading outside."""
        return min(alarm.onset for alarm in self.alarms.values())

    @property
    def returned(self) -> Instant | None:
        """When the last alarm returned; None while one has not."""
        ends = [ended(alarm) for alarm in self.alarms.values()]
        known = [end for end in ends if end is not None]
        return max(known) if len(known) == len(ends) else None

    @property
    def latest(self) -> Instant:
        """When anything began or returned last."""
        return max(max(alarm.onset, ended(alarm) or 0) for alarm in self.alarms.values())

    @property
    def severity(self) -> Severity:
        """The highest that any of its alarms has reached."""
        return max(alarm.severity for alarm in self.alarms.values())

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that it concerns, that of the first alarm first."""
        return tuple(dict.fromkeys(room for alarm in self.in_order() for room in alarm.rooms))

    @property
    def first_out(self) -> str:
        """The id of the alarm that began first, of those that were seen as they happened, if there are any."""
        return min(self.alarms.values(), key=lambda alarm: (alarm.retrospective, *_order(alarm))).id

    def in_order(self) -> list[Alarm]:
        """Its alarms by onset."""
        return sorted(self.alarms.values(), key=_order)

    def explained_by(self, cause: str | None) -> list[Alarm]:
        """The alarms that another one of it explains, by onset; of None those that no other one of it explains."""
        within = self.alarms
        return [alarm for alarm in self.in_order() if (alarm.cause if alarm.cause in within else None) == cause]


FIRST = "the first"
"""Why an alarm is in the excursion that it has opened."""


@dataclass(frozen=True, slots=True)
class Move:
    """An alarm is from now on in this excursion, by id; before it was in `previous`, or in none."""

    alarm: str
    excursion: str
    previous: str | None
    reason: str


def ended(alarm: Alarm) -> Instant | None:
    """When an alarm returned; one of the past that was left open says no more than its raise."""
    if alarm.returned is None and alarm.retrospective:
        return alarm.raised
    return alarm.returned


def _order(alarm: Alarm) -> tuple[Instant, str]:
    return alarm.onset, alarm.id

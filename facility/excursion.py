"""An excursion: QA's record over one or more alarms with a common room, time or cause."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from facility.alarm import Alarm, AlarmState
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.language import N_
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
class Extent:
    """What is true of some alarms together. As one of them changes it is brought up to date without the others.

    `onset` is that of the first, `latest` when anything began or returned last, `ended` when one of them returned
    last. `outside` have not returned, `unsettled` are not normal; `first` is the first alarm as `Excursion.first_out`
    says, `marked` are those that are marked as such.
    """

    onset: Instant
    latest: Instant
    ended: Instant | None
    severity: Severity
    first: tuple[bool, Instant, str]
    outside: int
    unsettled: int
    rooms: frozenset[str]
    marked: frozenset[str]

    @classmethod
    def of(cls, alarms: Iterable[Alarm]) -> "Extent":
        """That of some alarms, at least one."""
        every = list(alarms)
        ends = [ended(alarm) for alarm in every]
        known = [end for end in ends if end is not None]
        onsets = [alarm.onset for alarm in every]
        return cls(
            onset=min(onsets),
            latest=max(max(onsets), max(known, default=0)),
            ended=max(known, default=None),
            severity=max(alarm.severity for alarm in every),
            first=min(_rank(alarm) for alarm in every),
            outside=len(ends) - len(known),
            unsettled=sum(alarm.state is not AlarmState.NORMAL for alarm in every),
            rooms=frozenset(room for alarm in every for room in alarm.rooms),
            marked=frozenset(alarm.id for alarm in every if alarm.first_out),
        )

    def joined_by(self, alarm: Alarm) -> "Extent":
        """That of one alarm more."""
        end = ended(alarm)
        return Extent(
            onset=min(self.onset, alarm.onset),
            latest=max(self.latest, alarm.onset, end or 0),
            ended=end if self.ended is None else max(self.ended, end or self.ended),
            severity=max(self.severity, alarm.severity),
            first=min(self.first, _rank(alarm)),
            outside=self.outside + (end is None),
            unsettled=self.unsettled + (alarm.state is not AlarmState.NORMAL),
            rooms=self.rooms.union(alarm.rooms),
            marked=self.marked | {alarm.id} if alarm.first_out else self.marked,
        )

    def after(self, before: Alarm, alarm: Alarm) -> "Extent | None":
        """When one of them has changed; None where only all of them together can say."""
        was = ended(before)
        if (
            (was is not None and was in (self.latest, self.ended) and was != ended(alarm))
            or before.severity > alarm.severity
            or before.retrospective != alarm.retrospective
            or before.rooms != alarm.rooms
        ):
            return None
        without = replace(
            self,
            outside=self.outside - (was is None),
            unsettled=self.unsettled - (before.state is not AlarmState.NORMAL),
            marked=self.marked - {before.id} if before.first_out else self.marked,
        )
        return without.joined_by(alarm)


@dataclass(frozen=True)
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

    @cached_property
    def extent(self) -> Extent:
        """What is true of its alarms together."""
        return Extent.of(self.alarms.values())

    def with_alarms(self, changed: Mapping[str, Alarm]) -> "Excursion":
        """With alarms that joined it or have changed, by their id; it costs as much as there are of those."""
        after = replace(self, alarms={**self.alarms, **changed})
        extent: Extent | None = self.extent
        for id, alarm in changed.items():
            before = self.alarms.get(id)
            if extent is not None:
                extent = extent.joined_by(alarm) if before is None else extent.after(before, alarm)
        if extent is not None:
            vars(after)["extent"] = extent  # as the property would find it
        return after

    @property
    def onset(self) -> Instant:
        """The first reading outside."""
        return self.extent.onset

    @property
    def returned(self) -> Instant | None:
        """When the last alarm returned; None while one has not."""
        return None if self.extent.outside else self.extent.ended

    @property
    def severity(self) -> Severity:
        """The highest that any of its alarms has reached."""
        return self.extent.severity

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms that it concerns, that of the first alarm first."""
        return tuple(dict.fromkeys(room for alarm in self.in_order() for room in alarm.rooms))

    @property
    def first_out(self) -> str:
        """The id of the alarm that began first, of those that were seen as they happened, if there are any."""
        return self.extent.first[-1]

    def in_order(self) -> list[Alarm]:
        """Its alarms by onset."""
        return sorted(self.alarms.values(), key=_order)

    def explained_by(self, cause: str | None) -> list[Alarm]:
        """The alarms that another one of it explains, by onset; of None those that no other one of it explains."""
        within = self.alarms
        return [alarm for alarm in self.in_order() if (alarm.cause if alarm.cause in within else None) == cause]


FIRST = N_("the first")
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


def _rank(alarm: Alarm) -> tuple[bool, Instant, str]:
    return alarm.retrospective, alarm.onset, alarm.id

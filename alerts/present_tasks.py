"""What time alone makes a task of: overdue calibrations, what is out of service for longer than was said, and rooms
of which nobody says what they are doing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from alerts.findings import Raised, Returned
from alerts.machine import Place
from alerts.present_alarms import PresentAlarms
from alerts.watch import Memory, encode
from facility.alarm import Condition, HoldKind, of_room
from facility.holds import instrument_of
from facility.instants import Instant
from facility.limit import Severity
from facility.site import Site

NEVER: Instant = 1 << 62


@dataclass(frozen=True, slots=True)
class RoomPlace:
    """A room, where others have a point."""

    id: str
    room: str


@dataclass(frozen=True, slots=True)
class Task:
    """Since when and from when on something is to be done, None where there is nothing to be done."""

    place: Place
    condition: Condition
    onset: Instant | None
    due: Instant | None


class PresentTasks:
    """The tasks as of the newest event. Nothing here reads a clock, a file or a socket.

    A task stands as an advisory for as long as it is due: whether it does is all there is to remember, beside since
    when the state of a room is unknown, which the engine's memory keeps under the name of the room.
    """

    def __init__(self, alarms: PresentAlarms, memories: Mapping[str, Memory]) -> None:
        self._alarms = alarms
        self._unknown = {id: memory.heard for id, memory in memories.items()}
        self.due: Instant = NEVER
        """When the next begins."""

    def use_site(self, site: Site, now: Instant) -> None:
        """Look after the points and rooms of this site."""
        for room in site.rooms:
            if of_room(room) not in self._unknown:
                self._unknown[of_room(room)] = now
                self._alarms.draft.memories[of_room(room)] = encode(Memory(heard=now))
        self.expire(now)

    def expire(self, now: Instant) -> None:
        """Whatever is due by `now` is a task; what is due no longer, or later, is none."""
        self.due = NEVER
        for task in self._tasks():
            alarm = self._alarms.of(task.place.id, task.condition)
            stands = alarm is not None and alarm.returned is None
            if task.onset is None or task.due is None or task.due > now:
                if stands:
                    self._alarms.follow(task.place, Returned(task.condition, now), now)
                self.due = min(self.due, task.due or NEVER)
            elif not stands:
                raised = Raised(task.condition, Severity.ADVISORY, onset=task.onset, at=task.due)
                self._alarms.follow(task.place, raised, now)

    def _tasks(self) -> Iterator[Task]:
        site = self._alarms.site
        expected = self._expected_back()
        for point in site.points.values():
            due, back = point.conditions.overdue_from, expected.get(point.id)
            yield Task(point, Condition.CALIBRATION_OVERDUE, due, due)
            yield Task(point, Condition.STILL_OUT_OF_SERVICE, back, back)
        for room in site.rooms.values():
            place, after = RoomPlace(of_room(room.id), room.id), room.state_unknown_after
            if after is None or self._alarms.rooms.of(site, room.id) is not None:
                yield Task(place, Condition.ROOM_STATE_UNKNOWN, None, None)
            else:
                since = self._unknown[place.id]
                yield Task(place, Condition.ROOM_STATE_UNKNOWN, since, since + after)

    def _expected_back(self) -> dict[str, Instant]:
        """When what is out of service should be back, by point; of an instrument its first point stands for it."""
        site, expected = self._alarms.site, dict[str, Instant]()
        for hold in self._alarms.holds.values():
            if hold.kind is HoldKind.OUT_OF_SERVICE and hold.until is not None:
                points = site.points_by_instrument.get(instrument_of(hold.of) or "", ())
                point = points[0].id if points else hold.of
                expected[point] = min(hold.until, expected.get(point, NEVER))
        return expected

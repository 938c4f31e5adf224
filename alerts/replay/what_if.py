"""What would have been: stored readings judged once by the limits of then and once by others, in instrument time.

Both sides are judged alike, by the readings alone as they stand in the store now, so that they can be compared.
What needs an engine that listens (silence, lost sources) and what people did are not part of it: `as_it_happened`
has them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from alerts import retrospect
from alerts.past_sites import PastSites
from alerts.replay.against_record import BY_READINGS, Difference, against_record
from alerts.retrospect import Described, Read
from alerts.reviews import Review
from alerts.rooms import around
from facility.alarm import Alarm
from facility.instants import DAY, Instant, Span
from facility.plant_events import RoomStateSet
from facility.site import Point, Site
from storage.records import alarms, room_states
from storage.samples.columns import Columns

Progress = Callable[[int], None]
"""Told how many readings have been judged so far; may raise, which ends the work."""


@dataclass(frozen=True, slots=True)
class Task:
    """All that is needed to judge one point over `[start, end)` by both descriptions.

    `on_record` are the alarms of that time that came of its readings.
    """

    point: str
    before: tuple[Described, ...]
    after: tuple[Described, ...]
    timeline: tuple[RoomStateSet, ...]
    on_record: tuple[Alarm, ...]
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a point's readings led to, before and after; an alarm without a return still stood at the end.

    `differences` are between what is on record and `before`: what instrument time tells otherwise than arrival did.
    """

    point: str
    readings: int
    before: tuple[Alarm, ...]
    after: tuple[Alarm, ...]
    differences: tuple[Difference, ...]


def tasks(
    connection: Connection, site: Site, changed: Mapping[str, Point], start: Instant, end: Instant
) -> list[Task]:
    """One task for each changed point: what was in force then, against the new description all the while.

    `site` is the present one, in which every one of these points is.
    """
    past = PastSites()
    found = []
    for id, after in changed.items():
        point = site.points[id]
        before = past.described(connection, site, point, start - DAY, end)
        timeline = room_states.timeline(connection, around(site, point.room), start - DAY, end)
        recorded = alarms.overlapping(connection, [id], start, end)
        on_record = tuple(alarm for alarm in reversed(recorded) if alarm.condition in BY_READINGS)
        found.append(Task(id, tuple(before), ((before[0][0], after),), tuple(timeline), on_record, start, end))
    return found


def judge(task: Task, read: Read, progress: Progress = lambda _readings: None) -> Outcome:
    """The alarms of both sides that stood at any time in the period."""
    whole = Review(task.start, task.end - 1, task.end)
    begin = min(retrospect.first_moment(described, whole) for described in (task.before, task.after))
    once = _Once(read)
    sides = [_side(task, described, begin, once) for described in (task.before, task.after)]
    before: list[Alarm] = []
    after: list[Alarm] = []
    for old, new in zip(*sides, strict=True):
        before += old
        after += new
        progress(once.readings)

    def delay(start: Instant, end: Instant) -> Span:
        late = read(start, end)
        return int((late.received - late.time).max()) if len(late) else 0

    differences = against_record(before, task.on_record, task.end, delay)
    return Outcome(task.point, once.readings, tuple(before), tuple(after), tuple(differences))


def _side(task: Task, described: Sequence[Described], begin: Instant, read: Read) -> Iterator[list[Alarm]]:
    last = task.end - 1
    for found in retrospect.by_themselves(described, begin, last, last, read, task.timeline):
        yield [alarm for alarm in found if alarm.returned is None or alarm.returned > task.start]


class _Once:
    """Reads each slice once for both sides, which go through time together."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._range: tuple[Instant, Instant] | None = None
        self._columns: Columns | None = None
        self.readings = 0

    def __call__(self, start: Instant, end: Instant) -> Columns:
        if self._columns is None or self._range != (start, end):
            self._range, self._columns = (start, end), self._read(start, end)
            self.readings += len(self._columns)
        return self._columns


def changed_points(before: Site, after: Site) -> dict[str, Point]:
    """The points that another site file describes otherwise, by more than their name."""
    return {
        id: point
        for id, point in after.points.items()
        if id in before.points and replace(point, name="") != replace(before.points[id], name="")
    }

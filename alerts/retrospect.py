"""The past of a point, judged again after readings of it came late or in bulk.

It is judged by the readings alone, as they stand in the store now: by their times, and by the room states and the
limits of those times. What is found calls nobody; it completes the record.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from math import inf
from typing import TypeAlias

import numpy as np

from alerts import machine
from alerts.columns import judge_columns
from alerts.findings import Finding
from alerts.point_judge import ALL_QUIET, carry, expire, of_point
from alerts.present_alarms import PresentAlarms
from alerts.reviews import Review
from alerts.rooms import periods
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, Instant, Span
from facility.limit import RoomState
from facility.limits import looks_back
from facility.plant_events import RoomStateSet
from facility.reading import Reason
from facility.site import Point
from storage.samples.columns import Columns

SLICE: Span = 3 * DAY
"""So much is judged at a time; between slices live readings are judged."""

MARGIN: Span = HOUR
"""So long before the stretch judging begins, and the longest delay or what a rule looks back on on top, with nothing
pending. An alarm that stood then already is on record."""

FOUND = "alarm found in late readings"
COMPLETED = "alarm completed by late readings"

Described: TypeAlias = tuple[Instant, Point]
"""How a site revision describes the point, and since when that is in force."""

Read: TypeAlias = Callable[[Instant, Instant], Columns]
"""The stored readings of the point in a range of time, without its end."""


def alarms_of(
    described: Sequence[Described],
    review: Review,
    live_until: Instant,
    read: Read,
    timeline: Sequence[RoomStateSet],
) -> Iterator[list[Alarm]]:
    """The alarms that the stretch of a review tells of, one list a slice; in the last list those not yet returned.

    Judging goes on after the stretch until nothing is outside, or up to `live_until`, the newest reading that was
    judged when it came. `described` is the point by time, `timeline` are the states of the room.
    """
    begin = first_moment(described, review)
    for found in by_themselves(described, begin, review.end, live_until, read, timeline):
        yield [_retrospective(alarm) for alarm in found if _concerns(alarm, review)]


def by_themselves(
    described: Sequence[Described],
    begin: Instant,
    end: Instant,
    until: Instant,
    read: Read,
    timeline: Sequence[RoomStateSet],
) -> Iterator[list[Alarm]]:
    """The alarms that the readings from `begin` to `end` tell of, each from onset to return.

    One list a slice; in the last list those not yet returned. Judging goes on after `end` until nothing is outside,
    or up to `until`.
    """
    standing: dict[Condition, Alarm] = {}
    state = ALL_QUIET
    while begin <= end or (not state.quiet and begin <= until):
        slice_end = min(begin + SLICE, (end if begin <= end else until) + 1)
        readings = _by_believed_time(read(begin, slice_end))
        over: list[Alarm] = []
        for first, last, room_state, point in _stretches(described, timeline, begin, slice_end):
            force = of_point(point, room_state)
            part = readings.between(first, last)
            state, findings = judge_columns(force, carry(state, force), part)
            over += _follow(point, standing, findings)
            if last > until:  # a delay may run out after the last reading
                _, findings = expire(force, state, until)
                over += _follow(point, standing, findings)
        yield over
        begin = slice_end
    yield list(standing.values())


def first_moment(described: Sequence[Described], review: Review) -> Instant:
    """Where judging begins for a review."""
    longest = max((looks_back(point) for _, point in described), default=0)
    return review.start - MARGIN - longest


def _stretches(
    described: Sequence[Described], timeline: Sequence[RoomStateSet], begin: Instant, end: Instant
) -> Iterator[tuple[Instant, Instant, RoomState | None, Point]]:
    """The parts of `[begin, end)` in which both room state and description are the same, without gaps."""
    ends = [since for since, _ in described[1:]] + [end]
    for (_, point), until in zip(described, ends, strict=True):
        for first, last, state in periods(timeline, begin, min(until, end)):
            yield first, last, state, point
        begin = max(begin, until)


def settle(found: Alarm, on_record: Sequence[Alarm]) -> tuple[Alarm, str] | None:
    """What has to be written about an alarm that was found, and with which action; None where all is on record.

    `on_record` are alarms of the same point. One that began no later and overlaps is taken for the same: late
    readings may show that it was worse than was known.
    """
    same = [alarm for alarm in on_record if alarm.condition is found.condition and _overlap(alarm, found)]
    known = next((alarm for alarm in same if alarm.onset <= found.onset), None)
    if known is None:
        return found, FOUND
    if known.retrospective and known.id == found.id:
        completed = replace(
            found, acknowledgements=known.acknowledgements, cause=known.cause, first_out=known.first_out
        )
    else:
        completed = machine.worsened(known, found.worst, found.worst_at)
        if found.severity > known.severity:
            completed = replace(
                completed,
                severity=found.severity,
                value=found.value,
                limit=found.limit,
                operator=found.operator,
            )
    return None if completed == known else (completed, COMPLETED)


def put_on_record(alarms: PresentAlarms, found: Alarm, on_record: Sequence[Alarm], now: Instant) -> Instant | None:
    """Write down what was found, where it is not on record yet; its onset, where it is not over."""
    settled = settle(found, on_record)
    if settled is None:
        return None
    alarm, action = settled
    if alarm.retrospective or alarm.returned is not None:
        before = next((known for known in on_record if known.id == alarm.id), None)
        alarms.amend(before, alarm, action, now)
    return found.onset if alarm.returned is None else None


def _follow(point: Point, standing: dict[Condition, Alarm], findings: Sequence[Finding]) -> Iterator[Alarm]:
    """The alarms that are over after these findings; those that are not are kept in `standing`."""
    for finding in findings:
        alarm, _ = machine.follow(standing.get(finding.condition), point, finding)
        if alarm is None:
            continue
        standing[finding.condition] = alarm
        if alarm.returned is not None:
            yield standing.pop(finding.condition)


def _retrospective(alarm: Alarm) -> Alarm:
    """Nobody is to answer it."""
    return replace(alarm, state=AlarmState.NORMAL, retrospective=True)


def _concerns(alarm: Alarm, review: Review) -> bool:
    return alarm.onset <= review.end and (alarm.returned is None or alarm.returned >= review.start)


def _overlap(record: Alarm, found: Alarm) -> bool:
    return found.onset <= _end(record) and record.onset <= _end(found)


def _end(alarm: Alarm) -> float:
    """When it was over, as far as is known; an alarm of the past that was left open says no more than its raise."""
    if alarm.returned is not None:
        return alarm.returned
    return alarm.raised if alarm.retrospective else inf


def _by_believed_time(columns: Columns) -> Columns:
    """Readings in the order in which they are judged: those of a clock that was ahead when they were received."""
    ahead = columns.reasons & int(Reason.CLOCK_AHEAD) != 0
    if not ahead.any():
        return columns
    times = np.where(ahead, np.minimum(columns.time, columns.received), columns.time)
    return replace(columns, time=times).ordered()

"""What alarms a time line leads to, worked out slowly from the definitions, with the whole time line in view.

Made to be compared with the engine: nothing here remembers a state from one reading to the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import Consecutive, Limit, Severity, Side
from facility.reading import INVALID_MASK, Reading
from facility.site import Point

Told = tuple[Condition, Severity, Instant, Instant, Instant | None, float | None]
"""Condition, severity, onset, raised, returned, worst."""


@dataclass(frozen=True)
class Seen:
    """A reading that was not late, and when it arrived."""

    stamp: Instant
    time: Instant
    value: float
    valid: bool


@dataclass(frozen=True)
class Episode:
    """From the first reading outside one limit to the one that makes it quiet again (`last` is not part of it)."""

    first: int
    last: int
    raised: Instant | None
    back: Instant | None


def alarms(point: Point, start: Instant, commits: Sequence[tuple[Instant, Sequence[Reading]]]) -> list[Told]:
    """The alarms of a point at the end of the time line, if nobody acknowledges any; by condition."""
    end = commits[-1][0]
    seen: list[Seen] = []
    for stamp, readings in commits:
        for reading in readings:
            if not seen or reading.time > seen[-1].time:
                seen.append(Seen(stamp, reading.time, reading.value, not reading.reasons & INVALID_MASK))
    judged = [reading for reading in seen if reading.valid]
    found = [
        _side(Condition.HIGH, [limit for limit in point.limits if limit.side is Side.HIGH], judged, end, max),
        _side(Condition.LOW, [limit for limit in point.limits if limit.side is Side.LOW], judged, end, min),
        _silence(point, start, seen, end),
        _faults(point, seen),
    ]
    return [alarm for alarm in found if alarm is not None]


def _side(
    condition: Condition,
    limits: Sequence[Limit],
    seen: Sequence[Seen],
    end: Instant,
    worst_of: Callable[[Sequence[float]], float],
) -> Told | None:
    """One alarm from all stretches in which a limit was not quiet and at least one raised."""
    episodes = [(limit, episode) for limit in limits for episode in _episodes(limit, seen, end)]
    alarm: Told | None = None
    for first, last in _stretches([episode for _, episode in episodes]):
        within = [(limit, episode) for limit, episode in episodes if first <= episode.first < last]
        raised = [(episode.raised, limit.severity) for limit, episode in within if episode.raised is not None]
        if not raised:
            continue
        backs = [episode.back for _, episode in within]
        returned = None if last > len(seen) - 1 else max(back for back in backs if back is not None)
        worst = worst_of([reading.value for reading in seen[first:last]])
        severity, at = max(severity for _, severity in raised), min(at for at, _ in raised)
        if alarm is None:
            alarm = (condition, severity, seen[first].time, at, returned, worst)
        else:
            assert alarm[5] is not None
            alarm = (condition, max(alarm[1], severity), *alarm[2:4], returned, worst_of([alarm[5], worst]))
    if alarm is None or alarm[4] is None:
        return alarm
    return (*alarm[:4], max(alarm[4], alarm[3]), alarm[5])


def _episodes(limit: Limit, seen: Sequence[Seen], end: Instant) -> Iterator[Episode]:
    needed = limit.rule.n if isinstance(limit.rule, Consecutive) else 1
    outside = [limit.is_outside(reading.value) for reading in seen]
    clear = [limit.is_clear(reading.value) for reading in seen]
    number = len(seen)
    first = 0
    while first < number:
        if not outside[first]:
            first += 1
            continue
        inside = next((n for n in range(first, number) if not outside[n]), number)
        due = None
        if inside - first >= needed:
            due = max(seen[first].time + limit.on_delay, seen[first + needed - 1].time)
        if due is None or due > _known_inside(seen, first + needed - 1, inside, end):
            yield Episode(first, inside, None, seen[inside].time if inside < number else None)
            first = inside
            continue
        last, back = number, None
        for n in range(inside, number):
            begin = n
            while begin > inside and clear[begin - 1]:
                begin -= 1
            if clear[n] and seen[n].time - seen[begin].time >= limit.off_delay:
                last, back = n, seen[begin].time
                break
        yield Episode(first, last, due, back)
        first = last


def _known_inside(seen: Sequence[Seen], decisive: int, inside: int, end: Instant) -> Instant:
    """Until when a delay could run out: what arrives together is in order of its times, else of its arrival."""
    if inside == len(seen):
        return end
    together = seen[inside].stamp == seen[decisive].stamp
    return seen[inside].time if together else seen[inside].stamp


def _stretches(episodes: Sequence[Episode]) -> Iterator[tuple[int, int]]:
    """Episodes that overlap or touch, taken together."""
    joined: list[tuple[int, int]] = []
    for episode in sorted(episodes, key=lambda episode: episode.first):
        if joined and episode.first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], episode.last))
        else:
            joined.append((episode.first, episode.last))
    yield from joined


def _silence(point: Point, start: Instant, seen: Sequence[Seen], end: Instant) -> Told | None:
    if point.silent_after is None:
        return None
    heard = [start, *(reading.stamp for reading in seen)]
    silences = [
        (since, following)
        for since, following in zip(heard, [*heard[1:], None], strict=True)
        if since + point.silent_after <= (end if following is None else following)
    ]
    if not silences:
        return None
    onset = silences[0][0]
    return (Condition.NO_DATA, point.fault_severity, onset, onset + point.silent_after, silences[-1][1], None)


def _faults(point: Point, seen: Sequence[Seen]) -> Told | None:
    broken = [n for n, reading in enumerate(seen) if not reading.valid]
    if not broken:
        return None
    onset = seen[broken[0]].time
    after = [reading.time for reading in seen[broken[-1] + 1 :]]
    return (Condition.INSTRUMENT_FAULT, point.fault_severity, onset, onset, after[0] if after else None, None)

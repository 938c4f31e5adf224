"""What alarms a time line leads to, worked out slowly from the definitions, with the whole time line in view.

Made to be compared with the engine: nothing here remembers a state from one reading to the next.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import Consecutive, Limit, Severity, Side
from facility.reading import INVALID_MASK, Reading, Reason
from facility.site import Point

Told = tuple[Condition, Severity, Instant, Instant, Instant | None, float | None]
"""Condition, severity, onset, raised, returned, worst."""


@dataclass(frozen=True)
class Seen:
    """A reading that was not late, and when it arrived."""

    stamp: Instant
    time: Instant
    value: float
    reasons: int

    @property
    def valid(self) -> bool:
        return not self.reasons & INVALID_MASK and not isnan(self.value)


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
                seen.append(Seen(stamp, reading.time, reading.value, reading.reasons))
    judged = [reading for reading in seen if reading.valid]
    found = [
        _side(Condition.HIGH, [limit for limit in point.limits if limit.side is Side.HIGH], judged, end, max),
        _side(Condition.LOW, [limit for limit in point.limits if limit.side is Side.LOW], judged, end, min),
        _silence(point, start, seen, end),
        _faults(point, seen, Condition.INSTRUMENT_FAULT, lambda reading: not reading.valid and not _beyond(reading)),
        _faults(point, seen, Condition.OUT_OF_RANGE, _beyond),
        _reversal(point, judged, end),
        _frozen(point, judged),
        _rate(point, judged),
        _come_and_gone(point, seen),
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
        if joined and episode.first <= joined[-1][1]:
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


def _faults(point: Point, seen: Sequence[Seen], condition: Condition, is_it: Callable[[Seen], bool]) -> Told | None:
    """Over with the next reading that may be judged, whatever was wrong with those in between."""
    broken = [n for n, reading in enumerate(seen) if is_it(reading)]
    if not broken:
        return None
    onset = seen[broken[0]].time
    after = [reading.time for reading in seen[broken[-1] + 1 :] if reading.valid]
    return (condition, point.fault_severity, onset, onset, after[0] if after else None, None)


def _beyond(reading: Seen) -> bool:
    return bool(reading.reasons & Reason.OUT_OF_RANGE)


def _reversal(point: Point, seen: Sequence[Seen], end: Instant) -> Told | None:
    limit = point.conditions.reversal
    if limit is None:
        return None
    return _side(Condition.REVERSAL, [limit], seen, end, max if limit.side is Side.HIGH else min)


def _frozen(point: Point, seen: Sequence[Seen]) -> Told | None:
    rule = point.conditions.frozen
    if rule is None:
        return None
    runs: list[list[Seen]] = []
    for n, reading in enumerate(seen):
        pause = reading.time - seen[n - 1].time if n else 0
        if runs and pause <= rule.longest_pause and abs(reading.value - runs[-1][0].value) <= rule.within:
            runs[-1].append(reading)
        else:
            runs.append([reading])
    frozen = [n for n, run in enumerate(runs) if run[-1].time - run[0].time >= rule.after]
    if not frozen:
        return None
    onset = runs[frozen[0]][0].time
    raised = next(reading.time for reading in runs[frozen[0]] if reading.time - onset >= rule.after)
    last = frozen[-1] + 1
    returned = runs[last][0].time if last < len(runs) else None
    return (Condition.FROZEN, point.fault_severity, onset, raised, returned, None)


def _rate(point: Point, seen: Sequence[Seen]) -> Told | None:
    rule = point.conditions.rate
    if rule is None:
        return None
    changes = [
        max(abs(now.value - before.value) for before in seen[: n + 1] if now.time - before.time <= rule.within)
        for n, now in enumerate(seen)
    ]
    quick = [n for n, change in enumerate(changes) if change > rule.change]
    if not quick:
        return None
    onset, after = seen[quick[0]].time, quick[-1] + 1
    returned = seen[after].time if after < len(seen) else None
    return (Condition.RATE, rule.severity, onset, onset, returned, max(changes))


def _come_and_gone(point: Point, seen: Sequence[Seen]) -> Told | None:
    """Looked at with each reading that may be judged."""
    rule = point.conditions.invalid
    if rule is None:
        return None
    told: Told | None = None
    for n, now in enumerate(seen):
        if not now.valid:
            continue
        window = [k for k, other in enumerate(seen[:n]) if not other.valid and other.time > now.time - rule.within]
        goes = [k for k in window if k == 0 or seen[k - 1].valid]
        enough = len(window) >= rule.readings
        stands = told is not None and told[4] is None
        if enough and not stands and len(goes) > 1:
            onset = seen[window[-rule.readings]].time
            known = told[2:4] if told is not None else (onset, now.time)
            told = (Condition.INVALID_READINGS, point.fault_severity, *known, None, None)
        elif stands and not enough and told is not None:
            told = (*told[:4], now.time, None)
    return told

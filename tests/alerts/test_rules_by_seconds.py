"""One limit of any rule against a slow and obvious one, which looks at the whole past again in every second."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import rules
from alerts.rules import QUIET
from facility.instants import SECOND, Instant
from facility.limit import Consecutive, Dose, Limit, MOfN
from tests.alerts.time_lines import limits

Past = Sequence[tuple[Instant, float]]
"""Time and value of the readings since the alarm before, or from the beginning."""


def first_of_the_last(past: Past, is_it: Sequence[bool]) -> Instant | None:
    """The first reading of those at the end that are all so; None where the last is not."""
    since = None
    for (time, _), so in zip(reversed(past), reversed(is_it), strict=True):
        if not so:
            break
        since = time
    return since


def is_met(limit: Limit, past: Past, m: int, n: int) -> bool:
    return sum(limit.is_outside(value) for _, value in past[-n:]) >= m


def due(limit: Limit, past: Past) -> Instant | None:
    """When the alarm of a rule that counts readings begins, if nothing more comes."""
    outside = [limit.is_outside(value) for _, value in past]
    if isinstance(limit.rule, MOfN):
        m, n = limit.rule.m, limit.rule.n
        met = [is_met(limit, past[: k + 1], m, n) for k in range(len(past))]
        at = first_of_the_last(past, met)
        if at is None:
            return None
        newest = [(time, out) for (time, _), out in zip(past, outside, strict=True) if time <= at][-n:]
        return max(at, min(time for time, out in newest if out) + limit.on_delay)
    needed = limit.rule.n if isinstance(limit.rule, Consecutive) else 1
    since = first_of_the_last(past, outside)
    if since is None:
        return None
    run = [time for time, _ in past if time >= since]
    return max(since + limit.on_delay, run[needed - 1]) if len(run) >= needed else None


def dose(limit: Limit, past: Past, now: Instant) -> float:
    """Depth times seconds since a reading was last inside by the deadband."""
    total = 0.0
    for place, (time, value) in enumerate(past):
        if not limit.is_outside(value) and limit.is_clear(value):
            total = 0.0
        until = past[place + 1][0] if place + 1 < len(past) else now
        total += limit.depth(value) * (until - time) / SECOND
    return total


def begins(limit: Limit, past: Past, now: Instant) -> bool:
    if not past:
        return False
    if past[-1][0] == now and limit.is_deep(past[-1][1]):
        return True
    if isinstance(limit.rule, Dose):
        outside = limit.is_outside(past[-1][1])
        return outside and dose(limit, past, now) >= limit.rule.amount
    at = due(limit, past)
    return at is not None and at <= now


def ends(limit: Limit, past: Past, judged: int) -> bool:
    """Is the newest reading one that proves that it is over? The first `judged` ones were there when it began."""
    clear = [limit.is_clear(value) and not limit.is_deep(value) for _, value in past]
    if isinstance(limit.rule, MOfN):
        m, n = limit.rule.m, limit.rule.n
        clear = [ok and not is_met(limit, past[: k + 1], m, n) for k, ok in enumerate(clear)]
    since = first_of_the_last(past[judged:], clear[judged:])
    return since is not None and past[-1][0] - since >= limit.off_delay


def alarms_by_seconds(limit: Limit, line: Past, end: Instant) -> list[tuple[str, Instant]]:
    """What begins and ends in which second: first what time alone brings, then what a reading does."""
    found: list[tuple[str, Instant]] = []
    begin, judged, stands = 0, 0, False
    for now in range(0, end + 1, SECOND):
        before = [reading for reading in line if reading[0] < now]
        here = [reading for reading in line if reading[0] <= now]
        for known in (before, here) if len(here) > len(before) else (before,):
            past = known if isinstance(limit.rule, MOfN) else known[begin:]
            if not stands and begins(limit, past, now):
                stands, judged = True, len(past)
                found.append(("begins", now))
            elif stands and known is here and ends(limit, past, judged):
                stands, begin = False, len(known)
                found.append(("ends", now))
    return found


@settings(max_examples=150)
@given(limits(), st.lists(st.tuples(st.integers(1, 4), st.integers(0, 10)), max_size=25))
def test_alarms_begin_and_end_in_the_second_in_which_they_should(
    limit: Limit, readings: list[tuple[int, int]]
) -> None:
    line, time = [], 0
    for gap, value in readings:
        time += gap * SECOND
        line.append((time, float(value)))
    end = time + 10 * SECOND
    state, found = QUIET, []
    for now in range(0, end + 1, SECOND):
        steps = [rules.expire(state, now)]
        steps += [rules.judge(limit, steps[0], now, value) for at, value in line if at == now]
        for after in steps:
            if after.active is not state.active:
                found.append(("begins" if after.active else "ends", now))
            state = after
    assert found == alarms_by_seconds(limit, line, end)

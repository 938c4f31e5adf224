"""The engine's judgement against a slow and obvious one, on random time lines."""

from dataclasses import replace

from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.present import Present
from alerts.rooms import RoomStates
from facility.conditions import Conditions
from facility.instants import SECOND, Instant
from facility.limit import Consecutive, Limit
from facility.reading import Reading, Reason
from storage.samples.commit import Commit
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts import reference
from tests.alerts.examples import ACTION, ALERT, high, low, point
from tests.alerts.time_lines import CONDITIONS, Told
from tests.alerts.time_lines import TIME_LINES as STRETCHES

LIMITS = st.builds(
    lambda side, value, severity, n, on, off, dead, reached: side(
        value,
        severity,
        rule=Consecutive(n),
        on_delay=on * SECOND,
        off_delay=off * SECOND,
        deadband=dead,
        reached=reached,
    ),
    st.sampled_from([low, high]),
    st.integers(3, 7),
    st.sampled_from([ALERT, ACTION]),
    st.integers(1, 3),
    st.integers(0, 5),
    st.integers(0, 5),
    st.integers(0, 2),
    st.booleans(),
)
VALUES = st.tuples(
    st.sampled_from([0, 0, 0, 1, 3]),
    st.integers(0, 10),
    st.sampled_from([0, 0, 0, 0, 0, Reason.FLOW_FAULT, Reason.SERVICE_DUE]),
)
TIME_LINES = st.lists(st.tuples(st.integers(1, 4), st.lists(VALUES, max_size=2)), min_size=1, max_size=40)


def commits(time_line: list[tuple[int, list[tuple[int, int, int]]]]) -> list[Commit]:
    """Commits with readings up to three seconds old, some of them late; a time that was taken is not taken again."""
    stamp: Instant = MIDNIGHT
    told, taken = [], set()
    for number, (gap, values) in enumerate(time_line, start=1):
        stamp += gap * SECOND
        readings = []
        for lag, value, reasons in values:
            time = stamp - lag * SECOND
            if time not in taken:
                taken.add(time)
                readings.append(Reading("B101.DP1", time, float(value), reasons, stamp))
        told.append(Commit(number, stamp, tuple(sorted(readings, key=lambda reading: reading.time))))
    return told


# The reading that makes one limit quiet is outside of another: at no moment was everything quiet.
@example(
    [high(3, ALERT, reached=True, on_delay=SECOND), high(4, ACTION, reached=True, off_delay=SECOND)],
    [(1, [(0, 4, 0)]), (1, [(0, 0, 0)]), (1, [(0, 3, 0)])],
)
@settings(max_examples=200)
@given(st.lists(LIMITS, max_size=4, unique_by=lambda limit: (limit.severity, limit.side)), TIME_LINES)
def test_alarms_are_those_that_the_definitions_give(
    limits: list[Limit], time_line: list[tuple[int, list[tuple[int, int, int]]]]
) -> None:
    watched = point(*limits, silent_after=6 * SECOND)
    told = commits(time_line)
    present = Present(site_of(watched), RoomStates({}), {}, [], [], MIDNIGHT)
    for commit in told:
        present.take(commit)
    present.advance(told[-1].stamp)
    expected = reference.alarms(watched, MIDNIGHT, [(commit.stamp, commit.readings) for commit in told])
    found = [
        (a.condition, a.severity, a.onset, a.raised, a.returned, a.worst) for a in present.alarms.standing.values()
    ]
    assert sorted(found) == sorted(expected)


def one_by_one(line: list[Told], lags: list[int]) -> list[Commit]:
    """Commits of one reading each, some of them late, out of order or repeated."""
    stamp, told = MIDNIGHT, []
    for number, (gap, value, reasons, _, _) in enumerate(line, start=1):
        stamp += gap * SECOND
        time = stamp - lags[number % len(lags)] * SECOND
        reasons = 0 if reasons == Reason.CLOCK_AHEAD else reasons
        reasons = 0 if reasons == Reason.COUNTER_OVERFLOW else reasons
        told.append(Commit(number, stamp, (Reading("B101.DP1", time, value, int(reasons), stamp),)))
    return told


@settings(max_examples=200)
@given(
    st.lists(LIMITS, max_size=2, unique_by=lambda limit: (limit.severity, limit.side)),
    CONDITIONS,
    STRETCHES,
    st.lists(st.sampled_from([0, 0, 0, 0, 1, 2, 5]), min_size=1, max_size=7),
)
def test_what_stands_beside_limits_is_what_the_definitions_give(
    limits: list[Limit], conditions: Conditions, line: list[Told], lags: list[int]
) -> None:
    watched = replace(point(*limits, silent_after=None), conditions=conditions)
    told = one_by_one(line, lags)
    present = Present(site_of(watched), RoomStates({}), {}, [], [], MIDNIGHT)
    for commit in told:
        present.take(commit)
    present.advance(told[-1].stamp if told else MIDNIGHT)
    expected = reference.alarms(watched, MIDNIGHT, [(c.stamp, c.readings) for c in told]) if told else []
    standing = present.alarms.standing.values()
    found = [(a.condition, a.severity, a.onset, a.raised, a.returned, a.worst) for a in standing]
    assert sorted(found) == sorted(expected)


@given(st.lists(LIMITS, max_size=3, unique_by=lambda limit: (limit.severity, limit.side)), TIME_LINES)
def test_looking_at_the_clock_in_between_changes_nothing(
    limits: list[Limit], time_line: list[tuple[int, list[tuple[int, int, int]]]]
) -> None:
    watched = point(*limits, silent_after=6 * SECOND)
    seldom, often = (Present(site_of(watched), RoomStates({}), {}, [], [], MIDNIGHT) for _ in range(2))
    before = MIDNIGHT
    for commit in commits(time_line):
        seldom.take(commit)
        for now in range(before, commit.stamp, SECOND // 2):
            often.advance(now)
        often.take(commit)
        before = commit.stamp
    seldom.advance(before)
    often.advance(before)
    assert often.alarms.standing == seldom.alarms.standing

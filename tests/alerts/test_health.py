"""The figures of alarm health, on time lines whose figures can be counted by hand."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from alerts.health import Call, calls, floods, health
from alerts.machine import Transition
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import Severity
from storage.records.alarm_steps import AlarmStep

MONTH = 30 * DAY


def call(at: Instant, source: str = "T1/high", severity: Severity = Severity.ALERT) -> Call:
    return Call(at, f"{source}/{at}", source, severity)


def alarm(raised: Instant, returned: Instant | None, *answers: Instant) -> Alarm:
    return Alarm(
        "T1",
        "R1",
        Condition.HIGH,
        Severity.ALERT,
        AlarmState.NORMAL if returned is not None else AlarmState.UNACKNOWLEDGED,
        raised,
        raised,
        returned=returned,
        acknowledgements=tuple(Acknowledgement("ann", at, "seen", Severity.ALERT) for at in answers),
    )


def step(at: Instant, what: Transition, *, announced: bool = True, retrospective: bool = False) -> AlarmStep:
    return AlarmStep(at, "T1/high/0", what, Severity.ALERT, retrospective, "cleanwatch", announced)


def test_people_are_called_when_an_alarm_is_raised_rises_comes_back_or_is_held_no_longer() -> None:
    steps = [step(at, what) for at, what in enumerate(Transition)]
    called = {Transition(steps[made.at].step) for made in calls(steps, {})}
    assert called == {Transition.RAISED, Transition.ROSE, Transition.CAME_BACK, Transition.HOLD_ENDED}


def test_what_is_held_or_told_by_late_readings_calls_nobody() -> None:
    held, late = step(0, Transition.RAISED, announced=False), step(1, Transition.RAISED, retrospective=True)
    over = {"T1/high/0": alarm(0, 2)}
    assert calls([held, late, step(3, Transition.HOLD_ENDED)], over) == []


def test_a_quiet_month_has_nothing_to_tell() -> None:
    found = health([], [], 0, MONTH)
    assert (found.calls, found.most, found.flood, found.stale, found.top_share) == (0, 0, 0, 0, None)
    assert found.judged
    assert found.by_day == (0,) * 30


def test_there_is_no_verdict_under_thirty_days() -> None:
    assert not health([], [], 0, MONTH - 1).judged


def test_the_average_and_the_largest_number_in_ten_minutes_stand_side_by_side() -> None:
    eleven = [call(HOUR - 5 * SECOND + second * SECOND) for second in range(11)]  # over the edge of two windows
    found = health(eleven, [], 0, DAY)
    assert found.per_ten_minutes == 11 / 144
    assert found.most == 11
    assert found.over_ten == 0  # neither window alone has more than ten
    assert health([call(second * SECOND) for second in range(11)], [], 0, DAY).over_ten == 1 / 144


def test_a_flood_lasts_until_fewer_than_five_call_in_ten_minutes() -> None:
    times = np.array([0, *(MINUTE + second for second in range(10))])
    assert list(floods(times, DAY)) == [(MINUTE + 9, 11 * MINUTE + 5)]


def test_the_ten_most_frequent_are_named_with_their_share() -> None:
    made = [call(at, f"P{at % 20}/low") for at in range(40)] + [call(at, "P0/low") for at in range(40, 60)]
    found = health(made, [], 0, DAY)
    assert (found.offenders[0].source, found.offenders[0].calls) == ("P0/low", 22)
    assert len(found.offenders) == 10
    assert found.top_share == (22 + 9 * 2) / 60


def test_three_calls_in_a_minute_chatter() -> None:
    quick = [call(at * 20 * SECOND) for at in range(3)]
    slow = [call(at * 40 * SECOND, "T2/high") for at in range(9)]
    assert health(quick + slow, [], 0, DAY).chattering == 1


def test_an_alarm_that_is_over_within_a_minute_and_unanswered_is_fleeting() -> None:
    found = health(
        [], [alarm(0, 59 * SECOND), alarm(1, HOUR), alarm(2, 50 * SECOND, 40 * SECOND), alarm(3, None)], 0, DAY
    )
    assert found.fleeting == 1


def test_stale_alarms_are_counted_on_the_worst_day() -> None:
    weeks = [alarm(HOUR, 3 * DAY), alarm(2 * HOUR, None), alarm(9 * DAY, None)]
    assert health([], weeks, 0, 10 * DAY).stale == 2


def test_shares_of_severities_count_advisories_and_the_load_does_not() -> None:
    made = [call(at, severity=Severity.ADVISORY) for at in range(8)] + [call(9), call(10, severity=Severity.ACTION)]
    found = health(made, [], 0, DAY)
    assert found.calls == 2
    assert found.severities[Severity.ADVISORY] == 0.8


@given(st.lists(st.integers(0, 3 * HOUR), max_size=60).map(sorted))
def test_the_largest_number_in_ten_minutes_is_what_counting_finds(times: list[int]) -> None:
    counted = max((sum(at <= other < at + 10 * MINUTE for other in times) for at in times), default=0)
    assert health([call(at) for at in times], [], 0, DAY).most == counted


@given(st.lists(st.integers(0, 3 * HOUR), max_size=60).map(sorted))
def test_floods_lie_apart_and_in_the_period(times: list[int]) -> None:
    edges = [edge for flood in floods(np.array(times, dtype=np.int64), 4 * HOUR) for edge in flood]
    assert edges == sorted(edges)
    assert bool(edges) == (health([call(at) for at in times], [], 0, 4 * HOUR).most > 10)

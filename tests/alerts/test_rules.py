"""One limit over the readings of one point."""

from collections.abc import Sequence
from typing import Any

import pytest

from alerts import rules
from alerts.rules import QUIET, LimitState, Worst
from facility.instants import MINUTE, SECOND
from facility.limit import Consecutive, Dose, Limit, MOfN
from tests.alerts.examples import COUNTS, PRESSURES, high, low


def states(limit: Limit, values: Sequence[float], every: int = 10 * SECOND) -> list[LimitState]:
    """The state after each reading."""
    found, state = [], QUIET
    for number, value in enumerate(values):
        state = rules.judge(limit, rules.expire(state, number * every), number * every, value)
        found.append(state)
    return found


def active_at(limit: Limit, values: Sequence[float]) -> list[int]:
    """The numbers of the readings after which an alarm stands."""
    return [number for number, state in enumerate(states(limit, values)) if state.active]


def test_an_alarm_starts_at_the_first_reading_outside_and_is_raised_when_the_delay_has_run_out() -> None:
    after = states(low(10, on_delay=30 * SECOND, deadband=1), PRESSURES)
    first = next(state for state in after if state.active)
    assert (first.since, first.active_since) == (60_000, 90_000)


def test_a_dip_shorter_than_the_delay_leaves_nothing() -> None:
    after = states(low(10, on_delay=30 * SECOND), PRESSURES)
    assert after[3].due == 50_000
    assert after[4] == QUIET


def test_an_alarm_stands_until_a_reading_is_inside_by_more_than_the_deadband() -> None:
    assert active_at(low(10, deadband=1), PRESSURES) == [2, 3, *range(6, 16)]
    assert active_at(low(10), PRESSURES) == [2, 3, *range(6, 14)]


def test_a_delay_runs_out_without_a_further_reading() -> None:
    pending = rules.judge(low(10, on_delay=30_000), QUIET, 0, 8)
    assert rules.expire(pending, 29_999) == pending
    assert rules.expire(pending, 31_000).active_since == 30_000


def test_an_off_delay_runs_out_only_with_a_reading_that_proves_it() -> None:
    limit = low(10, off_delay=30_000)
    state = rules.judge(limit, rules.judge(limit, QUIET, 0, 8), 10_000, 12)
    assert state.clear_since == 10_000
    assert rules.expire(state, MINUTE).active
    assert rules.judge(limit, state, 39_999, 12).active
    assert rules.judge(limit, state, 40_000, 12) == QUIET


def test_an_off_delay_begins_anew_after_a_reading_within_the_deadband() -> None:
    after = states(low(10, deadband=1, off_delay=20_000), [8, 12, 10.5, 12, 12, 12])
    assert [state.active for state in after] == [True, True, True, True, True, False]
    assert after[4].clear_since == 30_000


def test_consecutive_counts_the_readings_outside_in_a_row() -> None:
    assert active_at(high(0, rule=Consecutive(2)), COUNTS) == [5, 8, 9]
    assert active_at(high(0, rule=Consecutive(3)), COUNTS) == [9]


def test_the_onset_of_consecutive_readings_is_the_first_of_them() -> None:
    last = states(high(0, rule=Consecutive(3)), COUNTS)[-1]
    assert (last.since, last.active_since) == (70_000, 90_000)


def test_consecutive_readings_and_a_delay_must_both_be_fulfilled() -> None:
    slow = states(high(0, rule=Consecutive(2), on_delay=25_000), [1, 1, 1, 1])
    assert [state.active_since for state in slow] == [None, None, None, 25_000]
    quick = states(high(0, rule=Consecutive(3), on_delay=5_000), [1, 1, 1])
    assert quick[-1].active_since == 20_000


def test_a_counter_that_overflowed_counts_as_at_least_this_much() -> None:
    upper, lower = high(100), low(100)
    assert rules.judge(upper, QUIET, 0, 200, at_least=True).active
    standing = rules.judge(upper, QUIET, 0, 200)
    assert rules.judge(upper, standing, 1, 50, at_least=True) == standing
    assert rules.judge(lower, QUIET, 0, 50, at_least=True) == QUIET
    assert rules.judge(lower, rules.judge(lower, QUIET, 0, 50), 1, 200, at_least=True) == QUIET


def test_a_range_counts_what_is_outside_on_either_side() -> None:
    temperatures = [17, 18, 20, 22, 25, 25.1, 24, 26, 20, 18]
    outside = {*active_at(low(18), temperatures), *active_at(high(25), temperatures)}
    assert outside == {0, 5, 7}


def test_three_of_five_count_also_where_they_are_not_in_a_row() -> None:
    limit = high(0.5, rule=MOfN(3, 5))
    assert active_at(limit, COUNTS) == [5, 7, 8, 9]
    first = states(limit, COUNTS)[5]
    assert (first.since, first.active_since) == (10_000, 50_000)


def test_readings_that_have_left_the_window_count_no_more() -> None:
    assert active_at(high(0.5, rule=MOfN(2, 3)), [1, 0, 0, 1, 0, 0, 1]) == []
    assert states(high(0.5, rule=MOfN(2, 3)), [1, 0, 0, 0])[-1] == QUIET


def test_what_led_to_m_of_n_counts_for_the_worst_value() -> None:
    (first,) = [state for state in states(high(0.5, rule=MOfN(2, 3)), [0, 7, 0, 1]) if state.active]
    assert first.worst == Worst(7, 10_000)


def test_an_on_delay_of_m_of_n_runs_while_enough_of_them_are_outside() -> None:
    limit = high(0.5, rule=MOfN(2, 3), on_delay=40_000)
    assert active_at(limit, [1, 1, 0, 0, 0, 0]) == []
    assert active_at(limit, [1, 1, 0, 1, 1]) == [4]


def test_a_dose_is_depth_times_time() -> None:
    limit = low(10, rule=Dose(60))
    after = states(limit, [8, 6, 9, 12])
    assert [state.due for state in after] == [30_000, 20_000, None, None]
    assert after[2].active_since == 20_000  # 2 Pa for 10 s, then 4 Pa for 10 s
    assert [state.active for state in after] == [False, False, True, False]


def test_a_dose_goes_on_growing_while_nothing_comes() -> None:
    pending = rules.judge(low(10, rule=Dose(60)), QUIET, 0, 8)
    assert rules.expire(pending, 29_999) == pending
    assert rules.expire(pending, MINUTE).active_since == 30_000


def test_a_dose_is_kept_within_the_deadband_and_emptied_beyond_it() -> None:
    limit = low(10, rule=Dose(60), deadband=1)
    assert states(limit, [8, 10.5, 8])[-1].due == 40_000
    assert states(limit, [8, 11.5, 8])[-1].due == 50_000


def test_a_value_at_the_limit_itself_has_no_depth() -> None:
    (state,) = states(low(10, rule=Dose(60), reached=True), [10])
    assert (state.since, state.due) == (0, None)


@pytest.mark.parametrize("patience", [{"rule": Dose(600)}, {"rule": MOfN(4, 5)}, {"on_delay": MINUTE}])
def test_a_value_that_is_deep_enough_waits_for_nothing(patience: dict[str, Any]) -> None:
    limit = low(10, at_once=5, **patience)
    assert active_at(limit, [8, 5, 4]) == [2]
    assert not states(limit, [8, 5, 4, 12])[-1].active

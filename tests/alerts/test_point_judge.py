"""Everything that the readings of one point say about it."""

from collections.abc import Sequence
from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import point_judge
from alerts.columns import judge_columns
from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.point_judge import ALL_QUIET, PointState, in_force
from facility.alarm import Condition
from facility.conditions import NONE, Conditions
from facility.instants import SECOND
from facility.limit import Consecutive, Limit
from facility.reading import Reason
from storage.samples.columns import Columns
from tests.alerts.examples import ACTION, ALERT, PRESSURES, high, low
from tests.alerts.time_lines import CONDITIONS, FROZEN, RATES, TIME_LINES, Told, limits, rolling_limits

FLOW_FAULT = Reason.FLOW_FAULT


def follow(
    limits: Sequence[Limit], values: Sequence[float], reasons: Sequence[int] = (), every: int = 10 * SECOND
) -> tuple[PointState, list[Finding]]:
    """The last state and all findings."""
    force, state, findings = in_force(limits), ALL_QUIET, []
    for number, value in enumerate(values):
        why = reasons[number] if number < len(reasons) else 0
        state, found = point_judge.judge(force, state, number * every, value, why)
        findings += found
    return state, findings


def stretches(limits: Sequence[Limit], values: Sequence[float]) -> list[tuple[int, int, int, float]]:
    """Onset, raised, returned in seconds and the worst value of every alarm on one side."""
    found: list[tuple[int, int, int, float]] = []
    for finding in follow(limits, values)[1]:
        match finding:
            case Raised(onset=onset, at=at, worst=worst):
                assert worst is not None
                found.append((onset // SECOND, at // SECOND, -1, worst))
            case Worsened(worst=worst):
                found[-1] = (*found[-1][:3], worst)
            case Returned(at=at):
                found[-1] = (*found[-1][:2], at // SECOND, found[-1][3])
    return found


def test_a_pressure_that_dips_twice_alarms_once_with_delay_and_deadband() -> None:
    assert stretches([low(10, on_delay=30 * SECOND, deadband=1)], PRESSURES) == [(60, 90, 160, 4)]


def test_a_pressure_that_dips_twice_alarms_twice_without() -> None:
    assert stretches([low(10)], PRESSURES) == [(20, 20, 40, 8), (60, 60, 140, 4)]


def test_the_worst_value_may_lie_within_the_delay() -> None:
    assert stretches([low(10, on_delay=30 * SECOND)], [12, 5, 8, 8, 8, 12]) == [(10, 40, 50, 5)]


def severities(limits: Sequence[Limit], *values: float) -> list[str]:
    """What each value by itself is found to be."""
    found = []
    for value in values:
        raised = [finding.severity.name for finding in follow(limits, [value])[1] if isinstance(finding, Raised)]
        found.append(raised[-1] if raised else "OK")
    return found


def test_grade_b_air_with_alert_5_and_action_10() -> None:
    assert severities([high(5, ALERT), high(10)], 5, 6, 10, 11) == ["OK", "ALERT", "ALERT", "ACTION"]


def test_no_growth_is_an_action_limit_of_zero() -> None:
    assert severities([high(0)], 0, 1) == ["OK", "ACTION"]


def test_a_cell_that_is_not_defined_is_no_limit() -> None:
    assert severities([], 9e9) == ["OK"]


def test_the_alert_level_and_action_limit_of_grade_a() -> None:
    assert severities([high(20, ALERT), high(29)], 20, 20.1, 29, 29.1) == ["OK", "ALERT", "ALERT", "ACTION"]


def test_a_jump_beyond_both_limits_is_one_finding() -> None:
    _, findings = follow([low(12, ALERT), low(10)], [15, 8])
    assert [type(finding) for finding in findings] == [Raised]


def test_the_onset_of_an_action_limit_is_the_first_reading_beyond_the_alert_level() -> None:
    _, findings = follow([low(12, ALERT, on_delay=60 * SECOND), low(10)], [15, 11, 9])
    assert findings == [Raised(Condition.LOW, ACTION, 10_000, 20_000, 9, 10, "<", 9, 20_000)]


def test_an_alarm_stands_while_any_limit_of_its_side_is_outside() -> None:
    state, findings = follow([low(12, ALERT, on_delay=60 * SECOND), low(10)], [9, 11, 11])
    assert not any(isinstance(finding, Returned) for finding in findings)
    _, more = follow([low(12, ALERT, on_delay=60 * SECOND), low(10)], [9, 11, 11, 13])
    assert more[-1] == Returned(Condition.LOW, 30_000)
    assert state.outside.get(Condition.LOW) is not None


def test_an_off_delay_dates_the_return_to_the_first_reading_inside() -> None:
    _, findings = follow([low(10, off_delay=20 * SECOND)], [8, 12, 12, 12])
    assert findings[-1] == Returned(Condition.LOW, 10_000)


def test_both_sides_are_judged_by_themselves() -> None:
    _, findings = follow([low(18), high(25)], [17, 26, 20])
    assert [(type(finding), finding.condition) for finding in findings] == [
        (Raised, Condition.LOW),
        (Raised, Condition.HIGH),
        (Returned, Condition.LOW),
        (Returned, Condition.HIGH),
    ]


def test_an_invalid_reading_is_an_instrument_fault_and_is_not_judged() -> None:
    state, findings = follow([low(10)], [12, 0], [0, FLOW_FAULT])
    assert findings == [Raised(Condition.INSTRUMENT_FAULT, ALERT, 10_000, 10_000)]
    assert state.outside.get(Condition.LOW) is None


def test_an_invalid_reading_clears_no_alarm() -> None:
    state, findings = follow([low(10)], [8, 12, 12], [0, FLOW_FAULT, FLOW_FAULT])
    assert Returned(Condition.LOW, 10_000) not in findings
    assert state.outside.get(Condition.LOW) is not None
    _, findings = follow([low(10)], [8, 12, 12], [0, FLOW_FAULT, 0])
    assert findings[-2:] == [Returned(Condition.INSTRUMENT_FAULT, 20_000), Returned(Condition.LOW, 20_000)]


def test_an_invalid_reading_neither_ends_nor_counts_in_a_row() -> None:
    limits = [high(0, rule=Consecutive(2))]
    assert follow(limits, [1, 1], [0, FLOW_FAULT])[1] == [Raised(Condition.INSTRUMENT_FAULT, ALERT, 10_000, 10_000)]
    assert any(
        f == Returned(Condition.INSTRUMENT_FAULT, 20_000) for f in follow(limits, [1, 0, 1], [0, FLOW_FAULT])[1]
    )
    assert isinstance(follow(limits, [1, 0, 1], [0, FLOW_FAULT])[1][-1], Raised)


def test_a_number_that_is_none_is_invalid_whatever_its_reasons() -> None:
    _, findings = follow([low(10)], [8, nan])
    assert findings[-1] == Raised(Condition.INSTRUMENT_FAULT, ALERT, 10_000, 10_000)


def test_a_suspect_reading_is_judged() -> None:
    _, findings = follow([low(10)], [8], [Reason.CALIBRATION_OVERDUE])
    assert isinstance(findings[0], Raised)


def test_other_limits_forget_what_was_pending_and_leave_the_alarm_standing() -> None:
    in_operation, at_rest = in_force([high(100)]), in_force([high(10, on_delay=60 * SECOND)])
    standing, _ = point_judge.judge(in_operation, ALL_QUIET, 0, 200, 0)
    carried = point_judge.carry(standing, at_rest)
    assert carried.limits == {}
    after, findings = point_judge.judge(at_rest, carried, 10_000, 50, 0)
    assert findings == []
    after, findings = point_judge.judge(at_rest, after, 20_000, 5, 0)
    assert (after, findings) == (ALL_QUIET, [Returned(Condition.HIGH, 20_000)])
    pending, _ = point_judge.judge(at_rest, ALL_QUIET, 0, 50, 0)
    assert point_judge.carry(pending, in_operation) == ALL_QUIET


def test_the_same_limit_goes_on_where_it_was_with_another_delay() -> None:
    before, after = in_force([low(10, on_delay=30_000)]), in_force([low(10, on_delay=60_000, rationale="airlock")])
    pending, _ = point_judge.judge(before, ALL_QUIET, 0, 8, 0)
    assert point_judge.carry(pending, after) == pending


LIMITS = limits()


NOTHING = st.just(NONE)


@pytest.mark.parametrize(
    ("limits", "conditions"),
    [
        (st.lists(limits(), max_size=2), CONDITIONS),
        (st.lists(limits() | rolling_limits(), max_size=3), NOTHING),
        (st.just([]), st.builds(Conditions, frozen=FROZEN)),
        (st.just([]), st.builds(Conditions, rate=RATES)),
    ],
    ids=["all", "rolling", "frozen", "rate"],
)
@given(st.data(), TIME_LINES, st.integers(0, 60))
def test_columns_are_judged_exactly_as_one_by_one(
    limits: st.SearchStrategy[list[Limit]],
    conditions: st.SearchStrategy[Conditions],
    data: st.DataObject,
    readings: list[Told],
    cut: int,
) -> None:
    force = in_force(data.draw(limits), ALERT, data.draw(conditions))
    times = np.cumsum([gap for gap, *_ in readings]) * SECOND
    state, findings, rows = ALL_QUIET, [], []
    for time, (_, value, reasons, count, litres) in zip(times, readings, strict=True):
        state, found = point_judge.judge(force, state, int(time), value, reasons, count, litres)
        findings += found
        rows.append((int(time), value, reasons, int(time), None, count, litres))
    halfway, before = judge_columns(force, ALL_QUIET, Columns.of_rows(rows[:cut]))
    at_the_end, after = judge_columns(force, halfway, Columns.of_rows(rows[cut:]))
    assert (at_the_end, before + after) == (state, findings)


@given(st.lists(LIMITS, max_size=4), TIME_LINES)
def test_findings_come_as_raised_then_returned_and_never_go_back_before_the_onset(
    limits: list[Limit], readings: list[Told]
) -> None:
    force, state, time = in_force(limits), ALL_QUIET, 0
    standing: dict[Condition, Raised] = {}
    for gap, value, reasons, count, litres in readings:
        time += gap * SECOND
        state, findings = point_judge.judge(force, state, time, value, reasons, count, litres)
        for finding in findings:
            match finding:
                case Raised(condition=condition):
                    before = standing.get(condition)
                    assert before is None or (finding.severity > before.severity and finding.onset == before.onset)
                    assert finding.onset <= finding.at <= time
                    standing[condition] = finding
                case Returned(condition=condition, at=at):
                    assert standing.pop(condition).onset <= at <= time
                case Worsened(condition=condition):
                    assert condition in standing


def test_an_alarm_that_a_delay_raised_is_dated_back_by_a_reading_that_raised_it_before() -> None:
    """Readings are held up: the delay of the one limit runs out before the second reading below the other arrives."""
    limits = [low(14, ALERT, rule=Consecutive(2)), low(10, ACTION, on_delay=3 * SECOND)]
    state, _ = point_judge.judge(in_force(limits), ALL_QUIET, 0, 7.0, 0)
    state, (raised,) = point_judge.expire(in_force(limits), state, 60 * SECOND)
    assert isinstance(raised, Raised)
    assert (raised.severity, raised.at) == (ACTION, 3 * SECOND)
    state, (earlier,) = point_judge.judge(in_force(limits), state, 1 * SECOND, 8.0, 0)
    assert isinstance(earlier, Raised)
    assert (earlier.onset, earlier.at) == (0, 1 * SECOND)
    state, findings = point_judge.judge(in_force(limits), state, 2 * SECOND, 8.0, 0)
    assert findings == []

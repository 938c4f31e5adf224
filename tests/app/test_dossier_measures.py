"""How bad it was at one point is worked out from every single reading."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.dossier.measures import Measured, measure
from app.trends.steps import LimitStep
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import Limit, RoomState, Severity, Side
from facility.reading import Reason
from storage.samples.store import RAW_COLUMNS
from tests.alerts.examples import ACTION, ALERT, low, point

START: Instant = 1_795_342_000_000
TEN = 10 * SECOND


def worked_out(values: list[float | None], steps: list[LimitStep] | None = None, *, reason: int = 0) -> Measured:
    """A pressure point read every ten seconds; None where no reading came."""
    rows = [
        (START + n * TEN, value, reason, START + n * TEN, None, None, None)
        for n, value in enumerate(values)
        if value is not None
    ]
    raw = pd.DataFrame(rows, columns=list(RAW_COLUMNS)).astype({"time": "int64", "value": "float64"})
    dp = point(low(36, ACTION), low(40, ALERT))
    held = steps or [step(0, len(values), *dp.limits)]
    return measure(dp, TEN, held, raw, START, START + len(values) * TEN)


def step(first: int, last: int, *limits: Limit) -> LimitStep:
    return LimitStep(START + first * TEN, START + last * TEN, RoomState.IN_OPERATION, 1, limits)


def test_the_area_outside_is_depth_times_time_beyond_each_limit() -> None:
    found = worked_out([45.0, 38.0, 30.0, 33.0, 45.0, 45.0])
    action, alert = found.outside
    assert (action.severity, action.side, action.readings, action.lasting) == (Severity.ACTION, Side.LOW, 2, 2 * TEN)
    assert action.area == pytest.approx((6 + 3) * 10 / 60)
    assert alert.area == pytest.approx((2 + 10 + 7) * 10 / 60)
    assert (action.worst, action.worst_at, action.limits) == (30.0, START + 2 * TEN, (36.0,))


def test_each_reading_is_held_against_the_limits_of_its_time() -> None:
    steps = [step(0, 2, low(36, ACTION)), step(2, 4, low(20, ACTION))]
    (action,) = worked_out([30.0, 30.0, 30.0, 30.0], steps).outside
    assert action.readings == 2
    assert action.limits == (36.0,)


def test_what_nobody_measured_is_missing_and_counts_for_nothing() -> None:
    values = [45.0, 30.0, *[None] * 10, 45.0, 45.0]
    found = worked_out(values)
    assert (found.expected, found.present) == (14, 4)
    assert found.coverage == pytest.approx(4 / 14)
    assert found.missing == ((START + 2 * TEN, START + 12 * TEN),) or len(found.missing) == 1
    assert found.outside[0].lasting == 2.5 * TEN


def test_invalid_readings_are_there_but_judged_by_nobody() -> None:
    found = worked_out([30.0, 30.0], reason=int(Reason.FLOW_FAULT))
    assert (found.present, found.invalid, found.outside) == (2, 2, ())


@settings(max_examples=50)
@given(st.lists(st.one_of(st.none(), st.floats(0, 100)), min_size=1, max_size=60))
def test_no_reading_counts_twice_and_none_beyond_its_time(values: list[float | None]) -> None:
    found = worked_out(values)
    for one in found.outside:
        assert one.lasting <= found.end - found.start
        assert one.lasting <= one.readings * 2.5 * TEN
        assert one.area is not None
        assert 0 <= one.area <= 100 * one.lasting / MINUTE + 1e-9
    severe = {one.severity: one for one in found.outside}
    if Severity.ACTION in severe:
        assert severe[Severity.ALERT].readings >= severe[Severity.ACTION].readings
    assert found.coverage is not None
    assert 0 <= found.coverage <= 1


def test_plates_have_no_duration_and_so_no_area() -> None:
    plate = replace(point(low(36, ACTION)), silent_after=None)
    raw = pd.DataFrame([(START, 3.0, 0, START, None, None, None)], columns=list(RAW_COLUMNS))
    found = measure(plate, TEN, [step(0, 2, low(36, ACTION))], raw, START, START + 2 * TEN)
    assert (found.expected, found.coverage, found.missing) == (None, None, ())
    assert found.outside[0].area is None


def read_at(times: list[Instant], start: Instant, end: Instant) -> Measured:
    raw = pd.DataFrame([(at, 45.0, 0, at, None, None, None) for at in times], columns=list(RAW_COLUMNS))
    raw = raw.astype({"time": "int64"})
    return measure(point(low(36, ACTION)), TEN, [step(0, 9, low(36, ACTION))], raw, start, end)


def test_nothing_is_missing_where_a_stretch_begins_and_ends_between_two_readings() -> None:
    ten_times = [START + n * TEN for n in range(1, 11)]
    for offset in range(1, TEN, SECOND):
        found = read_at(ten_times, START + offset, START + 10 * TEN + offset)
        assert (found.present, found.expected) == (10, 10)


def test_one_reading_that_did_not_come_is_expected_wherever_it_is_missing() -> None:
    due = [START + n * TEN for n in range(11)]
    for lost in range(11):
        found = read_at([at for at in due if at != due[lost]], START, due[-1] + 1)
        assert (found.present, found.expected) == (10, 11)


def test_where_nothing_came_as_many_are_expected_as_fit() -> None:
    found = read_at([], START, START + 6 * TEN)
    assert (found.present, found.expected, found.coverage) == (0, 6, 0)


def test_no_more_readings_came_than_are_said_to_have_been_expected() -> None:
    times = [START, START + TEN - 1]
    raw = pd.DataFrame([(at, 45.0, 0, at, None, None, None) for at in times], columns=list(RAW_COLUMNS))
    found = measure(point(low(36, ACTION)), TEN, [step(0, 1, low(36, ACTION))], raw, START, START + TEN)
    assert (found.present, found.expected, found.coverage) == (2, 2, 1)

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from app.trends.outside import peaks
from app.trends.series import MOST_BUCKETS, Series, gaps, grid_of, incomplete, of_buckets, of_readings, runs
from app.trends.steps import LimitStep
from facility.instants import DAY, HOUR, MINUTE, SECOND
from facility.limit import Limit, Severity, Side
from facility.reading import Reason


def single(times: list[int], values: list[float], reasons: list[int] | None = None) -> Series:
    return of_readings(pd.DataFrame({"time": times, "value": values, "reasons": reasons or [0] * len(times)}))


def buckets(width: int, rows: list[tuple[int, float, float, float, int, int]]) -> Series:
    frame = pd.DataFrame(rows, columns=["start", "min", "mean", "max", "n", "judged"])
    return of_buckets(frame.assign(valid=frame["judged"]), width)


def step(*limits: Limit, start: int = 0, end: int = 10**15) -> LimitStep:
    return LimitStep(start, end, None, 1, limits)


ACTION = Limit(Severity.ACTION, Side.HIGH, 100)
ALERT = Limit(Severity.ALERT, Side.HIGH, 50)
LOW = Limit(Severity.ACTION, Side.LOW, 10)


@given(st.integers(0, 4_000_000_000_000), st.integers(10 * SECOND, 40 * 365 * DAY), st.integers(SECOND, DAY))
def test_a_grid_covers_its_range_with_few_buckets_that_begin_at_multiples_of_their_width(
    start: int, span: int, interval: int
) -> None:
    grid = grid_of(start, start + span, interval)
    assert grid.start <= start
    assert grid.end >= start + span
    if grid.width:
        assert grid.start % grid.width == 0
        assert grid.buckets <= MOST_BUCKETS + 2
        assert grid.width > interval


def test_few_readings_are_drawn_one_by_one() -> None:
    assert grid_of(0, 4 * HOUR, 10 * SECOND).width == 0
    assert grid_of(0, 7 * DAY, 10 * SECOND).width == 10 * MINUTE


def test_a_silence_of_two_and_a_half_intervals_is_no_gap_yet() -> None:
    series = single([0, 25_000, 50_001], [1, 1, 1])
    assert gaps(series, 10_000, 0, 50_001, (0, 50_001)) == [(25_000, 50_001)]


def test_a_gap_at_the_end_lasts_until_now() -> None:
    assert gaps(single([0], [1]), 10_000, 0, 60_000, (0, 0)) == [(0, 60_000)]


def test_before_the_first_reading_ever_there_is_no_gap() -> None:
    series = single([80_000, 90_000], [1, 1])
    assert gaps(series, 10_000, 0, 95_000, (80_000, 90_000)) == []
    assert gaps(series, 10_000, 0, 95_000, (-50_000, 90_000)) == [(0, 80_000)]


def test_an_empty_bucket_is_a_gap_when_it_is_longer_than_two_and_a_half_intervals() -> None:
    series = buckets(60_000, [(0, 1, 1, 1, 6, 6), (120_000, 1, 1, 1, 6, 6)])
    assert gaps(series, 10_000, 0, 180_000, (0, 170_000)) == [(60_000, 120_000)]


def test_a_bucket_that_lacks_readings_is_marked_although_it_is_drawn() -> None:
    series = buckets(60_000, [(0, 1, 1, 1, 6, 6), (60_000, 1, 1, 1, 3, 3), (120_000, 1, 1, 1, 6, 6)])
    assert incomplete(series, 10_000, 180_000).tolist() == [False, True, False]


def test_a_line_is_broken_by_gaps_and_by_invalid_readings() -> None:
    flags = [0, 0, int(Reason.FLOW_FAULT), 0, 0]
    series = single([0, 10, 20, 30, 100], [1, 1, 5, 1, 1], flags)
    assert runs(series, [(30, 100)]) == [slice(0, 2), slice(3, 4), slice(4, 5)]


def test_an_invalid_reading_is_in_no_band_and_no_mean() -> None:
    series = single([0, 10], [1, 9], [0, int(Reason.LASER_FAULT)])
    assert np.isnan(series.high[1])
    assert series.judged.tolist() == [1, 0]


def test_the_worst_of_an_excursion_gets_one_dot() -> None:
    found = peaks(single([0, 10, 20, 30], [1, 120, 140, 1]), [step(ACTION, ALERT)], 1000)
    assert [(p.time, p.value, p.severity) for p in found] == [(20, 140, Severity.ACTION)]


def test_one_bad_reading_in_a_bucket_of_thousands_gets_its_dot() -> None:
    found = peaks(buckets(DAY, [(0, 1, 1.01, 140, 8640, 8640)]), [step(ACTION)], 30 * DAY)
    assert [p.value for p in found] == [140]


def test_low_and_high_are_told_apart() -> None:
    found = peaks(single([0, 10, 500], [1, 50, 140]), [step(ACTION, LOW)], 1000)
    assert {(p.side, p.value) for p in found} == {(Side.LOW, 1), (Side.HIGH, 140)}


def test_a_reading_is_held_against_the_limits_of_its_own_time() -> None:
    steps = [step(Limit(Severity.ACTION, Side.HIGH, 10), end=15), step(ACTION, start=15)]
    found = peaks(single([0, 20], [50, 50]), steps, 100)
    assert [(p.time, p.limit) for p in found] == [(0, 10)]


def test_a_bucket_across_two_limits_is_outside_only_beyond_both() -> None:
    steps = [step(Limit(Severity.ACTION, Side.HIGH, 10), end=500), step(ACTION, start=500)]
    assert peaks(buckets(1000, [(0, 1, 2, 50, 9, 9)]), steps, 10_000) == []


def test_a_limit_that_is_reached_counts() -> None:
    reached = Limit(Severity.ACTION, Side.HIGH, 5, reached=True)
    assert len(peaks(single([0], [5]), [step(reached)], 100)) == 1
    assert peaks(single([0], [5]), [step(Limit(Severity.ACTION, Side.HIGH, 5))], 100) == []

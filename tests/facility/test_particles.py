"""Counts and volumes, channels, and the rolling cubic metre."""

from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility import particles
from facility.limit import Limit, Severity, Side
from facility.units import CUBIC_FOOT


def action(value: float) -> Limit:
    return Limit(Severity.ACTION, Side.HIGH, value)


def test_e11_the_mean_of_three_samples_at_a_location_is_inside_iso_5() -> None:
    location = mean(particles.per_cubic_metre(count, CUBIC_FOOT) for count in (99, 105, 90))
    assert round(location, 1) == 3460.8
    assert not action(3520).is_outside(location)


def test_e13_in_a_cubic_foot_100_counts_fail_iso_5_and_99_pass() -> None:
    hundred, ninety_nine = (particles.per_cubic_metre(count, CUBIC_FOOT) for count in (100, 99))
    assert (round(hundred, 1), round(ninety_nine, 1)) == (3531.5, 3496.2)
    assert action(3520).is_outside(hundred)
    assert not action(3520).is_outside(ninety_nine)


@pytest.mark.parametrize(("litres", "expected"), [(28.3, 35.336), (50, 20.0), (100, 10.0)])
def test_e14_one_count_is_worth_more_the_smaller_the_sample(litres: float, expected: float) -> None:
    assert round(particles.per_cubic_metre(1, litres), 3) == expected


@pytest.mark.parametrize(("litres", "count"), [(28.3, 1), (50, 2), (100, 3), (1000, 30)])
def test_the_count_that_first_exceeds_29_depends_on_the_volume(litres: float, count: int) -> None:
    assert action(29).is_outside(particles.per_cubic_metre(count, litres))
    assert not action(29).is_outside(particles.per_cubic_metre(count - 1, litres))


@pytest.mark.parametrize(
    ("per_ft3", "per_m3"), [(100, 3_531), (1_000, 35_315), (10_000, 353_147), (100_000, 3_531_467)]
)
def test_e22_the_old_classes_per_cubic_foot_are_a_little_above_the_iso_limits(per_ft3: int, per_m3: int) -> None:
    assert round(particles.per_cubic_metre(per_ft3, CUBIC_FOOT)) == per_m3
    assert particles.per_cubic_foot(per_ft3, CUBIC_FOOT) == per_ft3
    assert round(particles.per_cubic_foot(per_m3, 1000), 0) == per_ft3


@pytest.mark.parametrize("litres", [0.0, -1.0, float("nan"), float("inf")])
def test_a_sample_without_a_volume_has_no_concentration(litres: float) -> None:
    with pytest.raises(ValueError, match="volume must be above 0"):
        particles.per_cubic_metre(5, litres)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        particles.per_cubic_metre(-1, 28.3)


def test_e20_e21_cumulative_counts_become_differential_ones_and_back() -> None:
    cumulative = [24576, 8754, 678, 48, 5, 1]
    differential = [15822, 8076, 630, 43, 4, 1]
    assert particles.differential(cumulative) == differential
    assert particles.cumulative(differential) == cumulative


def test_a_record_whose_cumulative_counts_grow_with_size_is_refused_naming_the_channel() -> None:
    with pytest.raises(ValueError, match=r"channel 2 has 3, the next larger size 4"):
        particles.differential([10, 3, 4])


@pytest.mark.parametrize("convert", [particles.differential, particles.cumulative])
def test_a_negative_count_in_a_channel_is_refused(convert: object) -> None:
    with pytest.raises(ValueError, match="channel 2 has a count of -1"):
        convert([3, -1])  # type: ignore[operator]


@given(st.lists(st.integers(0, 10**9), max_size=12))
def test_any_differential_counts_survive_the_way_to_cumulative_and_back(counts: list[int]) -> None:
    cumulative = particles.cumulative(counts)
    assert particles.differential(cumulative) == counts
    assert cumulative == sorted(cumulative, reverse=True)


@pytest.mark.parametrize(("litres", "samples"), [(28.3, 36), (CUBIC_FOOT, 36), (50.0, 20), (100.0, 10)])
def test_e17_a_rolling_cubic_metre_is_full_after_whole_samples_of_a_minute(litres: float, samples: int) -> None:
    assert particles.rolling_cubic_metre([(0, litres)] * (samples - 1)) is None
    assert particles.rolling_cubic_metre([(0, litres)] * samples) == 0


@pytest.mark.parametrize(("counts", "expected"), [(29, 28.465), (30, 29.446)])
def test_e18_a_rolling_cubic_metre_divides_by_its_real_volume(counts: int, expected: float) -> None:
    rolling = particles.rolling_cubic_metre([(counts, 28.3), *[(0, 28.3)] * 35])
    assert rolling is not None
    assert round(rolling, 3) == expected


def test_a_rolling_cubic_metre_lets_go_of_the_oldest_samples() -> None:
    assert particles.rolling_cubic_metre([(1000, 100.0), *[(0, 100.0)] * 10]) == 0


def test_a_cubic_metre_of_many_small_samples_is_full_in_spite_of_float_sums() -> None:
    # Added up one by one, 1250 times 0.8 is 999.99999999998 in floats.
    assert particles.rolling_cubic_metre([(1, 0.8)] * 1250) == pytest.approx(1250)


def test_a_rolling_cubic_metre_refuses_a_sample_without_volume() -> None:
    with pytest.raises(ValueError, match="volume"):
        particles.rolling_cubic_metre([(1, 0.0)])


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.5, 500)), max_size=100))
def test_a_rolling_concentration_lies_between_those_of_its_samples(samples: list[tuple[int, float]]) -> None:
    rolling = particles.rolling_cubic_metre(samples)
    if rolling is None:
        assert sum(litres for _, litres in samples) < 1000
    else:
        each = [particles.per_cubic_metre(count, litres) for count, litres in samples]
        assert min(each) - 1e-6 <= rolling <= max(each) + 1e-6

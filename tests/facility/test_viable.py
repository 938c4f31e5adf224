"""Positive-hole correction in both conventions, concentrations, contamination recovery rate."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility import viable
from facility.viable import Correction

HEADS = (200, 219, 300, 333, 400, 487)


@pytest.mark.parametrize(
    ("holes", "colonies", "expected"),
    [
        *((400, r, p) for r, p in ((1, 1.0), (10, 10.11), (50, 53.34), (100, 114.91), (200, 276.76))),
        *((400, r, p) for r, p in ((300, 553.02), (399, 2227.97), (400, 2627.97))),
        *((300, r, p) for r, p in ((10, 10.15), (50, 54.6), (100, 121.39), (200, 328.59), (300, 1884.8))),
        *((219, r, p) for r, p in ((10, 10.21), (50, 56.61), (100, 133.16), (150, 251.85), (219, 1307.12))),
    ],
)
def test_e41_e43_fellers_sum(holes: int, colonies: int, expected: float) -> None:
    assert round(viable.feller(colonies, holes), 2) == expected


def test_e65_fellers_sum_gives_the_makers_value_for_a_head_of_333_holes() -> None:
    assert round(viable.feller(105, 333), 1) == 125.9


@pytest.mark.parametrize(
    ("colonies", "expected"), [(0, 0), (50, 53), (100, 115), (200, 277), (300, 555), (380, 1198), (400, 2628)]
)
def test_e66_the_rule_behind_machers_table(colonies: int, expected: int) -> None:
    assert viable.macher(colonies, 400) == expected


@pytest.mark.parametrize("holes", HEADS)
def test_machers_rule_in_floats_is_that_in_exact_fractions(holes: int) -> None:
    exact = Fraction(0)
    for colonies in range(holes):
        following = exact + Fraction(holes, holes - colonies)
        assert viable.macher(colonies, holes) == math.floor((exact + following) / 2)
        exact = following


@pytest.mark.parametrize("holes", HEADS)
def test_the_closed_approximation_is_within_three_percent_of_fellers_sum_up_to_nine_tenths(holes: int) -> None:
    for colonies in range(1, holes * 9 // 10):
        assert viable.closed_approximation(colonies, holes) == pytest.approx(viable.feller(colonies, holes), rel=0.03)


Rule = Callable[[int, int], float]
every_rule = pytest.mark.parametrize(
    "rule", [viable.feller, viable.macher, viable.closed_approximation, viable.too_many_to_count]
)


@every_rule
def test_more_colonies_than_holes_are_an_invalid_overloaded_plate(rule: Rule) -> None:
    with pytest.raises(ValueError, match="401 colonies from a head with 400 holes: the plate is overloaded"):
        rule(401, 400)


@every_rule
def test_negative_colonies_and_heads_without_holes_are_refused(rule: Rule) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        rule(-1, 400)
    with pytest.raises(ValueError, match="head with 0 holes"):
        rule(0, 0)


def test_a_colony_at_every_hole_is_too_many_to_count() -> None:
    assert viable.too_many_to_count(400, 400)
    assert not viable.too_many_to_count(399, 400)


@given(st.sampled_from(HEADS), st.data())
def test_a_correction_never_lowers_a_count_and_grows_with_it(holes: int, data: st.DataObject) -> None:
    colonies = data.draw(st.integers(0, holes - 1))
    for rule in (viable.feller, viable.macher):
        assert rule(colonies, holes) >= colonies
        assert rule(colonies + 1, holes) > rule(colonies, holes)


def test_e44_50_colonies_in_500_litres_are_at_the_grade_c_limit_raw_and_above_it_corrected() -> None:
    assert viable.per_cubic_metre(50, 500) == 100.0
    assert round(viable.per_cubic_metre(50, 500, holes=400), 1) == 106.7


def test_the_count_is_corrected_then_scaled_then_rounded() -> None:
    assert viable.whole_cfu(viable.per_cubic_metre(50, 500, holes=400)) == 107
    assert round(viable.feller(50, 400)) * 2 == 106


def test_e46_9_colonies_in_a_cubic_metre_stay_inside_grade_b() -> None:
    assert round(viable.per_cubic_metre(9, 1000, holes=400), 3) == 9.091


def test_the_correction_of_the_samplers_maker_is_used() -> None:
    assert viable.per_cubic_metre(380, 1000, 400, Correction.MACHER) == 1198
    assert viable.per_cubic_metre(380, 1000, 400, Correction.FELLER) == viable.feller(380, 400)


@pytest.mark.parametrize(("per_m3", "whole"), [(0.0, 0), (0.5, 1), (1.5, 2), (2.5, 3), (106.49, 106)])
def test_halves_round_up_to_whole_cfu(per_m3: float, whole: int) -> None:
    assert viable.whole_cfu(per_m3) == whole


@pytest.mark.parametrize("litres", [0.0, -500.0, float("nan"), float("inf")])
def test_a_sample_without_a_volume_has_no_concentration(litres: float) -> None:
    with pytest.raises(ValueError, match="volume must be above 0"):
        viable.per_cubic_metre(1, litres, 400)


def test_a_negative_count_of_a_slit_sampler_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        viable.per_cubic_metre(-1, 1000)


@pytest.mark.parametrize(("with_growth", "samples", "percent"), [(3, 120, 2.5), (1, 250, 0.4), (38, 100, 38.0)])
def test_e34_e40_the_contamination_recovery_rate(with_growth: int, samples: int, percent: float) -> None:
    assert viable.contamination_recovery_rate(with_growth, samples) == percent


@pytest.mark.parametrize(("with_growth", "samples"), [(0, 0), (3, 2), (-1, 5)])
def test_a_recovery_rate_of_no_samples_or_more_growth_than_samples_is_refused(with_growth: int, samples: int) -> None:
    with pytest.raises(ValueError, match="is no rate"):
        viable.contamination_recovery_rate(with_growth, samples)

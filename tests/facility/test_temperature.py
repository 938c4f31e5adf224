"""Mean kinetic temperature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facility.temperature import mean_kinetic_temperature as mkt

temperatures = st.floats(-196, 100)
weighted = st.lists(st.tuples(temperatures, st.floats(0.01, 1e6)), min_size=1, max_size=50)


def test_e48_equal_temperatures_return_themselves_and_unequal_ones_more_than_their_mean() -> None:
    assert mkt([25, 25, 25]) == pytest.approx(25)
    assert round(mkt([20, 25, 30]), 4) == 25.8582


def test_e49_29_days_at_22_degrees_and_one_at_38() -> None:
    assert round(mkt([22, 38], weights=[29, 1]), 4) == 23.2759


def test_e51_the_older_usp_offset_of_273_1_kelvin_hardly_matters() -> None:
    # 273.1 + t is 273.15 + (t - 0.05), so the older examples are ours, shifted.
    assert round(mkt([19.95, 24.95, 29.95]) + 0.05, 4) == 25.8585


def test_a_weight_is_a_repetition() -> None:
    assert mkt([20, 30], weights=[2, 1]) == pytest.approx(mkt([20, 20, 30]))


def test_a_temperature_of_weight_zero_does_not_count() -> None:
    assert mkt([-269, 90], weights=[1, 0]) == pytest.approx(-269)


def test_a_more_sensitive_product_feels_the_warm_hours_more() -> None:
    assert mkt([20, 30], activation_energy=120) > mkt([20, 30])


def test_it_is_computed_in_liquid_nitrogen_too_where_the_exponentials_alone_would_underflow() -> None:
    assert mkt([-269, -269]) == pytest.approx(-269)
    assert mkt([-269, -196]) < -190


@given(weighted)
def test_it_lies_between_the_weighted_mean_and_the_warmest(series: list[tuple[float, float]]) -> None:
    celsius = [t for t, _ in series]
    weights = [w for _, w in series]
    mean = sum(t * w for t, w in series) / sum(weights)
    assert mean - 1e-6 <= mkt(celsius, weights) <= max(celsius) + 1e-6


@pytest.mark.parametrize(
    ("celsius", "weights", "what"),
    [
        ([], None, "at least one"),
        ([20], [0], "at least one"),
        ([20, 21], [1, -1], "0 or more"),
        ([20, 21], [1], "2 temperatures but 1 weights"),
        ([-273.15], None, "absolute zero"),
        ([float("nan")], None, "cannot exist"),
        ([float("inf")], None, "cannot exist"),
        ([20], [float("nan")], "0 or more"),
    ],
)
def test_what_has_no_mean_is_refused(celsius: list[float], weights: list[float] | None, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        mkt(celsius, weights)

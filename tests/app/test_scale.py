import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.scale import Bounds, bounds_of, limit_used, scale_of
from facility.limit import Severity, Side
from facility.quantities import Quantity
from tests.app.parts import PRESSURE_LIMITS, limit

PRESSURE = bounds_of(PRESSURE_LIMITS)


def test_the_strictest_limit_of_each_kind_counts() -> None:
    limits = [limit(Severity.ACTION, Side.HIGH, 60), limit(Severity.ACTION, Side.HIGH, 56)]
    assert bounds_of(limits) == Bounds(high_action=56)


@pytest.mark.parametrize(("value", "used"), [(46, 0.0), (56, 1.0), (36, 1.0), (51, 0.5), (66, 2.0)])
def test_between_two_limits_the_distance_from_the_middle_counts(value: float, used: float) -> None:
    assert limit_used(value, Quantity.PRESSURE, PRESSURE) == pytest.approx(used)


def test_below_one_limit_its_share_counts() -> None:
    assert limit_used(88_000, Quantity.PARTICLES, Bounds(high_action=352_000)) == pytest.approx(0.25)


def test_a_pressure_step_uses_its_limit_up_as_it_falls() -> None:
    bounds = Bounds(low_action=7.5)
    assert limit_used(10, Quantity.PRESSURE, bounds) == pytest.approx(0.75)
    assert limit_used(5, Quantity.PRESSURE, bounds) == pytest.approx(1.5)
    assert limit_used(-3, Quantity.PRESSURE, bounds) == 100.0


def test_a_limit_of_zero_and_a_single_limit_of_a_temperature_cannot_be_used_in_part() -> None:
    assert limit_used(0, Quantity.VIABLE_AIR, Bounds(high_action=0)) is None
    assert limit_used(-180, Quantity.TEMPERATURE, Bounds(high_action=-150)) is None


def test_particles_lie_on_a_logarithmic_scale() -> None:
    scale = scale_of(Quantity.PARTICLES, Bounds(high_action=20_000))
    assert scale is not None
    assert scale.position(100) - scale.position(10) == pytest.approx(scale.position(1000) - scale.position(100))


def test_a_point_without_limit_has_no_scale() -> None:
    assert scale_of(Quantity.TEMPERATURE, Bounds()) is None


finite = st.floats(min_value=-1e6, max_value=1e9, allow_nan=False)


@given(
    quantity=st.sampled_from(Quantity),
    low=st.none() | st.floats(-500, 500),
    high=st.none() | st.floats(-500, 1e7),
    value=finite,
)
def test_every_limit_lies_within_its_scale_and_every_value_is_kept_within(
    quantity: Quantity, low: float | None, high: float | None, value: float
) -> None:
    if low is not None and high is not None and low >= high:
        low, high = None, high
    scale = scale_of(quantity, Bounds(low_action=low, high_action=high))
    if scale is None:
        assert low is None
        assert high is None
        return
    assert 0 <= scale.position(value) <= 1
    for limit_value in (low, high):
        if limit_value is not None and not (scale.logarithmic and limit_value <= 1):
            assert 0 <= scale.position(limit_value) < 1

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.trends.value_axis import ZERO, value_axis
from facility.quantities import Quantity

VALUES = st.lists(st.floats(-500, 500), max_size=5)


def test_zero_particles_have_a_line_of_their_own_on_the_logarithmic_axis() -> None:
    axis = value_axis(Quantity.PARTICLES, [0, 3520], [29])
    assert axis.ticks[0] == (ZERO, "0")
    assert axis.bottom < ZERO < 1
    assert axis.place(np.array([0.0, 35.0])).tolist() == [ZERO, 35.0]


def test_many_particles_need_no_zero() -> None:
    axis = value_axis(Quantity.PARTICLES, [20_000, 411_000], [352_000])
    assert [text for _, text in axis.ticks] == ["10,000", "100,000", "1,000,000"]


@given(st.lists(st.floats(0, 1e10), max_size=5), st.lists(st.floats(1, 1e8), max_size=3))
def test_every_particle_count_and_limit_is_inside_the_axis(values: list[float], limits: list[float]) -> None:
    axis = value_axis(Quantity.PARTICLES, values, limits)
    assert all(axis.bottom <= max(value, ZERO) <= axis.top for value in (*values, *limits))
    assert math.isclose(10 ** axis.range[1], axis.top)


@given(VALUES, VALUES)
def test_every_value_and_limit_is_inside_the_axis(values: list[float], limits: list[float]) -> None:
    axis = value_axis(Quantity.PRESSURE, values, limits)
    assert all(axis.bottom <= value <= axis.top for value in (*values, *limits))
    assert 2 <= len(axis.ticks) <= 8


def test_ticks_are_round() -> None:
    assert [text for _, text in value_axis(Quantity.PRESSURE, [38.6, 54], [42, 66]).ticks] == ["40", "50", "60"]
    assert next(t for _, t in value_axis(Quantity.AIR_VELOCITY, [0.44], [0.36, 0.54]).ticks) == "0.35"

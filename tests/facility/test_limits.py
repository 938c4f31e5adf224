"""Which limits hold, by room state; and the stricter ones while it is unknown."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from facility.instants import MINUTE
from facility.limit import Consecutive, Each, Limit, RoomState, Severity, Side
from facility.limits import limits_in_force
from facility.quantities import Quantity
from facility.site import Point

IN_OPERATION = frozenset({RoomState.IN_OPERATION})
AT_REST = frozenset({RoomState.AT_REST})
IN_USE = Limit(Severity.ACTION, Side.HIGH, 352_000, room_states=IN_OPERATION)
RESTING = Limit(Severity.ACTION, Side.HIGH, 3_520, room_states=AT_REST)


def point(*limits: Limit) -> Point:
    return Point("B101.PC1.p0_5", "", "B101", "B101.PC1", Quantity.PARTICLES, 0.5, limits, None, Severity.ACTION)


def test_the_room_state_selects_the_limits() -> None:
    assert limits_in_force(point(IN_USE, RESTING), RoomState.IN_OPERATION) == (IN_USE,)
    assert limits_in_force(point(IN_USE, RESTING), RoomState.AT_REST) == (RESTING,)


def test_a_room_state_without_limit_has_none() -> None:
    assert limits_in_force(point(IN_USE, RESTING), RoomState.CLEANING) == ()


def test_while_the_room_state_is_unknown_the_strictest_limit_holds() -> None:
    assert limits_in_force(point(IN_USE, RESTING), None) == (RESTING,)
    assert limits_in_force(point(RESTING, IN_USE), None) == (RESTING,)


def test_while_the_room_state_is_unknown_each_side_and_severity_has_its_strictest() -> None:
    low, alert = replace(IN_USE, side=Side.LOW), replace(IN_USE, severity=Severity.ALERT)
    assert set(limits_in_force(point(IN_USE, RESTING, low, alert), None)) == {RESTING, low, alert}


def test_a_looser_limit_holds_beside_the_strictest_where_it_calls_sooner() -> None:
    delayed = replace(RESTING, on_delay=15 * MINUTE)
    patient = replace(RESTING, rule=Consecutive(3))
    assert limits_in_force(point(IN_USE, delayed), None) == (IN_USE, delayed)
    assert limits_in_force(point(IN_USE, patient), None) == (IN_USE, patient)


def test_of_two_limits_that_call_alike_one_is_enough() -> None:
    resting, cleaning = RESTING, replace(RESTING, room_states=frozenset({RoomState.CLEANING}))
    assert limits_in_force(point(resting, cleaning), None) == (resting,)


any_limit = st.builds(
    Limit,
    severity=st.sampled_from([Severity.ALERT, Severity.ACTION]),
    side=st.sampled_from(Side),
    value=st.sampled_from([1.0, 2.0, 3.0]),
    reached=st.booleans(),
    on_delay=st.sampled_from([0, MINUTE]),
    rule=st.sampled_from([Each(), Consecutive(2)]),
    room_states=st.frozensets(st.sampled_from(RoomState), min_size=1),
)


@given(st.lists(any_limit, max_size=6), st.sampled_from(RoomState), st.floats(0, 4))
def test_whatever_is_outside_in_some_room_state_is_outside_while_it_is_unknown(
    limits: list[Limit], state: RoomState, value: float
) -> None:
    watched = point(*limits)
    unknown = limits_in_force(watched, None)
    for limit in limits_in_force(watched, state):
        if limit.is_outside(value):
            assert any(
                held.is_outside(value)
                and held.on_delay <= limit.on_delay
                and getattr(held.rule, "n", 1) <= getattr(limit.rule, "n", 1)
                and held.severity is limit.severity
                for held in unknown
            )

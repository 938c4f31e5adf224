"""Which limits hold, by room state; and the stricter ones while it is unknown."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import rules
from alerts.rules import QUIET
from facility.instants import MINUTE, Instant
from facility.limit import (
    MOST_SAMPLES,
    Consecutive,
    Dose,
    Each,
    Limit,
    MOfN,
    RollingVolume,
    RoomState,
    Severity,
    Side,
)
from facility.limits import limits_in_force, looks_back
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


ANY_RULE = st.sampled_from(
    [Each(), Consecutive(2), Consecutive(3), MOfN(2, 3), MOfN(2, 5), MOfN(3, 5), Dose(60), Dose(300)]
)
ANY_LIMIT = st.builds(
    Limit,
    severity=st.just(Severity.ACTION),
    side=st.just(Side.HIGH),
    value=st.sampled_from([1.0, 2.0]),
    reached=st.booleans(),
    on_delay=st.sampled_from([0, MINUTE]),
    rule=ANY_RULE,
    at_once=st.sampled_from([None, 8.0]),
    latched=st.sampled_from([False, False, True]),
    room_states=st.frozensets(st.sampled_from(RoomState), min_size=1),
).map(lambda limit: replace(limit, on_delay=0) if isinstance(limit.rule, Dose) else limit)


def raised_at(limit: Limit, values: Sequence[float]) -> list[Instant]:
    """When alarms of a limit begin, with a reading every half minute."""
    state, found = QUIET, []
    for number, value in enumerate(values):
        time = number * MINUTE // 2
        before, state = state, rules.judge(limit, rules.expire(state, time), time, value)
        if state.active_since is not None and not before.active:
            found.append(state.active_since)
    return found


@settings(max_examples=300)
@given(
    st.lists(ANY_LIMIT, min_size=2, max_size=4),
    st.sampled_from(RoomState),
    st.lists(st.sampled_from([0, 0, 2, 3, 9]), min_size=5, max_size=12),
)
def test_whatever_calls_in_some_room_state_calls_no_later_while_it_is_unknown(
    limits: list[Limit], state: RoomState, values: list[float]
) -> None:
    watched = point(*limits)
    unknown = limits_in_force(watched, None)
    for limit in limits_in_force(watched, state):
        held = [other for other in unknown if other.severity is limit.severity and other.latched >= limit.latched]
        for first in raised_at(limit, values)[:1]:
            assert any(raised_at(other, values)[:1] <= [first] and raised_at(other, values) for other in held)


def test_limits_of_other_rules_hold_beside_each_other_where_neither_is_sure_to_call_first() -> None:
    several, rolling = replace(IN_USE, rule=MOfN(3, 5)), replace(RESTING, rule=RollingVolume(1000))
    assert limits_in_force(point(several, rolling), None) == (several, rolling)
    assert limits_in_force(point(RESTING, replace(several, value=RESTING.value)), None) == (RESTING,)


def test_a_latched_limit_is_not_made_needless_by_one_that_is_not() -> None:
    latched = replace(IN_USE, latched=True)
    assert limits_in_force(point(RESTING, latched), None) == (RESTING, latched)


def test_what_a_rule_remembers_is_looked_back_on() -> None:
    watched = replace(point(replace(RESTING, rule=RollingVolume(1000))), silent_after=3 * MINUTE)
    assert looks_back(watched) == MOST_SAMPLES * 3 * MINUTE

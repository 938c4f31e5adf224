"""The limits that standards give: numbers, room states, signs, and what is left open."""

import itertools

import pytest

from facility.limit import Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.site import Classification, Grade, IsoClass
from facility.standards.defaults import Standard, cascade_limit, loosest_allowed, standard_limits

ANNEX1, ISO, FDA, USP = Standard
IN_OPERATION, AT_REST, CLEANING, NOT_IN_USE = RoomState
A, B, C, D = Grade


def limits(
    standard: Standard, classification: Classification | None, quantity: Quantity, size: float | None = None
) -> tuple[Limit, ...]:
    return standard_limits([standard], classification, quantity, size)


def maximum(
    standard: Standard,
    classification: Classification,
    quantity: Quantity,
    state: RoomState,
    size: float | None = None,
) -> float | None:
    """The one high limit that holds in a room state."""
    holding = [
        limit.value
        for limit in limits(standard, classification, quantity, size)
        if state in limit.room_states and limit.side is Side.HIGH
    ]
    assert len(holding) <= 1
    return holding[0] if holding else None


def judged(value: float, *limits: Limit) -> str:
    worst = max((limit.severity for limit in limits if limit.is_outside(value)), default=None)
    return worst.name if worst else "OK"


@pytest.mark.parametrize(
    ("grade", "size", "at_rest", "in_operation"),
    [
        (A, 0.5, 3520, 3520),
        (A, 5.0, 29, 29),
        (B, 0.5, 3520, 352000),
        (B, 5.0, 29, 2930),
        (C, 0.5, 352000, 3520000),
        (C, 5.0, 2930, 29300),
        (D, 0.5, 3520000, None),
        (D, 5.0, 29300, None),
    ],
)
def test_annex_1_particle_limits_follow_the_room_state(
    grade: Grade, size: float, at_rest: int, in_operation: int | None
) -> None:
    particles = Quantity.PARTICLES
    assert maximum(ANNEX1, grade, particles, IN_OPERATION, size) == in_operation
    assert maximum(ANNEX1, grade, particles, AT_REST, size) == at_rest
    assert maximum(ANNEX1, grade, particles, NOT_IN_USE, size) == at_rest
    assert maximum(ANNEX1, grade, particles, CLEANING, size) is None


def test_grade_a_has_one_particle_limit_for_all_its_states() -> None:
    assert limits(ANNEX1, A, Quantity.PARTICLES, 0.5) == (
        Limit(
            Severity.ACTION,
            Side.HIGH,
            3520,
            room_states=frozenset({IN_OPERATION, AT_REST, NOT_IN_USE}),
            source="EU GMP Annex 1:2022, Table 5",
        ),
    )


def test_annex_1_has_no_limit_for_other_particle_sizes() -> None:
    assert limits(ANNEX1, A, Quantity.PARTICLES, 1.0) == ()


@pytest.mark.parametrize(("grade", "cfu"), [(A, 0), (B, 10), (C, 100), (D, 200)])
def test_annex_1_viable_air_limits_hold_in_every_state_but_cleaning(grade: Grade, cfu: int) -> None:
    for state in (IN_OPERATION, AT_REST, NOT_IN_USE):
        assert maximum(ANNEX1, grade, Quantity.VIABLE_AIR, state) == cfu
    assert maximum(ANNEX1, grade, Quantity.VIABLE_AIR, CLEANING) is None


def test_annex_1_air_velocity_has_a_low_and_a_high_limit_in_grade_a_and_none_elsewhere() -> None:
    low, high = limits(ANNEX1, A, Quantity.AIR_VELOCITY)
    assert (low.side, low.value, high.side, high.value) == (Side.LOW, 0.36, Side.HIGH, 0.54)
    assert low.room_states == high.room_states == {IN_OPERATION, AT_REST, CLEANING}
    assert not any(limits(ANNEX1, grade, Quantity.AIR_VELOCITY) for grade in (B, C, D))


@pytest.mark.parametrize(
    ("number", "size", "value"), [(5, 0.5, 3520), (7, 5.0, 2930), (6.5, 5.0, 925), (7, 3.0, 8460)]
)
def test_an_iso_class_has_the_same_particle_limit_in_operation_and_at_rest(
    number: float, size: float, value: int
) -> None:
    (limit,) = limits(ISO, IsoClass(number), Quantity.PARTICLES, size)
    assert limit.value == value
    assert limit.room_states == {IN_OPERATION, AT_REST, NOT_IN_USE}


@pytest.mark.parametrize("number", [8.5, 9])
def test_iso_classes_8_5_and_9_exist_in_operation_only(number: float) -> None:
    (limit,) = limits(ISO, IsoClass(number), Quantity.PARTICLES, 0.5)
    assert limit.room_states == {IN_OPERATION}


def test_a_cell_that_is_not_applicable_makes_no_limit() -> None:
    assert limits(ISO, IsoClass(5), Quantity.PARTICLES, 5.0) == ()


def test_a_class_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match=r"there is no ISO class 5\.3"):
        limits(ISO, IsoClass(5.3), Quantity.PARTICLES, 0.5)


def test_fda_2004_limits_hold_in_operation_only() -> None:
    (particles,) = limits(FDA, IsoClass(6), Quantity.PARTICLES, 0.5)
    (viable,) = limits(FDA, IsoClass(6), Quantity.VIABLE_AIR)
    assert (particles.value, viable.value) == (35200, 7)
    assert particles.room_states == viable.room_states == {IN_OPERATION}
    assert limits(FDA, IsoClass(6), Quantity.PARTICLES, 5.0) == ()
    assert limits(FDA, IsoClass(4), Quantity.VIABLE_AIR) == ()


def test_fda_2004_velocity_is_for_iso_5() -> None:
    assert [limit.value for limit in limits(FDA, IsoClass(5), Quantity.AIR_VELOCITY)] == [0.36, 0.54]
    assert limits(FDA, IsoClass(7), Quantity.AIR_VELOCITY) == ()


def test_one_cfu_in_the_cleanest_air_is_action_by_annex_1_and_fda_and_passes_by_usp() -> None:
    (annex1,) = limits(ANNEX1, A, Quantity.VIABLE_AIR)
    (fda,) = limits(FDA, IsoClass(5), Quantity.VIABLE_AIR)
    (usp,) = limits(USP, IsoClass(5), Quantity.VIABLE_AIR)
    assert [(limit.operator, limit.value) for limit in (annex1, fda, usp)] == [(">", 0), ("≥", 1), (">", 1)]
    assert [judged(1, limit) for limit in (annex1, fda, usp)] == ["ACTION", "ACTION", "OK"]
    assert [judged(0, limit) for limit in (annex1, fda, usp)] == ["OK", "OK", "OK"]


@pytest.mark.parametrize(("number", "cfu"), [(5, 1), (7, 10), (8, 100)])
def test_usp_797_viable_air(number: float, cfu: int) -> None:
    (limit,) = limits(USP, IsoClass(number), Quantity.VIABLE_AIR)
    assert (limit.value, limit.operator) == (cfu, ">")
    assert limit.room_states == {IN_OPERATION}


def test_usp_797_leaves_iso_6_open() -> None:
    assert limits(USP, IsoClass(6), Quantity.VIABLE_AIR) == ()


def test_several_standards_stand_side_by_side() -> None:
    found = standard_limits([ISO, FDA], IsoClass(7), Quantity.PARTICLES, 0.5)
    assert [limit.source for limit in found] == [
        "ISO 14644-1:2015, Table 1",
        "FDA Aseptic Processing Guidance 2004, Table 1",
    ]


CLASSIFICATIONS: list[Classification | None] = [None, *Grade, *(IsoClass(half / 2) for half in range(2, 19))]


def test_every_limit_of_every_standard_is_an_action_limit_with_its_source() -> None:
    every = [
        limit
        for classification, quantity, size in itertools.product(CLASSIFICATIONS, Quantity, (0.1, 0.5, 0.7, 1, 5, 10))
        for limit in standard_limits(list(Standard), classification, quantity, size)
    ]
    assert every
    assert {limit.severity for limit in every} == {Severity.ACTION}
    assert all(limit.source != "site" and limit.room_states for limit in every)
    assert {
        limit.value for limit in every if limit.value == 0 and limit.source != "EU GMP Annex 1:2022, Table 6"
    } == set()


@pytest.mark.parametrize("quantity", [Quantity.PRESSURE, Quantity.TEMPERATURE, Quantity.HUMIDITY, Quantity.CO2])
def test_pressure_temperature_humidity_and_co2_have_no_limit_by_classification(quantity: Quantity) -> None:
    assert standard_limits(list(Standard), A, quantity, None) == ()
    assert standard_limits(list(Standard), IsoClass(5), quantity, None) == ()


def test_an_unclassified_room_has_no_limits() -> None:
    assert standard_limits(list(Standard), None, Quantity.PARTICLES, 0.5) == ()


def test_a_particle_point_without_size_is_refused_rather_than_left_without_limit() -> None:
    with pytest.raises(ValueError, match="size"):
        standard_limits([ANNEX1], A, Quantity.PARTICLES, None)


def test_e68_grade_b_air_with_an_alert_level_of_the_site() -> None:
    (action,) = limits(ANNEX1, B, Quantity.VIABLE_AIR)
    alert = Limit(Severity.ALERT, Side.HIGH, 5)
    assert [judged(value, alert, action) for value in (5, 6, 10, 11)] == ["OK", "ALERT", "ALERT", "ACTION"]


def test_e69_grade_a_viable_is_no_growth() -> None:
    assert [judged(value, *limits(ANNEX1, A, Quantity.VIABLE_AIR)) for value in (0, 1)] == ["OK", "ACTION"]


def test_e70_grade_d_in_operation_has_no_limit_however_many_particles() -> None:
    in_operation = [
        limit for limit in limits(ANNEX1, D, Quantity.PARTICLES, 0.5) if IN_OPERATION in limit.room_states
    ]
    assert judged(9e9, *in_operation) == "OK"


def test_e71_grade_a_at_five_micrometres_with_an_alert_level_of_the_site() -> None:
    (action,) = limits(ANNEX1, A, Quantity.PARTICLES, 5.0)
    alert = Limit(Severity.ALERT, Side.HIGH, 20)
    assert [judged(value, alert, action) for value in (20, 20.1, 29, 29.1)] == ["OK", "ALERT", "ALERT", "ACTION"]


def test_annex_1_asks_for_10_pascals_between_rooms_of_different_grades() -> None:
    limit = cascade_limit(B, C, [ANNEX1])
    assert limit == Limit(
        Severity.ACTION,
        Side.LOW,
        10,
        room_states=frozenset({IN_OPERATION, AT_REST, CLEANING}),
        source="EU GMP Annex 1:2022, 4.14",
        rationale="guidance value",
    )
    assert [judged(value, limit) for value in (10, 9.9, -3)] == ["OK", "ACTION", "ACTION"]


def test_a_step_from_a_grade_to_an_unclassified_room_counts_as_different() -> None:
    assert cascade_limit(D, None, [ANNEX1]) is not None


@pytest.mark.parametrize(("high", "low"), [(C, C), (None, None), (None, D)])
def test_rooms_of_one_grade_and_unclassified_rooms_have_no_least_pressure(
    high: Grade | None, low: Grade | None
) -> None:
    assert cascade_limit(high, low, list(Standard)) is None


@pytest.mark.parametrize(
    ("standard", "low", "pascals"),
    [(FDA, IsoClass(8), 10), (FDA, None, 12.5), (USP, IsoClass(8), 4.9818), (USP, None, 4.9818)],
)
def test_fda_and_usp_pressures(standard: Standard, low: IsoClass | None, pascals: float) -> None:
    limit = cascade_limit(IsoClass(7), low, [standard])
    assert limit is not None
    assert round(limit.value, 4) == pascals


def test_iso_14644_names_no_pressure() -> None:
    assert cascade_limit(IsoClass(7), IsoClass(8), [ISO]) is None
    assert cascade_limit(IsoClass(7), IsoClass(8), [ANNEX1]) is None


def test_of_several_pressures_the_strictest_holds() -> None:
    limit = cascade_limit(IsoClass(7), None, [USP, FDA])
    assert limit is not None
    assert limit.value == 12.5


def test_the_loosest_that_is_allowed_is_the_strictest_standard_of_that_room_state() -> None:
    standards = standard_limits([USP, FDA], IsoClass(5), Quantity.VIABLE_AIR, None)
    allowed = loosest_allowed(standards, Side.HIGH, IN_OPERATION)
    assert allowed is not None
    assert (allowed.value, allowed.reached) == (1, True)
    assert loosest_allowed(standards, Side.HIGH, AT_REST) is None
    assert loosest_allowed(standards, Side.LOW, IN_OPERATION) is None


@pytest.mark.parametrize(
    ("value", "state", "too_loose"),
    [
        (3_520, AT_REST, False),
        (3_521, AT_REST, True),
        (3_000, AT_REST, False),
        (352_000, IN_OPERATION, False),
        (400_000, IN_OPERATION, True),
    ],
)
def test_a_limit_of_the_site_is_too_loose_above_the_standard_of_that_state(
    value: float, state: RoomState, too_loose: bool
) -> None:
    allowed = loosest_allowed(limits(ANNEX1, B, Quantity.PARTICLES, 0.5), Side.HIGH, state)
    assert allowed is not None
    assert allowed.is_stricter_than(Limit(Severity.ACTION, Side.HIGH, value)) is too_loose

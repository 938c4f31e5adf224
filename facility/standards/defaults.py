"""The standards as limits: what holds for a point before the site says anything.

Standards give action limits; alert levels are the site's own (EU GMP Annex 1:2022, 9.9). A cell that a standard
leaves open makes no limit. Which room states a limit holds in is decided here:

- Particles: the *in operation* column in operation, the *at rest* column at rest and while not in use. Nobody is
  there then, so counts above it mean a leak or failed air handling, which should not wait for the next use.
- Viable air: in every state but cleaning, as sampling goes on in rooms not in use (Annex 1, 9.23).
- Neither holds during cleaning: wiping and spraying raise counts by design, and nothing is made meanwhile.
- Pressure and air velocity: always, but not while not in use, when the air handling may be set back.
- FDA 2004 and USP <797> speak of activity: in operation only, pressure and velocity aside.
"""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import assert_never

from facility.limit import ALL_ROOM_STATES, Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.site import Classification, Grade, IsoClass
from facility.standards import annex1, fda2004, iso14644, usp797
from facility.units import pascals

ANNEX1 = "EU GMP Annex 1:2022"
FDA2004 = "FDA Aseptic Processing Guidance 2004"
USP797 = "USP <797>, 2023"
GUIDANCE = "guidance value"

IN_OPERATION = frozenset({RoomState.IN_OPERATION})
AT_REST = frozenset({RoomState.AT_REST, RoomState.NOT_IN_USE})
VIABLE_SAMPLING = ALL_ROOM_STATES - {RoomState.CLEANING}
AIR_HANDLING = ALL_ROOM_STATES - {RoomState.NOT_IN_USE}


class Standard(StrEnum):
    """The standards that a site may follow. The value is the word in the site file."""

    ANNEX1 = "annex1"
    ISO14644 = "iso14644"
    FDA2004 = "fda2004"
    USP797 = "usp797"


def standard_limits(
    standards: Sequence[Standard], classification: Classification | None, quantity: Quantity, size: float | None
) -> tuple[Limit, ...]:
    """The action limits that the standards give a point, by the classification of its room.

    Limits of several standards stand side by side. Annex 1 speaks of grades, the others of ISO classes; an
    unclassified room has no limits. `size` is the particle size in µm; ValueError for particles without one, or for
    an ISO class that does not exist. Pressure depends on two rooms: see `cascade_limit`.
    """
    if quantity is Quantity.PARTICLES and size is None:
        raise ValueError("a particle point needs its size in µm")
    return tuple(limit for standard in standards for limit in _limits(standard, classification, quantity, size))


def cascade_limit(
    high: Classification | None, low: Classification | None, standards: Sequence[Standard]
) -> Limit | None:
    """The least pressure difference from one room to another, the strictest of the standards.

    None where `high` is unclassified, where both have the same classification, or where no standard speaks.
    `low` is None for an unclassified room and for the outside.
    """
    if high is None or high == low:
        return None
    limits = (_cascade_limit(standard, high, low) for standard in standards)
    return _strictest(limit for limit in limits if limit)


def loosest_allowed(limits: Iterable[Limit], side: Side, room_state: RoomState) -> Limit | None:
    """The limit that a site may tighten and not loosen: the strictest of the standards' on a side, in a room state.

    `limits` are what `standard_limits` or `cascade_limit` gave for the point. The site's limit is too loose where
    `loosest_allowed(...).is_stricter_than(its limit)`. Delays and rules are not compared: those the site justifies.
    """
    return _strictest(limit for limit in limits if limit.side is side and room_state in limit.room_states)


def _limits(
    standard: Standard, classification: Classification | None, quantity: Quantity, size: float | None
) -> Iterator[Limit]:
    match standard, classification:
        case Standard.ANNEX1, Grade() as grade:
            yield from _annex1(grade, quantity, size)
        case Standard.ISO14644, IsoClass(number):
            yield from _iso14644(number, quantity, size)
        case Standard.FDA2004, IsoClass(number):
            yield from _fda2004(number, quantity, size)
        case Standard.USP797, IsoClass(number):
            yield from _usp797(number, quantity)


def _annex1(grade: Grade, quantity: Quantity, size: float | None) -> Iterator[Limit]:
    if quantity is Quantity.PARTICLES and size in annex1.MONITORING[grade]:
        maximum = annex1.MONITORING[grade][size]
        yield from _particle_limits(maximum.at_rest, maximum.in_operation, f"{ANNEX1}, Table 5")
    elif quantity is Quantity.VIABLE_AIR:
        yield _highest(annex1.VIABLE[grade].air, VIABLE_SAMPLING, f"{ANNEX1}, Table 6")
    elif quantity is Quantity.AIR_VELOCITY and grade is Grade.A:
        yield _lowest(annex1.LOWEST_VELOCITY, f"{ANNEX1}, 4.30", GUIDANCE)
        yield _highest(annex1.HIGHEST_VELOCITY, AIR_HANDLING, f"{ANNEX1}, 4.30", GUIDANCE)


def _iso14644(number: float, quantity: Quantity, size: float | None) -> Iterator[Limit]:
    if quantity is Quantity.PARTICLES and size is not None:
        maximum = iso14644.limit(number, size)
        at_rest = None if number in iso14644.IN_OPERATION_ONLY else maximum
        yield from _particle_limits(at_rest, maximum, iso14644.source(number, size))


def _fda2004(number: float, quantity: Quantity, size: float | None) -> Iterator[Limit]:
    air_class = fda2004.TABLE_1.get(number)
    if air_class is None:
        return
    if quantity is Quantity.PARTICLES and size == fda2004.PARTICLE_SIZE:
        yield _highest(air_class.particles, IN_OPERATION, f"{FDA2004}, Table 1")
    elif quantity is Quantity.VIABLE_AIR:
        yield _highest(air_class.air, IN_OPERATION, f"{FDA2004}, Table 1", reached=air_class.growth_is_action)
    elif quantity is Quantity.AIR_VELOCITY and number == fda2004.UNIDIRECTIONAL:
        yield _lowest(fda2004.LOWEST_VELOCITY, FDA2004)
        yield _highest(fda2004.HIGHEST_VELOCITY, AIR_HANDLING, FDA2004)


def _usp797(number: float, quantity: Quantity) -> Iterator[Limit]:
    if quantity is Quantity.VIABLE_AIR and number in usp797.VIABLE:
        yield _highest(usp797.VIABLE[number].air, IN_OPERATION, USP797)


def _cascade_limit(standard: Standard, high: Classification, low: Classification | None) -> Limit | None:
    match standard:
        case Standard.ANNEX1:
            return _lowest(annex1.LEAST_PRESSURE, f"{ANNEX1}, 4.14", GUIDANCE) if isinstance(high, Grade) else None
        case Standard.ISO14644:
            return None
        case Standard.FDA2004:
            least = fda2004.LEAST_PRESSURE_TO_UNCLASSIFIED if low is None else fda2004.LEAST_PRESSURE
            return _lowest(least, f"{FDA2004}, IV.C")
        case Standard.USP797:
            return _lowest(pascals(usp797.LEAST_PRESSURE_IN_H2O), USP797)
        case _:
            assert_never(standard)


def _particle_limits(at_rest: int | None, in_operation: int | None, source: str) -> Iterator[Limit]:
    if at_rest is not None and at_rest == in_operation:
        yield _highest(at_rest, IN_OPERATION | AT_REST, source)
        return
    if in_operation is not None:
        yield _highest(in_operation, IN_OPERATION, source)
    if at_rest is not None:
        yield _highest(at_rest, AT_REST, source)


def _highest(
    value: float, room_states: frozenset[RoomState], source: str, rationale: str = "", reached: bool = False
) -> Limit:
    return Limit(
        Severity.ACTION,
        Side.HIGH,
        value,
        reached=reached,
        room_states=room_states,
        source=source,
        rationale=rationale,
    )


def _lowest(value: float, source: str, rationale: str = "") -> Limit:
    return Limit(Severity.ACTION, Side.LOW, value, room_states=AIR_HANDLING, source=source, rationale=rationale)


def _strictest(limits: Iterable[Limit]) -> Limit | None:
    strictest = None
    for limit in limits:
        if strictest is None or limit.is_stricter_than(strictest):
            strictest = limit
    return strictest

"""Points, limits and readings that several tests of this folder speak of."""

from facility.instants import MINUTE, SECOND, Span
from facility.limit import Consecutive, Each, Limit, Severity, Side
from facility.quantities import Quantity
from facility.site import Point

ALERT, ACTION = Severity.ALERT, Severity.ACTION


def low(value: float, severity: Severity = ACTION, **rest: object) -> Limit:
    return Limit(severity, Side.LOW, float(value), **rest)  # type: ignore[arg-type]  # passed on as they are


def high(value: float, severity: Severity = ACTION, **rest: object) -> Limit:
    return Limit(severity, Side.HIGH, float(value), **rest)  # type: ignore[arg-type]  # passed on as they are


def point(*limits: Limit, id: str = "B101.DP1", silent_after: Span | None = MINUTE, room: str = "B101") -> Point:
    return Point(
        id=id,
        name="Pressure",
        room=room,
        instrument=f"{id}.I",
        quantity=Quantity.PRESSURE,
        size=None,
        limits=limits,
        silent_after=silent_after,
        fault_severity=ALERT,
    )


PRESSURES = [12, 12, 8, 9, 12, 12, 9, 8, 6, 4, 5, 7, 8, 9, 10.5, 11, 12, 13]
"""Every 10 s from 0 s on: two dips below 10 Pa, the second one long and deep."""

COUNTS = [0, 1, 0, 0, 1, 1, 0, 1, 1, 1]
"""Particles of 5 µm and larger, minute by minute."""

__all__ = [
    "ACTION",
    "ALERT",
    "COUNTS",
    "MINUTE",
    "PRESSURES",
    "SECOND",
    "Consecutive",
    "Each",
    "high",
    "low",
    "point",
]

"""The unit of analysis: what one value of a sample stands for.

Readings of a pressure every 10 s resemble each other, and 5 % of them outside would be an alarm every few minutes. So
a level of most quantities is worked out from what an hour or a day was at its worst.
"""

from enum import StrEnum
from typing import TypeAlias

import numpy as np

from facility.instants import DAY, HOUR, Span
from facility.levels.sample import Array
from facility.limit import Side
from facility.quantities import Quantity


class Unit(StrEnum):
    """By their name on pages and in records. Hours and days are those of UTC."""

    EACH = "each reading"
    HOURLY_MEAN = "hourly mean"
    HOURLY_WORST = "hourly worst"
    DAILY_WORST = "daily worst"


WIDTHS: dict[Unit, Span] = {Unit.HOURLY_MEAN: HOUR, Unit.HOURLY_WORST: HOUR, Unit.DAILY_WORST: DAY}
"""How long a value stands for; a single reading for itself."""

Series: TypeAlias = tuple[Array, Array]
"""Times (int64, instants; the start of an hour or a day) and values (float64), in order of time."""


def usual_unit(quantity: Quantity) -> Unit:
    """Plates each by themselves; whatever is measured without pause by its worst of each hour."""
    return Unit.EACH if quantity is Quantity.VIABLE_AIR else Unit.HOURLY_WORST


def in_units(time: Array, value: Array, unit: Unit, side: Side) -> Series:
    """Readings in order of time, one value for each unit that has any. No day may be cut in two by the caller."""
    if unit is Unit.EACH or len(time) == 0:
        return time, value
    start = time - time % WIDTHS[unit]
    first = np.flatnonzero(np.concatenate(([True], start[1:] != start[:-1])))
    if unit is Unit.HOURLY_MEAN:
        sizes = np.diff(np.append(first, len(time)))
        return start[first], np.add.reduceat(value, first) / sizes
    worst = np.maximum if side is Side.HIGH else np.minimum
    return start[first], worst.reduceat(value, first)


def gaps_before(time: Array, unit: Unit, interval: Span) -> Array:
    """Which values have no neighbour just before them."""
    width = WIDTHS.get(unit, interval)
    return np.concatenate(([True], np.diff(time) > 1.5 * width)) if len(time) else np.zeros(0, bool)

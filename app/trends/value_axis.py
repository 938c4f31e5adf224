"""The value axis of a plot: its range, its ticks, and where a value is drawn.

Particles stand on a logarithmic axis, for a room in operation has a thousand times as many as at rest. Zero is a
frequent and welcome value there, and has a line of its own at the bottom, labelled 0: half a decade below 1 /m³,
where no reading can lie (one particle in a cubic metre is 1 /m³).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from app.formats import decimal
from facility.quantities import MEASURES, Quantity
from storage.samples.columns import Array

ZERO = 10**-0.5
"""Where zero is drawn on a logarithmic axis, and everything between zero and this."""
MARGIN = 0.06


@dataclass(frozen=True, slots=True)
class ValueAxis:
    """A range of values from bottom to top; on a logarithmic axis both are greater than zero."""

    bottom: float
    top: float
    logarithmic: bool
    ticks: tuple[tuple[float, str], ...]

    def place(self, values: Array) -> Array:
        """Where values are drawn."""
        return np.maximum(values, ZERO) if self.logarithmic else values

    @property
    def range(self) -> tuple[float, float]:
        """As the plotting library wants it: exponents where the axis is logarithmic."""
        if self.logarithmic:
            return math.log10(self.bottom), math.log10(self.top)
        return self.bottom, self.top


def value_axis(quantity: Quantity, values: Iterable[float], limits: Iterable[float]) -> ValueAxis:
    """An axis that shows all values and all limits, with some room around them."""
    shown = [value for value in (*values, *limits) if math.isfinite(value)]
    if quantity is Quantity.PARTICLES:
        return _logarithmic(shown)
    low, high = (min(shown), max(shown)) if shown else (0.0, 1.0)
    least = 10.0 ** -MEASURES[quantity].decimals
    if high - low < 4 * least:
        low, high = (low + high) / 2 - 2 * least, (low + high) / 2 + 2 * least
    margin = (high - low) * MARGIN
    ticks = _ticks(max(low - margin, MEASURES[quantity].lowest), high + margin)
    return ValueAxis(low - margin, high + margin, False, ticks)


def _logarithmic(shown: list[float]) -> ValueAxis:
    low, high = (min(shown), max(shown)) if shown else (0.0, 1000.0)
    lowest = math.floor(math.log10(low)) if low >= 1 else 0
    highest = max(math.ceil(math.log10(max(high, 1.0) * 1.3)), lowest + 2)
    every = 1 if highest - lowest <= 7 else 2
    ticks = [(10.0**n, decimal(10.0**n, 0)) for n in range(lowest, highest + 1, every)]
    if low >= 1:
        return ValueAxis(10.0**lowest * 0.9, 10.0**highest, True, tuple(ticks))
    return ValueAxis(ZERO * 0.8, 10.0**highest, True, ((ZERO, "0"), *ticks))


def _ticks(bottom: float, top: float) -> tuple[tuple[float, str], ...]:
    """Four to six round values."""
    rough = (top - bottom) / 5
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough)
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    first, last = math.ceil(bottom / step - 1e-9), math.floor(top / step + 1e-9)
    return tuple((n * step, decimal(n * step, decimals)) for n in range(first, last + 1))

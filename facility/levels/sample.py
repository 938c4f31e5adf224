"""The data that a level is worked out from, and the numbers that say what kind of data they are."""

import math
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from facility.language import _n
from facility.limit import Side
from facility.quantities import MEASURES, Quantity

Array: TypeAlias = npt.NDArray[Any]

COUNTED = frozenset({Quantity.VIABLE_AIR})
"""Quantities whose levels are whole numbers: colonies."""


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of one quantity in one room state, and what limits a level of them.

    `action` is the action limit in force on this side, None where there is none: an alert level stays inside it, and
    a suggested action limit is no looser. `effective` is how many independent values the sample is worth; fewer than
    its length where neighbours in time resemble each other.
    """

    values: Array
    """float64, without NaN, in any order."""
    quantity: Quantity
    side: Side = Side.HIGH
    action: float | None = None
    effective: float | None = None

    @property
    def n(self) -> int:
        return len(self.values)

    @property
    def size(self) -> str:
        """How many they are, in words: 1 value, 120 values."""
        return _n("{n} value", "{n} values", self.n, n=self.n)

    @property
    def counted(self) -> bool:
        """Are levels of it whole numbers of colonies?"""
        return self.quantity in COUNTED

    @property
    def step(self) -> float:
        """The least difference between two levels, in the unit of the quantity: 1 CFU/m³, 0.1 Pa."""
        return 1.0 if self.counted else 10.0 ** -MEASURES[self.quantity].decimals

    @property
    def outward(self) -> Array:
        """The values with those that are bad at the top: as they are, or mirrored for a low side."""
        return self.values if self.side is Side.HIGH else -self.values


def effective_size(series: Array, gaps_before: Array | None = None) -> float:
    """How many independent values a series in order of time is worth: n (1 - r) / (1 + r), at most n.

    r is the correlation of neighbours (lag 1); the formula holds for a first-order autoregressive series (Bayley and
    Hammersley 1946; Zwiers and von Storch 1995). `gaps_before` marks values whose predecessor is no neighbour.
    """
    r = lag_correlation(series, gaps_before)
    return min(float(len(series)), len(series) * (1 - r) / (1 + r)) if r < 1 else 1.0


def lag_correlation(series: Array, gaps_before: Array | None = None) -> float:
    """The correlation of neighbours in a series; 0 where it cannot be told (fewer than 3, or all the same)."""
    if len(series) < 3:
        return 0.0
    off = series - series.mean()
    spread = float(np.mean(off * off))
    if spread <= 1e-24 * max(1.0, float(np.max(np.abs(series))) ** 2):
        return 0.0
    products = off[1:] * off[:-1]
    if gaps_before is not None:
        products = products[~gaps_before[1:]]
    return float(np.clip(products.mean() / spread, -0.99, 1.0)) if len(products) else 0.0


def recovery_rate(values: Array) -> float:
    """Contamination recovery rate, percent: samples with any growth, however much (USP <1116>). NaN without any."""
    return float(np.count_nonzero(values > 0) / len(values) * 100) if len(values) else math.nan

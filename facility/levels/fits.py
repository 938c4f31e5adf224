"""How well a distribution fits a sample."""

from collections.abc import Callable

import numpy as np
from scipy import stats

from facility.language import N_
from facility.levels.result import Fit
from facility.levels.sample import Array

SHAPIRO_WILK = N_("Shapiro-Wilk")
CHI_SQUARED = N_("chi-squared")
MOST_TESTED = 5_000
"""Shapiro and Wilk's p is known up to so many values (Royston 1995); of more, so many by even ranks are tested."""
MOST_DRAWN = 200
SAME = 1e-9
"""Values that differ by no more than this part are the same: nothing varies that could be normally distributed."""
LEAST_EXPECTED = 5.0
"""Cells of a chi-squared test are joined until so many are expected in each (Cochran 1954)."""


def normal_fit(values: Array, back: Callable[[Array], Array] = lambda x: x) -> Fit:
    """Against a normal distribution: Shapiro-Wilk (Royston 1995). `back` leads from the tested to the drawn scale.

    With a hundred thousand values any test finds the least departure, which nobody would see in the plot. So at most
    5,000 values are tested, evenly spaced by rank, which keeps the shape and the test's power in proportion.
    """
    ordered = np.sort(values)
    if ordered[-1] - ordered[0] <= SAME * max(1.0, abs(ordered[0]), abs(ordered[-1])):
        return Fit(SHAPIRO_WILK, 0.0, 0.0, (), ())
    tested = ordered[_spaced(len(ordered), MOST_TESTED)]
    quantiles = stats.norm.ppf(_positions(len(ordered)), ordered.mean(), ordered.std(ddof=1))
    drawn = _spaced(len(ordered), MOST_DRAWN)
    p = float(stats.shapiro(tested).pvalue) if len(tested) >= 3 else None
    return Fit(
        SHAPIRO_WILK,
        p,
        _correlation(quantiles, ordered),
        tuple(back(quantiles[drawn]).tolist()),
        tuple(back(ordered[drawn]).tolist()),
    )


def count_fit(
    values: Array, probability: Callable[[Array], Array], quantile: Callable[[Array], Array], estimated: int
) -> Fit:
    """Against a distribution of whole numbers: Pearson's chi-squared, cells joined until 5 are expected in each.

    `probability` of each count, `quantile` by cumulative probability, `estimated` parameters from the same data.
    """
    ordered = np.sort(values)
    quantiles = quantile(_positions(len(ordered)))
    drawn = _spaced(len(ordered), MOST_DRAWN)
    return Fit(
        CHI_SQUARED,
        _chi_squared(ordered, probability, estimated),
        _correlation(quantiles, ordered),
        tuple(quantiles[drawn].tolist()),
        tuple(ordered[drawn].tolist()),
    )


def _chi_squared(ordered: Array, probability: Callable[[Array], Array], estimated: int) -> float | None:
    counts = np.arange(int(ordered[-1]) + 1)
    observed = np.bincount(ordered.astype(np.int64), minlength=len(counts)).astype(np.float64)
    expected = probability(counts) * len(ordered)
    expected[-1] += max(0.0, len(ordered) - expected.sum())  # the last cell holds all counts above it, too
    cells: list[tuple[float, float]] = []
    seen = wanted = 0.0
    for o, e in zip(observed[::-1], expected[::-1], strict=True):
        seen, wanted = seen + o, wanted + e
        if wanted >= LEAST_EXPECTED:
            cells.append((seen, wanted))
            seen = wanted = 0.0
    if cells:
        cells[-1] = (cells[-1][0] + seen, cells[-1][1] + wanted)
    freedom = len(cells) - 1 - estimated
    if freedom < 1:
        return None
    statistic = sum((o - e) ** 2 / e for o, e in cells)
    return float(stats.chi2.sf(statistic, freedom))


def _positions(n: int) -> Array:
    """Blom's plotting positions: (i - 3/8) / (n + 1/4)."""
    return (np.arange(1, n + 1) - 0.375) / (n + 0.25)


def _spaced(n: int, most: int) -> Array:
    """Indices of at most so many of n, evenly spaced, the first and the last among them."""
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.int64))


def _correlation(quantiles: Array, ordered: Array) -> float:
    """Of the quantile-quantile plot (Filliben 1975); 0 where one of the two does not vary."""
    a, b = quantiles - quantiles.mean(), ordered - ordered.mean()
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0

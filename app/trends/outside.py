"""Which rows of a series were outside the limits in force at their time, and which of them get a dot and a label."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.trends.series import Series
from app.trends.steps import LimitStep, of_limits
from facility.limit import Limit, Severity, Side
from storage.samples.columns import Array

MOST_PEAKS = 6
CLUSTER = 0.03
"""Excursions that are nearer to each other than this part of the range are one, with one label."""


@dataclass(frozen=True, slots=True)
class Peak:
    """The value farthest outside of one excursion, where it is drawn, and how severe its limit is."""

    time: float
    value: float
    severity: Severity
    side: Side
    limit: float


def threshold(limit: Limit) -> float:
    """The number beyond which (strictly) a value is outside this limit."""
    if not limit.reached:
        return limit.value
    return float(np.nextafter(limit.value, -np.inf if limit.side is Side.HIGH else np.inf))


def peaks(series: Series, steps: Sequence[LimitStep], span: float) -> list[Peak]:
    """The worst row of each excursion, the worst excursions first and at most six, of a range this long.

    A bucket over which limits changed counts as outside only where its extreme is beyond all of them.
    """
    if len(series) == 0 or not steps:
        return []
    found: list[Peak] = []
    for severity in (Severity.ACTION, Severity.ALERT):
        for side in Side:
            limits = _loosest(series, steps, severity, side)
            values = series.high if side is Side.HIGH else series.low
            beyond = values - limits if side is Side.HIGH else limits - values
            for row in _worst_rows(series.time, beyond, CLUSTER * span):
                found.append(Peak(float(series.time[row]), float(values[row]), severity, side, float(limits[row])))
    return _not_twice(found, CLUSTER * span)[:MOST_PEAKS]


def _loosest(series: Series, steps: Sequence[LimitStep], severity: Severity, side: Side) -> Array:
    """For each row the loosest threshold of a kind over its time; infinitely loose where there is none."""
    none = np.inf if side is Side.HIGH else -np.inf
    strictest = min if side is Side.HIGH else max
    of_step = of_limits(
        steps,
        lambda limits: strictest(
            (threshold(limit) for limit in limits if limit.severity is severity and limit.side is side), default=none
        ),
    )
    first = np.searchsorted([step.end for step in steps], series.start, side="right")
    last = np.searchsorted([step.start for step in steps], series.start + series.width, side="right")
    found: Array = np.full(len(series), none)
    held = np.flatnonzero(first < last)
    if len(held):  # each row's own steps; what lies between two rows' is left out
        edges = np.column_stack([first[held], last[held]]).ravel()
        reduced = (np.maximum if side is Side.HIGH else np.minimum).reduceat([*of_step, none], edges)
        found[held] = reduced[::2]
    return found


def _worst_rows(time: Array, beyond: Array, apart: float) -> list[int]:
    """The row farthest outside of each cluster of rows that are outside."""
    rows = np.flatnonzero(beyond > 0)
    if len(rows) == 0:
        return []
    clusters = np.split(rows, np.flatnonzero(np.diff(time[rows]) > apart) + 1)
    return [int(cluster[np.argmax(beyond[cluster])]) for cluster in clusters]


def _not_twice(found: list[Peak], apart: float) -> list[Peak]:
    """Action before alert, far before near; of several close together on one side only the first."""
    kept: list[Peak] = []
    for peak in sorted(found, key=lambda p: (-p.severity, -abs(p.value - p.limit))):
        if not any(other.side is peak.side and abs(other.time - peak.time) <= apart for other in kept):
            kept.append(peak)
    return kept

"""The numbers below a trend: exact, for the shown range, split by room state where that says something."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.trends.outside import threshold
from app.trends.picture import PointHistory
from app.trends.series import of_buckets
from app.trends.steps import LimitStep
from facility.instants import DAY, Instant, Span
from facility.limit import Limit, RoomState, Severity, Side
from facility.reading import INVALID_MASK
from storage.samples.columns import Array
from storage.samples.store import SampleStore

PERCENTILES = (50, 95, 99)
MOST_RANKED = 4_000_000
"""Readings of all points of a trend together of which percentiles are worked out: each of them is read for that."""
RANKED_AT_ONCE: Span = 30 * DAY
MOST_STEPS = 400
"""Stretches of limits that are asked for one by one; a longer history is not split by room state."""


@dataclass(frozen=True, slots=True)
class Row:
    """One point in one room state (None while it is unknown), or in all of them together.

    `outside_alert` and `outside_action` are None where no such limit was in force at any time. `coverage` is the
    part of the readings that should have come, None for a point that has no rhythm.
    """

    point: str
    state: RoomState | None
    all_states: bool
    n: int
    mean: float | None
    low: float | None
    high: float | None
    outside_alert: int | None
    outside_action: int | None
    invalid: int
    suspect: int
    coverage: float | None
    percentiles: tuple[float, ...] = ()
    """The values of `PERCENTILES`; none where readings were not ranked, or there are none."""


@dataclass(slots=True)
class _Sum:
    lasting: int = 0
    n: int = 0
    judged: int = 0
    valid: int = 0
    total: float = 0.0
    low: float = np.inf
    high: float = -np.inf
    outside: dict[Severity, int] = field(default_factory=dict)
    values: list[Array] = field(default_factory=list)


def statistics(samples: SampleStore, history: PointHistory, now: Instant, *, ranked: bool = True) -> list[Row]:
    """The rows of one point over its range, from its first reading until now; with percentiles if `ranked`."""
    known = samples.extent([history.point.id])
    if known is None:
        return []
    split = len(history.steps) <= MOST_STEPS
    sums: dict[RoomState | None, _Sum] = {}
    for step in history.steps:
        start, end = max(step.start, known[0]), min(step.end, now)
        if start < end:
            total = sums.setdefault(_key(step, split), _Sum())
            _add(total, samples, history.point.id, step.limits, start, end)
    if ranked:
        _rank(sums, samples, history, max(history.start, known[0]), min(history.end, now), split)
    return [_row(history, state, not split, sums[state]) for state in (*RoomState, None) if state in sums]


def _add(
    total: _Sum, samples: SampleStore, point: str, limits: Sequence[Limit], start: Instant, end: Instant
) -> None:
    total.lasting += end - start
    for limit in limits:
        total.outside.setdefault(limit.severity, 0)
    series = of_buckets(samples.envelope([point], start, end, 1), end - start)
    if series.n.sum() == 0:
        return
    total.n += int(series.n[0])
    total.valid += int(series.valid[0])
    if series.judged[0] == 0:
        return
    low, high = float(series.low[0]), float(series.high[0])
    total.judged += int(series.judged[0])
    total.total += float(series.mean[0]) * int(series.judged[0])
    total.low, total.high = min(total.low, low), max(total.high, high)
    for severity in total.outside:
        least, most = outer(limits, severity)
        if (least is not None and low < least) or (most is not None and high > most):
            total.outside[severity] += samples.count_outside(point, start, end, least, most)


def _rank(
    sums: dict[RoomState | None, _Sum],
    samples: SampleStore,
    history: PointHistory,
    start: Instant,
    end: Instant,
    split: bool,
) -> None:
    """Take up the values of all judged readings, each with the room state of its time."""
    begins = np.array([step.start for step in history.steps])
    states = list(sums)
    of_step = np.array([states.index(_key(s, split)) if _key(s, split) in sums else -1 for s in history.steps])
    for begin in range(start, end, RANKED_AT_ONCE):
        raw = samples.raw(history.point.id, begin, min(begin + RANKED_AT_ONCE, end))
        value = raw["value"].to_numpy(np.float64)
        judged = (raw["reasons"].to_numpy(np.int64) & INVALID_MASK == 0) & ~np.isnan(value)
        of = of_step[np.searchsorted(begins, raw["time"].to_numpy(np.int64), side="right") - 1]
        for index, state in enumerate(states):
            sums[state].values.append(value[judged & (of == index)])


def _key(step: LimitStep, split: bool) -> RoomState | None:
    return step.state if split else None


def outer(limits: Sequence[Limit], severity: Severity) -> tuple[float | None, float | None]:
    """Below which and above which number a value is outside these limits of one severity."""
    of_severity = [limit for limit in limits if limit.severity is severity]
    return (
        max((threshold(limit) for limit in of_severity if limit.side is Side.LOW), default=None),
        min((threshold(limit) for limit in of_severity if limit.side is Side.HIGH), default=None),
    )


def _row(history: PointHistory, state: RoomState | None, all_states: bool, total: _Sum) -> Row:
    judged = total.judged > 0
    values = np.concatenate(total.values) if total.values else np.array([])
    rhythm = history.point.silent_after is not None
    return Row(
        point=history.point.id,
        state=state,
        all_states=all_states,
        n=total.n,
        mean=total.total / total.judged if judged else None,
        low=total.low if judged else None,
        high=total.high if judged else None,
        outside_alert=total.outside.get(Severity.ALERT),
        outside_action=total.outside.get(Severity.ACTION),
        invalid=total.n - total.judged,
        suspect=total.judged - total.valid,
        coverage=min(1.0, total.n * history.interval / total.lasting) if rhythm and total.lasting else None,
        percentiles=tuple(np.percentile(values, PERCENTILES).tolist()) if len(values) else (),
    )

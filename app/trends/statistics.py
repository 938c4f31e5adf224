"""The numbers below a trend: exact, for the shown range, split by room state where each reading is looked at.

Few readings are each looked at: then there are percentiles, and a row for each room state. Of many the sums of hours
are taken, and only the hours in which something may have been outside are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from app.trends.outside import threshold
from app.trends.picture import PointHistory
from app.trends.series import Series, of_buckets, of_readings
from app.trends.steps import LimitStep, of_limits
from facility.instants import DAY, HOUR, Instant, Span
from facility.limit import Limit, RoomState, Severity, Side
from storage.samples.columns import Array
from storage.samples.store import SampleStore
from storage.samples.summaries import cut_hours

PERCENTILES = (50, 95, 99)
FEW = 1_000_000
"""Readings of all points of a trend together that are each looked at without being asked to: half a second's work."""
MOST = 40_000_000
"""Readings that are each looked at where somebody asks for it."""
AT_ONCE: Span = 30 * DAY
SEVERITIES = (Severity.ALERT, Severity.ACTION)


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


class _Bounds:
    """Below and above which numbers a reading is outside at each time; infinitely far away where no limit holds."""

    def __init__(self, steps: Sequence[LimitStep]) -> None:
        self._begins = np.array([step.start for step in steps], np.int64)
        self._bounds: dict[Severity, tuple[Array, Array]] = {}
        for severity in SEVERITIES:
            bounds = of_limits(steps, partial(outer, severity=severity))
            least = np.array([-np.inf if low is None else low for low, _high in bounds])
            most = np.array([np.inf if high is None else high for _low, high in bounds])
            self._bounds[severity] = least, most

    def step(self, times: Array) -> Array:
        """Which step holds at each time."""
        return np.searchsorted(self._begins, times, side="right") - 1

    def outside(self, series: Series, severity: Severity) -> Array:
        """Which readings are outside."""
        least, most = (bounds[self.step(series.start)] for bounds in self._bounds[severity])
        found: Array = (series.low < least) | (series.high > most)
        return found

    def may_be_outside(self, hours: Series, severity: Severity) -> Array:
        """Which hours hold a value that is outside under a limit that was in force at any time of the hour."""
        first, last = self.step(hours.start), self.step(hours.start + hours.width - 1)
        least, most = (bounds[first] for bounds in self._bounds[severity])
        for row in np.flatnonzero(last > first):
            held = slice(first[row], last[row] + 1)
            least[row] = self._bounds[severity][0][held].max()
            most[row] = self._bounds[severity][1][held].min()
        found: Array = (hours.low < least) | (hours.high > most)
        return found


def statistics(samples: SampleStore, history: PointHistory, now: Instant, *, each: bool = True) -> list[Row]:
    """The rows of one point over its range, from its first reading until now; of `each` reading, or of sums."""
    known = samples.extent([history.point.id])
    start, end = (max(history.start, known[0]), min(history.end, now)) if known else (now, now)
    if start >= end:
        return []
    sums: dict[RoomState | None, _Sum] = {}
    for step in history.steps:
        begin, finish = max(step.start, start), min(step.end, end)
        if begin < finish:
            total = sums.setdefault(step.state if each else None, _Sum())
            total.lasting += finish - begin
            total.outside |= dict.fromkeys((limit.severity for limit in step.limits), 0)
    bounds = _Bounds(history.steps)
    if each:
        _add_each(sums, bounds, samples, history, start, end)
    else:
        _add_hours(sums[None], bounds, samples, history.point.id, start, end)
    return [_row(history, state, not each, sums[state]) for state in (*RoomState, None) if state in sums]


def _add_each(
    sums: dict[RoomState | None, _Sum],
    bounds: _Bounds,
    samples: SampleStore,
    history: PointHistory,
    start: Instant,
    end: Instant,
) -> None:
    states = list(RoomState)
    of_step = np.array([states.index(s.state) if s.state else len(states) for s in history.steps])
    for begin in range(start, end, AT_ONCE):
        series = of_readings(samples.raw(history.point.id, begin, min(begin + AT_ONCE, end)))
        of = of_step[bounds.step(series.start)]
        for state, total in sums.items():
            part = series.of(of == (states.index(state) if state else len(states)))
            _add(total, part)
            _add_outside(total, bounds, part)
            total.values.append(part.mean[part.judged > 0])


def _add_hours(total: _Sum, bounds: _Bounds, samples: SampleStore, point: str, start: Instant, end: Instant) -> None:
    """Whole hours from their sums, what is left at both ends from its readings."""
    edges = cut_hours(start, end)
    for begin, finish in edges:
        series = of_readings(samples.raw(point, begin, finish))
        _add(total, series)
        _add_outside(total, bounds, series)
    begin, finish = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    if begin >= finish:
        return
    hours = of_buckets(samples.envelope([point], begin, finish, (finish - begin) // HOUR), HOUR)
    _add(total, hours)
    looked_at = np.logical_or.reduce([bounds.may_be_outside(hours, severity) for severity in SEVERITIES])
    for day in np.unique(hours.start[looked_at] // DAY).tolist():
        of_day = hours.start[looked_at & (hours.start // DAY == day)]
        series = of_readings(samples.raw(point, int(of_day[0]), int(of_day[-1]) + HOUR))
        _add_outside(total, bounds, series.of(np.isin(series.start // HOUR * HOUR, of_day)))


def _add(total: _Sum, series: Series) -> None:
    judged = series.judged > 0
    total.n += int(series.n.sum())
    total.judged += int(series.judged.sum())
    total.valid += int(series.valid.sum())
    if judged.any():
        total.total += float((series.mean[judged] * series.judged[judged]).sum())
        total.low = min(total.low, float(series.low[judged].min()))
        total.high = max(total.high, float(series.high[judged].max()))


def _add_outside(total: _Sum, bounds: _Bounds, readings: Series) -> None:
    for severity in total.outside:
        total.outside[severity] += int(bounds.outside(readings, severity).sum())


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

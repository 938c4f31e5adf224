"""How bad it was at one point, from every single reading: how long and how deep outside, what is missing.

A reading stands for the time until the next one, and at most for 2.5 intervals of its instrument: what nobody
measured is not counted. The area outside is the sum, over the readings outside a limit in force then, of how far
outside they were (in the unit of the point) times how long they stand for (in minutes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.trends.outside import threshold
from app.trends.series import INTERVALS_OF_A_GAP, gaps, of_readings
from app.trends.steps import LimitStep
from facility.instants import MINUTE, Instant, Span
from facility.limit import Limit, Severity, Side
from facility.site import Point
from storage.samples.columns import Array


@dataclass(frozen=True, slots=True)
class Outside:
    """What lay outside one kind of limit. `area` is in the point's unit times minutes; None of a point of samples,
    which have no duration."""

    severity: Severity
    side: Side
    limits: tuple[float, ...]
    """Those in force at readings outside, in order of time."""
    readings: int
    lasting: Span
    area: float | None
    worst: float
    worst_at: Instant


@dataclass(frozen=True, slots=True)
class Measured:
    """One point from `start` to `end`. `expected` is what came and what did not, by the rhythm of those that came;
    None where the point has none."""

    point: Point
    start: Instant
    end: Instant
    expected: int | None
    present: int
    invalid: int
    suspect: int
    missing: tuple[tuple[Instant, Instant], ...]
    outside: tuple[Outside, ...]

    @property
    def coverage(self) -> float | None:
        """The part of the expected readings that is there; None where none are expected."""
        return None if self.expected is None else self.present / self.expected

    @property
    def gravest(self) -> Outside | None:
        """What lay outside the most severe limit."""
        return max(self.outside, key=lambda one: (one.severity, one.area or one.lasting), default=None)


def measure(
    point: Point, interval: Span, steps: Sequence[LimitStep], raw: pd.DataFrame, start: Instant, end: Instant
) -> Measured:
    """Of the readings of a point (`SampleStore.raw`) those in `[start, end)`; one should come every `interval`."""
    raw = raw[(raw["time"] >= start) & (raw["time"] < end)]
    series, rhythm = of_readings(raw), point.silent_after is not None
    time, value = series.start[series.judged > 0], series.mean[series.judged > 0]
    stands = _stands_for(series.start, interval, end)[series.judged > 0]
    kinds = [(severity, side) for severity in (Severity.ACTION, Severity.ALERT) for side in Side]
    found = (_outside(kind, steps, time, value, stands, rhythm=rhythm) for kind in kinds)
    missing = gaps(series, interval, start, end, (start, end)) if rhythm else []
    return Measured(
        point=point,
        start=start,
        end=end,
        expected=len(raw) + _absent(series.start, interval, start, end) if rhythm else None,
        present=len(raw),
        invalid=int((series.judged < series.n).sum()),
        suspect=int((series.valid < series.judged).sum()),
        missing=tuple(missing),
        outside=tuple(one for one in found if one is not None),
    )


def _absent(time: Array, interval: Span, start: Instant, end: Instant) -> int:
    """How many readings did not come. A stretch begins and ends at any moment between two of an instrument, so how
    many fit in it is not asked of its length alone."""
    if len(time) == 0:
        return max(1, (end - start) // interval)
    between = np.rint(np.diff(time) / interval) - 1
    before, after = (time[0] - start) // interval, (end - 1 - time[-1]) // interval
    return int(np.maximum(between, 0).sum() + before + after)


def _stands_for(time: Array, interval: Span, end: Instant) -> Array:
    """For how many milliseconds each reading stands."""
    until: Array = np.append(time[1:], end)
    held: Array = np.minimum(until - time, INTERVALS_OF_A_GAP * interval)
    return held


def _outside(
    kind: tuple[Severity, Side],
    steps: Sequence[LimitStep],
    time: Array,
    value: Array,
    stands: Array,
    *,
    rhythm: bool,
) -> Outside | None:
    severity, side = kind
    depth, bound = np.full(len(time), -np.inf), np.full(len(time), np.nan)
    for step in steps:
        limit = _strictest(step.limits, severity, side)
        here = (time >= step.start) & (time < step.end)
        if limit is not None and here.any():
            beyond = value[here] > threshold(limit) if side is Side.HIGH else value[here] < threshold(limit)
            deep = value[here] - limit.value if side is Side.HIGH else limit.value - value[here]
            depth[here], bound[here] = np.where(beyond, deep, -np.inf), limit.value
    rows = np.flatnonzero(depth > -np.inf)
    if len(rows) == 0:
        return None
    worst = rows[np.argmax(depth[rows])]
    return Outside(
        severity,
        side,
        tuple(dict.fromkeys(bound[rows].tolist())),
        len(rows),
        int(stands[rows].sum()),
        float((depth[rows] * stands[rows]).sum() / MINUTE) if rhythm else None,
        float(value[worst]),
        int(time[worst]),
    )


def _strictest(limits: Sequence[Limit], severity: Severity, side: Side) -> Limit | None:
    of_kind = [limit for limit in limits if limit.severity is severity and limit.side is side]
    pick = min if side is Side.HIGH else max
    return pick(of_kind, key=lambda limit: limit.value, default=None)

"""What is drawn of one point: single readings where they fit on the screen, else buckets with their extremes.

Both are the same columns. A bucket's lowest and highest value are always among them, so that one reading outside
shows at every zoom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span
from facility.reading import INVALID_MASK
from storage.samples.columns import Array

MOST_BUCKETS = 1200
MOST_SINGLE = 1500
"""Readings that are drawn one by one; more of them are drawn as buckets."""
WIDTHS: tuple[Span, ...] = (
    *(s * SECOND for s in (1, 2, 5, 10, 20, 30)),
    *(m * MINUTE for m in (1, 2, 3, 5, 10, 15, 20, 30)),
    *(h * HOUR for h in (1, 2, 3, 4, 6, 8, 12)),
    *(d * DAY for d in (1, 2, 4, 7, 14, 28)),
)
"""How long a bucket may be. They begin at multiples of their length, so they stand still while the view moves."""

INTERVALS_OF_A_GAP = 2.5
"""Silence that is longer than this many intervals of the instrument is a gap."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Buckets of equal width that cover a range; with width 0 readings are drawn one by one."""

    start: Instant
    end: Instant
    width: Span

    @property
    def buckets(self) -> int:
        return 0 if self.width == 0 else (self.end - self.start) // self.width


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Columns of one point by time. `low`, `mean` and `high` are NaN where no reading is judged.

    `reasons` says of single readings why they are not valid. `width` is 0 where every row is one reading.
    """

    width: Span
    start: Array
    low: Array
    mean: Array
    high: Array
    n: Array
    judged: Array
    valid: Array
    reasons: Array

    @property
    def time(self) -> Array:
        """Where each row is drawn: a reading at its time, a bucket in its middle."""
        return self.start + self.width / 2

    def __len__(self) -> int:
        return len(self.start)

    def of(self, rows: Array) -> "Series":
        """Some of its rows."""
        names = ("start", "low", "mean", "high", "n", "judged", "valid", "reasons")
        return Series(self.width, *(getattr(self, name)[rows] for name in names))


def grid_of(start: Instant, end: Instant, interval: Span) -> Grid:
    """How a point with this interval is drawn over a range."""
    if (end - start) / interval <= MOST_SINGLE:
        margin = 3 * interval  # so that lines run to the edges
        return Grid(start - margin, end + margin, 0)
    width = next((w for w in WIDTHS if (end - start) / w <= MOST_BUCKETS), None)
    if width is None:
        width = -(-(end - start) // (MOST_BUCKETS * DAY)) * DAY
    return Grid(start // width * width, -(-end // width) * width, width)


def of_readings(raw: pd.DataFrame) -> Series:
    """Single readings, as `SampleStore.raw` answers them."""
    value = raw["value"].to_numpy(np.float64)
    reasons = raw["reasons"].to_numpy(np.int64)
    judged = (reasons & INVALID_MASK == 0) & ~np.isnan(value)
    shown = np.where(judged, value, np.nan)
    ones = np.ones(len(raw), np.int64)
    return Series(
        0,
        raw["time"].to_numpy(np.int64),
        shown,
        shown,
        shown,
        ones,
        judged.astype(np.int64),
        (judged & (reasons == 0)).astype(np.int64),
        reasons,
    )


def of_buckets(envelope: pd.DataFrame, width: Span) -> Series:
    """Buckets of this width, as `SampleStore.envelope` answers them for one point."""
    columns = {name: envelope[name].to_numpy(np.float64) for name in ("min", "mean", "max")}
    counts = {name: envelope[name].to_numpy(np.int64) for name in ("start", "n", "judged", "valid")}
    return Series(
        width,
        counts["start"],
        columns["min"],
        columns["mean"],
        columns["max"],
        counts["n"],
        counts["judged"],
        counts["valid"],
        np.zeros(len(envelope), np.int64),
    )


def gaps(
    series: Series, interval: Span, start: Instant, end: Instant, known: tuple[Instant, Instant] | None
) -> list[tuple[Instant, Instant]]:
    """Stretches of a range without any reading that are longer than 2.5 intervals, as exactly as the rows tell.

    `known` is the first and the last reading of the point: before it began there is no gap. `end` shall not lie in
    the future.
    """
    if known is None or known[0] >= end:
        return []
    shortest = INTERVALS_OF_A_GAP * interval
    begins = series.start
    ends = begins + series.width
    edges_from = [max(start, known[0]), *ends.tolist()]
    edges_to = [*begins.tolist(), end]
    return [
        (max(gap_from, start), min(gap_to, end))
        for gap_from, gap_to in zip(edges_from, edges_to, strict=True)
        if gap_to - gap_from > shortest and gap_to > start and gap_from < end
    ]


def incomplete(series: Series, interval: Span, end: Instant) -> Array:
    """Buckets with data that lack readings for more than 2.5 intervals: a gap too short to be drawn as one."""
    if series.width <= (1 + INTERVALS_OF_A_GAP) * interval:
        return np.zeros(len(series), bool)
    over = series.start + series.width <= end
    missing: Array = over & (series.width - series.n * interval > INTERVALS_OF_A_GAP * interval)
    missing[:1] = False  # history may begin within the first
    return missing


def runs(series: Series, breaks: Sequence[tuple[Instant, Instant]]) -> list[slice]:
    """The stretches over which a line may run: unbroken by a gap, and by rows where nothing is judged."""
    if len(series) == 0:
        return []
    starts = np.array([gap_from for gap_from, _ in breaks], np.float64)
    after_gap = np.searchsorted(starts, series.time)
    drawable = series.judged > 0
    new = np.r_[True, (np.diff(after_gap) != 0) | (drawable[1:] != drawable[:-1])]
    begins = np.flatnonzero(new)
    ends = np.r_[begins[1:], len(series)]
    return [slice(int(b), int(e)) for b, e in zip(begins, ends, strict=True) if drawable[b]]

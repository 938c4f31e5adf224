"""Long stretches in few numbers, exactly: envelopes for drawing, and how many readings were outside.

Whole hours come from the roll-ups as far as these hold; everything else is summed up from readings.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pandas as pd

from facility.instants import HOUR, Instant
from facility.site import Site
from storage.samples.columns import Array
from storage.samples.frames import envelope_frame
from storage.samples.influx.influxql import Reader, one_of, sources, within
from storage.samples.influx.queries import columns, of_site
from storage.samples.influx.rollups import closed, newest
from storage.samples.influx.schema import measurements_of
from storage.samples.influx.sums import Range, sums
from storage.samples.summaries import SUMMARY, add, empty, grid

MOST_RANGES = 64
"""Into so many ranges at most falls what is asked of readings; beyond that roll-ups in between are left unused."""


def envelope(
    reader: Reader, site: Site, points: Sequence[str], start: Instant, end: Instant, buckets: int
) -> pd.DataFrame:
    """At most `buckets` equal buckets a point, empty ones left out; from an hour on they are whole hours."""
    if buckets < 1:
        raise ValueError(f"an envelope needs at least one bucket, not {buckets}")
    points = list(dict.fromkeys(points))
    if start >= end or not points:
        return envelope_frame([])
    origin, width = grid(start, end, buckets)
    totals: dict[str, Array] = {}
    asked: defaultdict[tuple[Range, ...], list[str]] = defaultdict(list)
    if width % HOUR:
        asked[((start, end),)] = points
    else:
        hours = _hours(reader, site, points, start, end)
        for point in points:
            kept, rest = covered(hours[point], start, end)
            asked[tuple(rest)].append(point)
            if len(kept):
                totals[point] = empty(-(-(end - origin) // width))
                add(totals[point], kept, (kept["key"] * HOUR - origin) // width)
    for ranges, alike in asked.items():
        for point, part in sums(reader, site, alike, ranges, origin, width):
            if point not in totals:
                totals[point] = empty(-(-(end - origin) // width))
            add(totals[point], part, part["key"])
    filled = {point: totals[point][totals[point]["n"] > 0] for point in points if point in totals}
    return envelope_frame([(point, origin, width, total) for point, total in filled.items()])


def count_outside(
    reader: Reader, site: Site, point: str, start: Instant, end: Instant, low: float | None, high: float | None
) -> int:
    """How many judged readings lie below `low` or above `high`, exactly."""
    if start >= end or (low is None and high is None):
        return 0
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    hours = _hours(reader, site, [point], start, end)[point]
    all_outside = (hours["max"] < low) | (hours["min"] > high)
    none_outside = (hours["min"] >= low) & (hours["max"] <= high)
    decided, rest = covered(hours[all_outside | none_outside], start, end)
    outside = int(decided["judged"][(decided["max"] < low) | (decided["min"] > high)].sum())
    sides = [f'"value" < {low!r}'] * bool(low > -np.inf) + [f'"value" > {high!r}'] * bool(high < np.inf)
    where = f"{of_site(site)} AND {one_of([point])} AND ({' OR '.join(sides)})"
    answers = reader.ask(
        *(
            f'SELECT count("value") FROM {sources(measurements_of(site.points.get(point)))} '  # noqa: S608 - quoted
            f'WHERE {where} AND {within(*range)} GROUP BY "room", "size"'
            for range in rest
        )
    )
    for range, series in zip(rest, answers, strict=True):
        if len(series) > 1:  # two series of one point: a reading may be in both
            readings = columns(reader, site, point, *range)
            outside += int(np.count_nonzero(readings.judged & ((readings.value < low) | (readings.value > high))))
        else:
            outside += sum(one.values[0][1] for one in series)
    return outside


def covered(hours: Array, start: Instant, end: Instant) -> tuple[Array, list[Range]]:
    """Those of the hours that are used, and the ranges that remain for the readings; together exactly the range."""
    inside = hours[(hours["key"] * HOUR >= start) & ((hours["key"] + 1) * HOUR <= end)]
    begins, ends = np.r_[start, (inside["key"] + 1) * HOUR], np.r_[inside["key"] * HOUR, end]
    open = begins < ends
    begins, ends = begins[open], ends[open]
    if len(begins) > MOST_RANGES:
        longest = np.sort(np.argsort(begins[1:] - ends[:-1])[-(MOST_RANGES - 1) :])
        begins, ends = np.r_[begins[0], begins[longest + 1]], np.r_[ends[longest], ends[-1]]
        after = np.searchsorted(begins, inside["key"] * HOUR, side="right")
        inside = inside[(after == 0) | (inside["key"] * HOUR >= ends[after - 1])]
    return inside, list(zip(begins.tolist(), ends.tolist(), strict=True))


def _hours(reader: Reader, site: Site, points: Sequence[str], start: Instant, end: Instant) -> dict[str, Array]:
    """The sums of whole hours that hold, of each point (`SUMMARY`)."""
    first, last = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    found = newest(reader, site, points, first, last) if first < last else {}
    return {point: closed(found[point]) if point in found else np.empty(0, SUMMARY) for point in points}

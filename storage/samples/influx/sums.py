"""Readings summed up by InfluxDB itself, in one pass over a measurement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from facility.instants import DAY, Instant
from facility.site import Site
from storage.samples.columns import Array
from storage.samples.influx.influxql import Reader, Series, one_of, sources, within
from storage.samples.influx.queries import by_measurements, columns, of_site
from storage.samples.summaries import SUMMARY, summary

Range: TypeAlias = tuple[Instant, Instant]

SUMS = (
    'count("received") AS "n", count("value") AS "judged", count("reasons") AS "not_valid", '
    'min("value") AS "min", max("value") AS "max", sum("value") AS "sum"'
)


def sums(
    reader: Reader, site: Site, points: Sequence[str], ranges: Sequence[Range], origin: Instant, width: int
) -> Iterator[tuple[str, Array]]:
    """Summaries by bucket: of each point and range those that have readings, with the buckets' numbers as keys."""
    if not ranges:
        return
    for measurements, portion in by_measurements(site, points):
        answers = reader.ask(
            *(
                f"SELECT {SUMS} FROM {sources(measurements)} WHERE {of_site(site)} AND {one_of(portion)} "  # noqa: S608 - quoted
                f"AND {within(*stretch)} "
                f'GROUP BY time({width}ms, {origin % width}ms), "point", "room", "size" fill(none)'
                for stretch in ranges
            )
        )
        for stretch, series in zip(ranges, answers, strict=True):
            of_point: defaultdict[str, list[Array]] = defaultdict(list)
            for one in series:
                of_point[one.tags["point"]].append(_summaries(one, origin, width))
            for point, parts in of_point.items():
                yield point, _each_once(reader, site, point, np.concatenate(parts), stretch, origin, width)


def _each_once(
    reader: Reader, site: Site, point: str, parts: Array, stretch: Range, origin: Instant, width: int
) -> Array:
    """One summary for each bucket. Where a point has two series in a bucket, its readings may be there twice."""
    keys, times = np.unique(parts["key"], return_counts=True)
    found = [parts[np.isin(parts["key"], keys[times == 1])]]
    twice = keys[times > 1]
    for run in np.split(twice, np.flatnonzero(np.diff(twice) > 1) + 1):
        if len(run):
            begin, end = origin + int(run[0]) * width, origin + (int(run[-1]) + 1) * width
            found += _single_readings(
                reader, site, point, (max(begin, stretch[0]), min(end, stretch[1])), origin, width
            )
    return np.concatenate(found)


def _single_readings(
    reader: Reader, site: Site, point: str, stretch: Range, origin: Instant, width: int
) -> Iterator[Array]:
    """Summaries of what is read reading by reading, in pieces of about a day."""
    first, last = (stretch[0] - origin) // width, (stretch[1] - 1 - origin) // width
    at_once = max(DAY // width, 1)
    for key in range(first, last + 1, at_once):
        begin, end = origin + key * width, origin + (key + at_once) * width
        readings = columns(reader, site, point, max(begin, stretch[0]), min(end, stretch[1]))
        yield summary(readings, (readings.time - origin) // width)


def _summaries(series: Series, origin: Instant, width: int) -> Array:
    found = np.zeros(len(series.values), SUMMARY)
    found["key"] = (np.array(series.column("time"), np.int64) - origin) // width
    for name in ("n", "judged"):
        found[name] = [count or 0 for count in series.column(name)]
    found["valid"] = found["n"] - np.array([count or 0 for count in series.column("not_valid")], np.int64)
    for name, nothing in (("min", np.inf), ("max", -np.inf), ("sum", 0.0)):
        found[name] = [nothing if number is None else number for number in series.column(name)]
    return found

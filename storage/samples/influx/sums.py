"""Readings summed up by InfluxDB itself, in one pass over a measurement."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from facility.instants import Instant
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
                f"AND {within(*range)} "
                f'GROUP BY time({width}ms, {origin % width}ms), "point", "room", "size" fill(none)'
                for range in ranges
            )
        )
        for range, series in zip(ranges, answers, strict=True):
            of_point: defaultdict[str, list[Array]] = defaultdict(list)
            for one in series:
                of_point[one.tags["point"]].append(_summaries(one, origin, width))
            for point, parts in of_point.items():
                yield point, _each_once(reader, site, point, np.concatenate(parts), range, origin, width)


def _each_once(
    reader: Reader, site: Site, point: str, parts: Array, range: Range, origin: Instant, width: int
) -> Array:
    """One summary for each bucket. Where a point has two series in a bucket, its readings may be there twice."""
    keys, times = np.unique(parts["key"], return_counts=True)
    single = [parts[np.isin(parts["key"], keys[times == 1])]]
    for key in keys[times > 1].tolist():
        begin = origin + key * width
        readings = columns(reader, site, point, max(begin, range[0]), min(begin + width, range[1]))
        single.append(summary(readings, np.full(len(readings), key)))
    return np.concatenate(single)


def _summaries(series: Series, origin: Instant, width: int) -> Array:
    found = np.zeros(len(series.values), SUMMARY)
    found["key"] = (np.array(series.column("time"), np.int64) - origin) // width
    for name in ("n", "judged"):
        found[name] = [count or 0 for count in series.column(name)]
    found["valid"] = found["n"] - np.array([count or 0 for count in series.column("not_valid")], np.int64)
    for name, nothing in (("min", np.inf), ("max", -np.inf), ("sum", 0.0)):
        found[name] = [nothing if number is None else number for number in series.column(name)]
    return found

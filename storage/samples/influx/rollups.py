"""Hours summed up and kept in the bucket, in revisions that are never changed: `<quantity>_1h`.

The newest revision of an hour counts. Where it says `open`, or where there is none, the hour's readings are asked.
Hours are summed up by InfluxDB from what it holds; before readings are added to one, it is opened.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from facility.instants import DAY, HOUR, Instant
from facility.site import Site
from storage.samples.columns import Array
from storage.samples.influx.influxql import Reader, name, one_of, sources, within
from storage.samples.influx.lines import Lines
from storage.samples.influx.queries import by_measurements, of_site
from storage.samples.influx.schema import HOURLY, MEASUREMENTS
from storage.samples.influx.sums import sums
from storage.samples.summaries import SUMMARY, empty

REVISION = np.dtype([*SUMMARY.descr, ("revision", "<i8"), ("open", "?")])
"""The newest revision of an hour; `key` is the hour since 1970."""

FIELDS = ", ".join(map(name, ("n", "judged", "valid", "min", "max", "sum", "open")))
FILLED_BACK = 31 * DAY
"""How long a silence may be for its hours to be filled with sums of nothing when the point is heard again."""
MOST_NAMED = 40
"""From so many points on, all of the site are asked for: what is then not wanted is little."""

Hours: TypeAlias = Mapping[str, set[int]]
"""Hours since 1970, of each point."""


def hours_of(hours: Iterable[tuple[str, Instant]]) -> Hours:
    """Points and beginnings of hours, by point."""
    of_point: defaultdict[str, set[int]] = defaultdict(set)
    for point, start in hours:
        of_point[point].add(start // HOUR)
    return of_point


def opening(reader: Reader, site: Site, hours: Hours) -> list[bytes]:
    """Lines that open those of these hours that have sums."""
    lines = Lines(site)
    made = []
    for (begin, end), points in runs(hours).items():
        for point, found in newest(reader, site, points, begin * HOUR, end * HOUR).items():
            wanted = ~found["open"] & np.isin(found["key"], list(hours.get(point, ())))
            made += [
                f"{lines.hourly_series(point, revision + 1)} open=true {hour * HOUR}".encode()
                for hour, revision in found[wanted][["key", "revision"]].tolist()
            ]
    return made


def summing_up(reader: Reader, site: Site, hours: Hours) -> tuple[list[bytes], dict[tuple[str, int], int]]:
    """Lines with the sums of these hours, where they differ from what is kept, and of silent ones before them.

    Beside them how many readings each of these hours has.
    """
    lines = Lines(site)
    made = []
    counts: dict[tuple[str, int], int] = {}
    for (begin, end), points in _filled_back(reader, site, hours).items():
        kept = newest(reader, site, points, begin * HOUR, end * HOUR)
        now = {point: empty(end - begin) for point in points}
        for point, found in sums(reader, site, points, [(begin * HOUR, end * HOUR)], begin * HOUR, HOUR):
            now[point][found["key"]] = found
        for point, total in now.items():
            total["key"] += begin
            made += _changed(lines, point, total, kept.get(point, np.empty(0, REVISION)))
            counts |= {(point, hour): n for hour, n in total[["key", "n"]].tolist() if hour in hours[point]}
    return made, counts


def newest(reader: Reader, site: Site, points: Sequence[str], start: Instant, end: Instant) -> dict[str, Array]:
    """The newest revision of each hour that begins in a range of time, in order (`REVISION`)."""
    parts: defaultdict[str, list[Array]] = defaultdict(list)
    for measurements, condition in _asked_for(site, points):
        (answer,) = reader.ask(
            f"SELECT {FIELDS} FROM {sources(measurements)} WHERE {of_site(site)}{condition} AND "  # noqa: S608 - quoted
            f'{within(start, end)} GROUP BY "point", "revision"'
        )
        for series in answer:
            found = np.zeros(len(series.values), REVISION)
            found["key"] = np.array(series.column("time"), np.int64) // HOUR
            found["revision"] = int(series.tags["revision"])
            found["open"] = [bool(cell) for cell in series.column("open")]
            for column in ("n", "judged", "valid"):
                found[column] = [cell or 0 for cell in series.column(column)]
            for column, nothing in (("min", np.inf), ("max", -np.inf), ("sum", 0.0)):
                found[column] = [nothing if cell is None else cell for cell in series.column(column)]
            parts[series.tags["point"]].append(found)
    return {point: _newest(np.concatenate(found)) for point, found in parts.items()}


def closed(revisions: Array) -> Array:
    """The sums that hold (`SUMMARY`)."""
    sums: Array = revisions[~revisions["open"]][list(SUMMARY.names or ())].astype(SUMMARY)
    return sums


def runs(hours: Hours) -> dict[tuple[int, int], list[str]]:
    """Stretches of hours without a gap (the end not included), each with the points that have just that one."""
    points: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for point, of_point in hours.items():
        ordered = np.array(sorted(of_point))
        for run in np.split(ordered, np.flatnonzero(np.diff(ordered) > 1) + 1):
            if len(run):
                points[int(run[0]), int(run[-1]) + 1].append(point)
    return points


def _filled_back(reader: Reader, site: Site, hours: Hours) -> dict[tuple[int, int], list[str]]:
    """The stretches of hours, each begun where the sums before it end, if that is not too long ago."""
    points: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for (begin, end), of_run in runs(hours).items():
        before: dict[str, int] = {}
        for measurements, condition in _asked_for(site, of_run):
            (answer,) = reader.ask(
                f'SELECT last("n") FROM {sources(measurements)} WHERE {of_site(site)}{condition} AND '  # noqa: S608 - quoted
                f'{within(begin * HOUR - FILLED_BACK, begin * HOUR)} GROUP BY "point"'
            )
            for series in answer:
                last = max(series.column("time")) // HOUR
                before[series.tags["point"]] = max(last, before.get(series.tags["point"], last))
        for point in of_run:
            points[before.get(point, begin - 1) + 1, end].append(point)
    return points


def _asked_for(site: Site, points: Sequence[str]) -> Iterator[tuple[list[str], str]]:
    """Measurements of roll-ups, and the condition on points."""
    if len(points) >= MOST_NAMED:
        yield [measurement + HOURLY for measurement in MEASUREMENTS], ""
        return
    for measurements, portion in by_measurements(site, points):
        yield [measurement + HOURLY for measurement in measurements], f" AND {one_of(portion)}"


def _newest(revisions: Array) -> Array:
    ordered = revisions[np.lexsort((revisions["revision"], revisions["key"]))]
    last: Array = ordered[np.r_[ordered["key"][1:] != ordered["key"][:-1], True]]
    return last


def _changed(lines: Lines, point: str, now: Array, kept: Array) -> list[bytes]:
    """Lines of the hours whose sums are not kept yet. Readings are only added, so equal counts are equal sums."""
    revisions = np.zeros(len(now), np.int64)
    same = np.zeros(len(now), bool)
    places = kept["key"] - now["key"][0]
    revisions[places] = kept["revision"]
    same[places] = ~kept["open"] & (kept["n"] == now["n"][places])
    series = {int(r): lines.hourly_series(point, int(r) + 1) for r in np.unique(revisions[~same])}
    return [
        f"{series[revision]} {_fields(n, judged, valid, low, high, total)} {hour * HOUR}".encode()
        for (hour, n, judged, valid, low, high, total), revision in zip(
            now[~same].tolist(), revisions[~same].tolist(), strict=True
        )
    ]


def _fields(n: int, judged: int, valid: int, low: float, high: float, total: float) -> str:
    counts = f"n={n}i,judged={judged}i,valid={valid}i"
    if judged == 0:
        return counts
    return f"{counts},min={low!r},max={high!r},sum={total!r},mean={total / judged!r}"

"""Single readings: the newest ones, a stretch of one point, how far back a history goes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from facility.instants import DAY, HOUR, Instant
from facility.site import Site
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.frames import raw_frame
from storage.samples.influx.influxql import FIRST, LAST, Reader, Series, name, one_of, portions, sources, text, within
from storage.samples.influx.schema import MEASUREMENTS, measurements_of

FIELDS = ("value", "invalid_value", "reasons", "received", "sequence", "count", "volume")
READING = ", ".join(map(name, FIELDS))

WINDOWS = (HOUR, DAY, 31 * DAY)
"""How far back the newest reading is looked for, before all there is: a look at everything opens every shard."""


def columns(reader: Reader, site: Site, point: str, start: Instant, end: Instant) -> Columns:
    """Every reading of one point in a range of time."""
    if start >= end:
        return Columns.of_rows([])
    (series,) = reader.ask(of_point(site, point, start, end))
    return _columns(series)


def of_point(site: Site, point: str, start: Instant, end: Instant) -> str:
    """The question for every reading of one point in a range of time."""
    return (
        f"SELECT {READING} FROM {sources(measurements_of(site.points.get(point)))} "  # noqa: S608 - quoted
        f"WHERE {of_site(site)} AND {one_of([point])} AND {within(start, end)}"
    )


def points(reader: Reader, site: Site) -> list[str]:
    """Every point of the site that the bucket has readings of, by name."""
    (series,) = reader.ask(f'SHOW TAG VALUES FROM {sources(MEASUREMENTS)} WITH KEY = "point" WHERE {of_site(site)}')
    return sorted({value for one in series for value in one.column("value")})


def latest(reader: Reader, site: Site, points: Sequence[str], now: Instant) -> pd.DataFrame:
    """The newest reading of each point that has one."""
    found: dict[str, Columns] = {}
    for begin in (*(now - window for window in WINDOWS), FIRST):
        missing = [point for point in points if point not in found]
        for measurements, portion in by_measurements(site, missing):
            (series,) = reader.ask(
                f"SELECT {READING} FROM {sources(measurements)} WHERE {of_site(site)} AND {one_of(portion)} "  # noqa: S608 - quoted
                f'AND {within(begin, LAST)} GROUP BY "point" ORDER BY time DESC LIMIT 1'
            )
            of_point = defaultdict(list)
            for one in series:
                of_point[one.tags["point"]].append(one)
            for point, parts in of_point.items():
                readings = _columns(parts)
                found[point] = readings.take(slice(len(readings) - 1, None))
    there = [point for point in points if point in found]
    readings = Columns.joined([Columns.of_rows([]), *(found[point] for point in there)])
    return raw_frame(readings).set_index(pd.Index(there, name="point", dtype=str))


def extent(reader: Reader, site: Site, points: Sequence[str]) -> tuple[Instant, Instant] | None:
    """Times of the first and the last reading of these points."""
    times: list[Instant] = []
    for measurements, portion in by_measurements(site, points):
        where = f"FROM {sources(measurements)} WHERE {of_site(site)} AND {one_of(portion)}"
        for series in reader.ask(
            *(f'SELECT "received" {where} ORDER BY time {way} LIMIT 1' for way in ("ASC", "DESC"))
        ):
            times += [time for one in series for time in one.column("time")]
    return (min(times), max(times)) if times else None


def of_site(site: Site) -> str:
    """The condition on the tag `site`."""
    return f'"site" = {text(site.id)}'


def by_measurements(site: Site, points: Iterable[str]) -> Iterable[tuple[tuple[str, ...], list[str]]]:
    """Points that are asked for together, with the measurements they may be in."""
    together: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for point in dict.fromkeys(points):
        together[measurements_of(site.points.get(point))].append(point)
    for measurements, alike in together.items():
        for portion in portions(alike):
            yield measurements, portion


def _columns(series: Sequence[Series]) -> Columns:
    """The readings of one point, from whatever series it has, each time once."""
    parts = [Columns.of_rows([]), *map(_of_series, series)]
    readings = Columns.joined(parts).ordered()
    return readings.take(np.diff(readings.time, prepend=readings.time[:1] - 1) > 0)


def _of_series(series: Series) -> Columns:
    cells = {column: series.column(column) for column in ("time", *FIELDS)}
    value, invalid = (np.array(cells[column], np.float64) for column in ("value", "invalid_value"))
    whole = {
        column: np.array([NO_NUMBER if cell is None else cell for cell in cells[column]], np.int64)
        for column in ("sequence", "count")
    }
    return Columns(
        time=np.array(cells["time"], np.int64),
        value=np.where(np.isnan(value), invalid, value),
        reasons=np.array([cell or 0 for cell in cells["reasons"]], np.uint16),
        received=np.array(cells["received"], np.int64),
        volume=np.array(cells["volume"], np.float64),
        **whole,
    )

"""Digests of readings: how fast days are sealed, and how fast a year of them is held against the record."""

import tempfile
import time
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from bench.local_store import INTERVAL, START, YEAR, Row, copy_point, pressure_of_a_year
from cleanwatch.day_sealing import DaySealing
from cleanwatch.places import InfluxPlace, LocalPlace, Place
from cleanwatch.readings_check import ReadingsCheck, days_between
from facility.instants import DAY, HOUR
from facility.site_file import parse_site
from storage.records.database import Records
from storage.samples.digest import DayDigest, hours_of
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore
from tests.facility.sites import SMALL
from tests.influx import running_influx

POINTS = 20
DAYS = 14
OF_A_YEAR = 120 * YEAR // INTERVAL
"""Readings of 120 points every ten seconds."""


def run() -> list[Row]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        return [*digesting(), *checking(Path(folder))]


def digesting() -> list[Row]:
    """SHA-256 of hours that are in memory."""
    year = pressure_of_a_year()
    rate = len(year) / seconds(lambda: hours_of(year))
    size = len(zlib.compress(DayDigest({"P0": hours_of(year)}).encoded())) / (YEAR / HOUR)
    return [
        ("digest of readings in memory", f"{rate / 1e6:.1f} million readings/s", ""),
        (
            "digest on record",
            f"{size:.0f} bytes an hour of a point, {size * 120 * YEAR / HOUR / 1e6:.0f} MB a year",
            "",
        ),
    ]


def checking(folder: Path) -> list[Row]:
    """Sealing days of many points, then checking them in the local store and in InfluxDB."""
    year = pressure_of_a_year()
    end = START + DAYS * DAY
    with closing(LocalStore.open(folder / "samples.db", lambda: START)) as store:
        store.backfill({"P0": year.between(START, end)}, "history")
    copy_point(folder / "samples.db")
    with (
        closing(LocalStore.open(folder / "samples.db", lambda: end + DAY)) as store,
        closing(Records.open(folder / "records.db", lambda: end + DAY)) as records,
    ):
        sealing = DaySealing("main", store, records, lambda: end + DAY)
        readings = POINTS * DAYS * DAY // INTERVAL
        sealed = readings / seconds(lambda: seal(sealing))
        local = readings / seconds(lambda: check(records, LocalPlace(store, records, "main"), readings))
        influx = in_influx(folder, store, records, readings)
    return [
        (f"sealing days, {POINTS} points every 10 s", f"{sealed / 1e6:.1f} million readings/s", ""),
        ("checking the local store, its sums included", told(local), "minutes a year"),
        ("checking InfluxDB 1.6, its sums included", told(influx), "minutes a year"),
    ]


def in_influx(folder: Path, store: LocalStore, records: Records, readings: int) -> float:
    """Readings a second that are checked in InfluxDB."""
    site = parse_site(SMALL, "bench.yaml")
    like = next(iter(site.points.values()))
    site = replace(site, points={f"P{n}": replace(like, id=f"P{n}") for n in range(POINTS)})
    (folder / "influx").mkdir()
    with (
        running_influx(folder / "influx") as server,
        closing(InfluxStore.open(server.new_bucket(), lambda: site, lambda: START)) as influx,
    ):
        for point in site.points:
            for day in range(DAYS):
                columns = store.columns(point, START + day * DAY, START + (day + 1) * DAY)
                influx.write(influx.lines().of_columns(point, columns))
        return readings / seconds(lambda: check(records, InfluxPlace(influx, None, ["main"]), readings))


def seal(sealing: DaySealing) -> None:
    """One day a step."""
    for _ in range(DAYS):
        sealing.step()


def check(records: Records, place: Place, readings: int) -> None:
    """Check all; there is nothing wrong, and nothing is left out."""
    found = ReadingsCheck(records, *days_between(None, None)).check(place)
    assert (found.readings, found.problems) == (readings, []), found.problems[:3]


def told(rate: float) -> str:
    """A rate, and what a year of 120 points takes at it."""
    return f"{rate / 1e6:.2f} million readings/s: a year of 120 points at 10 s in {OF_A_YEAR / rate / 60:.0f} minutes"


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

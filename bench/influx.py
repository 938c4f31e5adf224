"""InfluxDB 1.6 on this machine: how fast lines are made and written, and a year with and without roll-ups."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.asking import milliseconds
from bench.local_store import START, YEAR, Row, pressure_of_a_year
from cleanwatch.demo_files import DEMO_SITE
from facility.instants import DAY, HOUR, SECOND
from facility.site import Site
from facility.site_file import load_site
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.influx.store import InfluxStore
from tests.influx import running_influx

POINTS = 2
WRITTEN = 500_000
"""Readings of 1,000 points, one a second, as after an outage."""


def run() -> list[Row]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder, running_influx(Path(folder)) as server:
        site = wide_site(1_000)
        store = InfluxStore.open(server.new_bucket(), lambda: site, lambda: START + YEAR)
        return [*writing(store), *year(store)]


def wide_site(points: int) -> Site:
    """The example's site with so many points, all like one of its pressure points."""
    site = load_site(DEMO_SITE)
    like = next(point for point in site.points.values() if point.quantity == "differential_pressure")
    return replace(site, points={f"P{i}": replace(like, id=f"P{i}") for i in range(points)})


def writing(store: InfluxStore) -> list[Row]:
    """Lines made of columns, and written."""
    count = WRITTEN // 1_000
    times = START - DAY + np.arange(count, dtype=np.int64) * SECOND
    columns = Columns(
        times,
        np.round(np.random.default_rng(1).normal(15, 1, count), 1),
        np.zeros(count, np.uint16),
        times + 40,
        np.arange(count, dtype=np.int64),
        np.full(count, NO_NUMBER, np.int64),
        np.full(count, np.nan),
    )
    lines = store.lines()
    began = time.perf_counter()
    made = [line for point in range(1_000) for line in lines.of_columns(f"P{point}", columns)]
    making = time.perf_counter() - began
    began = time.perf_counter()
    assert store.write(made) == []
    sending = time.perf_counter() - began
    return [
        ("InfluxDB: lines made of columns", f"{len(made) / making:,.0f} lines/s", "300,000 lines/s"),
        ("InfluxDB: lines written, 10,000 a request", f"{len(made) / sending:,.0f} lines/s", "150,000 lines/s"),
        (
            "InfluxDB: an hour at 1,000 readings/s, made and written",
            f"{(making + sending) / len(made) * 3_600_000:.0f} s",
            "60 s",
        ),
    ]


def year(store: InfluxStore) -> list[Row]:
    """A year of ten-second readings: the same envelope from readings and from hours that were summed up."""
    readings = pressure_of_a_year()
    points = [f"P{i}" for i in range(POINTS)]
    lines = store.lines()
    for point in points:
        for begin in range(START, START + YEAR, 30 * DAY):
            assert store.write(lines.of_columns(point, readings.between(begin, begin + 30 * DAY))) == []
    end = START + YEAR
    one = milliseconds(lambda: store.envelope(points[:1], START, end, 2000), times=3)
    several = milliseconds(lambda: store.envelope(points, START, end, 2000), times=3)
    before = store.envelope(points, START, end, 2000)

    began = time.perf_counter()
    for day in range(START, end, DAY):
        store.roll_up((point, day + hour * HOUR) for point in points for hour in range(24))
    summing = time.perf_counter() - began
    assert np.allclose(before.drop(columns="point"), store.envelope(points, START, end, 2000).drop(columns="point"))
    one_summed = milliseconds(lambda: store.envelope(points[:1], START, end, 2000), times=3)
    several_summed = milliseconds(lambda: store.envelope(points, START, end, 2000), times=3)
    outside = milliseconds(lambda: store.count_outside("P0", START, end, 11.0, None), times=3)
    month = milliseconds(lambda: store.envelope(points[:1], START, START + 30 * DAY, 2000), times=3)
    latest = milliseconds(lambda: store.latest(points), times=3)
    return [
        ("InfluxDB: envelope, 1 point, 1 year at 10 s, from readings", f"{one:,.0f} ms", ""),
        (
            "InfluxDB: the same with roll-ups",
            f"{one_summed:,.0f} ms, {one / one_summed:.1f} times faster",
            "10 times",
        ),
        (f"InfluxDB: envelope, {POINTS} points, 1 year at 10 s, from readings", f"{several:,.0f} ms", ""),
        (
            "InfluxDB: the same with roll-ups",
            f"{several_summed:,.0f} ms, {several / several_summed:.1f} times faster",
            "10 times",
        ),
        ("InfluxDB: hours summed up", f"{POINTS * 365 * 24 / summing:,.0f} hours of a point/s", "500"),
        ("InfluxDB: envelope, 1 point, 30 days at 10 s, from readings", f"{month:,.0f} ms", "500 ms"),
        ("InfluxDB: count outside a rarely crossed limit, 1 point, 1 year", f"{outside:,.0f} ms", "500 ms"),
        (f"InfluxDB: latest, {POINTS} points", f"{latest:,.0f} ms", "50 ms"),
    ]

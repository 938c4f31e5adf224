"""The local store by itself: how fast readings go in, how small they get, how fast a year comes out."""

import tempfile
import time
from pathlib import Path

import numpy as np

from bench.asking import milliseconds
from facility.instants import DAY, HOUR, SECOND, Instant, system_clock
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from storage.sqlite import sqlite

START: Instant = 20_000 * DAY
YEAR = 365 * DAY
INTERVAL = 10 * SECOND
POINTS = 20

Row = tuple[str, str, str]


def run() -> list[Row]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        return [*appending(Path(folder) / "rows.db"), *history(Path(folder) / "year.db")]


def appending(path: Path) -> list[Row]:
    """Durable commits of prepared readings, and sealing them."""
    store = LocalStore.open(path, system_clock)
    small = append_rate(store, commits=400, messages=1, readings=50, start=START)
    large = append_rate(store, commits=100, messages=20, readings=50, start=START + DAY)
    single = append_rate(store, commits=200, messages=200, readings=1, start=START + 2 * DAY)
    began = time.perf_counter()
    sealed = store.seal(START + YEAR)
    sealing = sealed / (time.perf_counter() - began)
    store.close()
    return [
        ("append, commits of 1 message of 50 readings", f"{small:,.0f} readings/s", "50,000"),
        ("append, commits of 20 messages of 50 readings", f"{large:,.0f} readings/s", "50,000"),
        ("append, commits of 200 messages of 1 reading", f"{single:,.0f} readings/s", "10,000"),
        ("seal", f"{sealing:,.0f} readings/s", "50,000"),
    ]


def append_rate(store: LocalStore, commits: int, messages: int, readings: int, start: Instant) -> float:
    """Readings a second into the store, of 500 points from 20 sources that number their messages."""
    work = []
    number = 0
    for _ in range(commits):
        intakes = []
        for _ in range(messages):
            sequence, source = divmod(number // readings, 20)
            batch = [
                Reading(f"P{i % 500}", start + i // 500 * SECOND, 20 + i % 7 / 10, 0, start, sequence + 1)
                for i in range(number, number + readings)
            ]
            intakes.append(Intake(f"S{source}", batch, epoch=start, sequence=sequence + 1))
            number += readings
        work.append(intakes)
    began = time.perf_counter()
    for intakes in work:
        store.append(intakes)
    return number / (time.perf_counter() - began)


def history(path: Path) -> list[Row]:
    """A year of readings every ten seconds: bulk storing, size, and the questions that a trend asks."""
    store = LocalStore.open(path, system_clock)
    year = pressure_of_a_year()
    began, began_cpu = time.perf_counter(), time.process_time()
    for start in range(START, START + YEAR, 30 * DAY):
        store.backfill({"P0": year.between(start, start + 30 * DAY)}, "history")
    elapsed, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    store.close()
    copy_point(path)

    store = LocalStore.open(path, system_clock, read_only=True)
    points = [f"P{i}" for i in range(POINTS)]
    end = START + YEAR
    one = milliseconds(lambda: store.envelope(["P0"], START, end, 2000))
    all_points = milliseconds(lambda: store.envelope(points, START, end, 2000))
    month = milliseconds(lambda: store.envelope(["P0"], START, START + 30 * DAY, 2000))
    raw = milliseconds(lambda: store.raw("P0", START + DAY, START + DAY + HOUR))
    latest = milliseconds(lambda: store.latest(points))
    outside = milliseconds(lambda: store.count_outside("P0", START, end, 11.0, None))
    store.close()
    return [
        ("backfill", f"{len(year) / elapsed:,.0f} readings/s ({len(year) / cpu:,.0f} a CPU second)", "250,000"),
        ("sealed reading, all columns and hours", f"{path.stat().st_size / len(year) / POINTS:.2f} bytes", "2"),
        ("envelope, 1 point, 1 year at 10 s", f"{one:.0f} ms", "50"),
        (f"envelope, {POINTS} points, 1 year at 10 s", f"{all_points:.0f} ms", "500"),
        ("envelope, 1 point, 30 days at 10 s", f"{month:.0f} ms", "50"),
        ("raw, 1 point, 1 hour at 10 s", f"{raw:.1f} ms", "10"),
        (f"latest, {POINTS} points", f"{latest:.1f} ms", "50"),
        ("count outside a rarely crossed limit, 1 point, 1 year", f"{outside:.0f} ms", "100"),
    ]


def pressure_of_a_year() -> Columns:
    """A differential pressure around 15 Pa with one decimal, that drifts and flutters; received within 80 ms."""
    chance = np.random.default_rng(1)
    count = YEAR // INTERVAL
    times = START + np.arange(count, dtype=np.int64) * INTERVAL
    drift = 2 * np.sin(times / (9 * DAY)) + np.sin(times / (2 * HOUR)) / 2
    return Columns(
        time=times,
        value=np.round(15 + drift + chance.normal(0, 0.5, count), 1),
        reasons=np.zeros(count, np.uint16),
        received=times + chance.integers(20, 80, count),
        sequence=np.arange(count, dtype=np.int64),
        count=np.full(count, NO_NUMBER, np.int64),
        volume=np.full(count, np.nan),
    )


def copy_point(path: Path) -> None:
    """Give the other points the chunks of the first: what follows measures reading, and storing takes long."""
    connection = sqlite.connect(path)
    for id in range(2, POINTS + 1):
        connection.execute(
            "INSERT INTO point SELECT ?, ?, oldest, newest FROM point WHERE id = 1", (id, f"P{id - 1}")
        )
        connection.execute("INSERT INTO rollup SELECT ?, day, hours FROM rollup WHERE point_id = 1", (id,))
        connection.execute(
            "INSERT INTO chunk SELECT NULL, ?, day, n, time, value, reasons, received, sequence, count, volume, "
            "number, first_number, last_number FROM chunk WHERE point_id = 1",
            (id,),
        )
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()

"""How fast readings are judged: as they come, as columns, and a month of history behind the live ones."""

import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alerts.columns import judge_columns
from alerts.engine import Engine
from alerts.point_judge import ALL_QUIET, in_force
from alerts.watch import Watch, encode
from facility.instants import DAY, MINUTE, SECOND
from facility.limit import Consecutive, Limit, Severity, Side
from facility.quantities import Quantity
from facility.reading import Reading
from facility.site import Area, Instrument, Point, Rectangle, Room, Site
from storage.records import alarms
from storage.records.database import Records
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore

NOW = 20_000 * DAY
HISTORY_POINTS, HISTORY_DAYS, HISTORY_EVERY = 120, 30, 10 * SECOND
READINGS = 200_000

LIMITS = (
    Limit(Severity.ALERT, Side.LOW, 12, on_delay=30 * SECOND, deadband=0.5),
    Limit(Severity.ACTION, Side.LOW, 10, on_delay=30 * SECOND, deadband=0.5),
    Limit(Severity.ALERT, Side.HIGH, 20, rule=Consecutive(2)),
    Limit(Severity.ACTION, Side.HIGH, 25),
)


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        live, latency = _live(Path(folder) / "live")
        month, waits, found = _month(Path(folder) / "month")
    size, stored = _memory()
    return [
        ("Alerts: quiet readings judged one by one", f"{_one_by_one(0.0):,.0f} /s", "250,000 /s"),
        ("Alerts: the same, one in a hundred outside", f"{_one_by_one(0.01):,.0f} /s", "150,000 /s"),
        ("Alerts: quiet readings judged as columns", f"{_columns():,.0f} /s", "20,000,000 /s"),
        ("Alerts: judged live with records, 1,000 points at 10 Hz", f"{live:,.0f} /s", "50,000 /s"),
        ("Alerts: one commit with an alarm, until it is on record", f"{latency * 1e3:.1f} ms", "20 ms"),
        (f"Alerts: a month of {HISTORY_POINTS} points at 10 s ({found} alarms)", f"{month:.1f} s", "30 s"),
        ("Alerts: a slice of it, which a live commit may wait for, p99 and longest", waits, "100 ms"),
        ("Alerts: memory of 1,000 points", f"{size / 1e6:.1f} MB, {stored:.0f} bytes a point on record", "5 MB"),
    ]


def bench_site(points: int) -> Site:
    """A room with so many points of pressure."""
    room = Room("B101", "Filling", "suite", None, Rectangle(0, 0, 1, 1))
    all_points = {
        f"P{n}": Point(f"P{n}", "", "B101", "I", Quantity.PRESSURE, None, LIMITS, MINUTE, Severity.ALERT)
        for n in range(points)
    }
    instrument = Instrument("I", "", "B101", None, None, SECOND)
    area = Area("suite", "")
    return Site("bench", "", "UTC", (area,), {"B101": room}, (), {"I": instrument}, all_points, ())


def _values(n: int, outside: float) -> list[float]:
    random = np.random.default_rng(1)
    values = random.normal(16, 0.5, n)
    values[random.random(n) < outside] = 8
    return [float(value) for value in values]


def _one_by_one(outside: float) -> float:
    watch = Watch.new(bench_site(1).points["P0"], None, NOW)
    readings = [
        Reading("P0", NOW + n * SECOND, value, 0, NOW + n * SECOND)
        for n, value in enumerate(_values(READINGS, outside))
    ]
    began = time.perf_counter()
    for reading in readings:
        watch.take(reading, reading.received)
    return READINGS / (time.perf_counter() - began)


def _columns() -> float:
    times = NOW + np.arange(HISTORY_DAYS * DAY // HISTORY_EVERY) * HISTORY_EVERY
    readings = _readings(times, np.full(len(times), 16.0))
    began = time.perf_counter()
    for _ in range(20):
        judge_columns(in_force(LIMITS), ALL_QUIET, readings)
    return 20 * len(times) / (time.perf_counter() - began)


def _readings(times: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Columns:
    nothing = np.full(len(times), NO_NUMBER, np.int64)
    reasons = np.zeros(len(times), np.uint16)
    return Columns(times, values, reasons, times, nothing, nothing, np.full(len(times), np.nan))


class _Station:
    """Store, records and engine on a clock that is moved by hand."""

    def __init__(self, folder: Path, points: int) -> None:
        folder.mkdir()
        self.now = NOW
        self.site = bench_site(points)
        self.store = LocalStore.open(folder / "store.db", lambda: self.now)
        self.records = Records.open(folder / "records.db", lambda: self.now)
        self.engine = Engine(self.site, self.store, self.records, lambda: self.now)
        self.engine.step(0)

    def close(self) -> None:
        self.store.close()
        self.records.close()


def _live(folder: Path) -> tuple[float, float]:
    station = _Station(folder, 1000)
    values = iter(_values(100_000, 0.0001))
    taken, latencies = 0.0, []
    for _ in range(100):
        station.now += SECOND // 10
        readings = [Reading(point, station.now, next(values), 0, station.now) for point in station.site.points]
        station.store.append([Intake("bench", readings)])
        began = time.perf_counter()
        station.engine.step(0)
        taken += time.perf_counter() - began
    for n in range(20):
        station.now += 1
        station.store.append([Intake("bench", [Reading(f"P{n}", station.now, 30, 0, station.now)])])
        began = time.perf_counter()
        station.engine.step(0)
        latencies.append(time.perf_counter() - began)
    station.close()
    return 100_000 / taken, float(np.median(latencies))


def _month(folder: Path) -> tuple[float, str, int]:
    station = _Station(folder, HISTORY_POINTS)
    times = NOW - HISTORY_DAYS * DAY + np.arange(HISTORY_DAYS * DAY // HISTORY_EVERY) * HISTORY_EVERY
    n = len(times)
    random = np.random.default_rng(2)
    for point in station.site.points:
        values = random.normal(16, 0.5, n)
        for start in random.integers(0, n, 10):
            values[start : start + 30] = 8
        station.store.backfill({point: _readings(times, values)}, "bench")
    slices = []
    station.now += SECOND
    station.engine.step(0)
    while station.engine.reviewing:
        began = time.perf_counter()
        station.engine.step(0)
        slices.append(time.perf_counter() - began)
    with station.records.reading() as connection:
        found = alarms.count(connection, alarms.AlarmFilter())
    station.close()
    waits = f"{np.percentile(slices, 99) * 1e3:.0f} ms, {max(slices) * 1e3:.0f} ms"
    return sum(slices), waits, found


def _memory() -> tuple[int, float]:
    site = bench_site(1000)
    tracemalloc.start()
    watches = [Watch.new(point, None, NOW) for point in site.points.values()]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size, float(np.mean([len(encode(watch.memory())) for watch in watches]))

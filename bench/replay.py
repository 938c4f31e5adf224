"""How fast the past is judged once more: as it happened, and a month by other limits, by one process and by two."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from alerts.engine import Engine
from alerts.replay.as_it_happened import live_again, record_of, unlike
from alerts.replay.processes import judge_all
from alerts.replay.what_if import Task
from bench.alerts import HISTORY_DAYS, HISTORY_EVERY, HISTORY_POINTS, LIMITS, NOW, bench_site
from facility.instants import DAY, HOUR, SECOND
from facility.reading import Reading
from storage.records.database import Records
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore

LIVE_POINTS, LIVE_COMMITS = 1_000, 300


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        lived, differences = _as_it_happened(Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        readings = _fill(path)
        one, two = (_what_if(path, processes) for processes in (1, 2))
    month = f"a month of {HISTORY_POINTS} points at 10 s, {readings / 1e6:.0f} million readings"
    return [
        (f"Replay: as it happened ({differences} differences)", f"{lived:,.0f} readings/s", "125,000 /s a process"),
        ("Replay: by other limits, one process", f"{readings / one:,.0f} readings/s", ""),
        ("Replay: by other limits, two processes", f"{readings / two:,.0f} readings/s", "250,000 /s"),
        (f"Replay: {month}, two processes", f"{two:.1f} s", "120 s"),
    ]


def _as_it_happened(folder: Path) -> tuple[float, int]:
    """1,000 points at 1 Hz for five minutes, a tenth of a percent outside, judged live and then once more."""
    now = NOW
    site = bench_site(LIVE_POINTS)
    store = LocalStore.open(folder / "store.db", lambda: now)
    records = Records.open(folder / "records.db", lambda: now)
    engine = Engine(site, store, records, lambda: now)
    engine.step(0)
    random = np.random.default_rng(3)
    for _ in range(LIVE_COMMITS):
        now += SECOND
        values = random.normal(16, 0.5, LIVE_POINTS)
        values[random.random(LIVE_POINTS) < 0.001] = 8
        told = zip(site.points, values.tolist(), strict=True)
        store.append([Intake("bench", [Reading(point, now, value, 0, now) for point, value in told])])
        engine.step(0)
    store.seal(now)
    with records.reading() as connection:
        record = record_of(connection, site)
    began = time.perf_counter()
    lived = live_again(record, site, store, records)
    took = time.perf_counter() - began
    differences = len(list(unlike(record, lived)))
    store.close()
    records.close()
    return lived.readings / took, differences


def _fill(path: Path) -> int:
    store = LocalStore.open(path, lambda: NOW)
    n = HISTORY_DAYS * DAY // HISTORY_EVERY
    times = NOW - HISTORY_DAYS * DAY + np.arange(n) * HISTORY_EVERY
    random = np.random.default_rng(2)
    nothing = np.full(n, -1, np.int64)
    for point in range(HISTORY_POINTS):
        values = random.normal(16, 0.5, n)
        for start in random.integers(0, n, 10):
            values[start : start + 30] = 8
        columns = Columns(times, values, np.zeros(n, np.uint16), times, nothing, nothing, np.full(n, np.nan))
        store.backfill({f"P{point}": columns}, "bench")
    store.close()
    return n * HISTORY_POINTS


def _what_if(path: Path, processes: int) -> float:
    site = bench_site(HISTORY_POINTS)
    start = NOW - HISTORY_DAYS * DAY
    looser = tuple(replace(limit, on_delay=limit.on_delay + HOUR) for limit in LIMITS)
    tasks = [
        Task(id, ((start, point),), ((start, replace(point, limits=looser)),), (), (), start, NOW + HOUR)
        for id, point in site.points.items()
    ]
    store = LocalStore.open(path, lambda: NOW, read_only=True)
    began = time.perf_counter()
    found = list(judge_all(store, tasks, processes))
    took = time.perf_counter() - began
    store.close()
    assert all(len(outcome.after) < len(outcome.before) for outcome in found)
    return took

"""Forwarding to InfluxDB: how fast an outage is made up for, and what live readings feel of it.

A store holds an hour of 1,000 readings a second that InfluxDB (Debian's, on this machine, on the same cores) does not
have. A forwarder brings them there while the store goes on taking 1,000 readings a second in 20 commits.
"""

import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from statistics import median, quantiles

import numpy as np

from bench.ingest import POINTS, bench_site
from collectors.forwarder import Forwarder
from facility.instants import HOUR, SECOND, Instant, Span, system_clock
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Intake
from storage.samples.history import BACKLOG
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore
from tests.influx import running_influx

OUTAGE_SECONDS, HOT_SECONDS = 3_600, 600
COMMIT = 50
"""Readings a commit, 20 commits a second."""
ALONE_SECONDS = 20.0
SPARSE_HOURS = 48
LONGEST_SECONDS = 300.0


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    return [*_outage_made_up_for(), _sparse()]


def _outage_made_up_for() -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_influx(Path(folder)) as server:
        site = bench_site()
        with (
            closing(LocalStore.open(Path(folder) / "store.db", system_clock)) as store,
            closing(InfluxStore.open(server.new_bucket(), lambda: site, system_clock)) as influx,
        ):
            store.backlog(BACKLOG)
            _outage(store, system_clock() - 2 * HOUR)
            alone = _Live(store)
            time.sleep(ALONE_SECONDS)
            before = alone.stop()
            forwarder = Forwarder(influx, store, system_clock)
            beside, began = _Live(store), time.monotonic()
            forwarder.start()
            _wait(forwarder, 2 * POINTS)
            seconds = time.monotonic() - began
            during = beside.stop()
            forwarder.stop()
    readings = OUTAGE_SECONDS * POINTS
    return [
        (
            f"InfluxDB: to make up for an outage of {OUTAGE_SECONDS // 60} min at {POINTS:,} readings/s",
            f"{seconds:.0f} s ({readings / seconds:,.0f} readings/s)",
            "60 s",
        ),
        (
            "InfluxDB: a commit of 50 readings, meanwhile / else, p50",
            f"{median(during):.1f} / {median(before):.1f} ms",
            "2 times",
        ),
        (
            "InfluxDB: the same, p99",
            f"{quantiles(during, n=100)[-1]:.0f} / {quantiles(before, n=100)[-1]:.0f} ms",
            "",
        ),
    ]


def _sparse() -> tuple[str, str, str]:
    """Two days of one reading an hour and point, which InfluxDB does not have."""
    with tempfile.TemporaryDirectory() as folder, running_influx(Path(folder)) as server:
        site = bench_site()
        with (
            closing(LocalStore.open(Path(folder) / "store.db", system_clock)) as store,
            closing(InfluxStore.open(server.new_bucket(), lambda: site, system_clock)) as influx,
        ):
            store.backlog(BACKLOG)
            _backfill(store, system_clock() - (SPARSE_HOURS + 2) * HOUR, SPARSE_HOURS, HOUR)
            forwarder = Forwarder(influx, store, system_clock)
            used, began = time.process_time(), time.monotonic()
            forwarder.start()
            _wait(forwarder, 0)
            seconds, used = time.monotonic() - began, time.process_time() - used
            forwarder.stop()
    readings = SPARSE_HOURS * POINTS
    return (
        f"InfluxDB: filled up where {POINTS:,} points have a reading an hour, {SPARSE_HOURS} hours",
        f"{readings / seconds:,.0f} readings/s, {used / readings * 1e6:.0f} µs of our processor each",
        "",
    )


def _wait(forwarder: Forwarder, waiting: int) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while forwarder.health().progress.waiting > waiting:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{forwarder.health()}")
        time.sleep(0.1)


class _Live:
    """Appends 1,000 readings a second and notes how long each commit took, in ms."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self._took: list[float] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> list[float]:
        """End; how long each commit took."""
        self._stopping.set()
        self._thread.join()
        return self._took

    def _run(self) -> None:
        number, due = 0, time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            due += COMMIT / POINTS
            began = time.perf_counter()
            self._store.append([Intake("live", _readings(system_clock(), number, COMMIT))])
            self._took.append((time.perf_counter() - began) * 1000)
            number += COMMIT


def _outage(store: LocalStore, start: Instant) -> None:
    """What came in while InfluxDB was away: most of it sealed, as in life, the newest minutes not."""
    sealed = OUTAGE_SECONDS - HOT_SECONDS
    _backfill(store, start, sealed, SECOND)
    for second in range(sealed, OUTAGE_SECONDS, 10):
        readings = [
            reading for later in range(10) for reading in _readings(start + (second + later) * SECOND, 0, POINTS)
        ]
        store.append([Intake("live", readings)])


def _backfill(store: LocalStore, start: Instant, count: int, step: Span) -> None:
    """So many sealed readings of each point."""
    times = start + np.arange(count, dtype=np.int64) * step
    columns = Columns(
        times,
        20 + np.arange(count) % 50 / 10,
        np.zeros(count, np.uint16),
        times + 40,
        np.arange(count, dtype=np.int64),
        np.full(count, NO_NUMBER),
        np.full(count, np.nan),
    )
    store.backfill({f"R1.T{n}": columns for n in range(POINTS)}, "live")


def _readings(time: Instant, first: int, count: int) -> list[Reading]:
    return [
        Reading(f"R1.T{n % POINTS}", time, 20 + n % 50 / 10, 0, time + 40, first) for n in range(first, first + count)
    ]

"""A real station with mosquitto and InfluxDB: from message to InfluxDB, and back to work after kill -9.

All of them share this machine's cores. The local store is full, and InfluxDB has all of that. What is sent is taken
with QoS 1 and acknowledged when it is on disk, judged, published on clean topics and forwarded. Beside it paho alone
takes as many messages from the same broker and does nothing but count them.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import numpy as np

from bench.ingest import FIFTY_EACH, ONE_EACH, POINTS, Counting, fill
from bench.station import SITE, point, running_station
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, datetime_of, system_clock
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Intake
from storage.samples.history import BACKLOG
from storage.samples.local import LocalStore
from tests.brokers import mosquitto
from tests.influx import running_influx
from tests.parts import free_port

DAYS = 3
"""So many days of one reading a minute and point are in chunks, 4.3 million readings; the newest are rows."""
ROWS_SECONDS = 120
STEP = 100
"""Milliseconds between two readings of a point, in what is sent."""
LONGEST_SECONDS = 120.0


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with (
        tempfile.TemporaryDirectory() as made,
        mosquitto(port := free_port(), Path(made)),
        running_influx(Path(made)) as server,
    ):
        folder, bucket = Path(made), server.new_bucket()
        path = folder / "data" / "samples.db"
        readings = _full_store(path)
        rows = []
        with running_station(folder, port, bucket) as station:
            with closing(LocalStore.open(path, system_clock, read_only=True)) as store:
                _wait(lambda: _waiting(store) == 0)
                for messages, each in (FIFTY_EACH, ONE_EACH):
                    rows += _ingest(port, store, station.pid, messages, each)
            station.kill()
            killed = time.monotonic()
            station.wait()
            with _out_of_limits(port) as heard, running_station(folder, port, bucket):
                if not heard.wait(LONGEST_SECONDS):
                    raise TimeoutError("the station did not come back")
                seconds = time.monotonic() - killed
    said = (
        f"Restart: from kill -9 to the alarm of a reading sent meanwhile, {readings / 1e6:.1f} million in the store"
    )
    return [*rows, (said, f"{seconds:.1f} s", "30 s")]


def _ingest(port: int, store: LocalStore, pid: int, messages: int, each: int) -> list[tuple[str, str, str]]:
    """Station and paho, one after the other."""
    source, readings = f"g{each}", messages * each
    begin = system_clock() - readings // POINTS * STEP
    used, began = _cpu(pid), time.monotonic()
    fill(port, topics.source_readings(SITE, source), messages, each, begin, STEP)
    _wait(lambda: sum(one.stored for one in store.balance() if one.source == source) == readings)
    stored = time.monotonic() - began
    _wait(lambda: _waiting(store) == 0)
    forwarded, used = time.monotonic() - began, _cpu(pid) - used

    plain = Counting(port, "plain/#", messages)
    plain.open_session()
    began = time.monotonic()
    plain.start()
    fill(port, "plain/g", messages, each, begin, STEP)
    if not plain.all_came.wait(LONGEST_SECONDS):
        raise TimeoutError("paho did not get everything")
    counted = time.monotonic() - began
    what = f"Production, {each} reading{'s' if each > 1 else ''} a message"
    return [
        (
            f"{what}: to the local store, acknowledged",
            f"{readings / stored:,.0f} readings/s, {counted / stored:.2f} of paho's {readings / counted:,.0f}",
            "",
        ),
        (f"{what}: until InfluxDB has it too", f"{readings / forwarded:,.0f} readings/s", ""),
        (
            f"{what}: processor time of the station, stored, judged, published, forwarded",
            f"{used / readings * 1e6:,.0f} µs a reading",
            "",
        ),
    ]


@contextmanager
def _out_of_limits(port: int) -> Iterator[threading.Event]:
    """Send one reading that the broker keeps for the station; set when its alarm is heard."""
    heard = threading.Event()
    filters = [topics.clean_alarm(SITE, point(0), "high")]
    client = Client(Broker(port=port), "bench-listener", filters=filters, on_message=lambda _: heard.set())
    client.start()
    client.wait_connected(30)
    message = ReadingsMessage(1, values=(Value(point(0), datetime_of(system_clock()), 99.0),))
    client.publish(topics.source_readings(SITE, "late"), msgspec.json.encode(message))
    yield heard
    client.stop()


def _full_store(path: Path) -> int:
    """Days in chunks and the newest minutes in rows, everything of it told to be in InfluxDB; how many readings."""
    path.parent.mkdir(exist_ok=True)
    now = system_clock()
    times = np.arange(now - DAYS * DAY, now - HOUR, MINUTE)
    none = np.full(len(times), NO_NUMBER)
    columns = Columns(
        times,
        20 + np.arange(len(times)) % 40 / 10,
        np.zeros(len(times), np.uint16),
        times + 40,
        none,
        none,
        np.full(len(times), np.nan),
    )
    with closing(LocalStore.open(path, system_clock)) as store:
        backlog = store.backlog(BACKLOG)
        store.backfill({point(n): columns for n in range(POINTS)}, "history")
        for second in range(ROWS_SECONDS):
            store.append([Intake("history", _second(now - MINUTE - (ROWS_SECONDS - second) * SECOND))])
        while portion := backlog.newest(100_000) or backlog.owed(1_000_000):
            backlog.settle(portion)
        while hours := backlog.whole_hours(now, 100_000):
            backlog.finish(hours)
    return POINTS * (len(times) + ROWS_SECONDS)


def _second(time: Instant) -> list[Reading]:
    return [Reading(point(n), time, 20.0, 0, time + 40) for n in range(POINTS)]


def _waiting(store: LocalStore) -> int | None:
    progress = store.progress(BACKLOG)
    return None if progress is None else progress.waiting


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it took too long")
        time.sleep(0.02)

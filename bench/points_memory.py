"""The memory of a station that watches 10,000 points, each with readings."""

import tempfile
import time
from contextlib import closing
from pathlib import Path

import msgspec
import psutil

from bench.station import SITE, running_station
from bench.told import Layout
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import SECOND, datetime_of, system_clock
from storage.samples.local import LocalStore
from tests.brokers import mosquitto
from tests.parts import free_port

LAYOUT = Layout(areas=10, rooms=20, points=50)
POINTS, EACH, A_MESSAGE = 10_000, 20, 200
DEADLINE_SECONDS = 120.0


def run() -> list[tuple[str, str, str]]:
    """After 20 readings of each point, all of them judged."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with mosquitto(port, folder), running_station(folder, port, site=LAYOUT.site_file) as station:
            _send(Broker(port=port))
            _wait_until_stored(folder)
            megabytes = psutil.Process(station.pid).memory_full_info().pss / 1e6
    return [(f"memory of a station for {POINTS:,} points", f"{megabytes:.0f} MB", "300 MB")]


def _send(broker: Broker) -> None:
    sender = Client(broker, "bench-sender")
    sender.start()
    sender.wait_connected(10)
    first = system_clock() - EACH * SECOND
    for n in range(0, POINTS * EACH, A_MESSAGE):
        values = tuple(
            Value(LAYOUT.point(i), datetime_of(first + i // POINTS * SECOND), 20 + i % 40 / 10)
            for i in range(n, n + A_MESSAGE)
        )
        sender.publish(topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=values)))
    while sender.backlog:
        time.sleep(0.01)
    sender.stop()


def _wait_until_stored(folder: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    with closing(LocalStore.open(folder / "data" / "samples.db", system_clock, read_only=True)) as store:
        while sum(balance.stored for balance in store.balance()) < POINTS * EACH:
            if time.monotonic() > deadline:
                raise TimeoutError("not all readings were stored in time")
            time.sleep(0.2)

"""Whether memory stays flat: station and app over two million readings."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import psutil

from bench.station import SITE, environment, point, running_station
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import SECOND, datetime_of, system_clock
from storage.samples.local import LocalStore
from tests.brokers import mosquitto
from tests.parts import free_port

READINGS = 2_000_000
A_MESSAGE = 200
QUARTER = READINGS // 4
MOST_AHEAD = 500
DEADLINE_SECONDS = 600


def run() -> list[tuple[str, str, str]]:
    """Memory of each process after each quarter of the readings, which go on as fast as they are stored."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with mosquitto(port, folder), running_station(folder, port) as station:
            web = environment(folder, port) | {"CLEANWATCH_WEB_PORT": str(free_port())}
            app = subprocess.Popen([sys.executable, "-m", "cleanwatch", "app"], env=web)
            try:
                weights = _weigh(folder, Broker(port=port), {"station": station.pid, "app": app.pid})
            finally:
                app.terminate()
                app.wait(30)
    return [
        (
            f"memory of the {part} after 0.5, 1, 1.5 and 2 million readings",
            ", ".join(f"{megabytes:.0f}" for megabytes in megabytes_of) + " MB",
            "flat",
        )
        for part, megabytes_of in weights.items()
    ]


def _weigh(folder: Path, broker: Broker, processes: dict[str, int]) -> dict[str, list[float]]:
    weights: dict[str, list[float]] = {part: [] for part in processes}
    store = LocalStore.open(folder / "data" / "samples.db", system_clock, read_only=True)
    sender = Client(broker, "bench-sender")
    sender.start()
    sender.wait_connected(10)
    first = system_clock() - READINGS // 1000 * SECOND
    for quarter in range(4):
        for n in range(quarter * QUARTER, (quarter + 1) * QUARTER, A_MESSAGE):
            values = tuple(
                Value(point=point(i), time=datetime_of(first + i // 1000 * SECOND), value=20 + i % 40 / 10)
                for i in range(n, n + A_MESSAGE)
            )
            while sender.backlog > MOST_AHEAD:
                time.sleep(0.01)
            sender.publish(
                topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=values))
            )
        _wait_until_stored(store, (quarter + 1) * QUARTER)
        for part, pid in processes.items():
            weights[part].append(psutil.Process(pid).memory_full_info().pss / 1e6)
    sender.stop()
    store.close()
    return weights


def _wait_until_stored(store: LocalStore, readings: int) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while sum(balance.stored for balance in store.balance()) < readings:
        if time.monotonic() > deadline:
            raise TimeoutError(f"fewer than {readings} readings are stored after {DEADLINE_SECONDS} s")
        time.sleep(0.2)

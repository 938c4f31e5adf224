"""A real station for measurements: a process of its own, a thousand points, one action limit at 25 °C each."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bus import topics
from bus.client import Broker, Client
from facility.site import MAIN
from storage.samples.influx.address import Influx

POINTS = 1000
SITE = "bench"
DEADLINE_SECONDS = 60


def point(n: int) -> str:
    """The id of the n-th point; they begin again after the last."""
    return f"R1.T{n % POINTS}"


def one_room(points: int) -> str:
    """The text of a site file: so many points in one room."""
    entries = "\n".join(
        f"          - {{id: R1.T{n}, quantity: temperature, limits: [{{severity: action, high: 25}}]}}"
        for n in range(points)
    )
    return SITE_FILE.format(site=SITE, points=entries)


def environment(folder: Path, port: int, influx: Influx | None = None) -> dict[str, str]:
    """The settings of a station, and of an app, that keep their data in `folder`."""
    beside = {}
    if influx is not None:
        beside = {
            "CLEANWATCH_INFLUX_URL": influx.url,
            "CLEANWATCH_INFLUX_BUCKET": influx.bucket,
            "CLEANWATCH_INFLUX_TOKEN_FILE": str(influx.token_file),
        }
    return {
        **os.environ,
        **beside,
        "CLEANWATCH_DATA": str(folder / "data"),
        "CLEANWATCH_SITE_FILE": str(folder / "site.yaml"),
        "CLEANWATCH_BROKER_PORT": str(port),
        "CLEANWATCH_LOG_LEVEL": "ERROR",
    }


@contextmanager
def running_station(
    folder: Path, port: int, influx: Influx | None = None, site: str | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A station that listens to the broker at this port, until the block ends; `site` is another site file's text."""
    (folder / "site.yaml").write_text(site or one_room(POINTS))
    command = [sys.executable, "-m", "cleanwatch", "station"]
    process = subprocess.Popen(command, env=environment(folder, port, influx))
    try:
        wait_until_it_beats(Broker(port=port))
        yield process
    finally:
        process.terminate()
        process.wait(30)


def wait_until_it_beats(broker: Broker) -> None:
    """Raises TimeoutError where no station is heard."""
    alive = threading.Event()
    client = Client(broker, "bench-watch", filters=[topics.station(SITE, MAIN)], on_message=lambda _: alive.set())
    client.start()
    if not alive.wait(DEADLINE_SECONDS):
        raise TimeoutError("the station did not come up")
    client.stop()


SITE_FILE = """
id: {site}
name: Bench
timezone: UTC
areas:
  - {{id: A1, name: Area}}
rooms:
  - id: R1
    name: Room
    area: A1
    grade: D
    plan: {{x: 0, y: 0, width: 10, height: 10}}
    instruments:
      - id: R1.L1
        name: Logger
        interval: 10 min
        points:
{points}
"""

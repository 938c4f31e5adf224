"""From publish to alarm published: a real station beside mosquitto, every reading crossing its limit."""

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from bus import topics
from bus.client import Broker, Client, Message
from bus.messages import AlarmNotice
from collectors.messages import ReadingsMessage, Value
from facility.instants import Instant, datetime_of, system_clock
from tests.brokers import mosquitto
from tests.parts import free_port

POINTS = 1000
READINGS = 10_000
A_SECOND = 500
SITE = "bench"
INSIDE, OUTSIDE = 20.0, 30.0
DEADLINE_SECONDS = 60


def run() -> list[tuple[str, str, str]]:
    """10,000 readings at 500 a second over 1,000 points; each raises an alarm or ends it."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with mosquitto(port, folder):
            station = _start_station(folder, port)
            try:
                latencies = sorted(_measure(Broker(port=port)))
            finally:
                station.terminate()
                station.wait(20)
    p50, p99 = statistics.median(latencies), latencies[int(len(latencies) * 0.99)]
    what = (
        f"publish to alarm published, {len(latencies):,} of {READINGS:,} readings at {A_SECOND}/s, {POINTS:,} points"
    )
    return [
        (f"{what}, p50", f"{p50:.0f} ms", ""),
        (f"{what}, p99", f"{p99:.0f} ms", "100 ms"),
    ]


def _measure(broker: Broker) -> list[float]:
    sent: dict[tuple[str, Instant], float] = {}
    latencies: list[float] = []
    counted = threading.Semaphore(0)

    def hear(message: Message) -> None:
        heard = time.monotonic()
        notice = msgspec.json.decode(message.payload, type=AlarmNotice)
        for moment in (notice.returned, notice.onset):
            at = sent.pop((notice.point, round(moment.timestamp() * 1000)), None) if moment else None
            if at is not None:
                latencies.append((heard - at) * 1000)
                counted.release()
                return

    listener = Client(broker, "bench-listener", filters=[topics.clean_alarm(SITE, "+", "high")], on_message=hear)
    sender = Client(broker, "bench-sender")
    for client in (listener, sender):
        client.start()
        client.wait_connected(10)
    _wait_for_station(broker)
    begin, first = time.monotonic(), system_clock()
    for n in range(READINGS):
        point, lap = f"R1.T{n % POINTS}", n // POINTS
        due = begin + n / A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        at = first + n * 1000 // A_SECOND
        value = Value(point=point, time=datetime_of(at), value=OUTSIDE if lap % 2 == 0 else INSIDE)
        sent[point, at] = time.monotonic()
        payload = msgspec.json.encode(ReadingsMessage(1, values=(value,)))
        sender.publish(topics.source_readings(SITE, "bench"), payload)
    deadline = time.monotonic() + DEADLINE_SECONDS
    for _ in range(READINGS):
        if not counted.acquire(timeout=max(0.0, deadline - time.monotonic())):
            break
    for client in (listener, sender):
        client.stop()
    return latencies


def _wait_for_station(broker: Broker) -> None:
    alive = threading.Event()
    client = Client(broker, "bench-watch", filters=[topics.station(SITE)], on_message=lambda _: alive.set())
    client.start()
    if not alive.wait(DEADLINE_SECONDS):
        raise TimeoutError("the station did not come up")
    client.stop()


def _start_station(folder: Path, port: int) -> subprocess.Popen[bytes]:
    points = "\n".join(
        f"          - {{id: R1.T{n}, quantity: temperature, limits: [{{severity: action, high: 25}}]}}"
        for n in range(POINTS)
    )
    site_file = folder / "site.yaml"
    site_file.write_text(SITE_FILE.format(site=SITE, points=points))
    environment = {
        **os.environ,
        "CLEANWATCH_DATA": str(folder / "data"),
        "CLEANWATCH_SITE_FILE": str(site_file),
        "CLEANWATCH_BROKER_PORT": str(port),
        "CLEANWATCH_LOG_LEVEL": "ERROR",
    }
    return subprocess.Popen([sys.executable, "-m", "cleanwatch", "station"], env=environment)


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

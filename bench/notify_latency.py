"""From publish to the notification handed to its channel: a real station beside mosquitto, and a real web server."""

import re
import statistics
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from bench.station import SITE, running_station
from bench.told import Handed, Layout, add_people, receiver
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import datetime_of, system_clock
from tests.brokers import mosquitto
from tests.parts import free_port

READINGS, ALARMS = 100_000, 1_000
A_SECOND = 500
INSIDE, OUTSIDE = 20.0, 30.0
DEADLINE_SECONDS = 60
SETTLED_SECONDS = 20
"""After its start a station tests its broker, once, and hears everything that the broker retains."""
LAYOUT = Layout(areas=200, rooms=5, points=1, rules="excursions: {same_room: 0 s, same_time: 0 s}")
"""An event each, and two people's messages so far apart that none waits for another: three a minute go to one."""
ROOM = re.compile(r"\bA\d+-\d+\b")


def run(readings: int = READINGS, alarms: int = ALARMS) -> list[tuple[str, str, str]]:
    """Readings at 500 a second over 1,000 points, of which 5 a second begin an alarm."""
    latencies = sorted(_measure(readings, alarms))
    said = f"publish to notification handed over, {readings:,} readings at {A_SECOND}/s, {alarms:,} alarms"
    counted = f"{len(latencies):,} of {alarms:,}"
    return [
        (f"{said}: p50 of {counted}", f"{statistics.median(latencies):.0f} ms", ""),
        (f"{said}: p99", f"{latencies[int(len(latencies) * 0.99)]:.0f} ms", "250 ms"),
        (f"{said}: longest", f"{latencies[-1]:.0f} ms", ""),
    ]


def _measure(readings: int, alarms: int) -> list[float]:
    """Milliseconds from the reading that begins an alarm until its room is named in a message, for each alarm."""
    sent: dict[str, float] = {}
    latencies: list[float] = []
    counted = threading.Semaphore(0)

    def hear(handed: Handed) -> None:
        for room in set(ROOM.findall(handed.text)):
            at = sent.pop(room, None)
            if at is not None:
                latencies.append((handed.at - at) * 1000)
                counted.release()

    with tempfile.TemporaryDirectory() as name, receiver(hear) as server:
        folder, port = Path(name), free_port()
        add_people(folder, server.port, LAYOUT.areas)
        with mosquitto(port, folder), running_station(folder, port, site=LAYOUT.site_file):
            time.sleep(SETTLED_SECONDS)
            _send(Broker(port=port), sent, readings, readings // alarms)
            deadline = time.monotonic() + DEADLINE_SECONDS
            for _ in range(alarms):
                if not counted.acquire(timeout=max(0.0, deadline - time.monotonic())):
                    break
    return latencies


def _send(broker: Broker, sent: dict[str, float], readings: int, every: int) -> None:
    """Every n-th reading begins an alarm at the next point; the others are of all points, as they are by then."""
    sender = Client(broker, "bench-sender")
    sender.start()
    sender.wait_connected(10)
    begin, first = time.monotonic(), system_clock()
    for n in range(readings):
        time.sleep(max(0.0, begin + n / A_SECOND - time.monotonic()))
        newest, begins = n // every, n % every == 0
        turn = newest if begins else n % (readings // every)
        point = LAYOUT.point(turn)
        if begins:
            sent[point.partition(".")[0]] = time.monotonic()
        time_of_reading = datetime_of(first + n * 1000 // A_SECOND)
        said = Value(point=point, time=time_of_reading, value=OUTSIDE if turn <= newest else INSIDE)
        sender.publish(topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=(said,))))
    sender.stop()

"""From publish to alarm published: a real station beside mosquitto, readings that cross their limit and back."""

import statistics
import tempfile
import threading
import time
from pathlib import Path

import msgspec

from bench.station import POINTS, SITE, point, running_station
from bus import topics
from bus.client import Broker, Client, Message
from bus.messages import AlarmNotice
from collectors.messages import ReadingsMessage, Value
from facility.instants import datetime_of, system_clock
from tests.brokers import mosquitto
from tests.parts import free_port

READINGS = 10_000
A_SECOND = 500
INSIDE, STEADY, OUTSIDE = 10, 20, 30
DEADLINE_SECONDS = 60


def run() -> list[tuple[str, str, str]]:
    """10,000 readings at 500 a second over 1,000 points: some begin or end an alarm, then all do."""
    return [*_rows("one in ten begins or ends an alarm", 10, "100 ms"), *_rows("each begins or ends an alarm", 1, "")]


def _rows(what: str, every: int, aim: str) -> list[tuple[str, str, str]]:
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with mosquitto(port, folder), running_station(folder, port):
            latencies = sorted(_measure(Broker(port=port), every))
    said = f"publish to alarm published, {READINGS:,} readings at {A_SECOND}/s over {POINTS:,} points, {what}"
    p50, p99 = statistics.median(latencies), latencies[int(len(latencies) * 0.99)]
    counted = f"{len(latencies):,} of {READINGS // every:,}"
    return [(f"{said}: p50 of {counted}", f"{p50:.0f} ms", ""), (f"{said}: p99", f"{p99:.0f} ms", aim)]


def _measure(broker: Broker, every: int) -> list[float]:
    """Milliseconds of each reading that begins or ends an alarm; only every n-th point does."""
    sent: dict[tuple[str, float], float] = {}
    """When a reading was sent, by point and value: each lap outside is farther outside, each lap inside lower."""
    latencies: list[float] = []
    counted = threading.Semaphore(0)

    def hear(message: Message) -> None:
        heard = time.monotonic()
        notice = msgspec.json.decode(message.payload, type=AlarmNotice)
        lap = notice.worst - OUTSIDE if notice.worst is not None else 0.0
        at = sent.pop((notice.point, (INSIDE if notice.returned else OUTSIDE) + lap), None)
        if at is not None:
            latencies.append((heard - at) * 1000)
            counted.release()

    listener = Client(broker, "bench-listener", filters=[topics.clean_alarm(SITE, "+", "high")], on_message=hear)
    sender = Client(broker, "bench-sender")
    for client in (listener, sender):
        client.start()
        client.wait_connected(10)
    begin, first = time.monotonic(), system_clock()
    for n in range(READINGS):
        id, lap = point(n), n // POINTS
        due = begin + n / A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        value = float((OUTSIDE if lap % 2 == 0 else INSIDE) + lap // 2)
        if n % every == 0:
            sent[id, value] = time.monotonic()
        else:
            value = float(STEADY)
        said = Value(point=id, time=datetime_of(first + n * 1000 // A_SECOND), value=value)
        sender.publish(topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=(said,))))
    deadline = time.monotonic() + DEADLINE_SECONDS
    for _ in range(READINGS // every):
        if not counted.acquire(timeout=max(0.0, deadline - time.monotonic())):
            break
    for client in (listener, sender):
        client.stop()
    return latencies

"""From publish to alarm published: a real station beside mosquitto, every reading crossing its limit."""

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
from facility.instants import Instant, datetime_of, system_clock
from tests.brokers import mosquitto
from tests.parts import free_port

READINGS = 10_000
A_SECOND = 500
INSIDE, OUTSIDE = 20.0, 30.0
DEADLINE_SECONDS = 60


def run() -> list[tuple[str, str, str]]:
    """10,000 readings at 500 a second over 1,000 points; each raises an alarm or ends it."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        with mosquitto(port, folder), running_station(folder, port):
            latencies = sorted(_measure(Broker(port=port)))
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
    begin, first = time.monotonic(), system_clock()
    for n in range(READINGS):
        id, lap = point(n), n // POINTS
        due = begin + n / A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        at = first + n * 1000 // A_SECOND
        value = Value(point=id, time=datetime_of(at), value=OUTSIDE if lap % 2 == 0 else INSIDE)
        sent[id, at] = time.monotonic()
        payload = msgspec.json.encode(ReadingsMessage(1, values=(value,)))
        sender.publish(topics.source_readings(SITE, "bench"), payload)
    deadline = time.monotonic() + DEADLINE_SECONDS
    for _ in range(READINGS):
        if not counted.acquire(timeout=max(0.0, deadline - time.monotonic())):
            break
    for client in (listener, sender):
        client.stop()
    return latencies

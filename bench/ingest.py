"""Ingest from mosquitto: a backlog drained into the local store, and the way from a message to its clean topic.

Beside the collector, which decodes, stores with SQLite's full synchrony and acknowledges afterwards, the same backlog
is drained by paho alone, which counts messages and does nothing else: the ratio of the two holds on any machine.
Broker, sender and collector share this machine's cores.
"""

import multiprocessing
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path
from statistics import median, quantiles

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bus import topics
from bus.broker import RECEIVE_MAXIMUM
from bus.client import Broker, Client, Message
from bus.messages import CleanReading
from collectors.ingest import Collector
from collectors.messages import ReadingsMessage, Value
from collectors.publisher import Publisher
from facility.instants import HOUR, MINUTE, SECOND, Instant, Span, datetime_of, system_clock
from facility.limit import Severity
from facility.quantities import Quantity
from facility.site import Area, Instrument, Point, Rectangle, Room, Site
from storage.samples.local import LocalStore
from tests.brokers import mosquitto
from tests.parts import free_port, program

POINTS = 1_000
RUNS = 3
ONE_EACH = (10_000, 1)
FIFTY_EACH = (2_000, 50)
"""Messages, and readings in each."""
PACED = 2_000
PACE_SECONDS = 0.002
LONGEST_SECONDS = 60.0


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    rows = []
    for (messages, each), aim in ((ONE_EACH, 10_000), (FIFTY_EACH, 50_000)):
        seconds = [_drained(messages, each) for _ in range(RUNS)]
        ours, plain = median(ours for ours, _ in seconds), median(plain for _, plain in seconds)
        what = f"Ingest: {each} reading{'s' if each > 1 else ''} a message, stored and acknowledged"
        rows.append((what, f"{messages * each / ours:,.0f} readings/s", f"{aim:,} readings/s"))
        if each == 1:
            ratio = f"{plain / ours:.2f} of its {messages / plain:,.0f} messages/s"
            rows.append(("Ingest: the same, beside paho alone, which only counts", ratio, "0.5"))
    middle, slow = _latency()
    rows.append(
        ("Ingest: from publish to clean topic, 500 a second, p50 / p99", f"{middle:.1f} / {slow:.1f} ms", "50 ms")
    )
    return rows


def bench_site() -> Site:
    """A thousand temperature points of one instrument."""
    room, area = Room("R1", "Room", "A1", None, Rectangle(0, 0, 1, 1)), Area("A1", "Area")
    instrument = Instrument("T1", "Logger", "R1", None, date(2099, 1, 1), SECOND)
    points = (
        Point(f"R1.T{n}", "T", "R1", "T1", Quantity.TEMPERATURE, None, (), MINUTE, Severity.ALERT)
        for n in range(POINTS)
    )
    return Site("bench", "Bench", "UTC", (area,), {"R1": room}, (), {"T1": instrument}, {p.id: p for p in points}, ())


def _drained(messages: int, each: int) -> tuple[float, float]:
    """Seconds in which the collector and paho alone drain the same backlog."""
    with tempfile.TemporaryDirectory() as folder, mosquitto(port := free_port(), Path(folder)):
        store = LocalStore.open(Path(folder) / "samples.db", system_clock)
        with_session = Collector(Broker(port=port), bench_site(), store, system_clock)
        with_session.start()
        with_session.wait_connected(10)
        with_session.stop()
        plain = Counting(port, "instruments/#", messages)
        plain.open_session()
        fill(port, topics.source_readings("bench", "g"), messages, each, system_clock() - HOUR)

        collector = Collector(Broker(port=port), bench_site(), store, system_clock)
        ours = _seconds_until(collector.start, lambda: _done(collector, messages))
        collector.stop()
        (balance,) = store.balance()
        assert balance.stored == messages * each, balance
        store.close()
        return ours, _seconds_until(plain.start, plain.all_came.is_set)


def _done(collector: Collector, messages: int) -> bool:
    health = collector.health()
    return health.messages >= messages and not health.waiting


def _seconds_until(start: Callable[[], None], done: Callable[[], bool]) -> float:
    began = time.perf_counter()
    start()
    while not done():
        assert time.perf_counter() - began < LONGEST_SECONDS, "no end within a minute"
        time.sleep(0.002)
    return time.perf_counter() - began


def fill(port: int, topic: str, messages: int, each: int, begin: Instant, step: Span = SECOND) -> None:
    """Send messages by mosquitto's own client: a thousand points, each of them heard once a `step`, inside limits."""
    lines = []
    for first in range(0, messages * each, each):
        values = tuple(
            Value(f"R1.T{n % POINTS}", datetime_of(begin + n // POINTS * step), 20 + n % 40 / 10)
            for n in range(first, first + each)
        )
        lines.append(msgspec.json.encode(ReadingsMessage(1, 1, first // each + 1, values)))
    command = [str(program("mosquitto_pub")), "-p", str(port), "-q", "1", "-l", "-t", topic]
    subprocess.run(command, input=b"\n".join(lines) + b"\n", check=True)


class Counting:
    """paho as its documentation shows it, with MQTT 5 and the same session, that counts what comes."""

    def __init__(self, port: int, filter: str, expected: int) -> None:
        self._port, self._filter, self._expected, self._count = port, filter, expected, 0
        self.all_came = threading.Event()

    def open_session(self) -> None:
        subscribed = threading.Event()
        client = self._client()
        client.on_subscribe = lambda *_: subscribed.set()
        client.loop_start()
        assert subscribed.wait(10)
        client.disconnect()
        client.loop_stop()

    def start(self) -> None:
        self._client().loop_start()

    def _client(self) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, "counting", protocol=MQTTProtocolVersion.MQTTv5)
        client.on_connect = lambda client, *_: client.subscribe(self._filter, 1)
        client.on_message = self._counted
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        session.SessionExpiryInterval = 600
        session.ReceiveMaximum = RECEIVE_MAXIMUM
        client.connect("127.0.0.1", self._port, clean_start=False, properties=session)
        return client

    def _counted(self, client: paho.Client, _userdata: object, _message: paho.MQTTMessage) -> None:
        self._count += 1
        if self._count == self._expected:
            self.all_came.set()
            client.disconnect()


def _latency() -> tuple[float, float]:
    """Milliseconds from handing a message to the broker's client until its reading comes on the clean topic."""
    sent: dict[int, float] = {}
    taken: list[float] = []

    def arrived(message: Message) -> None:
        now = time.perf_counter()
        reading = msgspec.json.decode(message.payload, type=CleanReading)
        taken.append((now - sent[round((reading.value or 0) * 1000)]) * 1e3)

    processes = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder, mosquitto(port := free_port(), Path(folder)):
        ready, stopping = processes.Event(), processes.Event()
        station = processes.Process(target=_station, args=(port, Path(folder) / "samples.db", ready, stopping))
        station.start()
        filters = [topics.clean_reading("bench", "+")]
        reader = Client(Broker(port=port), "reader", filters=filters, on_message=arrived)
        writer = Client(Broker(port=port), "writer")
        for client in (reader, writer):
            client.start()
            client.wait_connected(10)
        assert ready.wait(LONGEST_SECONDS)
        begin, due = system_clock() - HOUR, time.perf_counter()
        for n in range(PACED):
            value = Value(f"R1.T{n % POINTS}", datetime_of(begin + n // POINTS * SECOND), n / 1000)
            sent[n] = time.perf_counter()
            writer.publish(
                topics.source_readings("bench", "g"), msgspec.json.encode(ReadingsMessage(1, values=(value,)))
            )
            due += PACE_SECONDS
            time.sleep(max(0.0, due - time.perf_counter()))
        _seconds_until(lambda: None, lambda: len(taken) >= PACED)
        for client in (reader, writer):
            client.stop()
        stopping.set()
        station.join()
    return median(taken), quantiles(taken, n=100)[98]


def _station(port: int, path: Path, ready: Event, stopping: Event) -> None:
    """Collector and publisher in a process of their own, as in the station."""
    store = LocalStore.open(path, system_clock)
    publisher = Publisher(Broker(port=port), bench_site(), store, system_clock)
    collector = Collector(Broker(port=port), bench_site(), store, system_clock)
    publisher.start()
    collector.start()
    collector.wait_connected(10)
    while not publisher.health().connected:
        time.sleep(0.01)
    ready.set()
    stopping.wait()
    collector.stop()
    publisher.stop()
    store.close()

"""What instruments send in these tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from bus import topics
from bus.client import Client, Message
from collectors.ingest import Collector
from collectors.messages import ReadingsMessage, Value
from facility.instants import SECOND, Instant, datetime_of, system_clock
from storage.samples.local import LocalStore
from tests.brokers import BrokerUnderTest
from tests.collectors.plant import SITE

SOURCE = "gw1"
TOPIC = topics.source_readings(SITE.id, SOURCE)
BEGIN: Instant = 1_795_330_000_000


def pressure_message(number: int, value: float = 15.0, epoch: int | None = None) -> bytes:
    """One reading of B101.DP1, a second after that of the number before."""
    values = (Value("B101.DP1", datetime_of(BEGIN + number * SECOND), value),)
    return msgspec.json.encode(ReadingsMessage(1, epoch, number if epoch is not None else None, values))


@contextmanager
def local_store(folder: Path) -> Iterator[LocalStore]:
    """A store in a file of its own."""
    store = LocalStore.open(folder / "samples.db", system_clock)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def collecting(broker: BrokerUnderTest, store: LocalStore) -> Iterator[Collector]:
    """A collector that runs, connected."""
    collector = Collector(broker.address, SITE, store, system_clock)
    collector.start()
    try:
        collector.wait_connected(30)
        yield collector
    finally:
        collector.stop()


@contextmanager
def client_of(
    broker: BrokerUnderTest, name: str, filters: tuple[str, ...] = ()
) -> Iterator[tuple[Client, list[Message]]]:
    """A plain client, connected, and what it has received."""
    got: list[Message] = []
    client = Client(broker.address, name, filters=filters, on_message=got.append)
    client.start()
    try:
        client.wait_connected(30)
        yield client, got
    finally:
        client.stop()


def stored_numbers(store: LocalStore) -> list[int]:
    """The numbers of the pressure messages in the store, by time."""
    times = store.raw("B101.DP1", BEGIN, BEGIN + 10**9)["time"]
    return [int(time - BEGIN) // SECOND for time in times]

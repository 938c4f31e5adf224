"""From the broker to the store: on disk first, acknowledged then, counted always."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec
import paho.mqtt.publish as publish
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from bus import topics
from bus.client import Broker
from collectors.ingest import Collector, SourceBalance
from collectors.messages import Acknowledgement
from facility.instants import system_clock
from facility.site import Share, Site
from storage.samples.commit import Commit, Intake
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.brokers import BrokerUnderTest
from tests.collectors.plant import SITE
from tests.collectors.senders import (
    SOURCE,
    TOPIC,
    client_of,
    collecting,
    local_store,
    pressure_message,
    stored_numbers,
)
from tests.waiting import wait_until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    with local_store(tmp_path) as opened:
        yield opened


def balanced(collector: Collector) -> list[SourceBalance]:
    entries = collector.balance()
    for e in entries:
        assert e.received == e.stored + e.repeated + e.conflicting + e.dead_lettered + e.pending
    return entries


def test_what_is_sent_is_stored_in_order(broker: BrokerUnderTest, store: LocalStore) -> None:
    with collecting(broker, store) as collector, client_of(broker, "gw") as (gateway, _):
        for number in range(200):
            gateway.publish(TOPIC, pressure_message(number))
        wait_until(lambda: collector.health().messages == 200 and not collector.health().waiting)
        assert balanced(collector) == [SourceBalance(SOURCE, 200, 200, 0, 0, 0, 0)]
    assert stored_numbers(store) == list(range(200))


def test_repeats_conflicts_and_dead_letters_are_counted_apart(broker: BrokerUnderTest, store: LocalStore) -> None:
    with collecting(broker, store) as collector, client_of(broker, "gw") as (gateway, _):
        for payload in (pressure_message(1), pressure_message(1), pressure_message(1, value=9.0), b"rubbish"):
            gateway.publish(TOPIC, payload)
        wait_until(lambda: sum(entry.received for entry in collector.balance()) == 4)
        wait_until(lambda: not collector.health().waiting)
        assert balanced(collector) == [SourceBalance(SOURCE, 4, 1, 1, 1, 1, 0)]


def test_nothing_is_acknowledged_before_it_is_on_disk(
    broker: BrokerUnderTest, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector whose store takes nothing ends; the next one gets every message."""
    with monkeypatch.context() as patched:
        patched.setattr(store, "append", disk_full)
        with collecting(broker, store) as collector, client_of(broker, "gw") as (gateway, _):
            for number in range(20):
                gateway.publish(TOPIC, pressure_message(number))
            wait_until(lambda: collector.health().messages == 20 and collector.health().store_failures > 1)
            assert balanced(collector) == [SourceBalance(SOURCE, 20, 0, 0, 0, 0, 20)]
            assert "disk is full" in str(collector.health().store_problem)
            assert collector.health().connection.connected
    assert stored_numbers(store) == []
    with collecting(broker, store):
        wait_until(lambda: stored_numbers(store) == list(range(20)))


def test_a_store_that_recovers_gets_everything_without_a_reconnection(
    broker: BrokerUnderTest, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with collecting(broker, store) as collector, client_of(broker, "gw") as (gateway, _):
        with monkeypatch.context() as patched:
            patched.setattr(store, "append", disk_full)
            for number in range(300):
                gateway.publish(TOPIC, pressure_message(number))
            wait_until(lambda: collector.health().store_failures > 0)
        wait_until(lambda: stored_numbers(store) == list(range(300)))
        assert collector.health().connection.connections == 1
        assert collector.health().store_problem is None


def disk_full(intakes: Sequence[Intake]) -> Commit:
    raise sqlite.OperationalError("database or disk is full")


def test_retained_messages_are_counted_and_ignored(broker: BrokerUnderTest, store: LocalStore) -> None:
    with client_of(broker, "gw", (TOPIC,)) as (gateway, got):
        gateway.publish(TOPIC, pressure_message(1), retain=True)
        wait_until(lambda: got, what="the broker handing the message on, so that it is retained by now")
        with collecting(broker, store) as collector:
            wait_until(lambda: collector.health().retained_ignored == 1)
            gateway.publish(TOPIC, pressure_message(2))
            wait_until(lambda: stored_numbers(store) == [2])


def test_messages_sent_with_qos_0_are_stored_and_counted(broker: BrokerUnderTest, store: LocalStore) -> None:
    with collecting(broker, store) as collector:
        publish.single(
            TOPIC, pressure_message(1), qos=0, port=broker.address.port, protocol=MQTTProtocolVersion.MQTTv5
        )
        wait_until(lambda: stored_numbers(store) == [1])
        # The embedded broker hands everything on with QoS 1.
        assert collector.health().sent_with_qos_0 == (broker.kind == "mosquitto")


def test_a_source_that_numbers_its_messages_hears_how_far_they_are_stored(
    broker: BrokerUnderTest, store: LocalStore
) -> None:
    ack = topics.source_ack(SITE.id, SOURCE)
    with collecting(broker, store), client_of(broker, "gw", (ack,)) as (gateway, got):
        for number in (1, 2, 3, 5):
            gateway.publish(TOPIC, pressure_message(number, epoch=7))
        wait_until(lambda: got)
        assert msgspec.json.decode(got[-1].payload, type=Acknowledgement) == Acknowledgement(7, 3)
        gateway.publish(TOPIC, pressure_message(4, epoch=7))
        wait_until(lambda: len(got) == 2)
        assert msgspec.json.decode(got[-1].payload, type=Acknowledgement) == Acknowledgement(7, 5)
    assert not any(message.retain for message in got)


def test_the_site_can_be_changed_while_it_runs(broker: BrokerUnderTest, store: LocalStore) -> None:
    less = replace(SITE, points={id: point for id, point in SITE.points.items() if id != "B101.DP1"})
    with collecting(broker, store) as collector, client_of(broker, "gw") as (gateway, _):
        collector.use(less)
        gateway.publish(TOPIC, pressure_message(1))
        wait_until(lambda: [entry.dead_lettered for entry in collector.balance()] == [1])
        collector.use(SITE)
        gateway.publish(TOPIC, pressure_message(2))
        wait_until(lambda: stored_numbers(store) == [2])


def test_a_collector_serves_one_site(store: LocalStore) -> None:
    collector = Collector(Broker(), SITE, store, system_clock)
    with pytest.raises(ValueError, match="serves site 'demo', not 'other'"):
        collector.use(replace(SITE, id="other"))


def test_it_goes_on_after_the_broker_came_back(broker: BrokerUnderTest, store: LocalStore) -> None:
    with collecting(broker, store) as collector:
        broker.stop()
        wait_until(lambda: not collector.health().connection.connected)
        broker.start()
        collector.wait_connected(30)
        with client_of(broker, "gw") as (gateway, _):
            gateway.publish(TOPIC, pressure_message(1))
            wait_until(lambda: stored_numbers(store) == [1])


def test_sources_that_move_to_this_station_are_heard_and_those_that_leave_are_not(
    broker: BrokerUnderTest, tmp_path: Path
) -> None:
    def hearing(*sources: str) -> Site:
        return replace(SITE, share=Share("north", sources, False, {}))

    def send(source: str, number: int) -> None:
        sender.publish(topics.source_readings(SITE.id, source), pressure_message(number))

    with local_store(tmp_path) as store, client_of(broker, "sender") as (sender, _):
        collector = Collector(broker.address, hearing("gw1"), store, system_clock)
        collector.start()
        collector.wait_connected(30)
        send("gw1", 1)
        send("gw2", 2)
        wait_until(lambda: stored_numbers(store) == [1])
        collector.use(hearing("gw2"))
        collector.wait_connected(30)
        send("gw2", 3)
        wait_until(lambda: 3 in stored_numbers(store))
        send("gw1", 4)  # the broker remembers the subscription until this has come
        wait_until(lambda: 4 in stored_numbers(store))
        numbers = iter(range(5, 100))

        def is_left() -> bool:
            left, heard = next(numbers), next(numbers)
            send("gw1", left)
            send("gw2", heard)
            wait_until(lambda: heard in stored_numbers(store))
            return left not in stored_numbers(store)

        if broker.kind == "mosquitto":  # the embedded one keeps a subscription for as long as the session
            wait_until(is_left, what="the broker forgets the subscription")
        collector.stop()

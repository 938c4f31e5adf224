"""The outbox: numbered, kept until the station has it, sent again when that takes too long."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from bus import topics
from collectors.messages import (
    Acknowledgement,
    EventsMessage,
    ReadingsMessage,
    RoomStateEvent,
    StatusMessage,
    Value,
)
from collectors.outbox import Outbox
from facility.instants import SECOND, datetime_of
from facility.limit import RoomState
from tests.brokers import BrokerUnderTest, running_broker
from tests.collectors.plant import NOW, SITE
from tests.collectors.senders import BEGIN, SOURCE, TOPIC, client_of, collecting, local_store, stored_numbers
from tests.waiting import wait_until

EVENTS = topics.source_events(SITE.id, SOURCE)
STATUS = topics.source_status(SITE.id, SOURCE)
ACK = topics.source_ack(SITE.id, SOURCE)


def message(number: int) -> ReadingsMessage:
    return ReadingsMessage(1, values=(Value("B101.DP1", datetime_of(BEGIN + number * SECOND), 15.0),))


@contextmanager
def outbox_in(
    folder: Path, broker: BrokerUnderTest, resend_seconds: float = 30, clock: int = NOW
) -> Iterator[Outbox]:
    outbox = Outbox(folder / "outbox.db", broker.address, SITE.id, SOURCE, lambda: clock, resend_seconds)
    outbox.start()
    try:
        yield outbox
    finally:
        outbox.stop()


def test_the_stations_acknowledgement_empties_it(broker: BrokerUnderTest, tmp_path: Path) -> None:
    with (
        local_store(tmp_path) as store,
        collecting(broker, store) as collector,
        outbox_in(tmp_path, broker) as outbox,
    ):
        for number in range(100):
            outbox.send(message(number))
        wait_until(lambda: outbox.waiting == 0)
        assert stored_numbers(store) == list(range(100))
        assert [entry.repeated for entry in collector.balance()] == [0], "nothing is sent twice without need"
        assert store.acknowledged(SOURCE) == (outbox.epoch, 100)


def test_readings_and_events_are_numbered_together_from_one(broker: BrokerUnderTest, tmp_path: Path) -> None:
    with client_of(broker, "reader", (TOPIC, EVENTS)) as (_, got), outbox_in(tmp_path, broker) as outbox:
        outbox.send(message(1))
        outbox.send(EventsMessage(1, events=(RoomStateEvent("B101", RoomState.CLEANING, datetime_of(NOW), "MES"),)))
        wait_until(lambda: len(got) == 2)
        first = msgspec.json.decode(got[0].payload, type=ReadingsMessage)
        second = msgspec.json.decode(got[1].payload, type=EventsMessage)
    assert (first.epoch, first.sequence, first.values) == (outbox.epoch, 1, message(1).values)
    assert (second.epoch, second.sequence) == (outbox.epoch, 2)
    assert got[1].topic == EVENTS


def test_what_was_not_acknowledged_is_sent_after_the_next_start_in_a_new_epoch(
    broker: BrokerUnderTest, tmp_path: Path
) -> None:
    with client_of(broker, "station", (TOPIC,)) as (station, got):
        with outbox_in(tmp_path, broker) as outbox:
            for number in range(5):
                outbox.send(message(number))
            wait_until(lambda: len(got) == 5)
            station.publish(ACK, msgspec.json.encode(Acknowledgement(outbox.epoch, 2)))
            wait_until(lambda: outbox.waiting == 3)
        got.clear()
        with outbox_in(tmp_path, broker, clock=NOW - 1000) as later:
            wait_until(lambda: len(got) == 3)
            later.send(message(5))
            wait_until(lambda: len(got) == 4)
    sent = [msgspec.json.decode(one.payload, type=ReadingsMessage) for one in got]
    assert later.epoch > outbox.epoch, "also with a clock that was set back"
    assert [(one.epoch, one.sequence) for one in sent] == [(later.epoch, number) for number in (1, 2, 3, 4)]
    assert [one.values for one in sent] == [message(number).values for number in (2, 3, 4, 5)]


@pytest.mark.parametrize("stray", [Acknowledgement(1, 3), Acknowledgement(NOW, 99), Acknowledgement(NOW, 0)])
def test_an_acknowledgement_of_something_else_prunes_nothing(
    broker: BrokerUnderTest, tmp_path: Path, stray: Acknowledgement
) -> None:
    with client_of(broker, "station", (TOPIC,)) as (station, got), outbox_in(tmp_path, broker) as outbox:
        for number in range(3):
            outbox.send(message(number))
        wait_until(lambda: len(got) == 3)
        station.publish(ACK, msgspec.json.encode(stray))
        station.publish(ACK, b"rubbish")
        station.publish(ACK, msgspec.json.encode(Acknowledgement(NOW, 1)))
        wait_until(lambda: outbox.waiting == 2)


def test_a_station_whose_store_is_new_goes_on_with_what_it_gets(broker: BrokerUnderTest, tmp_path: Path) -> None:
    """It has not the beginning of the numbers; waiting for that would hold back everything after it, for ever."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    with outbox_in(tmp_path, broker) as outbox:
        with local_store(old) as store, collecting(broker, store):
            outbox.send(message(0))
            wait_until(lambda: outbox.waiting == 0)
        with local_store(new) as store, collecting(broker, store):
            outbox.send(message(1))
            wait_until(lambda: outbox.waiting == 0)
            outbox.send(message(2))
            wait_until(lambda: outbox.waiting == 0)
            assert stored_numbers(store) == [1, 2]


def test_an_acknowledgement_that_does_not_move_makes_it_send_again(broker: BrokerUnderTest, tmp_path: Path) -> None:
    with client_of(broker, "station", (TOPIC,)) as (station, got), outbox_in(tmp_path, broker, 0.3) as outbox:
        for number in range(3):
            outbox.send(message(number))
        wait_until(lambda: len(got) == 3)
        station.publish(ACK, msgspec.json.encode(Acknowledgement(outbox.epoch, 1)))
        wait_until(lambda: len(got) >= 5)
    again = [msgspec.json.decode(one.payload, type=ReadingsMessage).sequence for one in got[3:5]]
    assert again == [2, 3]


def test_no_more_than_a_window_is_sent_ahead_of_the_acknowledgement(
    broker: BrokerUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.outbox.WINDOW", 10)
    with client_of(broker, "station", (TOPIC,)) as (station, got), outbox_in(tmp_path, broker) as outbox:
        for number in range(25):
            outbox.send(message(number))
        wait_until(lambda: len(got) == 10)
        station.publish(ACK, msgspec.json.encode(Acknowledgement(outbox.epoch, 7)))
        wait_until(lambda: len(got) == 17)
        assert outbox.waiting == 18


def test_killing_the_broker_again_and_again_loses_nothing(
    broker: BrokerUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The broker forgets its sessions and what it had acknowledged; the station comes back later than the sender."""
    # However short a connection was: else the third of them is taken for another client with our id, and waits long.
    monkeypatch.setattr("bus.retrying.SOUND_AFTER", 0.0)
    with (
        local_store(tmp_path) as store,
        collecting(broker, store) as collector,
        outbox_in(tmp_path, broker, resend_seconds=1) as outbox,
    ):
        wait_until(lambda: outbox.connected)
        for number in range(600):
            if number % 200 == 100:
                broker.stop()
            if number % 200 == 150:
                broker.start()
                wait_until(lambda: outbox.connected)
            outbox.send(message(number))
        wait_until(lambda: outbox.waiting == 0, seconds=30)
        assert stored_numbers(store) == list(range(600))
        (balance,) = collector.balance()
        assert (balance.stored, balance.conflicting, balance.dead_lettered) == (600, 0, 0)


def test_it_says_that_its_source_is_there_and_when_it_goes(broker: BrokerUnderTest, tmp_path: Path) -> None:
    with client_of(broker, "reader", (STATUS,)) as (_, got):
        with outbox_in(tmp_path, broker):
            wait_until(lambda: len(got) == 1)
        wait_until(lambda: len(got) == 2)
    told = [msgspec.json.decode(one.payload, type=StatusMessage) for one in got]
    assert [status.online for status in told] == [True, False]
    with client_of(broker, "later", (STATUS,)) as (_, kept):
        wait_until(lambda: len(kept) == 1)
    assert kept[0].retain


def test_its_broker_says_that_it_is_gone_when_it_is_killed(broker: BrokerUnderTest, tmp_path: Path) -> None:
    with client_of(broker, "reader", (STATUS,)) as (_, got):
        child = subprocess.Popen([sys.executable, "-c", OUTBOX_CHILD, str(tmp_path), str(broker.address.port)])
        try:
            wait_until(lambda: len(got) == 1, seconds=30)
        finally:
            child.kill()
            child.wait()
        wait_until(lambda: len(got) == 2)
    assert msgspec.json.decode(got[1].payload, type=StatusMessage).online is False


def test_as_long_as_nobody_subscribes_it_sends_no_more_than_one_message_a_second(tmp_path: Path) -> None:
    """A station that comes for the first time, or after its broker has forgotten it, gets all of it in order."""
    with running_broker("mosquitto", tmp_path) as broker, outbox_in(tmp_path, broker) as outbox:
        wait_until(lambda: outbox.connected)
        for number in range(30):
            outbox.send(message(number))
        with client_of(broker, "station", (TOPIC,)) as (_, got):
            wait_until(lambda: len(got) >= 30)
            assert [msgspec.json.decode(one.payload, type=ReadingsMessage).sequence for one in got][:30] == list(
                range(1, 31)
            )


OUTBOX_CHILD = """
import sys, time
from pathlib import Path
from bus.client import Broker
from collectors.outbox import Outbox
from facility.instants import system_clock
Outbox(Path(sys.argv[1]) / "outbox.db", Broker(port=int(sys.argv[2])), "demo", "gw1", system_clock).start()
time.sleep(60)
"""

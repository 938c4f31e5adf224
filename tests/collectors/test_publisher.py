"""What anyone on site may listen to: each stored reading, and the station's heartbeat."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from bus import topics
from bus.client import Broker, Message
from bus.messages import CleanReading, StationBeat
from collectors.publisher import Publisher, clean_reading
from facility.instants import Instant, datetime_of, system_clock
from facility.reading import Reading, Reason
from facility.site import MAIN
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.brokers import BrokerUnderTest
from tests.collectors.plant import NOW, SITE
from tests.collectors.senders import client_of, local_store
from tests.parts import free_port
from tests.waiting import wait_until

READINGS = (topics.clean_reading(SITE.id, "+"),)
STATION = (topics.station(SITE.id, MAIN),)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    with local_store(tmp_path) as opened:
        yield opened


@contextmanager
def publishing(broker: Broker, store: LocalStore) -> Iterator[Publisher]:
    publisher = Publisher(broker, SITE, store, system_clock)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()


def pressure(time: Instant, value: float = 15.0, reasons: int = 0) -> Reading:
    return Reading("B101.DP1", time, value, reasons, NOW)


def append(store: LocalStore, *readings: Reading) -> int:
    return store.append([Intake("gw1", readings)]).number


def readings(messages: Sequence[Message]) -> list[CleanReading]:
    return [msgspec.json.decode(message.payload, type=CleanReading) for message in messages]


def beats(messages: Sequence[Message]) -> list[StationBeat]:
    return [msgspec.json.decode(message.payload, type=StationBeat) for message in messages]


def test_a_stored_reading_is_published_with_unit_and_validity(broker: BrokerUnderTest, store: LocalStore) -> None:
    with client_of(broker, "reader", READINGS) as (_, got), publishing(broker.address, store) as publisher:
        wait_until(lambda: publisher.health().connected)
        append(store, pressure(NOW))
        wait_until(lambda: got)
    assert got[0].topic == "cleanwatch/demo/readings/B101.DP1" and not got[0].retain
    moment = datetime_of(NOW)
    assert readings(got) == [CleanReading("B101.DP1", moment, 15.0, "Pa", "valid", moment)]


def test_a_reading_without_a_number_has_a_null_and_its_reasons_in_words() -> None:
    reasons = Reason.SENSOR_FAULT | Reason.CALIBRATION_OVERDUE
    clean = clean_reading(pressure(NOW, float("nan"), reasons), "Pa", late=False)
    assert (clean.value, clean.validity) == (None, "invalid")
    assert clean.reasons == ("calibration overdue", "sensor fault")


def test_a_reading_older_than_one_stored_before_is_marked_late(broker: BrokerUnderTest, store: LocalStore) -> None:
    append(store, pressure(NOW))
    with client_of(broker, "reader", READINGS) as (_, got), publishing(broker.address, store) as publisher:
        wait_until(lambda: publisher.health().connected)
        append(store, pressure(NOW - 1), pressure(NOW + 1), pressure(NOW + 2))
        append(store, pressure(NOW + 1, value=99.0), pressure(NOW - 5))
        wait_until(lambda: len(got) == 4)
    assert [clean.late for clean in readings(got)] == [True, False, False, True]


def test_what_was_stored_without_a_connection_is_passed_over(broker: BrokerUnderTest, store: LocalStore) -> None:
    with client_of(broker, "reader", READINGS):
        pass
    broker.stop()
    with publishing(broker.address, store) as publisher:
        append(store, pressure(NOW))
        wait_until(lambda: publisher.passed_over == 1)
        broker.start()
        wait_until(lambda: publisher.health().connected)
        with client_of(broker, "reader", READINGS) as (_, got):
            append(store, pressure(NOW + 1))
            wait_until(lambda: got)
    assert [clean.time for clean in readings(got)] == [datetime_of(NOW + 1)]


def test_a_slow_broker_does_not_hold_up_the_store(
    broker: BrokerUnderTest, store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("collectors.publisher.MOST_ON_THE_WAY", 0)
    with publishing(broker.address, store) as publisher:
        wait_until(lambda: publisher.health().connected)
        append(store, *(pressure(NOW + n) for n in range(50)))
        wait_until(lambda: publisher.passed_over == 50)
        assert publisher.send("cleanwatch/demo/alarms/x/high", b"{}", retain=True), "notices go out all the same"


def test_the_heartbeat_is_retained_and_tells_how_far_everything_is(
    broker: BrokerUnderTest, store: LocalStore
) -> None:
    with publishing(broker.address, store) as publisher:
        publisher.report(revision=3, judged=0)
        number = append(store, pressure(NOW))
        with client_of(broker, "reader", STATION) as (_, got):
            wait_until(lambda: got and beats(got)[-1].commit == number)
            newest = beats(got)[-1]
            assert (newest.alive, newest.revision, newest.judged) == (True, 3, 0)
            publisher.report(revision=3, judged=number)
            wait_until(lambda: beats(got)[-1].judged == number)
    with client_of(broker, "later", STATION) as (_, got):
        wait_until(lambda: got)
        assert got[0].retain
        assert not beats(got)[0].alive, "a station that has ended says so"


def test_it_starts_and_ends_without_a_broker(store: LocalStore) -> None:
    with publishing(Broker(port=free_port()), store) as publisher:
        append(store, pressure(NOW))
        wait_until(lambda: publisher.passed_over == 1)

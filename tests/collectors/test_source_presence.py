"""What the collector tells the engine of sources: news, in order with the readings, and nothing twice."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from bus import topics
from bus.client import Message
from collectors.ingest import Collector
from collectors.messages import StatusMessage
from collectors.source_presence import SourcePresence
from facility.instants import SECOND, Instant, datetime_of, system_clock
from facility.plant_events import PlantEvent, SourceHeard, SourceStatus
from facility.reading import Reading
from facility.site import Share
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.brokers import BrokerUnderTest
from tests.collectors.plant import NOW, SITE
from tests.collectors.senders import SOURCE, TOPIC, client_of, collecting, local_store, pressure_message
from tests.waiting import wait_until

GW = "gw-1"
COMES, GOES = SourceStatus(GW, True, NOW), SourceStatus(GW, False, NOW)


def says(status: SourceStatus) -> Intake:
    return Intake(status.source, events=(status,))


def sends(*points: str, at: Instant = NOW, source: str = GW) -> Intake:
    return Intake(source, [Reading(point, at, 1.0, 0, at) for point in points])


def told(*intakes: Intake) -> list[PlantEvent]:
    """The events after a source has said and sent this, a second apart."""
    presence = SourcePresence()
    return [event for n, intake in enumerate(intakes) for event in presence.told(intake, NOW + n * SECOND).events]


def test_a_source_comes_and_goes() -> None:
    assert told(says(COMES), says(GOES), says(COMES)) == [COMES, GOES, COMES]


def test_what_a_broker_retains_is_told_once() -> None:
    assert told(says(COMES), says(COMES), says(COMES)) == [COMES]


def test_a_point_is_told_with_the_source_that_it_is_heard_through() -> None:
    events = told(says(COMES), sends("a", "b"), sends("a", "b", "c"), sends("a", source="gw-2"), sends("a"))
    assert events == [COMES, SourceHeard(GW, ("a", "b")), SourceHeard(GW, ("c",)), SourceHeard(GW, ("a",))]


def test_points_that_were_heard_before_their_source_announced_itself_are_told_then() -> None:
    assert told(sends("a"), sends("b"), says(COMES)) == [COMES, SourceHeard(GW, ("a", "b"))]


def test_of_a_source_that_never_announces_itself_nothing_is_told() -> None:
    assert told(sends("a", "b"), sends("a", "b")) == []


def test_readings_from_after_its_loss_show_that_a_source_is_there() -> None:
    later = NOW + 9 * SECOND
    events = told(says(COMES), sends("a"), says(GOES), sends("a"), sends("a", at=later), sends("a", at=later + 1))
    assert events == [COMES, SourceHeard(GW, ("a",)), GOES, SourceStatus(GW, True, later)]


def test_a_backlog_from_before_its_loss_does_not() -> None:
    assert told(says(COMES), sends("a"), says(GOES), sends("a", at=NOW - 1))[-1] == GOES


def test_a_retired_source_may_come_again() -> None:
    presence = SourcePresence()
    presence.told(says(GOES), NOW)
    presence.forget(GW)
    assert presence.told(says(GOES), NOW).events == (GOES,)


def status(source: str, online: bool = True, retain: bool = True) -> Message:
    payload = msgspec.json.encode(StatusMessage(1, online, datetime_of(NOW)))
    return Message(topics.source_status(SITE.id, source), payload, 1, retain, 1, 0)


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore.open(tmp_path / "samples.db", system_clock)


def test_a_status_is_taken_although_it_is_retained_and_readings_are_not(store: LocalStore) -> None:
    collector = Collector(BrokerUnderTest("mosquitto", Path()).address, SITE, store, system_clock)
    follower = store.follow("test")
    collector.take(status(GW))
    collector.take(Message(TOPIC, pressure_message(1), 1, True, 2, 0))
    collector.commit()
    commit = follower.next(0)
    assert commit is not None
    assert (commit.events, commit.readings) == ((COMES,), ())
    store.close()


def test_a_source_that_no_station_names_is_noticed_once_by_the_first(store: LocalStore) -> None:
    part = replace(SITE, share=Share("north", ("gw1",), True, {"source:gw2": "south"}))
    collector = Collector(BrokerUnderTest("mosquitto", Path()).address, part, store, system_clock)
    for source in ("gw1", "gw2", "gw3", "gw3"):
        collector.take(status(source))
    collector.commit()
    (letter,) = store.dead_letters()
    assert letter.letter.source == "gw3"
    assert "no station of site demo hears source 'gw3'" in letter.letter.reason
    store.close()


def test_a_source_that_ends_is_gone_at_once_and_its_points_are_known(broker: BrokerUnderTest, tmp_path: Path) -> None:
    from tests.collectors.test_outbox import outbox_in

    with local_store(tmp_path) as store, collecting(broker, store):
        follower = store.follow("test", 0)
        events: list[PlantEvent] = []

        def heard() -> list[PlantEvent]:
            while (commit := follower.next(0)) is not None:
                events.extend(commit.events)
            return events

        with outbox_in(tmp_path, broker), client_of(broker, "sender") as (client, _):
            client.publish(TOPIC, pressure_message(1))
            wait_until(lambda: len(heard()) == 2)
        wait_until(lambda: len(heard()) == 3)
    assert {type(event) for event in events[:2]} == {SourceStatus, SourceHeard}
    assert events[2] == SourceStatus(SOURCE, False, NOW)

"""The live plant: at work whatever the hour, speaking only MQTT, with outboxes that outlive a network loss."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest

from collectors.codecs.cleanwatch_json import Codec
from collectors.ingest import Collector
from collectors.messages import EventsMessage, ReadingsMessage, Value
from collectors.simulator import always_at_work
from collectors.simulator.gateways import run_simulator
from collectors.simulator.live import LivePlant, Message
from collectors.simulator.scenario import Scenario
from collectors.simulator.sources import source_of, sources
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span, instant_of, system_clock
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.quantities import Quantity
from facility.reading import Reading, Reason
from storage.samples.local import LocalStore
from tests.brokers import BrokerUnderTest
from tests.collectors.suite import DESIGN, SCENARIO, SITE, scenario_of
from tests.waiting import wait_until

SUNDAY_NIGHT: Instant = 1_795_390_200_000
"""2026-11-22T23:30:00Z, when nobody works."""


Sent: TypeAlias = list[tuple[Instant, str, Message]]


def run(scenario: Scenario, span: Span, step: Span = SECOND, start: Instant = SUNDAY_NIGHT) -> Sent:
    """What the gateways send, and when."""
    plant = LivePlant(SITE, DESIGN, scenario, start)
    times = range(start + step, start + span + 1, step)
    return [(time, source, message) for time in times for source, message in plant.advance(time)]


@cache
def quiet() -> Sent:
    return run(scenario_of(), 3 * MINUTE)


def values_of(sent: Sent, point: str) -> list[Value]:
    return [v for _, _, m in sent if isinstance(m, ReadingsMessage) for v in m.values if v.point == point]


def decoded(sent: Sent) -> list[Reading]:
    """What the station makes of it."""
    codec = Codec(SITE)
    readings: list[Reading] = []
    for time, source, message in sent:
        kind = "events" if isinstance(message, EventsMessage) else "readings"
        intake = codec.decode(f"instruments/{SITE.id}/{source}/{kind}", msgspec.json.encode(message), time)
        assert not intake.dead_letters
        readings += intake.readings
    return readings


def test_the_station_understands_every_message() -> None:
    assert {reading.point for reading in decoded(quiet())} == {
        point.id for point in SITE.points.values() if point.quantity is not Quantity.VIABLE_AIR
    }


def test_every_point_is_sent_at_its_interval() -> None:
    times = defaultdict(list)
    for reading in decoded(quiet()):
        times[reading.point].append(reading.time)
    for id, found in times.items():
        interval = SITE.instruments[SITE.points[id].instrument].interval
        assert len(found) == 3 * MINUTE / interval, id
        assert {later - earlier for earlier, later in pairwise(found)} == {interval}, id


def test_something_changes_every_second() -> None:
    assert {time for time, _, _ in quiet()} == {SUNDAY_NIGHT + n * SECOND for n in range(1, 181)}


def test_a_reading_is_sent_within_a_second_of_its_time() -> None:
    for time, _, message in quiet():
        if isinstance(message, ReadingsMessage):
            assert all(time - SECOND < instant_of(value.time) <= time for value in message.values)


def test_at_the_start_a_working_day_is_under_way_in_the_middle_of_a_sunday_night() -> None:
    events = always_at_work.events(SITE, DESIGN, SCENARIO, SUNDAY_NIGHT)
    states, batches = {}, []
    for event in events:
        if event.time > SUNDAY_NIGHT:
            break
        if isinstance(event, RoomStateSet):
            states[event.room] = event.state
        elif isinstance(event, BatchStarted):
            batches.append(event.room)
    assert states["B101"] is RoomState.IN_OPERATION
    assert states["B102"] is RoomState.AT_REST
    assert set(states) == set(DESIGN.rooms)
    assert batches == ["B101"]


def test_one_working_day_follows_on_the_other() -> None:
    events = always_at_work.events(SITE, DESIGN, SCENARIO, SUNDAY_NIGHT)
    started, ended = set(), set()
    for event in events:
        if event.time > SUNDAY_NIGHT + 3 * DAY:
            break
        if isinstance(event, BatchStarted):
            started.add(event.batch)
        elif isinstance(event, BatchEnded):
            ended.add(event.batch)
    assert len(started) >= 6
    assert started - ended <= {max(started)}


def test_the_story_of_the_demo_shows_within_two_minutes_and_a_half() -> None:
    sent = run(SCENARIO, 150 * SECOND)
    step = [value.value for value in values_of(sent, "B101.DP2")]
    assert step[0] is not None and step[0] > 8.5
    assert sum(value is not None and value < 7.5 for value in step) >= 10
    particles = [reading.value for reading in decoded(sent) if reading.point == "B101.PC1.p0_5"]
    assert max(particles) > 352_000


def test_a_flow_fault_is_flagged_so_that_the_sample_is_invalid() -> None:
    scenario = scenario_of(
        {"kind": "flow fault", "at": "1 s", "lasts": "2 min", "instrument": "B101.PC1", "flow": "0.6"}
    )
    readings = [reading for reading in decoded(run(scenario, 3 * MINUTE)) if reading.point == "B101.PC1.p0_5"]
    assert [bool(reading.reasons & Reason.FLOW_FAULT) for reading in readings] == [True, True, False]


@pytest.mark.parametrize("kept", [True, False])
def test_without_network_a_gateway_is_silent_and_then_sends_what_it_kept(kept: bool) -> None:
    loss = {"kind": "network loss", "at": "10 s", "lasts": "1 min", "source": "pressure", "kept": str(kept)}
    sent = run(scenario_of(loss), 2 * MINUTE)
    of_pressure = {time for time, source, _ in sent if source == "pressure"}
    silent = range(SUNDAY_NIGHT + 10 * SECOND, SUNDAY_NIGHT + 70 * SECOND)
    assert not of_pressure & set(silent)
    assert {source for time, source, _ in sent if time in silent} >= {"climate", "particle-counters"}
    assert len(values_of(sent, "B101.DP1")) == (12 if kept else 6)


def test_what_is_held_back_at_the_end_is_not_forgotten() -> None:
    scenario = scenario_of({"kind": "network loss", "at": "1 s", "lasts": "1 h", "source": "pressure"})
    plant = LivePlant(SITE, DESIGN, scenario, SUNDAY_NIGHT)
    plant.advance(SUNDAY_NIGHT + MINUTE)
    assert {source for source, _ in plant.held_back()} == {"pressure"}


def test_after_a_pause_of_the_machine_nothing_is_missing() -> None:
    stepped, paused = quiet(), run(scenario_of(), 3 * MINUTE, step=3 * MINUTE)
    assert {(r.point, r.time) for r in decoded(stepped)} == {(r.point, r.time) for r in decoded(paused)}


def test_results_of_plates_come_when_they_are_read() -> None:
    monday_noon = SUNDAY_NIGHT + 10 * HOUR
    sent = run(scenario_of(), 2 * HOUR, step=2 * HOUR, start=monday_noon)
    results = [(time, r) for time, _, m in sent if isinstance(m, ReadingsMessage) for r in m.viable]
    assert results
    assert all(time - instant_of(result.time) > 2 * DAY for time, result in results)


def test_every_instrument_has_a_gateway() -> None:
    for id, points in SITE.points_by_instrument.items():
        if points:
            assert source_of(SITE, DESIGN, id) in sources(SITE, DESIGN)


@contextmanager
def simulating(broker: BrokerUnderTest, scenario: Scenario, folder: Path) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(
        target=run_simulator, args=(SITE, DESIGN, scenario, broker.address, folder, system_clock, stop)
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


def test_over_a_broker_the_station_stores_all_that_the_gateways_send(broker: BrokerUnderTest, tmp_path: Path) -> None:
    store = LocalStore.open(tmp_path / "samples.sqlite", system_clock)
    collector = Collector(broker.address, SITE, store, system_clock)
    collector.start()
    collector.wait_connected(30)
    pressures = [step.point for step in SITE.cascade]
    with simulating(broker, SCENARIO, tmp_path / "outboxes"):
        wait_until(lambda: len(store.latest(pressures)) >= 6)
        broker.stop()
        broker.start()
        wait_until(lambda: len(store.latest(pressures)) >= 12)
        wait_until(lambda: not any(store.gaps(source) for source in sources(SITE, DESIGN)))
        wait_until(lambda: (store.acknowledged("pressure") or (0, 0))[1] >= 3, seconds=60)
    collector.stop()
    assert {balance.source for balance in store.balance()} > {"pressure", "climate"}
    assert not [balance for balance in store.balance() if balance.conflicting or balance.dead_lettered]
    store.close()

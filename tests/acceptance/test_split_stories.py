"""A site is split while it runs: each station goes on with what is on record of its part, and with nothing else."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from alerts.engine import Engine
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import SECOND, Instant
from facility.people import Actor
from facility.plant_events import SourceStatus
from facility.reading import Reading
from facility.site import MAIN, Area, Room, Site, Station
from facility.site_part import part
from storage.records import alarms, commands, engine_memory, outbox
from storage.records.commands import Acknowledge, Command, RetireSource
from storage.records.errors import RecordsAwayError
from storage.records.trail import audit
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.acceptance.story import MIDNIGHT, site_of
from tests.alerts.examples import low, point
from tests.records import open_records

NORTH = point(low(10), silent_after=None)
SOUTH = point(low(10), id="S1.DP1", room="S1", silent_after=None)
STATIONS = (Station(MAIN, ("suite",), ("gw-n",)), Station("south", ("S",), ("gw-s",)))


def whole(*stations: Station) -> Site:
    base = site_of(NORTH, SOUTH)
    south = Room("S1", "South", "S", None, base.rooms["B101"].plan)
    areas = (*base.areas, Area("S", "South"))
    return replace(base, areas=areas, rooms={**base.rooms, "S1": south}, stations=stations or base.stations)


class Plant:
    """Records that are shared, and for each station a local store and an engine."""

    def __init__(self, folder: Path) -> None:
        self.now: Instant = MIDNIGHT
        self.folder = folder
        self.records = open_records(folder / "records.db", self.clock)
        self.stores: dict[str, LocalStore] = {}
        self.engines: dict[str, Engine] = {}
        self.site = whole()
        self.start(MAIN)

    def clock(self) -> Instant:
        return self.now

    def start(self, station: str) -> None:
        self.stores[station] = LocalStore.open(self.folder / f"{station}.db", self.clock)
        self.engines[station] = Engine(part(self.site, station), self.stores[station], self.records, self.clock)

    def becomes(self, site: Site) -> None:
        """A revision comes: running stations take it up, new ones start."""
        self.site = site
        for station in site.stations:
            if station.id in self.engines:
                self.engines[station.id].use_site(part(site, station.id))
        self.step()
        for station in site.stations:
            if station.id not in self.engines:
                self.start(station.id)
        self.step()

    def step(self, seconds: int = 1) -> None:
        self.now += seconds * SECOND
        for engine in self.engines.values():
            engine.step(0)

    def reads(self, station: str, id: str, value: float) -> None:
        self.stores[station].append([Intake("gw", [Reading(id, self.now, value, 0, self.now)])])
        self.step()

    def submit(self, command: Command) -> str | None:
        with self.records.transaction() as connection:
            id = commands.submit(connection, self.now, Actor("Ada Muster"), command)
        self.step()
        with self.records.reading() as connection:
            return commands.outcome(connection, id)

    def alarms(self) -> dict[str, Alarm]:
        with self.records.reading() as connection:
            found = alarms.history(connection, alarms.AlarmFilter(), limit=100)
        assert len({alarm.point for alarm in found}) == len(found), "an alarm stands twice"
        return {alarm.point: alarm for alarm in found}

    def actions(self) -> list[str]:
        with self.records.reading() as connection:
            assert audit.verify(connection) == []
            return [row.action for row in audit.rows(connection) if row.object.startswith("alarm ")][::-1]

    def close(self) -> None:
        for store in self.stores.values():
            store.close()
        self.records.close()


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with closing(Plant(tmp_path)) as plant:
        yield plant


def test_alarms_that_stand_go_on_at_the_station_that_takes_over_their_area(plant: Plant) -> None:
    plant.reads(MAIN, NORTH.id, 5)
    plant.reads(MAIN, SOUTH.id, 5)
    plant.becomes(whole(*STATIONS))
    assert {alarm.state for alarm in plant.alarms().values()} == {AlarmState.UNACKNOWLEDGED}
    plant.reads("south", SOUTH.id, 15)
    assert plant.alarms()[SOUTH.id].state is AlarmState.RETURNED
    assert plant.alarms()[NORTH.id].returned is None
    assert plant.actions() == ["alarm raised", "alarm raised", "alarm returned"]


def test_an_area_that_moves_back_brings_its_alarms_along(plant: Plant) -> None:
    plant.becomes(whole(*STATIONS))
    plant.reads("south", SOUTH.id, 5)
    plant.becomes(whole(Station(MAIN, ("suite", "S"), ("gw-n",)), Station("south", (), ("gw-s",))))
    plant.reads(MAIN, SOUTH.id, 15)
    assert plant.actions() == ["alarm raised", "alarm returned"]


def test_only_the_station_of_the_point_answers_for_its_alarm(plant: Plant) -> None:
    plant.becomes(whole(*STATIONS))
    plant.reads("south", SOUTH.id, 5)
    south = plant.engines.pop("south")
    alarm = plant.alarms()[SOUTH.id]
    assert plant.submit(Acknowledge(alarm.id, alarm.severity, "seen")) is None, "its station is away"
    plant.engines["south"] = south
    plant.step()
    assert plant.alarms()[SOUTH.id].state is AlarmState.ACKNOWLEDGED


def test_what_is_nobodys_is_answered_by_the_first_station(plant: Plant) -> None:
    plant.becomes(whole(*STATIONS))
    assert str(plant.submit(RetireSource("gw-x", "gone"))).startswith("No source gw-x")
    plant.reads("south", SOUTH.id, 5)
    without = whole(*STATIONS)
    plant.becomes(replace(without, points={NORTH.id: NORTH}))
    plant.step()
    assert plant.alarms()[SOUTH.id].state is AlarmState.NORMAL
    assert plant.actions() == ["alarm raised", "alarm closed"]


def test_each_station_has_its_own_checkpoint_outbox_and_sources(plant: Plant) -> None:
    plant.becomes(whole(*STATIONS))
    for value in (15, 16, 17):
        plant.reads(MAIN, NORTH.id, value)
    plant.stores["south"].append([Intake("gw-s", events=[SourceStatus("gw-s", False, plant.now)])])
    plant.step()
    plant.step(90)
    assert plant.alarms()["source:gw-s"].condition is Condition.SOURCE_LOST
    with plant.records.reading() as connection:
        assert engine_memory.checkpoint(connection, MAIN) == 3
        assert engine_memory.checkpoint(connection, "south") == 1
        assert "cleanwatch/demo/alarms/source:gw-s/source-lost" in [
            message.topic for message in outbox.waiting(connection, "south")
        ]
        assert not [message for message in outbox.waiting(connection, MAIN) if "/S1" in message.topic]


def test_what_is_answered_while_an_area_moves_is_on_record_once_although_no_commit_is_confirmed(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.becomes(whole(*STATIONS))
    plant.reads("south", SOUTH.id, 3.0)
    alarm = plant.alarms()[SOUTH.id]
    with plant.records.transaction() as connection:
        commands.submit(connection, plant.now, Actor("Ada Muster"), Acknowledge(alarm.id, alarm.severity, "seen"))
    plant.engines[MAIN].use_site(part(whole(), MAIN))
    plant.now += SECOND
    confirmed = plant.records.transaction
    unconfirmed = 0

    @contextmanager
    def transaction() -> Iterator[Connection]:
        nonlocal unconfirmed
        with confirmed() as connection:
            yield connection
        if unconfirmed < 4:
            unconfirmed += 1
            raise RecordsAwayError("the connection broke before the server answered")

    monkeypatch.setattr(plant.records, "transaction", transaction)
    for _ in range(8):
        plant.now += SECOND
        with suppress(RecordsAwayError):
            plant.engines[MAIN].step(0)
    assert plant.alarms()[SOUTH.id].state is AlarmState.ACKNOWLEDGED
    assert plant.actions().count("alarm acknowledged") == 1

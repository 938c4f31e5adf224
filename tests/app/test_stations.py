"""How the stations are: whichever way a report comes, the newest holds; a silent station is a problem."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.components.system_flow import boxes
from app.components.system_tables import balance_table
from app.health import not_reporting
from app.pages.system import finding
from app.stations import SILENT_AFTER, Stations
from facility.instants import HOUR, MINUTE, SECOND
from storage.records import reports
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.records.station_report import BrokerReport, ClockReport, Problem, SourceReport, StationReport
from storage.samples.history import Substitute
from storage.samples.store import HistoryAwayError
from tests.app.parts import NOON, Time
from tests.records import open_records

GONE = Problem("broker", "the broker is gone", NOON - MINUTE)
TASK = Problem("clock", "a clock is off", NOON - HOUR, advisory=True)


class Elapsed:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def elapsed() -> Elapsed:
    return Elapsed()


@pytest.fixture
def stations(time: Time, elapsed: Elapsed) -> Stations:
    return Stations(time, elapsed)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    yield records
    records.close()


def report(at: int = NOON, *problems: Problem, station: str = "main") -> StationReport:
    return StationReport(station, at, started=NOON - HOUR, commits=9, judged=9, problems=problems)


def heard(stations: Stations, *found: StationReport) -> None:
    for one in found:
        stations.take(msgspec.json.encode(one))


def test_before_any_report_nothing_is_known(stations: Stations) -> None:
    assert stations.now().stations == ()
    assert finding(stations.now())[0] == "No station has reported yet"


def test_of_reports_from_the_records_and_the_broker_the_newer_holds(stations: Stations, records: Records) -> None:
    with records.transaction() as connection:
        reports.save(connection, report(NOON, GONE))
    stations.look(records)
    assert [problem for _, problem in stations.now().problems] == [GONE]
    heard(stations, report(NOON + 1))
    stations.look(records)
    assert stations.now().problems == ()


def test_a_station_is_silent_when_no_newer_report_comes_whatever_clocks_say(
    stations: Stations, time: Time, elapsed: Elapsed
) -> None:
    heard(stations, report())
    time.now -= HOUR
    elapsed.seconds += SILENT_AFTER / 1000
    assert stations.now().stations[0].state == "running"
    elapsed.seconds += 1
    (station,) = stations.now().stations
    assert (station.state, station.silent_for) == ("silent", SILENT_AFTER + SECOND)
    assert "the station is silent" in stations.now().problems[0][1].text
    heard(stations, report(NOON + 1))
    assert stations.now().problems == ()


def test_a_report_that_was_old_when_the_app_started_is_of_a_silent_station(stations: Stations) -> None:
    heard(stations, report(NOON - HOUR))
    (station,) = stations.now().stations
    assert (station.state, station.silent_for) == ("silent", HOUR)


def test_a_station_that_was_ended_is_no_mystery_and_still_a_problem(stations: Stations) -> None:
    heard(stations, msgspec.structs.replace(report(), state="ended"))
    assert stations.now().stations[0].state == "ended"
    assert "ended as it was told to" in stations.now().problems[0][1].text


def test_problems_come_before_tasks_and_the_oldest_first(stations: Stations) -> None:
    heard(stations, report(NOON, GONE, station="north"), report(NOON, TASK, station="south"))
    health = stations.now()
    assert health.problems == (("north", GONE), ("south", TASK))
    assert health.words == "One system problem"
    assert finding(health)[0] == "One problem in the system"


def test_a_task_alone_is_no_problem(stations: Stations) -> None:
    heard(stations, report(NOON, TASK))
    assert stations.now().words == ""
    assert finding(stations.now())[0] == "The system works; one task for somebody"


def test_that_the_records_are_away_the_app_says_on_its_own(
    stations: Stations, records: Records, monkeypatch: pytest.MonkeyPatch, time: Time
) -> None:
    heard(stations, report())

    def away(_connection: object) -> None:
        raise RecordsAwayError("The records in records.db cannot be used: the disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "all", away)
        stations.look(records)
        time.now += MINUTE
        stations.look(records)
    ((station, problem),) = stations.now().problems
    assert (station, problem.part, problem.since) == ("", "records", NOON)
    assert problem.text.startswith("The records in records.db cannot be used: the disk is full.")
    stations.look(records)
    assert stations.now().problems == ()


def test_how_the_app_gets_at_history_is_its_own_problem(stations: Stations) -> None:
    heard(stations, report())
    away = HistoryAwayError("InfluxDB at http://influx:8086 does not answer", NOON)
    stations.history_is(away, None)
    assert stations.now().words == "One system problem"
    stations.history_is(away, Substitute(str(away), NOON, kept_from=0))
    ((station, problem),) = stations.now().problems
    assert (station, problem.part, problem.since, problem.advisory) == ("", "history", NOON, True)
    assert problem.text.endswith("History is read from the local store meanwhile")
    stations.history_is(None, None)
    assert stations.now().problems == ()


def test_the_flow_shows_in_which_part_a_problem_is(stations: Stations) -> None:
    heard(stations, msgspec.structs.replace(report(NOON, GONE, TASK), broker=BrokerReport("mqtt:1883")))
    (station,) = stations.now().stations
    assert {box.name: box.state for box in boxes(station, NOON) if box.trouble} == {"broker": "no connection"}


def test_nothing_is_known_of_the_parts_of_a_silent_station(stations: Stations) -> None:
    heard(stations, report(NOON - HOUR))
    (station,) = stations.now().stations
    assert {(box.state, box.trouble) for box in boxes(station, NOON)} == {("silent", True)}


def test_a_balance_that_does_not_add_up_says_by_how_much() -> None:
    table = str(balance_table([SourceReport("gw1", 10, 7, 1), SourceReport("gw2", 3, 3)]))
    assert table.count("No: +2") == 2, "the source and the sum of all"


def test_the_app_is_not_ready_while_a_station_does_not_report(stations: Stations, elapsed: Elapsed) -> None:
    heard(stations, report())
    assert not_reporting(stations.now()) is None
    elapsed.seconds += MINUTE / 1000
    assert not_reporting(stations.now()) == "station main: silent"


def test_the_app_begins_at_the_time_of_a_station_whose_machine_was_set_back(stations: Stations) -> None:
    assert stations.time_ahead() == 0
    heard(stations, report(station="north"), msgspec.structs.replace(report(), clocks=ClockReport(HOUR)))
    assert stations.time_ahead() == NOON

"""`cleanwatch status`: what it prints and with which exit code it ends."""

from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from cleanwatch.commands.status import is_alive
from facility.instants import HOUR, MINUTE, SECOND, system_clock
from storage.records import reports
from storage.records.station_report import BrokerReport, ClockReport, Problem, SourceReport, StationReport
from tests.records import open_records

NOON = 1_795_348_800_000


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    return tmp_path


def status(data: Path, *on_record: StationReport, arguments: tuple[str, ...] = ()) -> Result:
    records = open_records(data / "records.db", system_clock)
    with records.transaction() as connection:
        for report in on_record:
            reports.save(connection, report)
    records.close()
    return CliRunner().invoke(cleanwatch, ["status", *arguments])


def running(*problems: Problem) -> StationReport:
    now = system_clock()
    return StationReport(
        "main",
        now,
        started=now - MINUTE,
        broker=BrokerReport("mqtt:8883", collecting=True, publishing=True),
        sources=(SourceReport("gw1", 1234, 1230, pending=4),),
        problems=problems,
    )


def test_a_station_that_runs_and_is_well_ends_with_0(data: Path) -> None:
    result = status(data, running())
    assert result.exit_code == 0
    assert "station main: running for 1 min" in result.output
    assert "broker mqtt:8883: collecting, publishing" in result.output
    assert "1,234 readings received, 4 of them pending" in result.output


def test_a_problem_ends_with_1_unless_only_life_is_asked_for(data: Path) -> None:
    troubled = running(Problem("broker", "it is gone", system_clock() - 3 * MINUTE))
    result = status(data, troubled)
    assert result.exit_code == 1
    assert "PROBLEM since 3 min, broker: it is gone" in result.output
    assert status(data, troubled, arguments=("--alive",)).exit_code == 0


def test_an_advisory_is_told_and_ends_with_0(data: Path) -> None:
    result = status(data, running(Problem("clock", "it is off", system_clock(), advisory=True)))
    assert result.exit_code == 0 and "advisory since 0.0 s, clock: it is off" in result.output


@pytest.mark.parametrize("age", [MINUTE, -MINUTE])
def test_a_station_that_is_silent_ends_with_1(data: Path, age: int) -> None:
    silent = msgspec.structs.replace(running(), at=system_clock() - age)
    result = status(data, silent, arguments=("--alive",))
    assert result.exit_code == 1 and "SILENT" in result.output


def test_one_station_may_be_asked_about(data: Path) -> None:
    silent = msgspec.structs.replace(running(), station="north", at=NOON)
    assert status(data, silent, running(), arguments=("--station", "main")).exit_code == 0
    assert "station west has not reported yet" in status(data, arguments=("--station", "west")).output


def test_before_any_station_it_says_so(data: Path) -> None:
    result = status(data)
    assert result.exit_code == 1 and "no station has reported yet" in result.output


def test_a_station_that_has_ended_is_not_alive(data: Path) -> None:
    ended = msgspec.structs.replace(running(), state="ended")
    assert not is_alive(ended, ended.at)
    assert "ended as it was told to" in status(data, ended).output


def test_a_station_is_alive_whose_machine_was_set_back_an_hour() -> None:
    report = StationReport("main", NOON, clocks=ClockReport(ahead_of_machine=HOUR))
    assert is_alive(report, NOON - HOUR + 5 * SECOND)
    assert not is_alive(report, NOON)

"""`cleanwatch audit verify --readings`, as somebody at the shell sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cleanwatch.command import cleanwatch
from tests.cleanwatch.sealed_house import SEALED, House, every_minute


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """A data folder of a station that runs."""
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    house = House(tmp_path)
    house.append(*every_minute(180))
    yield house
    house.close()


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, ["audit", "verify", "--readings", *arguments])


def test_what_was_checked_is_told(house: House) -> None:
    house.at(SEALED)
    result = verify("--from", "2026-11-01", "--to", "2026-11-30")
    assert result.exit_code == 0, result.output
    assert "the local store: 180 readings from 2026-11-22 to 2026-11-22, all as on record\n" in result.output


def test_what_differs_is_told_by_point_and_hour(house: House) -> None:
    house.at(SEALED)
    house.break_in("UPDATE hot SET value = 1 WHERE point_id = T1 AND time % 7200000 = 0")
    result = verify()
    assert result.exit_code == 1
    assert "T1, hour from 2026-11-22T02:00Z: in the local store a reading was altered" in result.output
    assert "Error: The readings are not what is on record of them; differences: 2." in result.output


def test_it_is_said_where_no_day_is_sealed_yet(house: House) -> None:
    house.at(SEALED - 1)
    result = verify()
    assert result.exit_code == 1
    assert "no day is sealed in that time yet" in result.output


def test_asking_for_an_influxdb_that_is_not_configured_is_told(house: House) -> None:
    house.at(SEALED)
    result = verify("--influx")
    assert result.exit_code == 1
    assert "set CLEANWATCH_INFLUX_URL" in result.output

"""The report says in words what could be archived away, when and why."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cleanwatch.command import cleanwatch
from cleanwatch.retention_report import days_kept, report
from facility.instants import DAY, HOUR
from facility.retention import Retention
from storage.records import revisions
from storage.records.archived import Archive
from storage.records.batches import Run
from tests.cleanwatch.sealed_house import DAY_NUMBER, SEALED, House, every_minute
from tests.facility.sites import SMALL
from tests.people import ANN
from tests.storage.sample_store_contract import MIDNIGHT

RULE = Retention(10, 30, "traceability")


def test_days_of_one_fate_are_told_together() -> None:
    runs = [Run("P-1", "N1", MIDNIGHT + 2 * DAY, MIDNIGHT + 3 * DAY + HOUR)]
    archives = [Archive("/a/11.zip", "", "main", "2026-11-22", "2026-11-23", 0)]
    days = days_kept(
        RULE, {DAY_NUMBER + day: n for day, n in [(0, 105), (1, 100), (2, 100), (3, 100), (9, 100)]}, runs, archives
    )
    assert list(report(days, date(2040, 1, 1))) == [
        "2026-11-22 to 2026-11-23: 205 readings could be archived away; 10 years by the site file; in /a/11.zip",
        "2026-11-24 to 2026-11-25: 200 readings are kept to 2056-11-25; 30 years after batch P-1, which ended on "
        "2026-11-25; in no archive yet",
        "2026-12-01: 100 readings could be archived away; 10 years by the site file; in no archive yet",
    ]


def test_while_a_batch_is_being_made_its_days_are_kept() -> None:
    days = days_kept(RULE, {DAY_NUMBER: 100}, [Run("P-1", "N1", MIDNIGHT, None)], [])
    assert "are kept for good; batch P-1 has no end yet" in next(report(days, date(2200, 1, 1)))


def test_without_a_rule_everything_is_kept_for_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    house = House(tmp_path)
    with house.records.transaction() as connection:
        revisions.add(connection, MIDNIGHT, in_force_from=0, author=ANN, reason="first", text=SMALL, differences=[])
    house.append(*every_minute(9))
    house.at(SEALED)
    result = CliRunner().invoke(cleanwatch, ["retention"])
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "Rule in force: everything is kept for good",
        "Station main, last check of an archive: no archive was ever checked",
        "  2026-11-22: 9 readings are kept for good; the site file has no rule (docs/site-file.md, retention); in no "
        "archive yet",
        "Nothing was removed: Cleanwatch keeps readings and records, also those that are archived.",
    ]
    house.close()

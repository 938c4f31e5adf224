"""Starts and ends of the processes are in the audit trail."""

import json
from collections.abc import Iterator
from contextlib import closing, suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from cleanwatch.on_record import STARTED, STOPPED, on_record
from cleanwatch.settings import Settings
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter, AuditRow
from tests.records import open_records

NOON = 1_763_800_060_000


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    with closing(open_records(tmp_path / "records.db", lambda: NOON)) as records:
        yield records


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, broker_password_file=tmp_path / "password", viewers=8)


def rows(records: Records) -> list[AuditRow]:
    with records.reading() as connection:
        return audit.rows(connection, AuditFilter(object="station main"))[::-1]


def test_a_start_says_version_place_and_settings_and_an_end_follows(records: Records, settings: Settings) -> None:
    (settings.data / "password").write_text("never told")
    with on_record(records, "station main", settings, lambda: NOON):
        (start,) = rows(records)
    told = json.loads(start.data)
    assert (start.action, start.actor, told["version"]) == (STARTED, "cleanwatch", version("cleanwatch"))
    assert str(settings.data) in told["origin"]
    assert told["settings"]["viewers"] == "8"
    assert told["settings"]["broker_password_file"].endswith("/password")
    assert "never told" not in start.data
    assert "the one before" not in told
    assert [row.action for row in rows(records)] == [STARTED, STOPPED]


def test_an_end_is_on_record_also_where_something_failed(records: Records, settings: Settings) -> None:
    with suppress(ZeroDivisionError), on_record(records, "station main", settings, lambda: NOON):
        _ = 1 / 0
    assert [row.action for row in rows(records)] == [STARTED, STOPPED]


def test_what_was_killed_is_told_by_the_next_start(records: Records, settings: Settings) -> None:
    killed = on_record(records, "station main", settings, lambda: NOON)
    killed.__enter__()
    with on_record(records, "station main", settings, lambda: NOON):
        pass
    with on_record(records, "station main", settings, lambda: NOON):
        pass
    before = [json.loads(row.data).get("the one before") for row in rows(records) if row.action == STARTED]
    assert before == [None, "ended without a word", None]

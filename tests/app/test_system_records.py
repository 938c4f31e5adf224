"""What the system page shows out of the records: gaps with their times, and the last backup."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.components.system_records import OnRecord, backup_part, gap_table, kept_part, read
from facility.instants import DAY, MINUTE, SECOND
from facility.people import Actor
from storage.records import archived, backups, seals, source_gaps
from storage.records.archived import Archive
from storage.records.backups import Backup
from storage.records.database import Records
from storage.records.source_gaps import SourceGap
from storage.samples.digest import DayDigest, HourDigest
from tests.app.parts import NOON
from tests.records import open_records

OPEN = SourceGap("main", "gw-2", 7, 5, 5, None, NOON - MINUTE)
FILLED = SourceGap("main", "gw-1", 3, 1120, 1134, NOON - 9 * MINUTE, NOON - 8 * MINUTE)
BACKUP = Backup("main", "/backup/a.zip", "ab12", 900, 123_456, records=True)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    yield records
    records.close()


def on_record(records: Records) -> OnRecord:
    with records.reading() as connection:
        return read(connection, ["main"])


def test_open_gaps_come_first_and_closed_ones_say_when_all_came(records: Records) -> None:
    with records.transaction() as connection:
        source_gaps.record(connection, OPEN, NOON)
        source_gaps.record(connection, FILLED, NOON)
        source_gaps.close(connection, FILLED, NOON - 2 * MINUTE)
    shown = str(gap_table(on_record(records), False, "UTC", NOON))
    assert shown.index("gw-2") < shown.index("gw-1")
    for words in ("before 11:59:00", "'missing'", "1,120 to 1,134", "11:51:00 to 11:52:00", "all have come, 11:58"):
        assert words in shown


def test_the_last_backup_is_shown_with_who_made_it(records: Records) -> None:
    assert "None known" in str(backup_part(on_record(records), "main", True, "UTC", NOON))
    with records.transaction() as connection:
        backups.record_made(connection, NOON - DAY, Actor("operator"), BACKUP)
        backups.record_restored(connection, NOON - SECOND, Actor("somebody else"), BACKUP)
    shown = str(backup_part(on_record(records), "main", True, "UTC", NOON))
    for words in ("21 Nov 2026 12:00", "'operator'", "/backup/a.zip", "ab12", "123,456 readings and all records"):
        assert words in shown


def test_while_the_records_are_away_the_page_says_that_these_cannot_be_read() -> None:
    assert "while the records are away" in str(gap_table(None, False, "UTC", NOON))
    assert "while the records are away" in str(backup_part(None, "main", True, "UTC", NOON))
    assert "while the records are away" in str(kept_part(None, "main", "UTC", NOON))


def test_what_is_sealed_and_when_an_archive_was_last_checked_is_shown(records: Records) -> None:
    assert "No day is sealed yet" in str(kept_part(on_record(records), "main", "UTC", NOON))
    digest = DayDigest({"T1": [HourDigest(NOON // 3_600_000, 77, "0" * 64)]})
    with records.transaction() as connection:
        seals.add(connection, NOON, "main", NOON // DAY, 7, digest)
    shown = str(kept_part(on_record(records), "main", "UTC", NOON))
    for words in ("2026-11-22 (UTC), 77 readings that day", "none yet: cleanwatch archive make", "never: "):
        assert words in shown
    archive = Archive("/archive/11.zip", "cd34", "main", "2026-11-01", "2026-11-22", 1234)
    with records.transaction() as connection:
        archived.record_made(connection, NOON - DAY, Actor("operator"), archive)
        archived.record_checked(connection, NOON - DAY, Actor("operator"), archive, ["x was altered"])
    shown = str(kept_part(on_record(records), "main", "UTC", NOON))
    for words in (
        "2026-11-01 to 2026-11-22, 1,234 readings, /archive/11.zip",
        "2026 12:00, one problem found",
    ):
        assert words in shown

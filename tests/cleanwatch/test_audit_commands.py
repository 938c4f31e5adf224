"""`cleanwatch audit` on a trail that is whole, and on one that is not."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import URL

from cleanwatch.anchor_key import key_on_record
from cleanwatch.command import cleanwatch
from facility.instants import system_clock
from storage.records.connecting import url_of
from storage.records.database import Records
from storage.records.trail import anchors, audit, audit_export, verification
from storage.records.trail.audit import AuditEntry, AuditFilter
from storage.sqlite import sqlite
from tests.people import ANN
from tests.records import open_records


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    with closing(open_records(tmp_path / "records.db", system_clock)) as records, records.transaction() as connection:
        audit.append(connection, system_clock(), [AuditEntry(ANN, "told", "records")] * 5)
    yield tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cleanwatch, ["audit", *map(str, arguments)])


def tamper(data: Path, statement: str) -> None:
    with closing(sqlite.connect(data / "records.db")) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)
        connection.commit()


def test_a_whole_trail_is_said_to_be_whole(data: Path) -> None:
    result = run("verify")
    assert result.exit_code == 0, result.output
    assert "chain: as it should be\n" in result.output
    assert "The audit trail is whole: 6 rows" in result.output


def test_rows_that_were_changed_are_named_and_so_are_the_triggers_that_are_gone(data: Path) -> None:
    tamper(data, "UPDATE audit SET actor = 'eve' WHERE seq = 3")
    result = run("verify", "--on-record")
    assert result.exit_code == 1
    assert "  row 3 was altered: its content does not give its hash\n" in result.output
    assert "  trigger audit_no_update, which keeps a table append-only, is missing or altered\n" in result.output
    with closing(Records(_url(data), system_clock)) as records, records.reading() as connection:
        (told,) = verification.newest(connection)
    assert told.count > 1
    assert told.problems[0].startswith("row 3 was altered")


def test_a_statement_that_was_kept_outside_is_compared(data: Path, tmp_path: Path) -> None:
    with closing(open_records(data / "records.db", system_clock)) as records:
        key = key_on_record(data, records, system_clock)
        with records.reading() as connection:
            told = anchors.statement("demo", 0, audit.head(connection))
    kept = tmp_path / "head-of-audit-trail.txt"
    kept.write_text(told)
    kept.with_suffix(".sig").write_bytes(key.sign(told.encode()))
    assert run("verify", "--against", kept).exit_code == 0
    kept.write_text(told.replace("row: 7", "row: 4"))
    result = run("verify", "--against", kept)
    assert result.exit_code == 1
    assert "was not made with a key on record, or of another text" in result.output
    assert "the chain was written anew up to row 4 or before it" in result.output
    kept.write_text("no statement")
    assert "is no statement about the audit trail" in run("verify", "--against", kept).output


def test_an_export_is_a_whole_file_and_on_record(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "trail.zip"
    result = run("export", file, "--author", "m.keller")
    assert result.exit_code == 0, result.output
    assert "6 rows, numbers 1 to 6" in result.output
    with ZipFile(file) as package:
        assert package.testzip() is None
        assert {"audit.jsonl", "verify_audit.py", "README.txt", "head.txt"} <= set(package.namelist())
    with closing(open_records(data / "records.db", system_clock)) as records, records.reading() as connection:
        (row,) = audit.rows(connection, AuditFilter(action=audit_export.ACTION))
    assert row.actor == "m.keller"
    assert '"file":"trail.zip"' in row.data


def test_days_without_rows_leave_no_file(data: Path, tmp_path: Path) -> None:
    result = run("export", tmp_path / "trail.zip", "--from", "2020-01-01", "--to", "2020-01-02")
    assert result.exit_code == 1
    assert "nothing was exported: Nothing is on record of that time" in result.output
    assert [path.name for path in tmp_path.iterdir() if "zip" in path.name] == []


def _url(data: Path) -> URL:
    return url_of(data / "records.db")

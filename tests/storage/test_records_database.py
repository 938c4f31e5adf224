import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from facility.instants import Instant
from storage.records import append_only, connecting, engine_memory, migrating
from storage.records.connecting import engine_for, url_of
from storage.records.database import Records
from storage.records.errors import RecordsError
from storage.records.migrating import newest_revision
from storage.records.schema import metadata
from storage.records.trail import audit
from storage.sqlite import sqlite
from tests.storage.conftest import opened_by_three_processes


@contextmanager
def behind(url: str) -> Iterator[Connection]:
    """Work on a database behind the program's back, with the rights of its owner."""
    engine = engine_for(url_of(url))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def alter(url: str, *statements: str) -> None:
    """Change a database behind the program's back."""
    with behind(url) as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_the_migrations_lead_to_the_tables_of_the_schema(records: Records) -> None:
    with records.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_new_database_says_in_its_audit_trail_that_it_was_created(records: Records) -> None:
    with records.reading() as connection:
        (row,) = audit.rows(connection)
    assert (row.seq, row.action, row.object) == (1, "schema migrated", "records")
    assert json.loads(row.data)["changes"] == {"schema revision": [None, newest_revision()]}


def test_opening_again_changes_nothing(records: Records, records_url: str) -> None:
    with records.transaction() as connection:
        engine_memory.save(connection, {"B101.DP1": b"remembered"})
    records.close()
    again = Records.open(records_url, clock=lambda: 0)
    with again.reading() as connection:
        assert engine_memory.load(connection) == {"B101.DP1": b"remembered"}
        assert len(audit.rows(connection)) == 1
    again.close()


def test_a_path_will_do_and_its_folder_is_created(tmp_path: Path) -> None:
    path = tmp_path / "data" / "records with 100%.sqlite"
    Records.open(path, clock=lambda: 0).close()
    assert path.exists()


def test_a_newer_schema_is_refused_with_what_to_do(records: Records, records_url: str) -> None:
    records.close()
    alter(records_url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsError, match=r"have schema revision 9999; this program .* newer Cleanwatch"):
        Records.open(records_url, clock=lambda: 0)


def test_the_database_of_something_else_is_refused_and_left_alone(records_url: str) -> None:
    alter(records_url, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(RecordsError, match="not a records database of Cleanwatch: it has the tables recipes"):
        Records.open(records_url, clock=lambda: 0)
    with behind(records_url) as connection:
        assert inspect(connection).get_table_names() == ["recipes"]


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_text("a shopping list, longer than the header of a database file, which has a hundred bytes\n" * 99)
    with pytest.raises(RecordsError, match=r"records\.sqlite cannot be used: the file is no database"):
        Records.open(path, clock=lambda: 0)
    assert path.read_text().startswith("a shopping list")


@pytest.mark.parametrize(
    ("place", "message"),
    [("mysql://station@records", "a URL that begins with postgresql"), ("sqlite://", "Records need a file")],
)
def test_a_place_that_cannot_keep_records_is_refused(place: str, message: str) -> None:
    with pytest.raises(RecordsError, match=message):
        Records.open(place, clock=lambda: 0)


@pytest.mark.parametrize("table", ["revisions", "accounts"])
def test_missing_triggers_are_noticed_at_start(records: Records, records_url: str, table: str) -> None:
    records.close()
    if records_url.startswith("sqlite"):
        alter(records_url, f"DROP TRIGGER {table}_no_delete")
    else:
        alter(records_url, f"DROP TRIGGER {table}_no_truncate ON {table}")
    with pytest.raises(RecordsError, match=rf"{table}_no_(delete|truncate) missing or altered"):
        Records.open(records_url, clock=lambda: 0)


@pytest.mark.parametrize("records_url", ["sqlite"], indirect=True)
def test_a_trigger_that_does_nothing_any_more_is_noticed_at_start(records: Records, records_url: str) -> None:
    records.close()
    alter(
        records_url,
        "DROP TRIGGER audit_no_update",
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT 1; END",
    )
    with pytest.raises(RecordsError, match="audit_no_update missing or altered"):
        Records.open(records_url, clock=lambda: 0)


WEAKENED = {
    "switched off": "ALTER TABLE audit DISABLE TRIGGER audit_no_change",
    "not under every replication role": "ALTER TABLE audit ENABLE TRIGGER audit_no_change",
    "for nothing": "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW "
    "WHEN (false) EXECUTE FUNCTION refuse_change()",
    "for one column": "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OF hash OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "without DELETE": "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "with another function": "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN NEW; END'",
}


@pytest.mark.parametrize("records_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("how", WEAKENED)
def test_a_trigger_that_was_weakened_is_noticed_at_start(records: Records, records_url: str, how: str) -> None:
    alter(records_url, WEAKENED[how])
    if how in ("for nothing", "for one column", "without DELETE"):
        alter(records_url, "ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_no_change")
    with pytest.raises(RecordsError, match=r"audit_no_change.* missing or altered"):
        Records.open(records_url, clock=lambda: 0)


def test_all_unique_keys_of_append_only_tables_are_guarded(records: Records) -> None:
    with records.reading() as connection:
        inspector = inspect(connection)
        for table, keys in [*append_only.APPEND_ONLY.items(), *append_only.KEPT.items()]:
            found = {tuple(inspector.get_pk_constraint(table)["constrained_columns"])}
            found |= {tuple(unique["column_names"]) for unique in inspector.get_unique_constraints(table)}
            assert found == set(keys), table


def test_a_transaction_that_fails_leaves_nothing_behind(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.transaction() as connection:
        engine_memory.save(connection, {"B101.DP1": b"half"})
        _ = 1 / 0
    with records.reading() as connection:
        assert engine_memory.load(connection) == {}


def test_a_reading_cannot_write(records: Records) -> None:
    with pytest.raises((DBAPIError, RecordsError), match=r"read-?only"), records.reading() as connection:
        engine_memory.set_checkpoint(connection, 7)
    with records.transaction() as connection:
        engine_memory.set_checkpoint(connection, 8)


def test_a_reading_sees_one_moment_while_others_write(records: Records) -> None:
    with records.reading() as reader:
        assert engine_memory.checkpoint(reader) == 0
        with records.transaction() as writer:
            engine_memory.set_checkpoint(writer, 7)
        assert engine_memory.checkpoint(reader) == 0
    with records.reading() as reader:
        assert engine_memory.checkpoint(reader) == 7


def test_commits_are_synced_to_disk(records: Records) -> None:
    with records.transaction() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"


def test_many_threads_use_the_same_records(records: Records) -> None:
    errors: list[Exception] = []

    def write(thread: int) -> None:
        try:
            for number in range(20):
                with records.transaction() as connection:
                    engine_memory.save(connection, {f"{thread}.{number}": b""})
                with records.reading() as connection:
                    assert f"{thread}.{number}" in engine_memory.load(connection)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with records.reading() as connection:
        assert len(engine_memory.load(connection)) == 160


def test_processes_may_create_the_records_at_once(records_url: str) -> None:
    opened_by_three_processes(records_url)
    assert_created_once(records_url, at=1)


def test_the_second_of_two_that_create_the_records_finds_them_created(
    records_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_has_looked = threading.Event()
    look = migrating.present_revision

    def looking(connection: Connection) -> str | None:
        revision = look(connection)
        if threading.current_thread() is second:
            second_has_looked.set()
        return revision

    def clock_of_the_first() -> Instant:
        second.start()
        assert second_has_looked.wait(timeout=30)
        return 1

    monkeypatch.setattr(migrating, "present_revision", looking)
    second = threading.Thread(target=lambda: Records.open(records_url, clock=lambda: 2).close())
    Records.open(records_url, clock_of_the_first).close()
    second.join()
    assert_created_once(records_url, at=1)


@pytest.mark.parametrize("records_url", ["sqlite"], indirect=True)
def test_a_new_file_that_is_locked_is_tried_again(records_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite.connect(records_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr(time, "sleep", lambda _: other.execute("COMMIT"))
    Records.open(records_url, clock=lambda: 1).close()
    other.close()
    assert_created_once(records_url, at=1)


def assert_created_once(url: str, at: Instant) -> None:
    records = Records.open(url, clock=lambda: 99)
    with records.reading() as connection:
        assert [row.at for row in audit.rows(connection)] == [at]
        assert audit.verify(connection) == []
    records.close()


def test_writers_of_one_process_take_turns_instead_of_asking_sqlite_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "BUSY_SECONDS", 0)  # whoever asks SQLite while another writes is refused at once
    records = Records.open(tmp_path / "records.db", clock=lambda: 0)
    waiting, written = threading.Event(), threading.Event()

    def write() -> None:
        waiting.set()
        with records.transaction() as connection:
            engine_memory.save(connection, {"B101.DP1": b"second"})
        written.set()

    second = threading.Thread(target=write)
    with records.transaction() as connection:
        engine_memory.save(connection, {"B101.DP1": b"first"})
        second.start()
        assert waiting.wait(30)
        second.join(0.05)
    assert written.wait(30)
    second.join()
    with records.reading() as connection:
        assert engine_memory.load(connection) == {"B101.DP1": b"second"}
    records.close()

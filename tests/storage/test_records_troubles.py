"""Every trouble with PostgreSQL is told in words, ends by itself when its cause does, and freezes nobody."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from facility.instants import Instant
from storage.records import connecting, engine_memory, migrating
from storage.records.connecting import url_of
from storage.records.database import Records
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.migrating import migrate
from storage.records.trail import audit
from storage.records.troubles import in_words
from tests.parts import free_port
from tests.people import ANN
from tests.postgres import OWNER, PASSWORD, PostgresUnderTest
from tests.records import open_records
from tests.storage.conftest import DATABASE, NOON, TEMPLATE

RUNNER = "cleanwatch_app"
"""A role that runs the program and owns nothing."""

only_postgresql = pytest.mark.parametrize("records_url", ["postgresql"], indirect=True)


@pytest.fixture
def mortal(empty_postgres: PostgresUnderTest) -> Iterator[PostgresUnderTest]:
    """The cluster of all tests, that may be killed, with records in a database; it runs again afterwards."""
    empty_postgres.create_database("cleanwatch", template=TEMPLATE)
    yield empty_postgres
    if not empty_postgres.alive():
        empty_postgres.start()
    empty_postgres.drop_database("cleanwatch")


def clock() -> Instant:
    return NOON


def opening(url: str, password_file: Path | None = None) -> str:
    """What is said when records cannot be opened."""
    with pytest.raises(RecordsError) as caught:
        Records.open(url, clock, password_file)
    assert PASSWORD not in str(caught.value)
    return str(caught.value)


def test_a_wrong_password_is_named_with_where_to_put_the_right_one(
    empty_postgres: PostgresUnderTest, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    file.write_text("wrong\n")
    said = opening(empty_postgres.url("postgres"), file)
    assert f"PostgreSQL refuses the password of role {OWNER}" in said
    assert "CLEANWATCH_RECORDS_PASSWORD_FILE" in said


def test_a_missing_password_file_is_named(empty_postgres: PostgresUnderTest, tmp_path: Path) -> None:
    said = opening(empty_postgres.url("postgres"), tmp_path / "nothing here")
    assert "nothing here" in said
    assert "No such file" in said


def test_a_database_that_does_not_exist_is_named(empty_postgres: PostgresUnderTest) -> None:
    said = opening(empty_postgres.url("elsewhere"))
    assert "database elsewhere" in said
    assert "there is no such database. Create it" in said


def test_a_server_that_is_not_there_is_named() -> None:
    port = free_port()
    said = opening(f"postgresql://{OWNER}@127.0.0.1:{port}/cleanwatch")
    assert f"nothing listens at 127.0.0.1:{port}. Start PostgreSQL" in said


def test_a_host_that_is_not_known_is_named() -> None:
    assert "is not known here" in opening(f"postgresql://{OWNER}@no-such-host.invalid/cleanwatch")


def test_a_server_without_tls_is_refused_where_tls_is_asked_for(empty_postgres: PostgresUnderTest) -> None:
    said = opening(f"{empty_postgres.url('postgres')}?sslmode=require")
    assert "no secure connection" in said
    assert "sslmode" in said


@pytest.fixture(scope="module")
def runner(postgres: PostgresUnderTest) -> str:
    postgres.create_role(RUNNER)
    return RUNNER


@only_postgresql
def test_the_running_role_adds_records_and_changes_none(
    records: Records, records_url: str, postgres: PostgresUnderTest, runner: str
) -> None:
    assert f"cleanwatch records migrate --grant-to {runner}" in opening(postgres.url(DATABASE, runner))
    migrate(url_of(records_url), clock, grant_to=runner)
    running = Records.open(postgres.url(DATABASE, runner), clock)
    with running.transaction() as connection:
        audit.append(connection, NOON, [audit.AuditEntry(ANN, "told", "records", {})])
        engine_memory.set_checkpoint(connection, 7)
    for statement in (
        "UPDATE audit SET actor = 'Eve'",
        "TRUNCATE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_no_change ON audit",
        "DROP TABLE audit",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner"):
            postgres.run(statement, DATABASE, runner)
    running.close()


@only_postgresql
def test_the_running_role_does_not_start_on_an_old_schema(
    records: Records, records_url: str, postgres: PostgresUnderTest, runner: str
) -> None:
    migrate(url_of(records_url), clock, grant_to=runner)
    migrate(url_of(records_url), clock, to=migrating.revisions()[0])
    said = opening(postgres.url(DATABASE, runner))
    assert "have another schema revision" in said
    assert f"As the owner of the tables run: cleanwatch records migrate --grant-to {runner}" in said


def test_a_killed_server_is_told_once_and_used_again_when_it_is_back(
    mortal: PostgresUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    records = Records.open(mortal.url("cleanwatch"), clock)
    mortal.kill()
    for _ in range(5):
        with pytest.raises(RecordsAwayError), records.reading() as connection:
            engine_memory.checkpoint(connection)
    health = records.health()
    assert health.problem is not None
    assert health.since == NOON
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) <= 2
    mortal.start()
    with records.transaction() as connection:
        engine_memory.set_checkpoint(connection, 8)
    assert records.health().problem is None
    assert caplog.records[-1].getMessage().startswith("the records can be used again")
    records.close()


def test_a_connection_that_broke_while_idle_is_replaced(mortal: PostgresUnderTest) -> None:
    records = Records.open(mortal.url("cleanwatch"), clock)
    mortal.kill()
    mortal.start()
    with records.transaction() as connection:
        engine_memory.set_checkpoint(connection, 9)
    records.close()


def test_a_server_that_stands_still_freezes_nobody(
    mortal: PostgresUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "ANSWER_SECONDS", 0.5)
    monkeypatch.setitem(connecting.POSTGRESQL, "connect_timeout", "2")  # the least that libpq takes
    records = Records.open(mortal.url("cleanwatch"), clock)
    with mortal.frozen():
        begun = monotonic()
        with pytest.raises(RecordsAwayError, match="does not answer"), records.transaction() as connection:
            engine_memory.set_checkpoint(connection, 1)
        assert monotonic() - begun < 60
    with records.reading() as connection:
        engine_memory.checkpoint(connection)
    records.close()


def test_whatever_the_driver_calls_it_a_server_that_hung_up_is_one_trouble() -> None:
    said = ("Connection reset by peer", "server closed the connection unexpectedly", "the connection is lost")
    url = make_url("postgresql://cleanwatch@records/cleanwatch")
    errors = [OperationalError("SELECT 1", None, Exception(words)) for words in said]
    assert {in_words(error, url) for error in errors} == {
        "The records in database cleanwatch at records:5432 cannot be used: records:5432 has hung up."
    }


def test_a_file_that_was_moved_away_takes_nothing_with_it_and_is_used_again_when_it_is_back(tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    records = open_records(here / "records.db", clock)
    here.rename(elsewhere)
    here.mkdir()
    for use in (records.transaction, records.reading):
        with (
            pytest.raises(RecordsAwayError, match="was moved, deleted or replaced"),
            use() as connection,
        ):
            audit.append(connection, NOON, [audit.AuditEntry(ANN, "looked", "site demo")])
    assert list(here.iterdir()) == []
    here.rmdir()
    elsewhere.rename(here)
    with records.transaction() as connection:
        audit.append(connection, NOON, [audit.AuditEntry(ANN, "looked", "site demo")])
    assert records.health().problem is None
    records.close()

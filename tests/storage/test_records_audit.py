import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from facility.people import Actor
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry, AuditFilter
from tests.people import ANN
from tests.postgres import PostgresUnderTest
from tests.storage.conftest import DATABASE, NOON, Tamper


def write(records: Records, count: int) -> None:
    """Entries of one transaction each, after the one that opening wrote as row 1."""
    for number in range(count):
        with records.transaction() as connection:
            entry = AuditEntry(
                Actor("Ann"), "limit changed", f"point B{number}", {"from": number, "to": number + 0.5}
            )
            audit.append(connection, NOON + number, [entry])


def problems(records: Records) -> list[str]:
    with records.reading() as connection:
        return audit.verify(connection)


def test_an_entry_is_read_as_it_was_written(records: Records) -> None:
    entry = AuditEntry(
        Actor("Dr. Ågård"), "alarm acknowledged", "alarm B101.DP1/low/5", {"comment": "Tür offen\n", "depth": -1.5}
    )
    with records.transaction() as connection:
        audit.append(connection, NOON, [entry])
    with records.reading() as connection:
        row = audit.rows(connection)[0]
    assert (row.seq, row.at, row.actor, row.action, row.object) == (
        2,
        NOON,
        entry.actor.name,
        entry.action,
        entry.object,
    )
    assert json.loads(row.data) == {**entry.data, "zone": "UTC"}


def test_anyone_can_compute_the_hash_of_a_row(records: Records) -> None:
    write(records, 1)
    with records.reading() as connection:
        row, before = audit.rows(connection)
    content = [row.seq, row.at, row.actor, row.action, row.object, row.data, before.hash]
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    assert row.hash == hashlib.sha256(plain.encode()).hexdigest()


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
wild = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(actor=texts, data=st.dictionaries(texts, wild, max_size=4))
def test_whatever_is_written_the_chain_holds(records: Records, actor: str, data: dict[str, audit.JSON]) -> None:
    with records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(Actor(actor), "told", "records", data)])
    assert problems(records) == []


def test_nothing_to_write_writes_nothing(records: Records) -> None:
    with records.transaction() as connection:
        audit.append(connection, NOON, [])
    assert problems(records) == []


def test_entries_of_a_transaction_that_fails_leave_no_gap(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(ANN, "tried", "records", {})])
        _ = 1 / 0
    write(records, 1)
    with records.reading() as connection:
        assert [row.seq for row in audit.rows(connection)] == [2, 1]
    assert problems(records) == []


def test_the_listing_is_filtered_and_paged(records: Records) -> None:
    write(records, 5)

    def seqs(wanted: AuditFilter, limit: int = 100, offset: int = 0) -> list[int]:
        with records.reading() as connection:
            return [row.seq for row in audit.rows(connection, wanted, limit, offset)]

    assert seqs(AuditFilter()) == [6, 5, 4, 3, 2, 1]
    assert seqs(AuditFilter(actor="Ann"), limit=2, offset=1) == [5, 4]
    assert seqs(AuditFilter(object="point B3")) == [5]
    assert seqs(AuditFilter(action="schema migrated")) == [1]
    assert seqs(AuditFilter(start=NOON + 1, end=NOON + 3)) == [4, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'Eve' WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit",
    ],
)
def test_the_trail_refuses_to_be_changed(records: Records, statement: str) -> None:
    write(records, 3)
    with pytest.raises(DBAPIError, match="audit is append-only"), records.transaction() as connection:
        connection.execute(text(statement))
    assert problems(records) == []


def test_a_row_is_not_written_twice(records: Records) -> None:
    write(records, 3)
    with pytest.raises(DBAPIError, match=r"append-only|duplicate key"), records.transaction() as connection:
        connection.execute(text("INSERT INTO audit SELECT * FROM audit WHERE seq = 2"))


OVER_ITS = {"seq": "3, at, 'Eve', action, object, data, previous, 'x'", "hash": "9, at, 'Eve', '', '', '', '', hash"}


@pytest.mark.parametrize("key", OVER_ITS)
def test_a_row_cannot_be_updated_over_its_number_nor_over_its_hash(records: Records, key: str) -> None:
    write(records, 3)
    update = f"INSERT INTO audit SELECT {OVER_ITS[key]} FROM audit WHERE seq = 3"
    with pytest.raises(DBAPIError, match="append-only"), records.transaction() as connection:
        connection.execute(text(f"{update} ON CONFLICT ({key}) DO UPDATE SET actor = 'Eve'"))
    assert problems(records) == []


@pytest.mark.parametrize("records_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("key", OVER_ITS)
def test_a_row_cannot_be_replaced_over_its_number_nor_over_its_hash(records: Records, key: str) -> None:
    write(records, 3)
    replace = f"INSERT OR REPLACE INTO audit SELECT {OVER_ITS[key]} FROM audit WHERE seq = 3"
    with pytest.raises(DBAPIError, match="REPLACE refused"), records.transaction() as connection:
        connection.execute(text(replace))


@pytest.mark.parametrize("records_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "statement", ["UPDATE audit SET actor = 'Eve'", "DELETE FROM audit", "TRUNCATE audit CASCADE"]
)
def test_not_even_a_superuser_changes_the_trail_in_passing(
    records: Records, postgres: PostgresUnderTest, statement: str
) -> None:
    write(records, 1)
    for setting in ("origin", "replica"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is append-only"):
            postgres.run(f"SET session_replication_role = {setting}; {statement}", DATABASE)
    assert problems(records) == []


def test_text_that_postgresql_cannot_hold_is_refused_in_every_database(records: Records) -> None:
    with pytest.raises(StatementError, match="text with a NUL character"), records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(Actor("A\0nn"), "told", "records", {})])
    with records.transaction() as connection:
        audit.append(connection, NOON, [AuditEntry(ANN, "told", "records", {"escaped there": "\0"})])
    assert problems(records) == []


@pytest.mark.parametrize("column", ["at", "actor", "action", "object", "data"])
def test_verify_names_an_altered_row(records: Records, tamper: Tamper, column: str) -> None:
    write(records, 5)
    tamper(f"UPDATE audit SET {column} = 7 WHERE seq = 4")
    assert problems(records) == ["row 4 was altered: its content does not give its hash"]


def test_verify_names_a_row_whose_content_is_no_text_any_more(records: Records, tamper: Tamper) -> None:
    write(records, 3)
    tamper("UPDATE audit SET data = x'00ff' WHERE seq = 3")  # what only SQLite lets pass into a text
    assert problems(records) == ["row 3 was altered: its content does not give its hash"]


def test_verify_names_the_row_after_one_that_was_altered_and_hashed_again(records: Records, tamper: Tamper) -> None:
    write(records, 5)
    with records.reading() as connection:
        row = next(row for row in audit.rows(connection) if row.seq == 4)
    content = [4, row.at, "Eve", row.action, row.object, row.data, row.previous]
    forged = hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()
    tamper(f"UPDATE audit SET actor = 'Eve', hash = '{forged}' WHERE seq = 4")
    assert problems(records) == ["row 5 does not follow the row before it: its previous hash is another"]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM audit WHERE seq = 4", "row 4 is missing"),
        ("DELETE FROM audit WHERE seq IN (3, 4)", "rows 3 to 4 are missing"),
        ("DELETE FROM audit WHERE seq = 1", "row 1 is missing"),
        ("DELETE FROM audit WHERE seq > 4", "rows 5 to 6 are missing"),
        ("DELETE FROM audit", "rows 1 to 6 are missing"),
        ("DELETE FROM audit_head", "the head of the chain is missing"),
    ],
)
def test_verify_names_missing_rows(records: Records, tamper: Tamper, statement: str, problem: str) -> None:
    write(records, 5)
    tamper(statement)
    assert problems(records) == [problem]


def test_verify_names_a_row_removed_under_renumbering(records: Records, tamper: Tamper) -> None:
    write(records, 4)
    tamper(
        "DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 5", "UPDATE audit_head SET seq = 4"
    )
    assert problems(records) == [
        "row 4 does not follow the row before it: its previous hash is another",
        "row 4 was altered: its content does not give its hash",
    ]


def test_verify_names_an_inserted_row(records: Records, tamper: Tamper) -> None:
    write(records, 3)
    tamper("INSERT INTO audit SELECT 5, at, 'Eve', action, object, data, hash, 'x' FROM audit WHERE seq = 4")
    assert problems(records) == [
        "row 5 was altered: its content does not give its hash",
        "row 5 and all after it were inserted: the chain ends at row 4",
    ]


def test_verify_names_a_row_put_before_the_first(records: Records, tamper: Tamper) -> None:
    write(records, 1)
    tamper("INSERT INTO audit SELECT 0, at, actor, action, object, data, previous, 'x' FROM audit WHERE seq = 1")
    assert "row 0 was inserted: the chain begins with row 1" in problems(records)


def test_verify_names_rows_that_changed_places(records: Records, tamper: Tamper) -> None:
    write(records, 4)
    tamper(
        "UPDATE audit SET seq = 99 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    )
    named = {problem.split(" ")[1] for problem in problems(records)}
    assert {"3", "4"} <= named


def test_verify_notices_another_head(records: Records, tamper: Tamper) -> None:
    write(records, 2)
    tamper("UPDATE audit_head SET hash = 'x'")
    assert problems(records) == ["row 3 is not the row that was written last: the head of the chain has another hash"]


WRITER = """
import sys
from facility.people import Actor
from storage.records.trail import audit
from storage.records.database import Records
records = Records.open(sys.argv[1], clock=lambda: 0)
for number in range(50):
    with records.transaction() as connection:
        entry = audit.AuditEntry(Actor(sys.argv[2]), "counted", "records", {"number": number})
        audit.append(connection, number, [entry])
records.close()
"""


@pytest.fixture
def writers(records_url: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    processes = [subprocess.Popen([sys.executable, "-c", WRITER, records_url, str(number)]) for number in range(4)]
    yield processes
    for process in processes:
        process.kill()
        process.wait()


def test_four_processes_write_one_chain_without_gaps(
    records: Records, writers: list[subprocess.Popen[bytes]]
) -> None:
    assert [process.wait(timeout=60) for process in writers] == [0, 0, 0, 0]
    assert problems(records) == []
    with records.reading() as connection:
        rows = audit.rows(connection, limit=1000)
    assert [row.seq for row in rows] == list(range(201, 0, -1))
    for writer in "0123":
        numbers = [json.loads(row.data)["number"] for row in reversed(rows) if row.actor == writer]
        assert numbers == list(range(50))

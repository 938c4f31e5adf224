"""Whatever is done to the audit trail afterwards is found, and the row is named."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from facility.people import CLEANWATCH
from storage.records.connecting import engine_for, url_of
from storage.records.database import Records
from storage.records.schema import audit as audit_table
from storage.records.trail import anchors, audit, verification
from storage.records.trail.anchors import Kind
from storage.records.trail.audit import AuditEntry
from storage.records.trail.chain import BEGINNING, Mark
from tests.people import ANN
from tests.storage.conftest import NOON, Tamper

ROWS = 12
ANCHORED = 9
"""The row whose hash was told outside; its anchor is on record in row 10."""


def write(records: Records, last: int) -> None:
    """Rows up to number `last`, after the one that opening wrote."""
    with records.transaction() as connection:
        for number in range(audit.head(connection).seq + 1, last + 1):
            entry = AuditEntry(ANN, "limit changed", f"point B{number}", {}, {"limit": (number, number + 0.5)}, "ö")
            audit.append(connection, NOON + number, [entry])


def anchor(records: Records) -> None:
    """Tell the head outside, by a time-stamp whose token nobody looks at here."""
    with records.transaction() as connection:
        mark = audit.head(connection)
        told = anchors.statement("demo", NOON, mark)
        anchors.add(connection, NOON, Kind.TIME_STAMP, mark, "http://tsa.example", told, b"token")


def all_problems(connection: Connection) -> list[str]:
    return [*audit.verify(connection), *anchors.check(connection)]


@pytest.fixture(scope="session")
def whole_trail(tmp_path_factory: pytest.TempPathFactory, empty_records: Path) -> Path:
    """A file with a short trail, an anchor in its middle, and nothing that protects it."""
    path = tmp_path_factory.mktemp("trail") / "whole.sqlite"
    shutil.copy(empty_records, path)
    records = Records.open(path, clock=lambda: NOON)
    write(records, ANCHORED)
    anchor(records)
    write(records, ROWS)
    with records.transaction() as connection:
        for name in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        assert all_problems(connection) == []
    records.close()
    return path


@contextmanager
def tampering_with(whole: Path) -> Iterator[Connection]:
    """The trail, to be tampered with; nothing of that is kept."""
    engine = engine_for(url_of(whole))
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
    engine.dispose()


def to_the_byte(connection: Connection) -> list[tuple[str, ...]]:
    """Everything that is stored, also what is no text."""
    columns = ", ".join(f"hex({column.name}) || typeof({column.name})" for column in audit_table.columns)
    return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM audit ORDER BY seq"))]


def rows_of(connection: Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text("SELECT * FROM audit ORDER BY seq"))]


@dataclass(frozen=True)
class Alter:
    seq: int
    column: str
    value: object

    def __call__(self, connection: Connection) -> None:
        set_value = text(f"UPDATE audit SET {self.column} = :value WHERE seq = :seq")
        connection.execute(set_value, {"value": self.value, "seq": self.seq})


@dataclass(frozen=True)
class Delete:
    first: int
    last: int

    def __call__(self, connection: Connection) -> None:
        connection.execute(text("DELETE FROM audit WHERE seq BETWEEN :first AND :last"), vars(self))


@dataclass(frozen=True)
class Insert:
    """A row is put where there is none; those behind it may make room."""

    seq: int
    make_room: bool

    def __call__(self, connection: Connection) -> None:
        if self.make_room:
            connection.execute(text("UPDATE audit SET seq = -seq WHERE seq >= :seq"), {"seq": self.seq})
            connection.execute(text("UPDATE audit SET seq = 1 - seq WHERE seq < 0"))
        values = "SELECT :seq, at, 'eve', action, object, data, previous, 'x' || hash FROM audit ORDER BY seq LIMIT 1"
        connection.execute(text(f"INSERT INTO audit {values}"), {"seq": self.seq})


@dataclass(frozen=True)
class Swap:
    one: int
    other: int

    def __call__(self, connection: Connection) -> None:
        for before, after in ((self.one, 1000), (self.other, self.one), (1000, self.other)):
            connection.execute(
                text("UPDATE audit SET seq = :after WHERE seq = :before"), {"before": before, "after": after}
            )


@dataclass(frozen=True)
class Rewrite:
    """Somebody who knows how writes the chain anew from a row on, together with its head."""

    seq: int
    until: int

    def __call__(self, connection: Connection) -> None:
        previous = ""
        for row in rows_of(connection):
            if row[0] < self.seq:
                previous = row[7]
                continue
            content = [*row[:2], "eve", *row[3:6], previous or row[6]]
            told = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
            previous = hashlib.sha256(told.encode()).hexdigest()
            connection.execute(
                text("UPDATE audit SET actor = 'eve', previous = :before, hash = :hash WHERE seq = :seq"),
                {"before": content[6], "hash": previous, "seq": row[0]},
            )
            if row[0] == self.until:
                break
        connection.execute(text("DELETE FROM audit WHERE seq > :seq"), {"seq": self.until})
        connection.execute(
            text("UPDATE audit_head SET seq = :seq, hash = :hash"), {"seq": self.until, "hash": previous}
        )


numbers = st.integers(1, ROWS)
anything = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=5) | st.binary(max_size=5) | st.floats()
columns = st.sampled_from(["at", "actor", "action", "object", "data", "previous", "hash", "seq"])
ranges = st.tuples(numbers, numbers).map(sorted)
tamperings = st.one_of(
    st.builds(Alter, numbers, columns, anything),
    ranges.map(lambda pair: Delete(*pair)),
    st.builds(Insert, numbers, st.just(True)),
    st.builds(Insert, st.integers(-3, 0) | st.integers(ROWS + 1, 20), st.just(False)),
    st.builds(Swap, numbers, numbers),
    st.builds(Rewrite, st.integers(1, ANCHORED), st.integers(ANCHORED, ROWS)),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tampering=tamperings)
def test_whatever_is_done_to_the_trail_is_found(whole_trail: Path, tampering: Alter | Rewrite) -> None:
    with tampering_with(whole_trail) as connection:
        before = to_the_byte(connection)
        try:
            tampering(connection)
        except (DBAPIError, OverflowError, ValueError):
            reject()  # the database itself refuses it: a number twice, no value at all
        assume(to_the_byte(connection) != before)
        assert all_problems(connection) != []


def test_a_chain_written_anew_from_its_beginning_is_told_by_the_anchor(whole_trail: Path) -> None:
    with tampering_with(whole_trail) as connection:
        Rewrite(1, ROWS)(connection)
        assert audit.verify(connection) == []
        (problem,) = anchors.check(connection)
    assert problem.startswith(f"the chain was written anew up to row {ANCHORED} or before it: anchor 1 of 2025-")


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM anchors", "anchor 1, which an audit row tells of, is missing"),
        ("INSERT INTO anchors SELECT 2, at, kind, seq, hash, place, statement, proof FROM anchors", "anchor 2 was "),
        ("UPDATE anchors SET hash = 'x'", "anchor 1 was altered: its statement names another row or hash"),
        ("UPDATE anchors SET kind = 'mail'", "anchor 1 was altered: its signature was not made with a key on record"),
    ],
)
def test_what_is_done_to_an_anchor_is_found(records: Records, tamper: Tamper, statement: str, problem: str) -> None:
    anchor(records)
    tamper(statement)
    with records.reading() as connection:
        assert [told[: len(problem)] for told in anchors.check(connection)] == [problem]


def test_bytes_that_are_no_text_are_named_and_not_stumbled_over(whole_trail: Path) -> None:
    with tampering_with(whole_trail) as connection:
        connection.exec_driver_sql("UPDATE audit SET data = CAST(x'ff' AS TEXT) WHERE seq = 4")
        assert audit.verify(connection) == ["row 4 was altered: its content does not give its hash"]
        assert audit.rows(connection, audit.AuditFilter(before=3)) != []


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(verification, "A_RANGE", 4)


@pytest.mark.usefixtures("small_ranges")
@pytest.mark.parametrize("worth", [pytest.param(1, id="processes"), pytest.param(19, id="one after the other")])
def test_ranges_tell_what_the_whole_tells(
    records: Records, tamper: Tamper, monkeypatch: pytest.MonkeyPatch, worth: int
) -> None:
    monkeypatch.setattr(verification, "WORTH_PROCESSES", worth)
    write(records, 18)
    tamper(
        "UPDATE audit SET actor = 'eve' WHERE seq IN (1, 8)",
        "DELETE FROM audit WHERE seq IN (4, 5, 13, 14, 15, 16)",
        "UPDATE audit SET previous = 'x' WHERE seq = 9",
    )
    with records.reading() as connection:
        alone = audit.verify(connection)
    heard: list[tuple[int, int]] = []
    found = verification.verify(records, processes=2, progress=lambda done, rows: heard.append((done, rows)))
    assert found.problems == tuple(alone)
    assert heard == [(4, 18), (8, 18), (12, 18), (16, 18), (18, 18)]
    assert [problem for problem in alone if "missing" in problem] == [
        "rows 4 to 5 are missing",
        "rows 13 to 16 are missing",
    ]


def test_a_verification_goes_on_where_the_one_before_ended(records: Records, tamper: Tamper) -> None:
    write(records, 5)
    first = verification.verify(records)
    assert (first.after, first.last.seq, first.problems) == (BEGINNING, 5, ())
    write(records, 9)
    tamper("UPDATE audit SET actor = 'eve' WHERE seq IN (3, 7)")
    assert verification.verify(records, first.last).problems == (
        "row 7 was altered: its content does not give its hash",
    )
    tamper("DELETE FROM audit WHERE seq >= 5", "UPDATE audit_head SET seq = 4")
    problems = verification.verify(records, first.last).problems
    assert problems[0].startswith("row 5 is not the one that was found right before")


@pytest.mark.parametrize("records_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("small_ranges")
def test_a_verification_ends_when_it_is_told_to(records: Records) -> None:
    write(records, 18)

    def stop(done: int, _rows: int) -> None:
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt, match="4"):
        verification.verify(records, processes=1, progress=stop)


def test_a_result_is_read_as_it_was_put_on_record(records: Records) -> None:
    problems = tuple(f"row {n} was altered" for n in range(60))
    with records.transaction() as connection:
        verification.on_record(connection, NOON, CLEANWATCH, verification.Verified(BEGINNING, Mark(8, "x"), ()))
        verification.on_record(connection, NOON + 1, ANN, verification.Verified(Mark(8, "x"), Mark(9, "y"), problems))
    with records.reading() as connection:
        broken, whole = verification.newest(connection, 5)
        assert [row.action for row in audit.rows(connection, limit=2)] == [verification.BROKEN, verification.WHOLE]
    assert (whole.at, whole.full, whole.last, whole.count) == (NOON, True, Mark(8, "x"), 0)
    assert (broken.full, broken.count, broken.problems) == (False, 60, problems[: verification.MOST_TOLD])


def test_a_trigger_that_is_gone_is_told(records: Records, tamper: Tamper) -> None:
    with records.reading() as connection:
        assert list(verification.triggers(connection)) == []
    tamper()
    with records.reading() as connection:
        told = list(verification.triggers(connection))
    assert any("trigger anchors_no_" in problem for problem in told)
    assert any("trigger trail_reviews_no_" in problem for problem in told)

"""The chain that the rows of the audit trail make: each has the SHA-256 of its content and of the row before it."""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import URL, Connection, select

from storage.records.connecting import READING, engine_for
from storage.records.schema import audit, audit_head
from storage.sqlite import sqlite

GENESIS = "0" * 64
"""What stands as the previous hash in the first row."""

AT_ONCE = 2_000
"""Rows that are taken from the database at a time."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the chain: the number of a row and its hash."""

    seq: int
    hash: str


BEGINNING = Mark(0, GENESIS)
"""Before the first row."""

_ENCODER = msgspec.json.Encoder()


def digest_of(content: Sequence[int | str]) -> str:
    """The hash of a row's content, in order of the columns: everything but the hash itself."""
    return hashlib.sha256(_ENCODER.encode(content)).hexdigest()


def verify(connection: Connection) -> list[str]:
    """Check every row and the head. An empty list says that no row was altered, removed, inserted or moved.

    Each problem is a sentence that names its row. What this cannot see is a chain that was written anew from some
    row to the end, together with its head: for that a copy of the head has to be kept elsewhere (`anchors`).
    """
    return [*check_rows(connection), *check_end(connection)]


def check_rows(
    connection: Connection, first: int | None = None, end: int | None = None, before: Mark = BEGINNING
) -> list[str]:
    """What is wrong with the rows from `first` to `end` (None: whatever there is), which follow `before`."""
    try:
        return _problems(stored(connection, first, end), before)
    except sqlite.OperationalError:  # SQLite lets bytes into a text that are none: read them as question marks
        driver: Any = connection.connection.driver_connection
        driver.text_factory = lambda stored: stored.decode(errors="replace")
        try:
            return _problems(stored(connection, first, end), before)
        finally:
            driver.text_factory = str


def check_range(connection: Connection, first: int | None, end: int) -> list[str]:
    """What is wrong with a range. The row before it is whatever stands there; with `first` None it begins with
    whatever comes first.
    """
    before = BEGINNING if first is None else row_before(connection, first)
    return check_rows(connection, first, end, before)


def check_range_at(url: URL, password_file: Path | None, first: int | None, end: int) -> list[str]:
    """The same, by a process on a connection of its own."""
    engine = engine_for(url, password_file).execution_options(**READING[url.get_backend_name()])
    try:
        with engine.connect() as connection, connection.begin():
            return check_range(connection, first, end)
    finally:
        engine.dispose()


def check_end(connection: Connection) -> Iterator[str]:
    """Does the chain end where its head says?"""
    known = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
    last = row_before(connection, None)
    if known is None:
        yield "the head of the chain is missing"
    elif known.seq > last.seq:
        yield _missing(last.seq + 1, known.seq)
    elif known.seq < last.seq:
        yield f"row {known.seq + 1} and all after it were inserted: the chain ends at row {known.seq}"
    elif known.hash != last.hash:
        yield f"row {last.seq} is not the row that was written last: the head of the chain has another hash"


def row_before(connection: Connection, seq: int | None) -> Mark:
    """The row that stands before this number, whatever its own is; before None the last one of all."""
    query = select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)
    row = connection.execute(query if seq is None else query.where(audit.c.seq < seq)).first()
    return BEGINNING if row is None else Mark(*row)


def _problems(blocks: Iterator[list[tuple[Any, ...]]], before: Mark) -> list[str]:
    problems: list[str] = []
    seq, previous = before.seq, before.hash
    encode, sha256 = _ENCODER.encode, hashlib.sha256
    for block in blocks:
        for row in block:
            digest = sha256(encode(row[:7])).hexdigest()
            if digest != row[7] or row[6] != previous or row[0] != seq + 1:
                problems += _told(row, digest, seq, previous)
            seq, previous = row[0], row[7]
    return problems


def _told(row: tuple[Any, ...], digest: str, seq: int, previous: str) -> Iterator[str]:
    found = row[0]
    if found < 1:
        yield f"row {found} was inserted: the chain begins with row 1"
    elif found != seq + 1:
        yield _missing(seq + 1, found - 1)
    elif row[6] != previous:
        yield f"row {found} does not follow the row before it: its previous hash is another"
    if digest != row[7]:
        yield f"row {found} was altered: its content does not give its hash"


def stored(connection: Connection, first: int | None, end: int | None) -> Iterator[list[tuple[Any, ...]]]:
    """The rows from `first` to `end` as they are stored, some at a time.

    Straight from the driver: SQLAlchemy's rows would cost as much as the hashing.
    """
    bounds = [f"seq {sign} {int(seq)}" for sign, seq in ((">=", first), ("<=", end)) if seq is not None]
    where = f"WHERE {' AND '.join(bounds)}" if bounds else ""
    query = f"SELECT {_COLUMNS} FROM audit {where} ORDER BY seq"  # noqa: S608 (our own names and whole numbers)
    driver: Any = connection.connection.driver_connection
    # PostgreSQL hands everything over at once, unless the cursor has a name.
    named = {"name": "trail"} if connection.dialect.name == "postgresql" else {}
    with closing(driver.cursor(**named)) as cursor:
        cursor.execute(query)
        while block := cursor.fetchmany(AT_ONCE):
            yield block


_COLUMNS = ", ".join(f'"{column.name}"' for column in audit.columns)


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"

"""Connections to the databases that records may be in: how each is opened, and how long it may keep us waiting."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError
from typing_extensions import override

from storage.records.errors import RecordsError
from storage.sqlite import sqlite, switch_to_wal

BUSY_SECONDS = 15
"""How long a SQLite transaction waits for another one before it gives up."""

ANSWER_SECONDS = 20.0
"""A PostgreSQL that has not answered for so long is taken for gone. It gives up before that by itself: see below."""

POSTGRESQL = {
    "connect_timeout": "5",
    "application_name": "cleanwatch",
    # A peer that was switched off is noticed although nothing says so.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
    # Milliseconds. A station that stands still in a transaction must not hold up the others for ever.
    "options": "-c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=30000 "
    "-c synchronous_commit=on",
}
"""What a URL does not say for itself."""

MOVED = "the file was moved"
"""Of a SQLite file that is no longer where it was opened; storage/records/troubles.py has it in words."""

READING: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},  # understood by _begin_sqlite
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""What makes a connection see one moment of the database and refuse to write, in each dialect."""


def url_of(url_or_path: str | Path) -> URL:
    """The URL of a database; a path is a SQLite file. RecordsError where it is no place for records."""
    if isinstance(url_or_path, Path) or "://" not in url_or_path:
        return URL.create("sqlite", database=str(url_or_path))
    url = make_url(url_or_path)
    if url.get_backend_name() not in READING:
        raise RecordsError(
            f"{url} is no place for records: name a file (SQLite), or a URL that begins with postgresql"
        )
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise RecordsError("Records need a file: name its path")
    return url


def engine_for(url: URL, password_file: Path | None = None) -> Engine:
    """Connections for every day; the password is read anew for each, so that it may be changed while running."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return _postgresql_engine(url, password_file, ANSWER_SECONDS)


def patient_engine_for(url: URL, password_file: Path | None = None) -> Engine:
    """Connections that may take their time: a migration rewrites tables, and waits for who else migrates."""
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    options = "-c statement_timeout=0 -c lock_timeout=0 -c synchronous_commit=on"
    return _postgresql_engine(url.update_query_dict({"options": options}), password_file, None)


def _sqlite_engine(url: URL) -> Engine:
    assert url.database is not None
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, module=sqlite, connect_args={"timeout": BUSY_SECONDS}, max_overflow=-1)
    file = _OneFile(url.database)
    event.listen(engine, "do_connect", file.check)
    event.listen(engine, "connect", file.opened)
    event.listen(engine, "begin", file.check)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


class _OneFile:
    """The file that was opened first. One that was moved away would take with it whatever is written from then on,
    and a new connection would begin an empty one in its place."""

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._first: tuple[int, int] | None = None

    def opened(self, *_of_what: object) -> None:
        self._first = self._first or self._there()

    def check(self, *_of_what: object) -> None:
        if self._first is not None and self._there() != self._first:
            raise OperationalError("BEGIN", None, sqlite.OperationalError(MOVED))

    def _there(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own; _begin_sqlite does
    switch_to_wal(connection, BUSY_SECONDS)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _postgresql_engine(url: URL, password_file: Path | None, patience: float | None) -> Engine:
    url = url.set(drivername="postgresql+psycopg", query={**POSTGRESQL, **url.query})
    engine = create_engine(
        url,
        isolation_level="READ COMMITTED",  # the audit trail's lock on its head counts on it
        pool_pre_ping=True,  # a connection that broke while idle is replaced before it is used
        pool_timeout=10,
        max_overflow=20,
    )
    event.listen(engine, "do_connect", _connecting(password_file, patience))
    return engine


def _connecting(password_file: Path | None, patience: float | None) -> Callable[..., psycopg.Connection]:
    def connect(_dialect: object, _record: object, arguments: list[Any], parameters: dict[str, Any]) -> _Connection:
        if password_file is not None:
            parameters["password"] = _password(password_file)
        connection = _Connection.connect(*arguments, **parameters)
        connection.patience = patience
        return connection

    return connect


def _password(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError as error:
        raise RecordsError(
            f"The password of the records cannot be read from {file}, which CLEANWATCH_RECORDS_PASSWORD_FILE names: "
            f"{error.strerror}."
        ) from error


Result = TypeVar("Result")


class _Connection(psycopg.Connection):
    """One that does not wait for ever: a server that stands still says nothing, and keeps its side open."""

    patience: float | None = None

    @override
    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError as error:
            if error.sqlstate is None and self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # nobody knows what it is doing: of no use any more
                raise psycopg.OperationalError(f"no answer within {timeout or self.patience:g} s") from error
            raise

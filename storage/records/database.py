"""Opening the records, and the two ways to use them: a transaction that writes, and a reading that cannot."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError

from facility.instants import Clock
from storage.records import append_only, audit, migrating
from storage.records.migrating import RecordsError
from storage.sqlite import sqlite, switch_to_wal

BUSY_SECONDS = 15
"""How long a SQLite transaction waits for another one before it gives up."""

READING: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},  # understood by _begin_sqlite
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""What makes a connection see one moment of the database and refuse to write, in each dialect."""


class Records:
    """An open records store. Any thread may use it; any number of processes may have the same records open."""

    def __init__(self, engine: Engine) -> None:
        self._writing = engine
        self._reading = engine.execution_options(**READING[engine.dialect.name])

    @classmethod
    def open(cls, url_or_path: str | Path, clock: Clock) -> "Records":
        """Open the records at a path (SQLite) or database URL, creating or migrating them where needed.

        Raises RecordsError where the schema is newer than this program, where the database cannot be opened or
        belongs to something else, and where triggers are missing that keep the records append-only.
        """
        url = _url(url_or_path)
        records = cls(_engine(url))
        try:
            records._bring_up_to_date(clock)
        except DBAPIError as error:
            records.close()
            raise RecordsError(f"The records at {url} cannot be opened: {error.orig}.") from error
        except BaseException:
            records.close()
            raise
        return records

    def transaction(self) -> AbstractContextManager[Connection]:
        """A transaction that commits at the end, or rolls back on an exception.

        In SQLite it has the one write lock from its beginning (BEGIN IMMEDIATE): keep it short.
        """
        return self._writing.begin()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the records as they are now, which cannot write and delays nobody who does."""
        with self._reading.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._writing.dispose()

    def _bring_up_to_date(self, clock: Clock) -> None:
        with self.reading() as connection:
            up_to_date = migrating.present_revision(connection) == migrating.newest_revision()
        if not up_to_date:
            self._migrate(clock)
        with self.reading() as connection:
            if missing := append_only.missing_triggers(connection):
                raise RecordsError(
                    f"The records are no longer protected against change: {', '.join(missing)} missing or altered. "
                    "Find out who changed the database, verify the audit trail, restore a backup."
                )

    def _migrate(self, clock: Clock) -> None:
        with self.transaction() as connection:
            before = migrating.present_revision(connection)
            newest = migrating.newest_revision()
            if before == newest:  # another process was faster
                return
            migrating.upgrade(connection)
            audit.append(
                connection,
                clock(),
                [audit.AuditEntry("cleanwatch", "schema migrated", "records", {"from": before, "to": newest})],
            )


def _url(url_or_path: str | Path) -> URL:
    if isinstance(url_or_path, str) and "://" in url_or_path:
        return make_url(url_or_path)
    return URL.create("sqlite", database=str(url_or_path))


def _engine(url: URL) -> Engine:
    if url.get_backend_name() not in READING:
        raise RecordsError(
            f"{url} is no place for records: name a file (SQLite), or a URL that begins with postgresql"
        )
    if url.get_backend_name() != "sqlite":
        return create_engine(url)
    if url.database in (None, "", ":memory:"):
        raise RecordsError("Records need a file: name its path")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, module=sqlite, connect_args={"timeout": BUSY_SECONDS}, max_overflow=-1)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins no transactions of its own; _begin_sqlite does
    switch_to_wal(connection, BUSY_SECONDS)
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

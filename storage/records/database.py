"""Opening the records, and the two ways to use them: a transaction that writes, and a reading that cannot."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError

from facility.instants import Clock, Instant
from facility.language import retold
from storage.records import append_only, migrating, rights
from storage.records.connecting import BUSY_SECONDS, READING, engine_for, url_of
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.troubles import AWAY, in_words

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RecordsHealth:
    """Whether the database does its work. `problem` says in words what is wrong, `since` when it was first met."""

    problem: str | None = None
    since: Instant | None = None


class Records:
    """An open records store. Any thread may use it; any number of processes may have the same records open."""

    def __init__(self, url: URL, clock: Clock, password_file: Path | None = None) -> None:
        self._url = url
        self._clock = clock
        self._password_file = password_file
        self._writing = engine_for(url, password_file)
        self._reading = self._writing.execution_options(**READING[self._writing.dialect.name])
        self._health = RecordsHealth()
        self._opening = False
        """Whoever opens them is told by an exception, and says so in the log once, however often it tries again."""
        self._health_lock = threading.Lock()
        self._turn = threading.Lock()

    @classmethod
    def open(cls, url_or_path: str | Path, clock: Clock, password_file: Path | None = None) -> "Records":
        """Open the records at a path (SQLite) or database URL, creating or migrating them where needed.

        Raises RecordsAwayError where the database cannot be reached now. Raises RecordsError where the schema is
        newer than this program, or older and not to be migrated by this role; where the database belongs to
        something else; where rights or the triggers are missing that keep the records append-only.
        """
        records = cls(url_of(url_or_path), clock, password_file)
        records._opening = True
        try:
            records._bring_up_to_date()
        except DBAPIError as error:
            records.close()
            raise RecordsError(in_words(error, records._url)) from error
        except BaseException:
            records.close()
            raise
        records._opening = False
        return records

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that commits at the end, or rolls back on an exception.

        In SQLite it has the one write lock from its beginning (BEGIN IMMEDIATE): keep it short. Raises
        RecordsAwayError where the database fails; at the very end it is then not known whether all of it is on
        record or nothing: read what is.
        """
        with self._answering(), self._in_turn(), self._writing.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of the records as they are now, which cannot write and delays nobody who does.

        Raises RecordsAwayError where the database fails.
        """
        with self._answering(), self._reading.connect() as connection, connection.begin():
            yield connection

    def health(self) -> RecordsHealth:
        """How the last transaction or reading went."""
        return self._health

    @property
    def address(self) -> tuple[URL, Path | None]:
        """Where they are, and the file of the password: for another process that opens them."""
        return self._url, self._password_file

    @property
    def place(self) -> str:
        """Where the records are, in words, without a password."""
        if self.embedded:
            return f"SQLite, {self._url.database}"
        return f"PostgreSQL, {self._url.host or 'this machine'}/{self._url.database}"

    @property
    def embedded(self) -> bool:
        """Are they a file of ours?"""
        return self._writing.dialect.name == "sqlite"

    def close(self) -> None:
        """Close every connection that is not in use."""
        self._writing.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer after the other in this process too. SQLite has whoever finds it busy ask again later, up to
        0.1 s, while others come and go; a lock is handed on at once."""
        mine = self.embedded and self._turn.acquire(timeout=BUSY_SECONDS)
        try:
            yield
        finally:
            if mine:
                self._turn.release()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except AWAY as error:
            words = in_words(error, self._url)
            self._is_away(words)
            raise RecordsAwayError(retold(words, "storage/records/troubles.py")) from error
        self._is_back()

    def _is_away(self, problem: str) -> None:
        with self._health_lock:
            known = self._health
            self._health = RecordsHealth(problem, known.since or self._clock())
        if known.problem != problem and not self._opening:
            log.error("%s Tried again until it works.", problem)

    def _is_back(self) -> None:
        if self._health.problem is None:
            return
        with self._health_lock:
            since, self._health = self._health.since, RecordsHealth()
        if since is not None:
            log.info("the records can be used again, after %.0f s", (self._clock() - since) / 1000)

    def _bring_up_to_date(self) -> None:
        with self.reading() as connection:
            up_to_date = migrating.present_revision(connection) == migrating.newest_revision()
        if not up_to_date:
            migrating.migrate(self._url, self._clock, self._password_file)
        with self.reading() as connection:
            if missing := append_only.missing_triggers(connection):
                raise RecordsError(
                    f"The records are no longer protected against change: {', '.join(missing)} missing or altered. "
                    "Find out who changed the database, verify the audit trail, restore a backup."
                )
            if missing := rights.missing(connection):
                raise RecordsError(
                    f"Role {self._url.username} has not the rights it needs in the records: {', '.join(missing)}. "
                    f"As the owner of the tables run: cleanwatch records migrate --grant-to {self._url.username}"
                )
            if rights.too_many(connection):
                log.warning(
                    "role %s could take away what keeps the records append-only: let another role own the tables "
                    "(docs/operations.md)",
                    self._url.username,
                )

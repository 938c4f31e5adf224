"""The local store: the truth of what arrived, and what is asked of it."""

import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import pandas as pd

from facility.instants import Clock, Instant
from storage.samples.columns import Array, Columns, Numbered
from storage.samples.commit import Commit, Intake
from storage.samples.frames import raw_frame
from storage.samples.local import arrival, envelope, inventory, owing, queries, set_aside, sources
from storage.samples.local.append import write_commit
from storage.samples.local.backfill import backfill
from storage.samples.local.backlog import Backlog, Progress, Refused, progress, refused
from storage.samples.local.database import Database
from storage.samples.local.follower import Follower, RecentCommits, register
from storage.samples.local.points import KnownPoints, id_of
from storage.samples.local.prune import prune, pruned_before
from storage.samples.local.seal import seal
from storage.samples.local.set_aside import Conflict, StoredLetter
from storage.samples.local.sources import Balance, Gap


class LocalStore:
    """One SQLite file that one station writes and any process on this machine reads. Any thread may use it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known = KnownPoints()
        self._recent = RecentCommits()
        self._followers: weakref.WeakSet[Follower] = weakref.WeakSet()

    @classmethod
    def open(cls, path: Path, clock: Clock, read_only: bool = False) -> Self:
        """Open the file, or create it. `read_only` is for processes beside the station: they never write.

        Raises NewerSchemaError where a newer Cleanwatch wrote it, FileNotFoundError where there is nothing to read.
        """
        return cls(Database(path, read_only), clock)

    @property
    def path(self) -> Path:
        """Where the file is, for another process to read."""
        return self._database.path

    def close(self) -> None:
        """Write down how far the followers are, and close the file."""
        self._save_followers()
        self._database.close()

    def append(self, intakes: Sequence[Intake]) -> Commit:
        """Put everything of these messages on disk in one transaction; only then may they be acknowledged.

        Every call is a commit, also one that brings nothing new (only repeats, conflicts or dead letters).
        Raises the SQLite error where the disk is full or fails: then nothing of it is stored, and it can be tried
        again as it is.
        """
        try:
            with self._database.writing() as connection:
                commit = write_commit(connection, self._known, self._clock(), intakes)
        except BaseException:
            self._known.forget()
            raise
        self._recent.add(commit)
        return commit

    def backfill(self, history: Mapping[str, Columns], source: str) -> Commit:
        """Store history in bulk, by point, as one commit that says which stretches are new.

        What is stored already wins: equal readings are counted as repeats, others recorded as conflicts.
        """
        try:
            commit = backfill(self._database, self._known, self._clock, history, source)
        except BaseException:
            self._known.forget()
            raise
        self._recent.add(commit)
        return commit

    def seal(self, upto: Instant) -> int:
        """Move readings older than `upto` into compressed chunks, as far as all followers have passed them.

        To be called now and then, every quarter of an hour, with a time that most late readings have arrived by,
        an hour ago. Returns how many readings were moved. Any process may call it; appending goes on meanwhile.
        """
        self._save_followers()
        return seal(self._database, upto)

    def follow(self, name: str, after: int | None = None) -> Follower:
        """Follow the commits from `after` + 1 on, and hold back sealing until they are passed.

        Without `after` a follower goes on where it was, and a new one begins with the next commit. Raises
        CommitsSealedError where these commits are no longer kept by number, ValueError where they are yet to come.
        """
        with self._database.writing() as connection:
            position = register(connection, name, after)
        follower = Follower(self._database, self._recent, self._clock, name, position)
        self._followers.add(follower)
        return follower

    def passed(self, name: str) -> int | None:
        """The number up to which a follower has written down that it passed the commits; None if it is new."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT passed FROM follower WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def backlog(self, name: str) -> Backlog:
        """Take what is stored, now and from now on, without holding back sealing; goes on where it was.

        To one that is new everything that the store holds is owed.
        """
        with self._database.writing() as connection:
            owing.join(connection, name)
        return Backlog(self._database, name)

    def progress(self, name: str) -> Progress | None:
        """How far a backlog is; None where there is none of this name."""
        return progress(self._database, name)

    def refused(self, name: str, limit: int = 100) -> list[Refused]:
        """Readings that a backlog was refused for good, by time."""
        return refused(self._database, name, limit)

    def unfollow(self, name: str) -> None:
        """This follower or backlog will not come back: nothing is kept for it any longer."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM follower WHERE name = ?", (name,))
            owing.leave(connection, name)

    def prune(self, before: Instant) -> int:
        """Remove sealed days that ended before this time and are owed to nobody; how many readings went.

        Does nothing as long as there is no backlog, since then nobody else has them. The newest day of a point
        always stays.
        """
        try:
            return prune(self._database, before)
        finally:
            with self._database.writing():
                self._known.forget()

    def latest(self, points: Sequence[str]) -> pd.DataFrame:
        """The newest reading of each point that has one: `RAW_COLUMNS`, indexed by point."""
        with self._database.reading() as connection:
            return queries.latest(connection, points)

    def raw(self, point: str, start: Instant, end: Instant) -> pd.DataFrame:
        """Every reading of one point, by time: `RAW_COLUMNS`."""
        return raw_frame(self.columns(point, start, end))

    def columns(self, point: str, start: Instant, end: Instant) -> Columns:
        """Every reading of one point, by time, as arrays."""
        with self._database.reading() as connection:
            return queries.columns(connection, point, start, end)

    def numbered(self, point: str, start: Instant, end: Instant) -> Numbered:
        """The same, each reading with the commit that brought it."""
        with self._database.reading() as connection:
            id = id_of(connection, point)
            if id is None or start >= end:
                return Numbered.of_rows([])
            return arrival.numbered(connection, id, start, end)

    def commits(self) -> Iterator[Commit]:
        """Every commit that is kept, sealed or not, in order, as it was handed over when it was made."""
        return arrival.commits(self._database)

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        """At most `buckets` equal buckets a point, empty ones left out: `ENVELOPE_COLUMNS`.

        From one hour a bucket on they begin at whole hours and are whole hours long.
        """
        with self._database.reading() as connection:
            return envelope.envelope(connection, points, start, end, buckets)

    def count_outside(self, point: str, start: Instant, end: Instant, low: float | None, high: float | None) -> int:
        """How many judged readings lie below `low` or above `high`, exactly."""
        with self._database.reading() as connection:
            return envelope.count_outside(connection, point, start, end, low, high)

    def extent(self, points: Sequence[str]) -> tuple[Instant, Instant] | None:
        """Times of the first and the last reading of these points, or None where there is no reading."""
        with self._database.reading() as connection:
            return queries.extent(connection, points)

    def points(self) -> list[str]:
        """Every point that was ever stored, by name."""
        with self._database.reading() as connection:
            return inventory.points(connection)

    def days(self, first: int, end: int) -> list[int]:
        """The days (UTC, since 1970) from the first on and before the end that have readings here."""
        with self._database.reading() as connection:
            return inventory.days(connection, first, end)

    def as_of(self, number: int, point: str, start: Instant, end: Instant) -> Columns:
        """The readings of a range that commits up to this number brought; no follower may have passed it by more."""
        with self._database.reading() as connection:
            return inventory.as_of(connection, number, point, start, end)

    def brought_in_bulk(self, number: int) -> list[tuple[str, Array]]:
        """Points and times of the readings that a commit of backfilled history brought."""
        with self._database.reading() as connection:
            return inventory.brought_in_bulk(connection, number)

    def hours_kept(self, point: str, day: int) -> Array:
        """The sums of the hours of a sealed day (`SUMMARY`), as they are kept."""
        with self._database.reading() as connection:
            return inventory.hours_kept(connection, point, day)

    def sealed(self, point: str, day: int) -> Columns:
        """The readings of a day that are in its chunk, which the kept sums are of."""
        with self._database.reading() as connection:
            return inventory.sealed(connection, point, day)

    def rows_without_commit(self) -> int:
        """How many rows name a commit that was never made; there is none, unless somebody wrote into the file."""
        with self._database.reading() as connection:
            return inventory.without_commit(connection)

    def pruned_days(self) -> dict[str, int]:
        """Points of which days were pruned, and the day before which."""
        with self._database.reading() as connection:
            return inventory.pruned_days(connection)

    def newest(self) -> tuple[int, Instant]:
        """Number and stamp of the newest commit; zeros before the first."""
        with self._database.reading() as connection:
            number, stamp = connection.execute("SELECT number, stamp FROM head").fetchone()
        return int(number), int(stamp)

    def stamp_after(self, number: int) -> Instant | None:
        """When the first commit after this number was made, if there is one and it is still kept by its number."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT stamp FROM commits WHERE number > ? ORDER BY number LIMIT 1", (number,)
            ).fetchone()
        return None if row is None else int(row[0])

    def complete_since(self) -> Instant:
        """From when on nothing has been pruned; 0 where nothing ever was."""
        with self._database.reading() as connection:
            return pruned_before(connection)

    def balance(self) -> list[Balance]:
        """What became of the readings of each source."""
        with self._database.reading() as connection:
            return sources.balance(connection)

    def dead_letters(self, after: int = 0, limit: int = 100) -> list[StoredLetter]:
        """Dead letters that wait for a fix, oldest first, from the one after the number `after` on."""
        with self._database.reading() as connection:
            return set_aside.dead_letters(connection, after, limit)

    def letters_waiting(self, most: int) -> int:
        """How many dead letters wait for a fix; they are counted up to `most`."""
        with self._database.reading() as connection:
            return set_aside.waiting(connection, most)

    def dead_letter(self, id: int) -> StoredLetter | None:
        """One dead letter by its number, replayed or not."""
        with self._database.reading() as connection:
            return set_aside.dead_letter(connection, id)

    def mark_replayed(self, id: int) -> None:
        """A dead letter has been appended after a fix and waits no longer. Raises KeyError.

        In the balance it stays dead-lettered; what it brought when replayed was received a second time.
        """
        with self._database.writing() as connection:
            set_aside.mark_replayed(connection, id, self._clock())

    def conflicts(self, after: int = 0, limit: int = 100) -> list[Conflict]:
        """Offered readings that contradict stored ones, oldest first, from the one after the number `after` on."""
        with self._database.reading() as connection:
            return set_aside.conflicts(connection, after, limit)

    def acknowledged(self, source: str) -> tuple[int, int] | None:
        """The newest epoch of a source and the sequence up to which all its messages are stored, or None.

        The numbers of an epoch begin at 0 or 1, and epochs grow; 0 says that the beginning is missing.
        """
        with self._database.reading() as connection:
            return sources.acknowledged(connection, source)

    def gaps(self, source: str) -> list[Gap]:
        """Message numbers of a source that have not arrived."""
        with self._database.reading() as connection:
            return sources.gaps(connection, source)

    def _save_followers(self) -> None:
        for follower in list(self._followers):
            follower.save()

"""Followers take commits in order of their numbers: from memory where they keep up, else from the file."""

import threading
import time
from collections import OrderedDict, defaultdict
from typing import Any

import msgspec

from facility.instants import SECOND, Clock, Instant
from facility.plant_events import PlantEvent
from facility.reading import Reading
from storage.samples.commit import Commit, Stretch
from storage.samples.local.database import Database
from storage.samples.local.schema import Connection

RECENT_READINGS = 20_000
"""About so many readings are kept in memory for the followers of this process."""
LOOK_AGAIN = 0.25
"""Seconds after which a waiting follower looks whether another process has written."""


class CommitsSealedError(Exception):
    """A follower asks for commits that are no longer kept by number."""


class RecentCommits:
    """The newest commits of this process, for all its followers. Whoever is slower reads from the file."""

    def __init__(self) -> None:
        self._commits: OrderedDict[int, Commit] = OrderedDict()
        self._readings = 0
        self._changed = threading.Condition()

    def add(self, commit: Commit) -> None:
        """Hand a commit over; never waits for anyone."""
        with self._changed:
            self._commits[commit.number] = commit
            self._readings += len(commit.readings) + 1
            while self._readings > RECENT_READINGS and len(self._commits) > 1:
                _, oldest = self._commits.popitem(last=False)
                self._readings -= len(oldest.readings) + 1
            self._changed.notify_all()

    def get(self, number: int) -> Commit | None:
        """The commit of this number, if it is still in memory."""
        with self._changed:
            return self._commits.get(number)

    def wait(self, number: int, seconds: float) -> None:
        """Until this number is in memory, or the time has run out."""
        with self._changed:
            self._changed.wait_for(lambda: number in self._commits, seconds)


class Follower:
    """One reader of commits. Use it from one thread."""

    def __init__(self, database: Database, recent: RecentCommits, clock: Clock, name: str, position: int) -> None:
        self.name = name
        self._database = database
        self._recent = recent
        self._clock = clock
        self._position = position
        self._passed = self._saved = position
        self._saved_at = clock()

    def next(self, timeout: float) -> Commit | None:
        """The next commit, waiting for it up to `timeout` seconds; None where there was none."""
        number = self._position + 1
        deadline = time.monotonic() + timeout
        while True:
            commit = self._recent.get(number) or self._from_file(number)
            if commit is not None:
                self._position = number
                return commit
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return None
            self._recent.wait(number, min(remaining, LOOK_AGAIN))

    def passed(self, number: int) -> None:
        """This follower will not ask for commits up to this number again, so they may be sealed.

        Written to the file at most once a second, and before each seal: after a crash a follower that was opened
        without `after` may see the commits of the last second again.
        """
        self._passed = number
        if self._clock() - self._saved_at >= SECOND:
            self.save()

    def save(self) -> None:
        """Write down how far this follower is."""
        self._saved_at = self._clock()
        passed = self._passed
        if passed > self._saved:
            with self._database.writing() as connection:
                connection.execute("UPDATE follower SET passed = ? WHERE name = ?", (passed, self.name))
            self._saved = passed

    def _from_file(self, number: int) -> Commit | None:
        with self._database.reading() as connection:
            return read_commit(connection, number)


def register(connection: Connection, name: str, after: int | None) -> int:
    """Write down that somebody follows; the number after which it begins. Raises CommitsSealedError, ValueError."""
    number, sealed = connection.execute("SELECT number, sealed FROM head").fetchone()
    known = connection.execute("SELECT passed FROM follower WHERE name = ?", (name,)).fetchone()
    if after is None:
        after = known[0] if known else number
    if after > number:
        raise ValueError(
            f"follower {name} has passed commit {after}, but the newest in the local store is {number}: "
            "the store is older than what the follower remembers, or another one"
        )
    if after < sealed:
        raise CommitsSealedError(
            f"follower {name} asks for commit {after + 1}; commits up to {sealed} are sealed into history. "
            "Read them from the store by time, then follow from there"
        )
    connection.execute("INSERT OR REPLACE INTO follower VALUES (?, ?)", (name, after))
    connection.execute("UPDATE head SET generation = generation + 1")  # a seal under way may be about to pass it
    return int(after)


def read_commit(connection: Connection, number: int) -> Commit | None:
    """A commit from the file, equal to what was handed over when it was written; None where there is none."""
    row = connection.execute("SELECT stamp FROM commits WHERE number = ?", (number,)).fetchone()
    if row is None:
        return None
    readings = connection.execute(
        "SELECT point.name, time, value, reasons, received, sequence, count, volume "
        "FROM hot JOIN point ON point.id = point_id WHERE number = ? ORDER BY time, point.name",
        (number,),
    ).fetchall()
    return Commit(
        number=number,
        stamp=row[0],
        readings=tuple(reading_of(*reading) for reading in readings),
        events=tuple(read_events(connection, number, number).get(number, ())),
        backfilled=tuple(read_stretches(connection, number, number).get(number, ())),
    )


def read_events(connection: Connection, first: int, last: int) -> dict[int, list[PlantEvent]]:
    """The plant events of these commits, by number, in their order."""
    found: dict[int, list[PlantEvent]] = defaultdict(list)
    for number, body in connection.execute(
        "SELECT number, body FROM plant_event WHERE number BETWEEN ? AND ? ORDER BY number, position", (first, last)
    ).fetchall():
        found[number].append(_EVENT.decode(body))
    return found


def read_stretches(connection: Connection, first: int, last: int) -> dict[int, list[Stretch]]:
    """The stretches of history that these commits brought in bulk, by number, each by point."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    for number, *stretch in connection.execute(
        "SELECT number, point.name, start, end FROM stretch JOIN point ON point.id = point_id "
        "WHERE number BETWEEN ? AND ? ORDER BY number, point.name",
        (first, last),
    ).fetchall():
        found[number].append(Stretch(*stretch))
    return found


_EVENT: msgspec.json.Decoder[PlantEvent] = msgspec.json.Decoder(PlantEvent)


def reading_of(point: str, time: Instant, value: float | None, *rest: Any) -> Reading:
    """A reading from its row."""
    return Reading(point, time, float("nan") if value is None else value, *rest)

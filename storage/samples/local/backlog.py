"""A backlog: a follower that may lag for days and holds up nobody. It takes readings in two queues, oldest first.

`newest` are rows of commits that it has not passed, in order of their numbers. When sealing overtakes it, what it has
not passed is *owed* to it, by point and hour, and `owed` reads that back from the chunks. What it has taken may come
again, after a crash or because its hour got a late reading: whoever takes readings must not mind a repeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from facility.instants import DAY, HOUR, Instant
from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.local import chunks, owing
from storage.samples.local.database import Database
from storage.samples.local.follower import reading_of
from storage.samples.local.queries import READING
from storage.samples.local.schema import Connection

MOST_HOURS = 5_000
"""So many owed hours at most are settled in one transaction, which bounds how long the write lock is held."""
BEFORE_EVERY_HOUR = -(1 << 62)


@dataclass(frozen=True, slots=True)
class OwedHour:
    """An hour of a point that a backlog has not finished with."""

    point: str
    start: Instant
    readings: int
    """So many of it have not been settled yet; with 0 only its sums are to be made."""
    pruned: bool
    """The local store has pruned this day before: what it holds of the hour came late and is not all of it."""
    point_id: int
    generation: int


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """What is to be taken together: readings of commits up to `passed`, or hours with all of their readings."""

    passed: int | None = None
    readings: tuple[Reading, ...] = ()
    hours: tuple[OwedHour, ...] = ()
    columns: tuple[tuple[str, Columns], ...] = ()
    """The readings of the hours, of a point and day each."""
    pruned: frozenset[tuple[str, Instant]] = frozenset()
    """Points and hours whose day the local store has pruned: it no longer knows what else it held of them."""

    def __len__(self) -> int:
        return len(self.readings) + sum(len(columns) for _, columns in self.columns)


@dataclass(frozen=True, slots=True)
class Refused:
    """A reading that whoever takes them will never accept, and the reason given."""

    point: str
    time: Instant
    reason: str
    line: str


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backlog is, in readings: stored = taken + refused + waiting, at any moment."""

    stored: int
    taken: int
    refused: int
    oldest: Instant | None
    """No reading that waits is older; for owed hours the beginning of the hour. None where none waits."""
    passed: int
    """The newest commit of which nothing waits any more, except in owed hours."""
    sums_due: int
    """Hours of points whose readings are taken and whose sums are not made yet."""

    @property
    def waiting(self) -> int:
        return self.stored - self.taken - self.refused


class Backlog:
    """One taker of readings. Use it from one thread."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def newest(self, limit: int) -> Portion | None:
        """The next readings in order of commits, about `limit`; None where there is none."""
        with self._database.reading() as connection:
            passed = self._passed(connection)
            numbers = "SELECT number FROM hot WHERE number > ? ORDER BY number LIMIT 1 OFFSET ?"
            first = connection.execute(numbers, (passed, 0)).fetchone()
            if first is None:
                return None
            beyond = connection.execute(numbers, (passed, limit)).fetchone()
            (newest,) = connection.execute("SELECT number FROM head").fetchone()
            upto = newest if beyond is None else max(beyond[0] - 1, first[0])
            rows = connection.execute(
                f"SELECT time < before_hour * ?, point.name, {READING} FROM hot "  # noqa: S608 - a constant
                "JOIN point ON point.id = hot.point_id LEFT JOIN pruned ON pruned.point_id = hot.point_id "
                "WHERE number > ? AND number <= ? ORDER BY number",
                (HOUR, passed, upto),
            ).fetchall()
        readings = tuple(reading_of(*row) for _, *row in rows)
        pruned = frozenset(
            (reading.point, reading.time // HOUR * HOUR)
            for reading, (before, *_) in zip(readings, rows, strict=True)
            if before
        )
        return Portion(upto, readings, pruned=pruned)

    def owed(self, limit: int) -> Portion | None:
        """Hours that are owed, whole, with about `limit` readings; None where there is none.

        The oldest day comes first, and of a day one point after the other, so that a chunk is read once or twice.
        """
        hours: list[OwedHour] = []
        columns: list[tuple[str, Columns]] = []
        found = 0
        with self._database.reading() as connection:
            for point, of_point in self._owed_of_points(connection):
                several, readings = _first(connection, of_point, limit - found)
                hours += several
                columns.append((point, readings))
                found += len(readings)
                if found >= limit:
                    break
        pruned = frozenset((hour.point, hour.start) for hour in hours if hour.pruned)
        return Portion(None, (), tuple(hours), tuple(columns), pruned) if hours else None

    def settle(self, portion: Portion, refused: Sequence[Refused] = ()) -> None:
        """These readings are taken, or refused for good; they wait no longer. On disk when this returns."""
        with self._database.writing() as connection:
            settled = sum(self._settle_hour(connection, hour) for hour in portion.hours)
            self._forget_refused(connection, portion.hours)
            if portion.passed is not None:
                (rows,) = connection.execute(
                    "SELECT count(*) FROM hot WHERE number > ? AND number <= ?",
                    (self._passed(connection), portion.passed),
                ).fetchone()
                settled += rows
                connection.execute("UPDATE backlog SET passed = ? WHERE name = ?", (portion.passed, self._name))
            connection.execute("UPDATE backlog SET settled = settled + ? WHERE name = ?", (settled, self._name))
            connection.executemany(
                "INSERT OR REPLACE INTO refused SELECT ?, id, ?, ?, ? FROM point WHERE name = ?",
                [(self._name, one.time, one.reason, one.line, one.point) for one in refused],
            )

    def whole_hours(self, before: Instant, limit: int) -> list[OwedHour]:
        """Hours that ended before this time and whose readings are all taken: their sums can be made now."""
        with self._database.reading() as connection:
            which = "readings = 0 AND hour BETWEEN ? AND ? ORDER BY hour, owed.point_id"
            return list(self._hours(connection, which, BEFORE_EVERY_HOUR, before // HOUR - 1, limit))

    def finish(self, hours: Sequence[OwedHour]) -> None:
        """The sums of these hours are made. An hour that has changed meanwhile stays."""
        with self._database.writing() as connection:
            connection.executemany(
                "DELETE FROM owed WHERE backlog = ? AND hour = ? AND point_id = ? AND generation = ? "
                "AND readings = 0",
                [(self._name, hour.start // HOUR, hour.point_id, hour.generation) for hour in hours],
            )

    def owe_again(self, since: Instant) -> int:
        """Take everything again that is kept from this hour on; how many readings that adds to those that wait."""
        with self._database.writing() as connection:
            return owing.owe_again(connection, self._name, since)

    def progress(self) -> Progress:
        """How far this backlog is."""
        found = progress(self._database, self._name)
        if found is None:
            raise KeyError(f"the local store has no backlog {self._name}")
        return found

    def _passed(self, connection: Connection) -> int:
        passed: int = connection.execute("SELECT passed FROM backlog WHERE name = ?", (self._name,)).fetchone()[0]
        return passed

    def _owed_of_points(self, connection: Connection) -> Iterator[tuple[str, list[OwedHour]]]:
        """The owed hours of each day and point, the oldest days first, `MOST_HOURS` at most."""
        end, left = BEFORE_EVERY_HOUR, MOST_HOURS
        while left:
            oldest = connection.execute(
                "SELECT hour FROM owed WHERE backlog = ? AND readings > 0 AND hour >= ? ORDER BY hour LIMIT 1",
                (self._name, end),
            ).fetchone()
            if oldest is None:
                return
            (begin,) = oldest
            end = (chunks.day_of(begin * HOUR) + 1) * DAY // HOUR
            which = "readings > 0 AND hour BETWEEN ? AND ? ORDER BY owed.point_id, hour"
            of_day = list(self._hours(connection, which, begin, end - 1, left))
            left -= len(of_day)
            for point, of_point in groupby(of_day, key=lambda one: one.point):
                yield point, list(of_point)

    def _hours(self, connection: Connection, which: str, first: int, last: int, limit: int) -> Iterator[OwedHour]:
        for point, start, readings, pruned, *rest in connection.execute(
            "SELECT point.name, hour * ?, readings, hour < before_hour, owed.point_id, generation FROM owed "  # noqa: S608 - constants
            "JOIN point ON point.id = owed.point_id LEFT JOIN pruned ON pruned.point_id = owed.point_id "
            f"WHERE backlog = ? AND {which} LIMIT ?",
            (HOUR, self._name, first, last, limit),
        ):
            yield OwedHour(point, start, readings, bool(pruned), *rest)

    def _settle_hour(self, connection: Connection, hour: OwedHour) -> int:
        """How many readings of it waited; 0 where it has changed since it was read, then it will come again."""
        settled = connection.execute(
            "UPDATE owed SET readings = 0 WHERE backlog = ? AND hour = ? AND point_id = ? AND generation = ?",
            (self._name, hour.start // HOUR, hour.point_id, hour.generation),
        )
        return hour.readings if settled.rowcount else 0

    def _forget_refused(self, connection: Connection, hours: Sequence[OwedHour]) -> None:
        """What was refused of these hours before was offered again with them."""
        if connection.execute("SELECT 1 FROM refused WHERE backlog = ? LIMIT 1", (self._name,)).fetchone():
            connection.executemany(
                "DELETE FROM refused WHERE backlog = ? AND point_id = ? AND time BETWEEN ? AND ?",
                [(self._name, hour.point_id, hour.start, hour.start + HOUR - 1) for hour in hours],
            )


def progress(database: Database, name: str) -> Progress | None:
    """How far a backlog is, asked by anyone; None where there is no such backlog."""
    with database.reading() as connection:
        row = connection.execute("SELECT passed, settled FROM backlog WHERE name = ?", (name,)).fetchone()
        if row is None:
            return None
        passed, settled = row
        (refused,) = connection.execute("SELECT count(*) FROM refused WHERE backlog = ?", (name,)).fetchone()
        (sums_due,) = connection.execute(
            "SELECT count(*) FROM owed WHERE backlog = ? AND readings = 0", (name,)
        ).fetchone()
        hour = connection.execute(
            "SELECT hour * ? FROM owed WHERE backlog = ? AND readings > 0 ORDER BY hour LIMIT 1", (HOUR, name)
        ).fetchone()
        row = connection.execute(
            "SELECT time FROM hot WHERE number > ? ORDER BY number, time LIMIT 1", (passed,)
        ).fetchone()
        return Progress(
            stored=owing.stored(connection),
            taken=settled - refused,
            refused=refused,
            oldest=min((found[0] for found in (hour, row) if found), default=None),
            passed=passed,
            sums_due=sums_due,
        )


def refused(database: Database, name: str, limit: int) -> list[Refused]:
    """Readings that a backlog was refused for good, by time."""
    with database.reading() as connection:
        rows = connection.execute(
            "SELECT point.name, time, reason, line FROM refused JOIN point ON point.id = point_id "
            "WHERE backlog = ? ORDER BY time, point.name LIMIT ?",
            (name, limit),
        ).fetchall()
    return [Refused(*row) for row in rows]


def _first(connection: Connection, hours: list[OwedHour], limit: int) -> tuple[list[OwedHour], Columns]:
    """The first of these hours of one point and day, and every reading of them: what is owed is sealed."""
    key = hours[0].point_id, chunks.day_of(hours[0].start)
    day = Columns.joined([Columns.of_rows([]), *chunks.load(connection, Columns, *key, key[1])])
    starts = np.array([hour.start for hour in hours])
    found = np.cumsum(np.searchsorted(day.time, starts + HOUR) - np.searchsorted(day.time, starts))
    taken = int(np.searchsorted(found, limit)) + 1
    return hours[:taken], day.take(np.isin(day.time // HOUR, starts[:taken] // HOUR))

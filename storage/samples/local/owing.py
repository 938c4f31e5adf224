"""What is owed to backlogs: hours of points whose readings, or whose sums, they have not taken yet.

Every stored reading is, for each backlog, in exactly one of three states: a row of a commit that the backlog has not
passed; counted in an owed hour; settled. It changes state in one transaction, so the numbers are exact at any moment.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from facility.instants import DAY, HOUR, Instant
from storage.samples.columns import Array
from storage.samples.local.rollup import hours_of_day
from storage.samples.local.schema import Connection

HoursOfPoint: TypeAlias = tuple[int, int, int]
"""Point, hour since 1970, and how many readings."""


@dataclass(frozen=True, slots=True)
class SealedRows:
    """Rows that go into chunks, gathered by point and hour: `numbers` of the same hour stand together."""

    points: Array
    hours: Array
    begins: Array
    numbers: Array

    @classmethod
    def of(cls, points: Array, times: Array, numbers: Array) -> "SealedRows":
        """Rows ordered by point and time."""
        hours = times // HOUR
        begins = np.flatnonzero(np.r_[True, (np.diff(points) != 0) | (np.diff(hours) != 0)])
        return cls(points[begins], hours[begins], begins, numbers)

    def beyond(self, passed: int) -> Iterable[HoursOfPoint]:
        """Each hour, with how many of its rows belong to commits after this one."""
        counts = np.add.reduceat(self.numbers > passed, self.begins, dtype=np.int64)
        return zip(self.points.tolist(), self.hours.tolist(), counts.tolist(), strict=True)


def join(connection: Connection, name: str) -> None:
    """Begin a backlog, where there is none of this name: everything that is stored waits for it."""
    if connection.execute("SELECT 1 FROM backlog WHERE name = ?", (name,)).fetchone():
        return
    connection.execute("UPDATE head SET generation = generation + 1")  # a seal under way knows nothing of it
    connection.execute("INSERT INTO backlog VALUES (?, 0, 0)", (name,))
    owed = owe(connection, name, _sealed(connection, 0))
    (rows,) = connection.execute("SELECT count(*) FROM hot").fetchone()
    connection.execute("UPDATE backlog SET settled = ? WHERE name = ?", (stored(connection) - owed - rows, name))


def leave(connection: Connection, name: str) -> None:
    """End a backlog; nothing is kept for it any longer."""
    for table, column in (("backlog", "name"), ("owed", "backlog"), ("refused", "backlog")):
        connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (name,))  # noqa: S608 - constants


def sealed(connection: Connection, rows: SealedRows) -> None:
    """Rows become chunks: those that a backlog has not passed are owed to it, and the sums of every hour."""
    for name, passed in connection.execute("SELECT name, passed FROM backlog").fetchall():
        owe(connection, name, rows.beyond(passed))


def backfilled(connection: Connection, hours: Iterable[HoursOfPoint]) -> None:
    """History went into chunks directly: it is owed to everyone."""
    hours = list(hours)
    for (name,) in connection.execute("SELECT name FROM backlog").fetchall():
        owe(connection, name, hours)


def owe(connection: Connection, name: str, hours: Iterable[HoursOfPoint]) -> int:
    """Add readings to what is owed; how many. An hour without new ones is owed as a whole, for its sums."""
    (generation,) = connection.execute("SELECT generation FROM head").fetchone()
    rows = [(name, hour, point, readings, generation) for point, hour, readings in hours]
    connection.executemany(
        "INSERT INTO owed VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET readings = readings + excluded.readings, generation = excluded.generation",
        rows,
    )
    return sum(readings for *_, readings, _ in rows)


def owe_again(connection: Connection, name: str, since: Instant) -> int:
    """Everything that is kept from this hour on waits again; how many readings wait anew, at least these."""
    connection.execute("UPDATE head SET generation = generation + 1")
    first = since // HOUR
    (passed,) = connection.execute("SELECT passed FROM backlog WHERE name = ?", (name,)).fetchone()
    (before,) = _owed(connection, name)
    connection.execute("DELETE FROM owed WHERE backlog = ? AND hour >= ?", (name, first))
    (kept,) = _owed(connection, name)
    again = owe(connection, name, _sealed(connection, first))
    (back,) = connection.execute(
        "SELECT ifnull(min(number) - 1, ?1) FROM hot WHERE time >= ?2 AND number <= ?1", (passed, first * HOUR)
    ).fetchone()
    (rows,) = connection.execute(
        "SELECT count(*) FROM hot WHERE number > ? AND number <= ?", (back, passed)
    ).fetchone()
    connection.execute("DELETE FROM refused WHERE backlog = ? AND time >= ?", (name, first * HOUR))
    added = kept + again - before + rows
    connection.execute("UPDATE backlog SET passed = ?, settled = settled - ? WHERE name = ?", (back, added, name))
    return int(added)


def stored(connection: Connection) -> int:
    """How many readings were ever stored."""
    total: int = connection.execute("SELECT ifnull(sum(stored), 0) FROM source").fetchone()[0]
    return total


def days_owed(connection: Connection, before_day: int) -> set[tuple[int, int]]:
    """Points and days before this one of which something is still owed to somebody."""
    hours_a_day = DAY // HOUR
    return set(
        connection.execute(
            "SELECT DISTINCT point_id, hour / ? FROM owed WHERE hour < ?", (hours_a_day, before_day * hours_a_day)
        ).fetchall()
    )


def _owed(connection: Connection, name: str) -> tuple[int]:
    row: tuple[int] = connection.execute(
        "SELECT ifnull(sum(readings), 0) FROM owed WHERE backlog = ?", (name,)
    ).fetchone()
    return row


def _sealed(connection: Connection, first: int) -> Iterable[HoursOfPoint]:
    """The hours from this one on that chunks hold, and how many readings each has."""
    for point, body in connection.execute(
        "SELECT point_id, hours FROM rollup WHERE day >= ?", (first * HOUR // DAY,)
    ).fetchall():
        hours = hours_of_day(body)
        for hour, n in zip(hours["key"].tolist(), hours["n"].tolist(), strict=True):
            if hour >= first:
                yield point, hour, n

"""Retention: chunks older than the local store is to keep go, once every backlog has all of them.

The newest day of a point always stays, so that its newest reading is known however long it has been silent.
"""

import numpy as np

from facility.instants import DAY, HOUR, Instant
from storage.samples.columns import Columns
from storage.samples.local import chunks, owing
from storage.samples.local.database import Database
from storage.samples.local.schema import Connection

SLICE = 500
"""Chunks pruned in one transaction, which bounds the time that the write lock is held."""


def prune(database: Database, before: Instant) -> int:
    """Remove chunks of days that ended before this time; how many readings went.

    Without a backlog nothing goes: then nobody else has the readings.
    """
    day = chunks.day_of(before)
    pruned = 0
    while True:
        with database.writing() as connection:
            if not _allowed(connection):
                return pruned
            kept = owing.days_owed(connection, day)
            gone = [
                (point_id, chunk_day, n)
                for point_id, chunk_day, n in connection.execute(
                    "SELECT point_id, day, n FROM chunk JOIN point ON point.id = point_id "
                    "WHERE day < min(?, newest / ?) ORDER BY day",
                    (day, DAY),
                ).fetchall()
                if (point_id, chunk_day) not in kept
            ][:SLICE]
            if not gone:
                return pruned
            _remove(connection, [(point_id, chunk_day) for point_id, chunk_day, _ in gone])
            pruned += sum(n for *_, n in gone)


def pruned_before(connection: Connection) -> Instant:
    """No day that began at this time or later was ever pruned."""
    hour: int = connection.execute("SELECT ifnull(max(before_hour), 0) FROM pruned").fetchone()[0]
    return hour * HOUR


def _allowed(connection: Connection) -> bool:
    """Somebody else has the readings, and no follower has yet to read history that was stored in bulk."""
    (backlogs,) = connection.execute("SELECT count(*) FROM backlog").fetchone()
    (unread,) = connection.execute(
        "SELECT count(*) FROM stretch WHERE number > (SELECT min(passed) FROM follower)"
    ).fetchone()
    return bool(backlogs) and not unread


def _remove(connection: Connection, days: list[tuple[int, int]]) -> None:
    connection.execute("UPDATE head SET generation = generation + 1")
    connection.executemany("DELETE FROM chunk WHERE point_id = ? AND day = ?", days)
    connection.executemany("DELETE FROM rollup WHERE point_id = ? AND day = ?", days)
    connection.executemany(
        "INSERT INTO pruned VALUES (?, ?) "
        "ON CONFLICT DO UPDATE SET before_hour = max(before_hour, excluded.before_hour)",
        [(point_id, (day + 1) * DAY // HOUR) for point_id, day in days],
    )
    first = {point_id: _first_sealed(connection, point_id) for point_id, _ in days}
    rows = connection.execute(
        "SELECT point_id, min(time) FROM hot WHERE time < ? GROUP BY point_id", (max(first.values()),)
    ).fetchall()
    for point_id, time in rows:
        if point_id in first:
            first[point_id] = min(first[point_id], time)
    connection.executemany("UPDATE point SET oldest = ? WHERE id = ?", [(time, id) for id, time in first.items()])


def _first_sealed(connection: Connection, point_id: int) -> Instant:
    """The time of the first reading that is still sealed, else of the newest of the point."""
    day, newest = connection.execute(
        "SELECT (SELECT min(day) FROM chunk WHERE point_id = point.id), newest FROM point WHERE id = ?", (point_id,)
    ).fetchone()
    if day is None:
        return int(newest)
    (chunk,) = chunks.load(connection, Columns, point_id, day, day)
    return int(np.min(chunk.time))

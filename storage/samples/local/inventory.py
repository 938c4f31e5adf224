"""What the store holds, as of a commit: for taking digests of it, and for checking them."""

from collections.abc import Iterator

import numpy as np

from facility.instants import DAY, Instant
from storage.samples.columns import Array, Columns
from storage.samples.local import chunks, rollup
from storage.samples.local.arrays import unpack
from storage.samples.local.points import id_of
from storage.samples.local.queries import READING
from storage.samples.local.schema import Connection
from storage.samples.summaries import SUMMARY


def points(connection: Connection) -> list[str]:
    """Every point that the store has ever seen, by name."""
    return [name for (name,) in connection.execute("SELECT name FROM point ORDER BY name").fetchall()]


def days(connection: Connection, first: int, end: int) -> list[int]:
    """The days from the first on and before the end that have readings."""
    sealed = connection.execute("SELECT DISTINCT day FROM chunk WHERE day >= ? AND day < ?", (first, end)).fetchall()
    found = {day for (day,) in sealed}
    time = first * DAY
    while (row := connection.execute("SELECT min(time) FROM hot WHERE time >= ?", (time,)).fetchone())[0] is not None:
        day = chunks.day_of(row[0])
        if day >= end:
            break
        found.add(day)
        time = (day + 1) * DAY
    return sorted(found)


def as_of(connection: Connection, number: int, point: str, start: Instant, end: Instant) -> Columns:
    """The readings of a range that commits up to this number brought, ordered by time.

    That is exact as long as a follower has passed no commit after it: then none of theirs are sealed.
    """
    id = id_of(connection, point)
    if id is None or start >= end:
        return Columns.of_rows([])
    hot = connection.execute(
        f"SELECT {READING} FROM hot WHERE point_id = ? AND time >= ? AND time < ? AND number <= ? ORDER BY time",  # noqa: S608 - a constant
        (id, start, end, number),
    ).fetchall()
    sealed = chunks.load(connection, Columns, id, chunks.day_of(start), chunks.day_of(end - 1))
    found = Columns.joined([*(chunk.between(start, end) for chunk in sealed), Columns.of_rows(hot)]).ordered()
    later = [times for *_, times in _brought(connection, "number > ? AND point_id = ?", (number, id))]
    return found.take(~np.isin(found.time, np.concatenate(later))) if later else found


def brought_in_bulk(connection: Connection, number: int) -> list[tuple[str, Array]]:
    """Which readings a commit of history stored in bulk brought: points and times."""
    return [(point, times) for point, times in _brought(connection, "number = ?", (number,))]


def hours_kept(connection: Connection, point: str, day: int) -> Array:
    """What the roll-up says of a sealed day (`SUMMARY`)."""
    row = connection.execute(
        "SELECT hours FROM rollup JOIN point ON point.id = point_id WHERE name = ? AND day = ?", (point, day)
    ).fetchone()
    return np.empty(0, SUMMARY) if row is None else rollup.hours_of_day(row[0])


def sealed(connection: Connection, point: str, day: int) -> Columns:
    """The readings of a day that are in its chunk."""
    id = id_of(connection, point)
    found = [] if id is None else chunks.load(connection, Columns, id, day, day)
    return Columns.joined([Columns.of_rows([]), *found])


def without_commit(connection: Connection) -> int:
    """Rows that say they came with a commit that never was: nobody but an intruder writes them."""
    query = "SELECT count(*) FROM hot WHERE number > (SELECT number FROM head)"
    return int(connection.execute(query).fetchone()[0])


def pruned_days(connection: Connection) -> dict[str, int]:
    """Points of which days have been pruned, and before which day."""
    rows = connection.execute(
        "SELECT name, before_hour FROM pruned JOIN point ON point.id = pruned.point_id"
    ).fetchall()
    return {name: hour // 24 for name, hour in rows}


def _brought(connection: Connection, which: str, arguments: tuple[int, ...]) -> Iterator[tuple[str, Array]]:
    for point, n, times in connection.execute(
        f"SELECT point.name, n, times FROM stretch JOIN point ON point.id = point_id "  # noqa: S608 - constants
        f"WHERE {which} AND times IS NOT NULL ORDER BY point.name",
        arguments,
    ).fetchall():
        yield point, unpack(times, n, np.int64)

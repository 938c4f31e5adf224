"""Sealing: rows that every follower has passed become compressed chunks with their hours summed up.

Backlogs are not waited for: what one of them has not passed is owed to it from then on (`owing.py`).

The slow part, decoding and compressing, happens outside the write lock. The generation in `head` counts every change
of chunks and every follower that joins: where it has moved meanwhile, the write is given up and the rows stay.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from facility.instants import DAY, Instant
from storage.samples.columns import Array, Numbered
from storage.samples.local import arrival, chunks, owing, rollup
from storage.samples.local.chunks import PackedColumns
from storage.samples.local.database import Database
from storage.samples.local.owing import SealedRows
from storage.samples.local.queries import READING
from storage.samples.local.schema import Connection
from storage.samples.summaries import by_hour

SLICE = 100_000
"""Rows sealed in one transaction, which bounds memory and the time that the write lock is held."""


@dataclass(frozen=True, slots=True)
class PreparedChunk:
    """All readings of one point and day, compressed and summed up, ready to be written."""

    day: int
    packed: PackedColumns
    hours: Array


@dataclass(frozen=True, slots=True)
class _Slice:
    """What is sealed in one transaction: chunks by the numbers of their points, and the rows that are new in them."""

    chunks: list[tuple[int, PreparedChunk]]
    rows: SealedRows


def prepare(day: int, readings: Numbered) -> PreparedChunk:
    """The chunk of a day; `readings` are all of that point and day, ordered by time."""
    return PreparedChunk(day, chunks.packed(readings), by_hour(readings))


def seal(database: Database, upto: Instant) -> int:
    """Seal the rows before `upto` that all followers have passed; how many were sealed."""
    sealed = 0
    while True:
        with database.reading() as connection:
            generation = generation_of(connection)
            passed = _passed_by_all(connection)
            end = _slice_end(connection, upto, passed)
            if end is None:
                break
            rows = connection.execute(
                f"SELECT point_id, {READING}, number FROM hot WHERE time < ? AND number <= ? ORDER BY point_id, time",  # noqa: S608 - a constant
                (end, passed),
            ).fetchall()
            slice_ = _prepare(connection, rows)
        if not _write(database, slice_, generation, end, passed):
            break
        sealed += len(rows)
    _drop_passed_commits(database)
    return sealed


def write_chunks(connection: Connection, prepared: Iterable[tuple[int, PreparedChunk]]) -> None:
    """Put chunks of points (by their numbers) in place; whatever else was prepared before is stale from now on."""
    connection.execute("UPDATE head SET generation = generation + 1")
    for point_id, chunk in prepared:
        chunks.save(connection, point_id, chunk.day, chunk.packed)
        rollup.save(connection, point_id, chunk.day, chunk.hours)


def generation_of(connection: Connection) -> int:
    """Changes with every change of a chunk, and when a follower joins."""
    generation: int = connection.execute("SELECT generation FROM head").fetchone()[0]
    return generation


def _passed_by_all(connection: Connection) -> int:
    """The newest commit that no follower will ask for again."""
    slowest: int = connection.execute(
        "SELECT ifnull((SELECT min(passed) FROM follower), number) FROM head"
    ).fetchone()[0]
    return slowest


def _slice_end(connection: Connection, upto: Instant, passed: int) -> Instant | None:
    """Seal the rows before this time next; None where there are none."""
    eligible = "SELECT time FROM hot WHERE time < ? AND number <= ? ORDER BY time LIMIT 1 OFFSET ?"
    first = connection.execute(eligible, (upto, passed, 0)).fetchone()
    if first is None:
        return None
    beyond = connection.execute(eligible, (upto, passed, SLICE)).fetchone()
    return upto if beyond is None else max(beyond[0], first[0] + 1)


def _prepare(connection: Connection, rows: list[tuple[object, ...]]) -> _Slice:
    """What becomes of these rows (point, reading, commit), ordered by point and time."""
    points = np.array([row[0] for row in rows], np.int64)
    readings = Numbered.of_rows([row[1:] for row in rows])
    days = readings.time // DAY
    borders = np.flatnonzero((np.diff(points) != 0) | (np.diff(days) != 0)) + 1
    prepared = []
    for places in np.split(np.arange(len(rows)), borders):
        point_id, day = int(points[places[0]]), int(days[places[0]])
        old = chunks.load(connection, Numbered, point_id, day, day)
        prepared.append((point_id, prepare(day, Numbered.joined([*old, readings.take(places)]).ordered())))
    return _Slice(prepared, SealedRows.of(points, readings.time, readings.number))


def _write(database: Database, slice_: _Slice, generation: int, end: Instant, passed: int) -> bool:
    with database.writing() as connection:
        if generation_of(connection) != generation:
            return False
        write_chunks(connection, slice_.chunks)
        owing.sealed(connection, slice_.rows)
        connection.execute("DELETE FROM hot WHERE time < ? AND number <= ?", (end, passed))
        connection.execute("UPDATE head SET sealed = max(sealed, ?)", (passed,))
    return True


def _drop_passed_commits(database: Database) -> None:
    """Nobody can ask for these commits by number any more; their stamps, readings, events and stretches stay."""
    with database.writing() as connection:
        arrival.keep_stamps(connection)
        connection.execute("DELETE FROM commits WHERE number <= (SELECT sealed FROM head)")

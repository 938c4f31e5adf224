"""The past in the order in which it came: every commit, sealed or not, as it was handed over when it was made."""

from collections.abc import Iterator

import numpy as np

from facility.instants import Instant
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Array, Numbered
from storage.samples.commit import Commit
from storage.samples.local import chunks
from storage.samples.local.arrays import pack, unpack
from storage.samples.local.database import Database
from storage.samples.local.follower import read_events, read_stretches
from storage.samples.local.queries import READING
from storage.samples.local.schema import Connection

AIM = 250_000
"""About so many readings are in memory at once."""


def keep_stamps(connection: Connection) -> None:
    """Keep the stamps of the commits that are about to be dropped."""
    rows = connection.execute(
        "SELECT number, stamp FROM commits WHERE number <= (SELECT sealed FROM head) ORDER BY number"
    ).fetchall()
    if rows:
        stamps = pack(np.array([stamp for _, stamp in rows], np.int64))
        connection.execute("INSERT INTO stamps VALUES (?, ?, ?)", (rows[0][0], len(rows), stamps))


def commits(database: Database) -> Iterator[Commit]:
    """Every commit that is kept, in order. Of those that a seal has made nothing of by then the readings are gone.

    Each is read in a snapshot of its own with those around it; what is appended meanwhile comes too.
    """
    with database.reading() as connection:
        first = _first(connection)
    many = 1_000
    while first is not None:
        with database.reading() as connection:
            (newest,) = connection.execute("SELECT number FROM head").fetchone()
            found = _window(connection, first, min(first + many - 1, newest))
        yield from found
        readings = sum(len(commit.readings) for commit in found)
        many = max(1, many * 2 if readings < AIM // 2 else many // 2 if readings > 2 * AIM else many)
        first = found[-1].number + 1 if found else None


def numbered(connection: Connection, point_id: int, start: Instant, end: Instant) -> Numbered:
    """The readings of a point in a range of time, each with the commit that brought it, also those stored in bulk."""
    rows = connection.execute(
        f"SELECT {READING}, number FROM hot WHERE point_id = ? AND time >= ? AND time < ? ORDER BY time",  # noqa: S608 - a constant
        (point_id, start, end),
    ).fetchall()
    sealed = chunks.load(connection, Numbered, point_id, chunks.day_of(start), chunks.day_of(end - 1))
    found = Numbered.joined([*(chunk.between(start, end) for chunk in sealed), Numbered.of_rows(rows)]).ordered()
    for number, n, times in connection.execute(
        "SELECT number, n, times FROM stretch WHERE point_id = ? AND times IS NOT NULL AND start < ? AND end >= ?",
        (point_id, end, start),
    ).fetchall():
        found.number[(found.number == NO_NUMBER) & np.isin(found.time, unpack(times, n, np.int64))] = number
    return found


def _first(connection: Connection) -> int | None:
    number: int | None = connection.execute(
        "SELECT coalesce((SELECT min(first) FROM stamps), (SELECT min(number) FROM commits))"
    ).fetchone()[0]
    return number


def _window(connection: Connection, first: int, last: int) -> list[Commit]:
    numbers, stamps = _stamps(connection, first, last)
    readings, borders = _readings(connection, numbers)
    events, stretches = read_events(connection, first, last), read_stretches(connection, first, last)
    return [
        Commit(
            number,
            stamp,
            tuple(readings[borders[place] : borders[place + 1]]),
            tuple(events.get(number, ())),
            tuple(stretches.get(number, ())),
        )
        for place, (number, stamp) in enumerate(zip(numbers.tolist(), stamps.tolist(), strict=True))
    ]


def _stamps(connection: Connection, first: int, last: int) -> tuple[Array, Array]:
    """Numbers and stamps of the commits from the first to the last."""
    numbers, stamps = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for begin, n, packed in connection.execute(
        "SELECT first, n, stamps FROM stamps WHERE first <= ? AND first + n > ? ORDER BY first", (last, first)
    ).fetchall():
        numbers.append(np.arange(begin, begin + n))
        stamps.append(unpack(packed, n, np.int64))
    rows = connection.execute(
        "SELECT number, stamp FROM commits WHERE number BETWEEN ? AND ? ORDER BY number", (first, last)
    ).fetchall()
    kept = np.array(rows, np.int64).reshape(-1, 2)
    every, when = np.concatenate([*numbers, kept[:, 0]]), np.concatenate([*stamps, kept[:, 1]])
    wanted = (every >= first) & (every <= last)
    return every[wanted], when[wanted]


def _readings(connection: Connection, numbers: Array) -> tuple[list[Reading], list[int]]:
    """The readings of these commits in their order, and where those of each begin; one border more at the end."""
    if not len(numbers):
        return [], [0]
    first, last = int(numbers[0]), int(numbers[-1])
    names = dict(connection.execute("SELECT id, name FROM point").fetchall())
    parts: list[tuple[int, Numbered]] = []
    for point_id, day in connection.execute(
        "SELECT point_id, day FROM chunk WHERE last_number >= ? AND first_number <= ?", (first, last)
    ).fetchall():
        for chunk in chunks.load(connection, Numbered, point_id, day, day):
            parts.append((point_id, chunk.take((chunk.number >= first) & (chunk.number <= last))))
    rows = connection.execute(
        f"SELECT point_id, {READING}, number FROM hot WHERE number BETWEEN ? AND ?",  # noqa: S608 - a constant
        (first, last),
    ).fetchall()
    every = Numbered.joined([Numbered.of_rows([row[1:] for row in rows]), *(part for _, part in parts)])
    points = np.concatenate(
        [np.array([row[0] for row in rows], np.int64), *(np.full(len(part), id) for id, part in parts)]
    )
    rank = {id: place for place, id in enumerate(sorted(names, key=names.__getitem__))}
    ranks = np.array([rank.get(id, 0) for id in range(max(names, default=0) + 1)])[points.astype(np.int64)]
    order = np.lexsort((ranks, every.time, every.number))
    every, points = every.take(order), points[order]
    readings = [
        Reading(
            names[point],
            time,
            value,
            reasons,
            received,
            None if sequence == NO_NUMBER else sequence,
            None if count == NO_NUMBER else count,
            None if volume != volume else volume,
        )
        for point, time, value, reasons, received, sequence, count, volume in zip(
            points.tolist(),
            every.time.tolist(),
            every.value.tolist(),
            every.reasons.tolist(),
            every.received.tolist(),
            every.sequence.tolist(),
            every.count.tolist(),
            every.volume.tolist(),
            strict=True,
        )
    ]
    borders: list[int] = np.searchsorted(every.number, np.append(numbers, last + 1)).tolist()
    return readings, borders

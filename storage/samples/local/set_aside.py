"""What was received and not stored as a reading: dead letters and conflicts. Nothing of it is lost or deleted."""

import msgspec

from facility.instants import Instant
from facility.reading import Reading
from storage.samples.commit import DeadLetter
from storage.samples.local.schema import Connection


class StoredLetter(msgspec.Struct, frozen=True):
    """A dead letter by its number, and when it was replayed after a fix, if it was."""

    id: int
    letter: DeadLetter
    replayed: Instant | None


class Conflict(msgspec.Struct, frozen=True):
    """A reading that was offered for a point and time of which another value, count or volume is stored.

    `kept` and `offered` differ in these three only; what else the kept reading says is in the store.
    """

    id: int
    source: str
    kept_value: float
    kept_count: int | None
    kept_volume: float | None
    offered: Reading


def dead_letters(connection: Connection, after: int, limit: int) -> list[StoredLetter]:
    """Dead letters that wait for a fix, from the one after this number on, oldest first."""
    rows = connection.execute(
        "SELECT id, received, source, topic, payload, reason, readings, replayed FROM dead_letter "
        "WHERE id > ? AND replayed IS NULL ORDER BY id LIMIT ?",
        (after, limit),
    ).fetchall()
    return [_letter(*row) for row in rows]


def waiting(connection: Connection, most: int) -> int:
    """How many dead letters wait, counted up to `most`."""
    query = "SELECT count(*) FROM (SELECT 1 FROM dead_letter WHERE replayed IS NULL LIMIT ?)"
    return int(connection.execute(query, (most,)).fetchone()[0])


def dead_letter(connection: Connection, id: int) -> StoredLetter | None:
    """One dead letter, replayed or not."""
    row = connection.execute(
        "SELECT id, received, source, topic, payload, reason, readings, replayed FROM dead_letter WHERE id = ?", (id,)
    ).fetchone()
    return None if row is None else _letter(*row)


def mark_replayed(connection: Connection, id: int, now: Instant) -> None:
    """What it held has been taken in another way; it is kept, but no longer waits. Raises KeyError."""
    marked = connection.execute("UPDATE dead_letter SET replayed = ? WHERE id = ?", (now, id))
    if marked.rowcount == 0:
        raise KeyError(f"there is no dead letter {id}")


def conflicts(connection: Connection, after: int, limit: int) -> list[Conflict]:
    """Conflicts from the one after this number on, oldest first."""
    rows = connection.execute(
        "SELECT conflict.id, source, kept_value, kept_count, kept_volume, name, time, offered_value, reasons, "
        "received, sequence, offered_count, offered_volume FROM conflict JOIN point ON point.id = point_id "
        "WHERE conflict.id > ? ORDER BY conflict.id LIMIT ?",
        (after, limit),
    ).fetchall()
    return [
        Conflict(id, source, _value(value), count, volume, Reading(point, time, _value(offered), *rest))
        for id, source, value, count, volume, point, time, offered, *rest in rows
    ]


def _letter(
    id: int,
    received: Instant,
    source: str,
    topic: str,
    payload: bytes,
    reason: str,
    readings: int,
    replayed: int | None,
) -> StoredLetter:
    return StoredLetter(id, DeadLetter(received, source, topic, payload, reason, readings), replayed)


def _value(cell: float | None) -> float:
    """A value as a reading has it; the file holds NULL for none."""
    return float("nan") if cell is None else cell

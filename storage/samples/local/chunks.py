"""Sealed readings: one chunk for each point and UTC day, in which every column is compressed by itself."""

from typing import TypeAlias, TypeVar

import numpy as np

from facility.instants import DAY, Instant
from storage.samples.columns import COLUMN_TYPES, NO_NUMBER, Numbered, Values
from storage.samples.local.arrays import DamagedChunkError, pack, unpack
from storage.samples.local.schema import Connection

V = TypeVar("V", bound=Values)


PackedColumns: TypeAlias = tuple[int, dict[str, bytes | int | None]]
"""How many readings, each column as bytes, and from which commit to which they came."""


def day_of(instant: Instant) -> int:
    """Days since 1970, UTC."""
    return instant // DAY


def load(connection: Connection, kind: type[V], point_id: int, first_day: int, last_day: int) -> list[V]:
    """The chunks of one point from the first to the last of these days, in order; of `Values` only its columns."""
    names = kind.names()
    rows = connection.execute(
        f"SELECT day, n, {', '.join(names)} FROM chunk WHERE point_id = ? AND day BETWEEN ? AND ? ORDER BY day",  # noqa: S608 - column names are ours
        (point_id, first_day, last_day),
    ).fetchall()
    return [_decoded(kind, names, point_id, *row) for row in rows]


def save(connection: Connection, point_id: int, day: int, packed: PackedColumns) -> None:
    """Write one chunk, in place of the one that may be there."""
    n, columns = packed
    connection.execute(
        f"INSERT INTO chunk (point_id, day, n, {', '.join(columns)}) VALUES (?, ?, ?{', ?' * len(columns)}) "  # noqa: S608 - column names are ours
        f"ON CONFLICT DO UPDATE SET n = excluded.n, {', '.join(f'{name} = excluded.{name}' for name in columns)}",
        (point_id, day, n, *columns.values()),
    )


def packed(columns: Numbered) -> PackedColumns:
    """What `save` writes of all readings of one day. This is the slow part."""
    numbers = {name: getattr(columns, name) for name in COLUMN_TYPES}
    numbers["received"] = columns.received - columns.time  # small numbers compress well
    came = columns.number[columns.number != NO_NUMBER]
    first, last = (int(came.min()), int(came.max())) if len(came) else (None, None)
    return len(columns), {
        **{name: pack(np.ascontiguousarray(numbers[name], kind)) for name, kind in COLUMN_TYPES.items()},
        "first_number": first,
        "last_number": last,
    }


def _decoded(kind: type[V], names: list[str], point_id: int, day: int, n: int, *stored: bytes | None) -> V:
    try:
        columns = {
            # What an older Cleanwatch has sealed has no numbers.
            name: np.full(n, NO_NUMBER) if column is None else unpack(column, n, COLUMN_TYPES[name])
            for name, column in zip(names, stored, strict=True)
        }
    except DamagedChunkError as damage:
        raise DamagedChunkError(f"point number {point_id}, day {np.datetime64(day, 'D')}: {damage}") from None
    if "received" in columns:
        columns["received"] = columns["received"] + columns["time"]
    return kind(**columns)

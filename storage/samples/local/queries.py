"""Single readings: the newest ones, a stretch of one point, how far back a history goes."""

from collections.abc import Sequence

import pandas as pd

from facility.instants import Instant
from storage.samples.columns import Columns
from storage.samples.frames import raw_frame
from storage.samples.local import chunks
from storage.samples.local.points import id_of
from storage.samples.local.schema import Connection

READING = "time, value, reasons, received, sequence, count, volume"


def columns(connection: Connection, point: str, start: Instant, end: Instant) -> Columns:
    """Every reading of one point in a range of time, sealed or not, ordered by time."""
    id = id_of(connection, point)
    if id is None or start >= end:
        return Columns.of_rows([])
    hot = connection.execute(
        f"SELECT {READING} FROM hot WHERE point_id = ? AND time >= ? AND time < ? ORDER BY time",  # noqa: S608 - a constant
        (id, start, end),
    ).fetchall()
    sealed = chunks.load(connection, Columns, id, chunks.day_of(start), chunks.day_of(end - 1))
    parts = [*(chunk.between(start, end) for chunk in sealed), Columns.of_rows(hot)]
    return Columns.joined(parts).ordered()


def latest(connection: Connection, points: Sequence[str]) -> pd.DataFrame:
    """The newest reading of each point that has one."""
    found: dict[str, Columns] = {}
    for point in points:
        row = connection.execute("SELECT newest FROM point WHERE name = ?", (point,)).fetchone()
        if row is not None and row[0] is not None:
            found[point] = columns(connection, point, row[0], row[0] + 1)
    readings = Columns.joined([Columns.of_rows([]), *found.values()])
    return raw_frame(readings).set_index(pd.Index(list(found), name="point", dtype=str))


def extent(connection: Connection, points: Sequence[str]) -> tuple[Instant, Instant] | None:
    """Times of the first and the last reading of these points."""
    rows = [
        row
        for point in points
        for row in connection.execute("SELECT oldest, newest FROM point WHERE name = ?", (point,))
        if row[0] is not None
    ]
    if not rows:
        return None
    return min(oldest for oldest, _ in rows), max(newest for _, newest in rows)

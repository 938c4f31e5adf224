"""Long stretches in few numbers, exactly: envelopes for drawing, and how many readings were outside.

Whole hours come from the roll-up. The readings of the cut hours at both ends, of hours that the roll-up cannot
answer, and of everything where buckets are shorter than an hour, are decoded from their chunks.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from facility.instants import HOUR, Instant
from storage.samples.columns import Array, Values
from storage.samples.frames import envelope_frame
from storage.samples.local import chunks, rollup
from storage.samples.local.points import id_of
from storage.samples.local.schema import Connection
from storage.samples.summaries import add, cut_hours, empty, grid, summary


def envelope(
    connection: Connection, points: Sequence[str], start: Instant, end: Instant, buckets: int
) -> pd.DataFrame:
    """At most `buckets` equal buckets a point, empty ones left out.

    From one hour a bucket on, buckets are whole hours long and begin at whole hours, the first one possibly before
    `start`; what it says is of the readings from `start` on.
    """
    if buckets < 1:
        raise ValueError(f"an envelope needs at least one bucket, not {buckets}")
    ids = {point: id for point in points if (id := id_of(connection, point)) is not None}
    if start >= end or not ids:
        return envelope_frame([])
    origin, width = grid(start, end, buckets)
    hot = _hot(connection, ids.values(), start, end)
    found = []
    for point, id in ids.items():
        total = empty(-(-(end - origin) // width))
        if width % HOUR == 0:
            hours = rollup.load(connection, id, start, end)
            add(total, hours, (hours["key"] * HOUR - origin) // width)
            sealed = [_sealed(connection, id, *edge) for edge in cut_hours(start, end)]
        else:
            sealed = [_sealed(connection, id, start, end)]
        for values in (*sealed, hot[id]):
            part = summary(values, (values.time - origin) // width)
            add(total, part, part["key"])
        found.append((point, origin, width, total[total["n"] > 0]))
    return envelope_frame(found)


def count_outside(
    connection: Connection, point: str, start: Instant, end: Instant, low: float | None, high: float | None
) -> int:
    """How many judged readings lie below `low` or above `high`, exactly."""
    id = id_of(connection, point)
    if id is None or start >= end:
        return 0
    low, high = -np.inf if low is None else low, np.inf if high is None else high
    hours = rollup.load(connection, id, start, end)
    all_outside = (hours["max"] < low) | (hours["min"] > high)
    none_outside = (hours["min"] >= low) & (hours["max"] <= high)
    outside = int(hours["judged"][all_outside].sum())
    mixed = hours["key"][~all_outside & ~none_outside]
    edges = [_sealed(connection, id, *edge) for edge in cut_hours(start, end)]
    inside_hours = _sealed_hours(connection, id, mixed)
    for values in (*edges, *inside_hours, _hot(connection, [id], start, end)[id]):
        outside += int(np.count_nonzero(values.judged & ((values.value < low) | (values.value > high))))
    return outside


def _sealed(connection: Connection, point_id: int, start: Instant, end: Instant) -> Values:
    """The sealed readings of a range."""
    found = chunks.load(connection, Values, point_id, chunks.day_of(start), chunks.day_of(end - 1))
    return Values.joined([Values.of_rows([]), *(chunk.between(start, end) for chunk in found)])


def _sealed_hours(connection: Connection, point_id: int, hours: Array) -> list[Values]:
    """The sealed readings of some hours (since 1970)."""
    found = []
    for day in np.unique(hours // 24).tolist():
        for chunk in chunks.load(connection, Values, point_id, day, day):
            found.append(chunk.take(np.isin(chunk.time // HOUR, hours)))
    return found


def _hot(connection: Connection, ids: Iterable[int], start: Instant, end: Instant) -> dict[int, Values]:
    """The rows of a range that are not sealed yet, of several points in one scan."""
    rows: dict[int, list[tuple[int, float | None, int]]] = {id: [] for id in ids}
    for id, *row in connection.execute(
        f"SELECT point_id, time, value, reasons FROM hot WHERE time >= ? AND time < ? "  # noqa: S608 - whole numbers
        f"AND point_id IN ({', '.join(map(str, rows))}) ORDER BY time",
        (start, end),
    ).fetchall():
        rows[id].append(tuple(row))
    return {id: Values.of_rows(found) for id, found in rows.items()}

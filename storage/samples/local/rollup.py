"""Readings summed up by hour, exactly: what a chunk says without being decoded.

Readings are immutable and stored once, as a row or in a chunk. So the summary of any stretch is the sum over its
parts: hours of chunks, and rows that are not sealed yet.
"""

import zlib

import numpy as np

from facility.instants import DAY, HOUR, Instant
from storage.samples.columns import Array, Values
from storage.samples.local.arrays import framed, unframed
from storage.samples.local.schema import Connection

SUMMARY = np.dtype(
    [
        ("key", "<i8"),
        ("n", "<i8"),
        ("judged", "<i8"),
        ("valid", "<i8"),
        ("min", "<f8"),
        ("max", "<f8"),
        ("sum", "<f8"),
    ]
)
"""How many readings, how many of them are judged and valid; min, max and sum over those that are judged.

`key` says which hour (since 1970) or which bucket. With none judged, min is inf, max -inf and sum 0: the neutral
elements, so that summaries add up.
"""

DEFLATED = 2
"""Codec byte of hours: a deflated array of SUMMARY."""


def summary(values: Values, keys: Array) -> Array:
    """Readings summed up by key; equal keys stand together."""
    if len(values) == 0:
        return np.empty(0, SUMMARY)
    begins = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    judged = values.judged
    found = np.empty(len(begins), SUMMARY)
    found["key"] = keys[begins]
    found["n"] = np.diff(np.r_[begins, len(keys)])
    found["judged"] = np.add.reduceat(judged, begins, dtype=np.int64)
    found["valid"] = np.add.reduceat(values.valid, begins, dtype=np.int64)
    found["min"] = np.minimum.reduceat(np.where(judged, values.value, np.inf), begins)
    found["max"] = np.maximum.reduceat(np.where(judged, values.value, -np.inf), begins)
    found["sum"] = np.add.reduceat(np.where(judged, values.value, 0.0), begins)
    return found


def by_hour(values: Values) -> Array:
    """The summary of each hour that has readings."""
    return summary(values, values.time // HOUR)


def empty(count: int) -> Array:
    """Summaries of nothing, with the keys 0, 1, 2, ..."""
    nothing = np.zeros(count, SUMMARY)
    nothing["key"] = np.arange(count)
    nothing["min"], nothing["max"] = np.inf, -np.inf
    return nothing


def add(total: Array, part: Array, places: Array) -> None:
    """Add each summary of a part to the one at its place in the total."""
    for name in ("n", "judged", "valid", "sum"):
        np.add.at(total[name], places, part[name])
    np.minimum.at(total["min"], places, part["min"])
    np.maximum.at(total["max"], places, part["max"])


def save(connection: Connection, point_id: int, day: int, hours: Array) -> None:
    """Write the hours of a chunk."""
    body = framed(DEFLATED, zlib.compress(hours.tobytes(), 1))
    connection.execute("INSERT OR REPLACE INTO rollup VALUES (?, ?, ?)", (point_id, day, body))


def hours_of_day(body: bytes) -> Array:
    """The hours of one chunk from the bytes that `save` wrote."""
    return np.frombuffer(zlib.decompress(unframed(body)[1]), SUMMARY)


def load(connection: Connection, point_id: int, start: Instant, end: Instant) -> Array:
    """The sealed hours that lie wholly in a range of time, in order."""
    rows = connection.execute(
        "SELECT hours FROM rollup WHERE point_id = ? AND day BETWEEN ? AND ? ORDER BY day",
        (point_id, start // DAY, (end - 1) // DAY),
    ).fetchall()
    hours = np.concatenate([np.empty(0, SUMMARY), *(hours_of_day(body) for (body,) in rows)])
    whole = (hours["key"] * HOUR >= start) & ((hours["key"] + 1) * HOUR <= end)
    return hours[whole]

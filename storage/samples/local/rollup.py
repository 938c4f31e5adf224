"""The hours of a chunk summed up (`storage.samples.summaries`): what a chunk says without being decoded.

The summary of any stretch is the sum over its parts: hours of chunks, and rows that are not sealed yet.
"""

import zlib

import numpy as np

from facility.instants import DAY, HOUR, Instant
from storage.samples.columns import Array
from storage.samples.local.arrays import DamagedChunkError, framed, unframed
from storage.samples.local.schema import Connection
from storage.samples.summaries import SUMMARY

DEFLATED = 2
"""Codec byte of hours: a deflated array of SUMMARY."""


def save(connection: Connection, point_id: int, day: int, hours: Array) -> None:
    """Write the hours of a chunk."""
    body = framed(DEFLATED, zlib.compress(hours.tobytes(), 1))
    connection.execute("INSERT OR REPLACE INTO rollup VALUES (?, ?, ?)", (point_id, day, body))


def hours_of_day(body: bytes) -> Array:
    """The hours of one chunk from the bytes that `save` wrote; raises DamagedChunkError where they are others."""
    return np.frombuffer(_unpacked(body), SUMMARY)


def _unpacked(body: bytes) -> bytes:
    try:
        unpacked = zlib.decompress(unframed(body)[1])
        if len(unpacked) % SUMMARY.itemsize:
            raise ValueError("they end in the middle of an hour")
        return unpacked
    except (zlib.error, ValueError) as error:
        raise DamagedChunkError(f"the hours of a chunk cannot be unpacked: {error}") from None


def load(connection: Connection, point_id: int, start: Instant, end: Instant) -> Array:
    """The sealed hours that lie wholly in a range of time, in order."""
    rows = connection.execute(
        "SELECT hours FROM rollup WHERE point_id = ? AND day BETWEEN ? AND ? ORDER BY day",
        (point_id, start // DAY, (end - 1) // DAY),
    ).fetchall()
    hours = np.frombuffer(b"".join([_unpacked(body) for (body,) in rows]), SUMMARY)
    whole = (hours["key"] * HOUR >= start) & ((hours["key"] + 1) * HOUR <= end)
    return hours[whole]

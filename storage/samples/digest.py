"""What the readings of a point and UTC hour are, in 32 bytes that change when any of them does.

The SHA-256 is taken over 50 bytes for each reading, in order of time: time, value, reasons, received, sequence, count
and volume, little-endian and without gaps (Python: `struct.pack("<qdHqqqd", ...)`). A missing number is NaN with the
bits 0x7FF8000000000000, a missing sequence or count is -1, and minus zero is zero. So it does not depend on how
readings are stored: chunks may be sealed anew, and InfluxDB gives the same.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from facility.instants import DAY, HOUR, Instant
from storage.samples.columns import Array, Columns

CANONICAL = np.dtype(
    [
        ("time", "<i8"),
        ("value", "<f8"),
        ("reasons", "<u2"),
        ("received", "<i8"),
        ("sequence", "<i8"),
        ("count", "<i8"),
        ("volume", "<f8"),
    ]
)


class HourDigest(msgspec.Struct, frozen=True, array_like=True):
    """An hour (since 1970) of a point: how many readings, and their SHA-256.

    `times` says which readings of the hour are meant, where it is not all of them: the first one's milliseconds into
    the hour, then each one's distance to the one before.
    """

    hour: int
    readings: int
    sha256: str
    times: tuple[int, ...] | None = None

    @property
    def start(self) -> Instant:
        """When the hour begins."""
        return self.hour * HOUR

    def named(self) -> Array:
        """The times of the readings that are meant; none where it is all."""
        return self.start + np.cumsum(np.array(self.times or (), np.int64))


class DayDigest(msgspec.Struct, frozen=True):
    """The hours of a UTC day, by point. `unreadable` are points whose stored readings were damaged then."""

    points: Mapping[str, Sequence[HourDigest]]
    unreadable: Sequence[str] = ()

    @property
    def readings(self) -> int:
        """How many readings it is about."""
        return sum(hour.readings for hours in self.points.values() for hour in hours)

    def encoded(self) -> bytes:
        """JSON with sorted keys and no spaces: what is hashed and kept."""
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def decoded(cls, body: bytes) -> "DayDigest":
        """What `encoded` made; raises msgspec.DecodeError."""
        return msgspec.json.decode(body, type=cls)


def sha256_of(readings: Columns) -> str:
    """The digest of these readings, which are ordered by time."""
    return hashlib.sha256(_canonical(readings).data).hexdigest()


def hours_of(readings: Columns, name_times: bool = False) -> list[HourDigest]:
    """The digest of each hour that has readings; `name_times` for readings that are not all of their hour."""
    if len(readings) == 0:
        return []
    rows = _canonical(readings)
    borders = _borders(readings)
    return [
        HourDigest(
            int(readings.time[begin]) // HOUR,
            end - begin,
            hashlib.sha256(rows[begin:end].data).hexdigest(),
            _named(readings.time[begin:end]) if name_times else None,
        )
        for begin, end in pairwise(borders)
    ]


def by_hour(readings: Columns) -> dict[int, Columns]:
    """The readings of each hour (since 1970) that has some."""
    borders = _borders(readings)
    return {int(readings.time[begin]) // HOUR: readings.take(slice(begin, end)) for begin, end in pairwise(borders)}


def day_of(instant: Instant) -> int:
    """Days since 1970, UTC."""
    return instant // DAY


def _canonical(readings: Columns) -> Array:
    rows = np.empty(len(readings), CANONICAL)
    for name in CANONICAL.names or ():
        column = getattr(readings, name)
        rows[name] = np.where(np.isnan(column), np.nan, column + 0.0) if column.dtype.kind == "f" else column
    return rows


def _borders(readings: Columns) -> list[int]:
    """Where each hour begins among readings that are ordered by time, and where the last one ends."""
    hours = readings.time // HOUR
    begins: list[int] = np.flatnonzero(np.diff(hours, prepend=hours[:1] - 1)).tolist()
    return [*begins, len(readings)]


def _named(times: Array) -> tuple[int, ...]:
    return tuple(np.diff(times, prepend=times[:1] // HOUR * HOUR).tolist())

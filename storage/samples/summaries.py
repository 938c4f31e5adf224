"""Readings summed up, exactly, by hour or by bucket: what long ranges are drawn from.

Readings are immutable and stored once. So the summary of any stretch is the sum over its parts.
"""

import numpy as np

from facility.instants import HOUR, Instant
from storage.samples.columns import Array, Values

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


def grid(start: Instant, end: Instant, buckets: int) -> tuple[Instant, int]:
    """Where the first bucket begins, and how long each is, so that at most `buckets` cover the range."""
    width = -(-(end - start) // buckets)
    if width < HOUR:
        return start, width
    origin = start // HOUR * HOUR
    return origin, -(-(end - origin) // (buckets * HOUR)) * HOUR


def cut_hours(start: Instant, end: Instant) -> list[tuple[Instant, Instant]]:
    """The parts of a range that are no whole hours, at its beginning and its end."""
    first_whole, last_whole = -(-start // HOUR) * HOUR, end // HOUR * HOUR
    if first_whole > last_whole:
        return [(start, end)]
    return [cut for cut in ((start, first_whole), (last_whole, end)) if cut[0] < cut[1]]

"""What every sample store answers, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from facility.instants import Instant

RAW_COLUMNS = ("time", "value", "reasons", "received", "sequence", "count", "volume")
ENVELOPE_COLUMNS = ("point", "start", "min", "mean", "max", "n", "judged", "valid")


class HistoryAwayError(Exception):
    """Stored readings cannot be asked just now, since this instant; says why, in words."""

    def __init__(self, words: str, since: Instant) -> None:
        super().__init__(words)
        self.since = since


class SampleStore(Protocol):
    """Questions about stored readings. Times are instants; a range includes its start and excludes its end.

    Frames carry instants as int64 milliseconds; whoever shows them converts to the site's zone.
    """

    def latest(self, points: Sequence[str]) -> pd.DataFrame:
        """The newest reading of each point that has one: `RAW_COLUMNS`, indexed by point."""

    def raw(self, point: str, start: Instant, end: Instant) -> pd.DataFrame:
        """Every reading of one point, by time: `RAW_COLUMNS`.

        `sequence`, `count` and `volume` are NaN where there is none.
        """

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        """At most `buckets` equal buckets a point, empty ones left out: `ENVELOPE_COLUMNS`.

        `min`, `mean` and `max` are over the readings that are judged (valid and suspect), NaN where there is
        none; `n` counts all readings, `judged` those, `valid` the valid ones. So one extreme reading shows at
        every zoom, and so does one invalid reading (`judged` below `n`).
        """

    def count_outside(self, point: str, start: Instant, end: Instant, low: float | None, high: float | None) -> int:
        """How many judged readings lie below `low` or above `high`, exactly."""

    def extent(self, points: Sequence[str]) -> tuple[Instant, Instant] | None:
        """Times of the first and the last reading of these points, or None where there is no reading."""

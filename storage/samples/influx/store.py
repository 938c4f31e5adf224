"""The store in InfluxDB: lines go in, questions are answered."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from facility.instants import HOUR, Clock, Instant
from facility.site import Site
from storage.samples.columns import Array, Columns
from storage.samples.frames import raw_frame
from storage.samples.influx import bulk, envelope, queries
from storage.samples.influx.address import Influx
from storage.samples.influx.checks import Finding, check
from storage.samples.influx.influxql import ANSWER_SECONDS, Reader
from storage.samples.influx.lines import Lines
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.rollups import closed, hours_of, newest, opening, summing_up
from storage.samples.influx.writing import Refused, Writer
from storage.samples.summaries import SUMMARY

MOST_REMEMBERED = 100_000
"""Of so many hours of points it is remembered that they have no sums that hold."""


@dataclass(frozen=True, slots=True)
class Health:
    """`problem` says in words why the newest question was not answered."""

    problem: str | None


class InfluxStore:
    """The readings of one site in one bucket. Any thread may use it."""

    def __init__(
        self, influx: Influx, site: Callable[[], Site], clock: Clock, patience: float = ANSWER_SECONDS
    ) -> None:
        self._influx = influx
        self._site = site
        self._clock = clock
        self._writer = Writer(influx)
        self._reader = Reader(influx, patience)
        self._without_sums: set[tuple[str, Instant]] = set()

    @classmethod
    def open(cls, influx: Influx, site: Callable[[], Site], clock: Clock, patience: float = ANSWER_SECONDS) -> Self:
        """Nothing is asked of the server yet. `site` says which site is in force; tags are taken from it.

        `patience` is how many seconds an answer may take.
        """
        return cls(influx, site, clock, patience)

    @property
    def url(self) -> str:
        """Where the server is."""
        return self._influx.url

    def close(self) -> None:
        """Hang up."""
        self._writer.close()
        self._reader.close()

    def health(self) -> Health:
        """How the newest question went."""
        return Health(self._reader.problem)

    def check(self) -> list[Finding]:
        """Whether the server is fit for us, in sentences: product, rights, bucket, how long it keeps readings."""
        return check(self._influx, self._reader, self._writer)

    def lines(self) -> Lines:
        """Makes lines as the site is now; for one batch, since rooms may change with the next revision."""
        return Lines(self._site())

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """Have all lines written, but for those that are returned.

        Writing a line again changes nothing. Raises InfluxError where InfluxDB is out of reach, is too busy, or does
        not let us write: then some may be written, and the call is to be repeated with the same lines.
        """
        return self._writer.write(lines)

    def reopen(self, hours: Iterable[tuple[str, Instant]]) -> None:
        """To be called before readings are written, with their points and hours: sums of these hold no longer.

        It need not be known which hours have sums. Asks the server about hours that it was not asked about since
        sums were written last, and writes only where there are any, that is for late readings. Raises InfluxError.
        Readings of one point are written and summed up by one process, in one thread.
        """
        unknown = set(hours) - self._without_sums
        if not unknown:
            return
        self._write_sums(opening(self._reader, self._site(), hours_of(unknown)))
        if len(self._without_sums) > MOST_REMEMBERED:
            self._without_sums.clear()
        self._without_sums |= unknown

    def roll_up(self, hours: Iterable[tuple[str, Instant]]) -> dict[tuple[str, Instant], int]:
        """Have these hours of points (told by their beginnings) summed up from what the bucket holds of them.

        Silent hours before them are filled with sums of nothing. Writes what is not kept yet, and may be repeated. An
        hour that is still going on may be summed up too; `reopen` opens it again. Returns how many readings each hour
        has in the bucket: fewer than were written means that somebody deleted some. Raises InfluxError.
        """
        asked = list(hours)
        self._without_sums.clear()
        lines, counts = summing_up(self._reader, self._site(), hours_of(asked))
        self._write_sums(lines)
        return {(point, start): counts[point, start // HOUR] for point, start in asked}

    def latest(self, points: Sequence[str]) -> pd.DataFrame:
        """The newest reading of each point that has one: `RAW_COLUMNS`, indexed by point."""
        return queries.latest(self._reader, self._site(), points, self._clock())

    def raw(self, point: str, start: Instant, end: Instant) -> pd.DataFrame:
        """Every reading of one point, by time: `RAW_COLUMNS`."""
        return raw_frame(self.columns(point, start, end))

    def columns(self, point: str, start: Instant, end: Instant) -> Columns:
        """Every reading of one point, by time, as arrays."""
        return queries.columns(self._reader, self._site(), point, start, end)

    def columns_and_doubles(self, point: str, start: Instant, end: Instant) -> tuple[Columns, Array]:
        """Every reading of one point, and the times of those that another series of the point contradicts."""
        return bulk.columns_and_doubles(self._reader, self._site(), point, start, end)

    def points(self) -> list[str]:
        """Every point that the bucket has readings of, by name."""
        return queries.points(self._reader, self._site())

    def hours_kept(self, point: str, start: Instant, end: Instant) -> Array:
        """The sums of the hours in a range that are in use (`SUMMARY`)."""
        found = newest(self._reader, self._site(), [point], start, end).get(point)
        return np.empty(0, SUMMARY) if found is None else closed(found)

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        """At most `buckets` equal buckets a point, empty ones left out: `ENVELOPE_COLUMNS`.

        From one hour a bucket on they begin at whole hours and are whole hours long.
        """
        return envelope.envelope(self._reader, self._site(), points, start, end, buckets)

    def count_outside(self, point: str, start: Instant, end: Instant, low: float | None, high: float | None) -> int:
        """How many judged readings lie below `low` or above `high`, exactly."""
        return envelope.count_outside(self._reader, self._site(), point, start, end, low, high)

    def extent(self, points: Sequence[str]) -> tuple[Instant, Instant] | None:
        """Times of the first and the last reading of these points, or None where there is no reading."""
        return queries.extent(self._reader, self._site(), points)

    def _write_sums(self, lines: list[bytes]) -> None:
        refused = self.write(lines)
        if refused:
            raise InfluxError(
                f"InfluxDB at {self._influx.url} refuses {len(refused)} hourly sums, the first one because: "
                f"{refused[0].reason} ({refused[0].line.decode()})"
            )

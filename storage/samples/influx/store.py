"""The store in InfluxDB: lines go in, questions are answered."""

from collections.abc import Callable, Sequence
from typing import Self

from facility.instants import Clock
from facility.site import Site
from storage.samples.influx.address import Influx
from storage.samples.influx.lines import Lines
from storage.samples.influx.writing import Refused, Writer


class InfluxStore:
    """The readings of one site in one bucket. Any thread may use it."""

    def __init__(self, influx: Influx, site: Callable[[], Site], clock: Clock) -> None:
        self._influx = influx
        self._site = site
        self._clock = clock
        self._writer = Writer(influx)

    @classmethod
    def open(cls, influx: Influx, site: Callable[[], Site], clock: Clock) -> Self:
        """Nothing is asked of the server yet. `site` says which site is in force; tags are taken from it."""
        return cls(influx, site, clock)

    def close(self) -> None:
        """Hang up."""
        self._writer.close()

    def lines(self) -> Lines:
        """Makes lines as the site is now; for one batch, since rooms may change with the next revision."""
        return Lines(self._site())

    def write(self, lines: Sequence[bytes]) -> list[Refused]:
        """Have all lines written, but for those that are returned.

        Writing a line again changes nothing. Raises InfluxError where InfluxDB is out of reach, is too busy, or does
        not let us write: then some may be written, and the call is to be repeated with the same lines.
        """
        return self._writer.write(lines)

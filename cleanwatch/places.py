"""The places where readings are kept, as a check of them asks: the station's local store, and InfluxDB."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np

from cleanwatch.day_sealing import FOLLOWER
from facility.instants import DAY, HOUR, Instant
from storage.records import seals
from storage.records.database import Records
from storage.records.seals import Seal
from storage.samples.columns import Array, Columns
from storage.samples.digest_check import wrong_sums
from storage.samples.history import BACKLOG
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore

WRONG_SUMS = "hourly sums are not those of the readings, so long trends show something else"


class Place(Protocol):
    """One store of readings, under check."""

    name: str
    stations: Collection[str]
    """Whose readings it holds, of the stations that there are."""

    def points(self) -> Sequence[str]:
        """Every point that it holds readings of."""

    def relevant(self, seals: Sequence[Seal]) -> list[Seal]:
        """Those of the digests that are about what this store holds."""

    def readings(self, point: str, start: Instant, end: Instant) -> Columns:
        """The readings that should be those on record."""

    def gone(self) -> Mapping[str, int]:
        """Points of which days are no longer here, rightly, and the day (since 1970) before which."""

    def beside(self, point: str, readings: Columns, first: int, end: int) -> Iterator[tuple[int, str]]:
        """What else is wrong from a day on and before another: hours (since 1970), and what, in words."""

    def waits_from(self) -> Instant | None:
        """From when on readings may rightly be missing, since they wait to be taken there."""


class LocalPlace:
    """The local store of a station, as far as whoever seals its days has followed it."""

    name = "the local store"

    def __init__(self, store: LocalStore, records: Records, station: str, lets_go: bool = True) -> None:
        """`lets_go`: is there an InfluxDB, for which the store lets days go? Without one none may be gone."""
        self.store = store
        self._records = records
        self.stations: Collection[str] = (station,)
        self._station = station
        self._pruned = store.pruned_days() if lets_go else {}

    def points(self) -> Sequence[str]:
        """See `Place`."""
        return self.store.points()

    def relevant(self, seals: Sequence[Seal]) -> list[Seal]:
        """See `Place`."""
        return [seal for seal in seals if seal.station == self._station]

    def readings(self, point: str, start: Instant, end: Instant) -> Columns:
        """See `Place`."""
        return self.store.as_of(self._upto(), point, start, end)

    def gone(self) -> Mapping[str, int]:
        """See `Place`."""
        return self._pruned

    def beside(self, point: str, readings: Columns, first: int, end: int) -> Iterator[tuple[int, str]]:
        """See `Place`. The roll-up is about what is in chunks, which is nearly always all of it."""
        for day in range(first, end):
            kept = self.store.hours_kept(point, day)
            if _sums_differ(kept, readings.between(day * DAY, (day + 1) * DAY)):
                for hour in _sums_differ(kept, self.store.sealed(point, day)):
                    yield hour, WRONG_SUMS

    def waits_from(self) -> Instant | None:
        """See `Place`."""
        return None

    def _upto(self) -> int:
        """The newest commit of which everything late is on record."""
        with self._records.reading() as connection:
            on_record = seals.newest_commit(connection, self._station)
        return max(on_record, self.store.passed(FOLLOWER) or 0)


class InfluxPlace:
    """The bucket in InfluxDB. `local` is the store that forwards to it, where it is at hand."""

    def __init__(self, influx: InfluxStore, local: LocalStore | None, stations: Collection[str]) -> None:
        self.name = f"InfluxDB at {influx.url}"
        self.stations: Collection[str] = stations
        self._influx = influx
        self._local = local
        self._contradicted: dict[str, list[int]] = {}

    def points(self) -> Sequence[str]:
        """See `Place`."""
        return self._influx.points()

    def relevant(self, seals: Sequence[Seal]) -> list[Seal]:
        """See `Place`; every station writes there."""
        return list(seals)

    def readings(self, point: str, start: Instant, end: Instant) -> Columns:
        """See `Place`."""
        readings, doubled = self._influx.columns_and_doubles(point, start, end)
        self._contradicted[point] = sorted(set((doubled // HOUR).tolist()))
        return readings

    def gone(self) -> Mapping[str, int]:
        """See `Place`; nothing ever goes from there."""
        return {}

    def beside(self, point: str, readings: Columns, first: int, end: int) -> Iterator[tuple[int, str]]:
        """See `Place`. Series of two rooms may hold the same time, and questions for single readings hide one."""
        for hour in wrong_sums(self._influx.hours_kept(point, first * DAY, end * DAY), readings):
            yield hour, WRONG_SUMS
        for hour in self._contradicted.pop(point, ()):
            yield hour, "a second series of the point contradicts the first"

    def waits_from(self) -> Instant | None:
        """See `Place`."""
        progress = None if self._local is None else self._local.progress(BACKLOG)
        return None if progress is None else progress.oldest


def _sums_differ(kept: Array, readings: Columns) -> list[int]:
    """The hours whose sums are others than those of the readings, or are not kept."""
    return [*np.setdiff1d(readings.time // HOUR, kept["key"]).tolist(), *wrong_sums(kept, readings)]

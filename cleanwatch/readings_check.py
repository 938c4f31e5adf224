"""Checking stored readings against the digests on record: which point and hour differs, how, and what to do."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias

from cleanwatch.places import WRONG_SUMS, LocalPlace, Place
from facility.instants import DAY, HOUR, Instant
from storage.records import seals
from storage.records.database import Records
from storage.samples.columns import Columns
from storage.samples.digest import HourDigest
from storage.samples.digest_check import Difference, What, compared, differences, start_of
from storage.samples.local import DamagedChunkError

TOGETHER = 7
"""Days that are read together."""
AT_ONCE = 4
"""Points that are read at once: unpacking and hashing leave Python's lock, and InfluxDB has processors of its own."""

Told: TypeAlias = Callable[[int, int], None]
"""Told how many days are checked, and of how many."""


def not_told(_done: int, _of: int) -> None:
    """For whoever does not want to be told."""


@dataclass(slots=True)
class Checked:
    """What a check of one place found: `problems` and `notes` in words."""

    place: str
    readings: int = 0
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Days that are checked together, with the digests of each point."""

    first: int
    end: int
    digests: dict[str, list[HourDigest]]
    unreadable: set[tuple[str, int]]


class ReadingsCheck:
    """Checks places where readings are kept, from a day on and before another (both since 1970)."""

    def __init__(self, records: Records, first: int, end: int, told: Told = not_told) -> None:
        self._records = records
        with records.reading() as connection:
            sealed = {one: seals.sealed_days(connection, one) for one in seals.stations(connection)}
            self._begin = seals.first_day(connection) or 0
        self._sealed_to = {station: days[-1][0] + 1 for station, days in sealed.items() if days}
        self._end = end
        self.first = max(first, self._begin)
        """The first day that is checked: the first one on record, if nothing later was asked for."""
        self._told = told

    def end(self, place: Place) -> int:
        """The first day that some station of a place has not sealed yet, if nothing earlier was asked for."""
        sealed = [self._sealed_to[one] for one in place.stations if one in self._sealed_to]
        return min(self._end, min(sealed, default=self.first))

    def check(self, place: Place, witness: Place | None = None) -> Checked:
        """Hold every reading of a place against the record; where they differ, a witness may know the right ones."""
        found, gone, points, end = Checked(place.name), place.gone(), place.points(), self.end(place)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for first in range(self.first, end, TOGETHER):
                stretch = self._stretch(place, first, min(first + TOGETHER, end))
                begins = {point: max(first, gone.get(point, first)) for point in {*points, *stretch.digests}}
                there = sorted(point for point, begin in begins.items() if begin < stretch.end)
                work = (pool.submit(self._check_point, place, witness, stretch, one, begins[one]) for one in there)
                for one in [future.result() for future in list(work)]:
                    found.readings += one.readings
                    found.problems += one.problems
                    found.notes += one.notes
                self._told(stretch.end - self.first, end - self.first)
        if isinstance(place, LocalPlace):
            found.problems += _strange_rows(place, self._begin)
            found.notes += _pruned(place, self.first)
        return found

    def _stretch(self, place: Place, first: int, end: int) -> _Stretch:
        with self._records.reading() as connection:
            parts = place.relevant(seals.load(connection, first, end))
        digests: defaultdict[str, list[HourDigest]] = defaultdict(list)
        unreadable = set()
        for part in parts:
            content = part.content
            for point, hours in content.points.items():
                digests[point] += hours
            unreadable |= {(point, part.day) for point in content.unreadable}
        return _Stretch(first, end, digests, unreadable)

    def _check_point(self, place: Place, witness: Place | None, stretch: _Stretch, point: str, begin: int) -> Checked:
        found = Checked(place.name)
        try:
            readings = place.readings(point, begin * DAY, stretch.end * DAY)
        except DamagedChunkError as damage:
            found.problems.append(f"{point}: readings in {place.name} cannot be read: {damage}")
            return found
        found.readings += len(readings)
        differing = differences(readings, _from(stretch.digests.get(point, ()), begin))
        if differing:  # what has come in late since may be on record by now
            again = self._stretch(place, stretch.first, stretch.end)
            readings = place.readings(point, begin * DAY, stretch.end * DAY)
            differing = differences(readings, _from(again.digests.get(point, ()), begin))
            for one in differing:
                if (point, one.hour // 24) in stretch.unreadable:
                    found.notes.append(f"{point}, {start_of(one.hour)}: could not be read when the day was sealed")
                else:
                    self._tell(found, place, witness, again, point, one, readings)
        for hour, words in self._beside(place, point, readings, begin, stretch.end):
            if words != WRONG_SUMS or hour not in {one.hour for one in differing}:
                found.problems.append(f"{point}, hour from {start_of(hour)}: in {place.name} {words}")
        return found

    def _beside(self, place: Place, point: str, readings: Columns, first: int, end: int) -> list[tuple[int, str]]:
        try:
            return sorted(place.beside(point, readings, first, end))
        except DamagedChunkError as damage:
            return [(first * 24, f"hourly sums cannot be read: {damage}")]

    def _tell(
        self,
        found: Checked,
        place: Place,
        witness: Place | None,
        stretch: _Stretch,
        point: str,
        one: Difference,
        readings: Columns,
    ) -> None:
        start, end = one.hour * HOUR, (one.hour + 1) * HOUR
        here = readings.between(start, end)
        waits_from = place.waits_from()
        name = f"{point}, hour from {start_of(one.hour)}"
        if one.what is What.MISSING and waits_from is not None and end > waits_from:
            found.notes.append(f"{name}: readings wait to be forwarded to {place.name}; check again when none waits")
            return
        words = f"{name}: in {place.name} {one.words}"
        right = _right(witness, point, one.hour, stretch.digests.get(point, ()))
        if right is not None:
            words += f" ({'; '.join(compared(here, right))})"
        found.problems.append(words + _remedy(place, right is not None, one))


def _from(digests: Sequence[HourDigest], day: int) -> list[HourDigest]:
    return [digest for digest in digests if digest.hour >= day * 24]


def _right(witness: Place | None, point: str, hour: int, digests: Sequence[HourDigest]) -> Columns | None:
    """The readings of an hour from another store, if these are the ones on record."""
    if witness is None:
        return None
    try:
        readings = witness.readings(point, hour * HOUR, (hour + 1) * HOUR)
    except DamagedChunkError:
        return None
    return None if differences(readings, [one for one in digests if one.hour == hour]) else readings


def _remedy(place: Place, known: bool, one: Difference) -> str:
    if isinstance(place, LocalPlace):
        return ". Find out who wrote into the file; a backup or an archive of that day has what was sealed"
    if one.what is What.ADDED:
        return ". Find out who wrote there"
    had = "It had confirmed all of them. " if one.what is What.MISSING else ""
    if known:
        return (
            f". {had}The local store has what was sealed: cleanwatch forward again --since {start_of(one.hour)[:-1]}"
        )
    return (
        f". {had}The local store no longer has that day: restore InfluxDB from a backup, or the day from an archive"
    )


def _strange_rows(place: LocalPlace, begin: int) -> Iterator[str]:
    strange = place.store.rows_without_commit()
    if strange:
        yield f"the local store has {strange} rows of commits that never were: somebody wrote into the file"
    before = place.store.days(-(1 << 31), begin)
    if before:
        yield (
            f"the local store has readings of {len(before)} days before {seals.date_of(begin)}, the first day on "
            f"record; the first of them is {seals.date_of(before[0])}: added by somebody else than the station"
        )


def _pruned(place: LocalPlace, first: int) -> Iterator[str]:
    gone = [day for day in place.gone().values() if day > first]
    if gone:
        yield (
            f"days before {seals.date_of(max(gone))} have been let go by the local store for {len(gone)} points, "
            "since InfluxDB has them: check them there with --influx"
        )


def days_between(start: Instant | None, end: Instant | None) -> tuple[int, int]:
    """The days of a range of time, its last one included, as `ReadingsCheck` takes them; None is everything."""
    first = -(1 << 30) if start is None else start // DAY
    return first, (1 << 30) if end is None else end // DAY + 1

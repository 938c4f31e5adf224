"""Sealing days: a digest of each day of readings goes into the audit trail, so that a later change of them shows.

What was sealed is told from what came in later by the commits themselves, in the order of their numbers, and not by
what the store holds: whoever writes into the store's file makes no commit. So readings can be late on record, and
nothing can be there that is not on record.
"""

import logging
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from facility.instants import DAY, HOUR, MINUTE, Clock, Instant, Span
from facility.reading import Reading
from storage.records import seals
from storage.records.database import Records
from storage.samples.columns import Columns
from storage.samples.commit import Commit
from storage.samples.digest import DayDigest, HourDigest, day_of, hours_of
from storage.samples.digest_check import differences
from storage.samples.local import DamagedChunkError, Follower, LocalStore

log = logging.getLogger(__name__)

FOLLOWER = "seals"
"""What the local store calls whoever seals days."""
SEAL_AFTER: Span = 2 * HOUR
"""A day is sealed so long after its end: most late readings have come by then."""
LATE, IN_BULK = "came in late", "history stored in bulk"
GATHER: Span = MINUTE
MOST_GATHERED = 50_000
"""Late readings are put on record together: what came within a minute, or so many."""
Row: TypeAlias = tuple[int, float, int, int, int | None, int | None, float | None]


@dataclass(slots=True)
class _Late:
    """What came in for sealed days and is not on record yet, by day and point."""

    since: Instant = 0
    upto: int = 0
    readings: int = 0
    reason: str = LATE
    rows: defaultdict[int, defaultdict[str, list[Row]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )


class DaySealing:
    """Seals the days of one station, oldest first. Use it from one thread, and step it every second or less."""

    def __init__(self, station: str, store: LocalStore, records: Records, clock: Clock) -> None:
        self._station = station
        self._store = store
        self._records = records
        self._clock = clock
        self._follower: Follower | None = None
        self._position = 0
        self._late = _Late()
        self._sealed: list[tuple[int, int]] | None = None
        self.damage: str | None = None
        """What of the days sealed since the start could not be read, in words."""

    def step(self) -> None:
        """Take what has come in, and seal a day if one is due.

        Raises RecordsAwayError and the store's errors; what could not be put on record then is later.
        """
        if self._sealed is None:
            with self._records.reading() as connection:
                self._sealed = seals.sealed_days(connection, self._station)
        sealed, follower = self._sealed, self._followed()
        self._put_late_on_record_if_due()
        while (commit := self._next(follower, sealed)) is not None:
            self._position = commit.number
            self._put_late_on_record_if_due()
        if self._late.readings == 0:
            follower.passed(self._position)
            day = self._due(sealed)
            if day is not None:
                self._seal(day, sealed)

    def unsealed(self) -> Instant:
        """From when on days are not sealed yet: the store must not let go of them."""
        with self._records.reading() as connection:
            sealed = seals.sealed_days(connection, self._station)
        return (sealed[-1][0] + 1) * DAY if sealed else 0

    def _followed(self) -> Follower:
        """Whoever takes commits; from the last one passed on where taking them failed before."""
        if self._follower is None:
            self._follower = self._store.follow(FOLLOWER)
            self._position = self._store.passed(FOLLOWER) or 0
            self._late = _Late()
        return self._follower

    def _next(self, follower: Follower, sealed: list[tuple[int, int]]) -> Commit | None:
        """The next commit, gathered; None where there is none just now."""
        try:
            commit = follower.next(0)
            if commit is not None and sealed:
                self._gather(commit, sealed)
        except BaseException:
            self._follower = None
            raise
        return commit

    def _gather(self, commit: Commit, sealed: list[tuple[int, int]]) -> None:
        open_from = (sealed[-1][0] + 1) * DAY
        if commit.readings and commit.readings[0].time < open_from:  # they are ordered by time
            for one in commit.readings:
                if one.time < open_from:
                    self._gather_row(commit, sealed, one.point, _row(one))
        if any(stretch.start < open_from for stretch in commit.backfilled):
            for point, times in self._store.brought_in_bulk(commit.number):
                times = times[times < open_from]
                for day in np.unique(times // DAY).tolist():
                    readings = self._store.columns(point, day * DAY, (day + 1) * DAY)
                    for row in _rows(readings.take(np.isin(readings.time, times))):
                        self._gather_row(commit, sealed, point, row)
            self._late.reason = IN_BULK

    def _gather_row(self, commit: Commit, sealed: list[tuple[int, int]], point: str, row: Row) -> None:
        late, day = self._late, day_of(row[0])
        if commit.number <= _sealed_at(sealed, day):
            return  # taken once more after a crash
        late.since = late.since or self._clock()
        late.upto = commit.number
        late.rows[day][point].append(row)
        late.readings += 1

    def _put_late_on_record_if_due(self) -> None:
        late = self._late
        if late.readings >= MOST_GATHERED or (late.readings and self._clock() - late.since >= GATHER):
            self._put_late_on_record()

    def _put_late_on_record(self) -> None:
        late, pruned = self._late, self._store.pruned_days()
        with self._records.transaction() as connection:
            for day in sorted(late.rows):
                parts = seals.load(connection, day, day + 1, self._station)
                known = _named_already(parts)
                content: dict[str, list[HourDigest]] = {}
                received: list[int] = []
                for point, rows in late.rows[day].items():
                    readings = Columns.of_rows(rows).ordered()
                    readings = readings.take(~np.isin(readings.time, sorted(known.get(point, ()))))
                    if late.reason == IN_BULK:
                        readings = self._not_on_record(point, day, readings, parts)
                    if len(readings):
                        content[point] = _named(readings, singly=day < pruned.get(point, day))
                        received += [int(readings.received.min()), int(readings.received.max())]
                if content:
                    span = min(received), max(received)
                    digest = DayDigest(content)
                    seals.add_late(
                        connection, self._clock(), self._station, day, late.upto, digest, span, late.reason
                    )
        self._late = _Late()
        if self._follower is not None:
            self._follower.passed(self._position)

    def _not_on_record(self, point: str, day: int, readings: Columns, parts: list[seals.Seal]) -> Columns:
        """Without hours that are, with these readings, just as they are on record: an archive was brought back."""
        there = self._store.as_of(self._position, point, day * DAY, (day + 1) * DAY)
        on_record = [hour for part in parts for hour in part.content.points.get(point, ())]
        differing = [one.hour for one in differences(there, on_record)]
        return readings.take(np.isin(readings.time // HOUR, differing))

    def _due(self, sealed: list[tuple[int, int]]) -> int | None:
        """The oldest day that has ended, has readings, and is not sealed."""
        end = day_of(self._clock() - SEAL_AFTER)
        first = sealed[-1][0] + 1 if sealed else -(1 << 31)
        if first >= end:
            return None
        days = self._store.days(first, end)
        return days[0] if days else None

    def _seal(self, day: int, sealed: list[tuple[int, int]]) -> None:
        content: dict[str, list[HourDigest]] = {}
        unreadable = []
        for point in self._store.points():
            try:
                readings = self._store.as_of(self._position, point, day * DAY, (day + 1) * DAY)
            except DamagedChunkError as damage:
                unreadable.append(point)
                self.damage = f"a day was sealed without {point}, which cannot be read: {damage}"
                continue
            if len(readings):
                content[point] = hours_of(readings)
        digest = DayDigest(content, unreadable)
        with self._records.transaction() as connection:
            seals.add(connection, self._clock(), self._station, day, self._position, digest)
        sealed.append((day, self._position))
        log.info("sealed %s: %s readings of %s points", seals.date_of(day), f"{digest.readings:,}", len(content))


def _named(readings: Columns, singly: bool) -> list[HourDigest]:
    """Digests that name their readings: of each hour, or of each reading where some may not be new.

    Of a day that it has let go the local store does not know which readings it had.
    """
    if not singly:
        return hours_of(readings, name_times=True)
    return [
        one
        for place in range(len(readings))
        for one in hours_of(readings.take(slice(place, place + 1)), name_times=True)
    ]


def _row(reading: Reading) -> Row:
    return (
        reading.time,
        reading.value,
        reading.reasons,
        reading.received,
        reading.sequence,
        reading.count,
        reading.volume,
    )


def _rows(readings: Columns) -> Iterator[Row]:
    return zip(*(getattr(readings, name).tolist() for name in Columns.names()), strict=True)


def _sealed_at(sealed: list[tuple[int, int]], day: int) -> int:
    """The commit up to which readings of this day were there when it, or the next day that has any, was sealed."""
    return sealed[bisect_left(sealed, (day, 0))][1]


def _named_already(parts: list[seals.Seal]) -> dict[str, set[int]]:
    """Times that are on record as late: after a crash the commits of the last second may be taken again."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for part in parts:
        if part.part:
            for point, hours in part.content.points.items():
                for hour in hours:
                    found[point].update(hour.named().tolist())
    return found

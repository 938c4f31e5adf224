"""Gaps in what sources number: seen in the local store, and put on record once, after a grace for what comes late."""

from facility.instants import MINUTE, Clock, Instant, Span
from storage.records import source_gaps
from storage.records.database import Records
from storage.records.source_gaps import SourceGap
from storage.samples.local import LocalStore
from storage.samples.local.sources import Gap

GRACE: Span = MINUTE
"""So long messages may be missing before it is on record: out of order, or sent again after 30 s by our gateways."""


class GapWatch:
    """Looks at the numbers of every source now and then. Use it from one thread."""

    def __init__(self, station: str, store: LocalStore, records: Records, clock: Clock) -> None:
        self._station = station
        self._store = store
        self._records = records
        self._clock = clock
        self._looked: Instant | None = None
        self._seen: dict[Gap, tuple[Instant | None, Instant]] = {}
        """Each gap that is not on record yet: between which two looks it has come about."""

    def look(self) -> None:
        """Put on record what is missing for long enough, and what was and has come."""
        now = self._clock()
        missing = [gap for entry in self._store.balance() for gap in self._store.gaps(entry.source)]
        with self._records.reading() as connection:
            known = source_gaps.open_gaps(connection, self._station)
        new = [gap for gap in missing if not any(_within(gap, recorded) for recorded in known)]
        self._seen = {gap: self._between(gap, now) for gap in new}
        due = [gap for gap, (_, before) in self._seen.items() if now - before >= GRACE]
        closed = [recorded for recorded in known if not any(_within(gap, recorded) for gap in missing)]
        if due or closed:
            with self._records.transaction() as connection:
                for gap in due:
                    source_gaps.record(connection, self._to_record(gap), now)
                for recorded in closed:
                    source_gaps.close(connection, recorded, now)
        self._looked = now

    def _between(self, gap: Gap, now: Instant) -> tuple[Instant | None, Instant]:
        """A gap that is being filled shrinks or falls apart: what is left of it came about when it did."""
        return next((times for seen, times in self._seen.items() if _is_part(gap, seen)), (self._looked, now))

    def _to_record(self, gap: Gap) -> SourceGap:
        return SourceGap(self._station, gap.source, gap.epoch, gap.first, gap.last, *self._seen[gap])


def _within(gap: Gap, recorded: SourceGap) -> bool:
    same = (gap.source, gap.epoch) == (recorded.source, recorded.epoch)
    return same and recorded.first <= gap.first and gap.last <= recorded.last


def _is_part(gap: Gap, seen: Gap) -> bool:
    same = (gap.source, gap.epoch) == (seen.source, seen.epoch)
    return same and seen.first <= gap.first and gap.last <= seen.last

"""What late readings say of the past: stretches are judged again, a slice at a time, while nothing else is to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from alerts import retrospect
from alerts.past_sites import PastSites
from alerts.present import Present
from alerts.reviews import Review, first_ready
from alerts.rooms import around
from alerts.watch import Watch
from facility.alarm import Alarm
from facility.instants import DAY, Instant, Span
from storage.records import alarms, excursions, room_states
from storage.records.database import Records
from storage.records.engine_journal import ReviewBegun, ReviewContinued
from storage.samples.local import LocalStore

JOINED_WITHIN: Span = DAY
"""An alarm joins no excursion that is farther away in time than this."""


class Hindsight:
    """Belongs to the thread of the engine. Of several stretches one is judged after the other."""

    def __init__(self, store: LocalStore, records: Records) -> None:
        self._store = store
        self._records = records
        self._past = PastSites()
        self._under: _UnderReview | None = None

    def waits(self, present: Present, now: Instant) -> bool:
        """Is anything of the past to be judged?"""
        return self._under is not None or _first_ready(present, now) is not None

    def forget(self) -> None:
        """Leave the stretch that has been begun; it waits as it did before."""
        self._under = None

    def judge_slice(self, present: Present, now: Instant) -> ReviewBegun | ReviewContinued:
        """Judge the next slice of what waits, and put what it leads to in the draft; what the journal says of it."""
        under = self._under
        note: ReviewBegun | ReviewContinued = ReviewContinued()
        if under is None:
            ready = _first_ready(present, now)
            assert ready is not None, "called while nothing waits"
            under = self._under = self._begin(present, *ready)
            note = under.begun
        found = next(under.slices, None)
        if found is None:
            present.reviewed(under.watch, under.review, under.left(now))
            self._under = None
        elif found:
            self._put_on_record(present, under, found, now)
        return note

    def _begin(self, present: Present, watch: Watch, review: Review) -> "_UnderReview":
        point, known_until = watch.point, max(review.end, watch.judged or review.end)
        with self._records.reading() as connection:
            described = self._past.described(connection, present.site, point, review.start - DAY, known_until + 1)
            start = retrospect.first_moment(described, review)
            rooms = around(present.site, point.room)
            timeline = room_states.timeline(connection, rooms, start, known_until + 1)
        read = partial(self._store.columns, point.id)
        slices = retrospect.alarms_of(described, review, known_until, read, timeline)
        return _UnderReview(watch, review, known_until, slices)

    def _put_on_record(self, present: Present, under: "_UnderReview", found: list[Alarm], now: Instant) -> None:
        begin, end = min(alarm.onset for alarm in found), max(alarm.returned or under.known_until for alarm in found)
        with self._records.reading() as connection:
            on_record = alarms.overlapping(connection, [under.watch.point.id], begin, end + 1)
            around_then = excursions.overlapping(
                connection, begin - JOINED_WITHIN, end + JOINED_WITHIN, present.site.share.station
            )
        present.excursions.recall(around_then)
        for alarm in found:
            since = retrospect.put_on_record(present.alarms, alarm, on_record, now)
            if since is not None:
                under.open_since = since if under.open_since is None else min(under.open_since, since)
        present.excursions.settle(now)


def _first_ready(present: Present, now: Instant) -> tuple[Watch, Review] | None:
    for watch in present.reviewing.values():
        review = first_ready(watch.reviews, now, watch.judged, watch.quiet)
        if review is not None:
            return watch, review
    return None


@dataclass(slots=True)
class _UnderReview:
    """A stretch that is being judged again. `open_since` is the onset of an alarm that is not over yet."""

    watch: Watch
    review: Review
    known_until: Instant
    slices: Iterator[list[Alarm]]
    open_since: Instant | None = None

    @property
    def begun(self) -> ReviewBegun:
        """What the journal says of its beginning."""
        of = self.review
        return ReviewBegun(self.watch.point.id, of.start, of.end, of.ready, of.known_until, self.known_until)

    def left(self, now: Instant) -> Review | None:
        """What is to be judged once more: from the onset of an alarm that is not over yet."""
        if self.open_since is None:
            return None
        return Review(self.open_since, self.review.end, now, self.known_until)

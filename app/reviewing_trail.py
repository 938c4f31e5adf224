"""Reviewing the audit trail of a period: what is put before the reviewer to sign, and what it is bound to."""

from datetime import timedelta

from sqlalchemy import Connection

from app import formats
from app.changes import of_whole_site
from app.context import AppContext
from app.signing import Signable, ToSign
from app.trail_query import day, midnight
from facility.instants import Instant
from facility.people import Person
from facility.roles import Right
from storage.records.signatures import Meaning, NotToBeSignedError
from storage.records.trail import trail_reviews
from storage.records.trail.trail_reviews import NothingToReviewError, Period

NO_DAYS = "Choose the first and the last day that you have reviewed."
NO_NOTE = "Write what you looked at and what you found; that nothing was unusual is a finding, too."
NOT_OVER = "The last day is not over yet: review it when nothing more can be written about it."


def prepare(context: AppContext, connection: Connection, person: Person, subject: str) -> ToSign:
    """The review of the days, and with the note, that the browser names. Raises NotToBeSignedError."""
    of_whole_site(context)
    zone = context.site().timezone
    first_day, _, rest = subject.partition("/")
    last_day, _, note = rest.partition("/")
    first, last, note = day(first_day), day(last_day), note.strip()
    if first is None or last is None:
        raise NotToBeSignedError(NO_DAYS)
    if not note or "\0" in note:
        raise NotToBeSignedError(NO_NOTE)
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    assert start is not None
    assert end is not None
    if end > context.clock():
        raise NotToBeSignedError(NOT_OVER)
    try:
        period = trail_reviews.period(connection, person, start, end)
    except NothingToReviewError as error:
        raise NotToBeSignedError(str(error)) from error

    def act(connection: Connection, at: Instant, person: Person) -> None:
        trail_reviews.add(connection, at, person, period, note)

    return ToSign(
        trail_reviews.object_of(trail_reviews.next_number(connection)),
        Meaning.REVIEW,
        trail_reviews.content(period, note),
        f"Audit trail, {days_words(period.start, period.end, zone)}",
        act,
        words(period, note),
    )


def words(period: Period, note: str) -> list[str]:
    """What is reviewed, as the dialog says it."""
    rows = period.last - period.first + 1
    own = f", {period.own:,} of them your own" if period.own else ""
    return [
        f"Rows {period.first:,} to {period.last:,}: {rows:,} rows{own}.",
        f"The last one has the hash {period.hash}.",
        f"Note: {note}",
    ]


def days_words(start: Instant, end: Instant, zone: str) -> str:
    """1 Oct 2026 to 31 Oct 2026; the end is the first moment that is no part of it."""
    first, last = formats.date(start, zone), formats.date(end - 1, zone)
    return first if first == last else f"{first} to {last}"


REVIEW = Signable("trail review", Right.REVIEW_TRAIL, prepare)

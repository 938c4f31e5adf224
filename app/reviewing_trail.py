"""Reviewing the audit trail of a period: what is put before the reviewer to sign, and what it is bound to."""

from datetime import timedelta

from sqlalchemy import Connection

from app import formats
from app.changes import of_whole_site
from app.context import AppContext
from app.signing import Signable, ToSign
from app.trail_query import day, midnight
from facility.instants import Instant
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records.signatures import Meaning, NotToBeSignedError
from storage.records.trail import trail_reviews
from storage.records.trail.trail_reviews import NothingToReviewError, Period

NO_DAYS = N_("Choose the first and the last day that you have reviewed.")
NO_NOTE = N_("Write what you looked at and what you found; that nothing was unusual is a finding, too.")
NOT_OVER = N_("The last day is not over yet: review it when nothing more can be written about it.")


def prepare(context: AppContext, connection: Connection, person: Person, subject: str) -> ToSign:
    """The review of the days, and with the note, that the browser names. Raises NotToBeSignedError."""
    of_whole_site(context)
    zone = context.site().timezone
    first_day, _unused, rest = subject.partition("/")
    last_day, _unused, note = rest.partition("/")
    first, last, note = day(first_day), day(last_day), note.strip()
    if first is None or last is None:
        raise NotToBeSignedError(_(NO_DAYS))
    if not note or "\0" in note:
        raise NotToBeSignedError(_(NO_NOTE))
    start, end = midnight(first, zone), midnight(last + timedelta(days=1), zone)
    assert start is not None
    assert end is not None
    if end > context.clock():
        raise NotToBeSignedError(_(NOT_OVER))
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
        _("Audit trail, {days}", days=days_words(period.start, period.end, zone)),
        act,
        words(period, note),
    )


def words(period: Period, note: str) -> list[str]:
    """What is reviewed, as the dialog says it."""
    rows = period.last - period.first + 1
    return [
        _(
            "Rows {first} to {last}: {rows} rows, {own} of them your own.",
            first=formats.decimal(period.first, 0),
            last=formats.decimal(period.last, 0),
            rows=formats.decimal(rows, 0),
            own=formats.decimal(period.own, 0),
        ),
        _("The last one has the hash {hash}.", hash=period.hash),
        _("Note: {note}", note=note),
    ]


def days_words(start: Instant, end: Instant, zone: str) -> str:
    """1 Oct 2026 to 31 Oct 2026; the end is the first moment that is no part of it."""
    first, last = formats.date(start, zone), formats.date(end - 1, zone)
    return first if first == last else _("{start} to {end}", start=first, end=last)


REVIEW = Signable(N_("trail review"), Right.REVIEW_TRAIL, prepare)

"""Reviews of the audit trail: who has looked through which rows, with a note; each is signed.

The rows of a review are those of its time. What no review holds is not reviewed, however late it was written.
`add` writes its own audit row; whoever calls it signs `content` in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from facility.instants import Instant, text_of
from facility.language import _
from facility.people import CLEANWATCH, Person
from storage.records.schema import audit as trail
from storage.records.schema import trail_reviews as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter

ACTION = "trail reviewed"


class NothingToReviewError(Exception):
    """There is nothing in this time that this person could review; the message says why."""


@dataclass(frozen=True, slots=True)
class Period:
    """What is to be reviewed: the rows `first` to `last` of the time from `start` to before `end`.

    `hash` is that of the last row; `own` is how many of the rows are the reviewer's own acts.
    """

    start: Instant
    end: Instant
    first: int
    last: int
    hash: str
    own: int


@dataclass(frozen=True, slots=True)
class TrailReview:
    """A review on record. `number` counts from 1."""

    number: int
    at: Instant
    by: str
    start: Instant
    end: Instant
    first: int
    last: int
    hash: str
    note: str


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """Rows in a row that no review holds, and from when to when they are."""

    first: int
    last: int
    start: Instant
    end: Instant


def period(connection: Connection, person: Person, start: Instant, end: Instant) -> Period:
    """The rows of a time, as this person would review them. Raises NothingToReviewError.

    Nobody reviews a time in which no other person did anything: that would be no second pair of eyes.
    """
    found = audit.span(connection, AuditFilter(start=start, end=end))
    if found is None:
        raise NothingToReviewError(_("Nothing is on record of this time: there is nothing to review."))
    first, last = found
    among = (trail.c.seq >= first, trail.c.seq <= last)
    people = select(trail.c.actor, func.count()).where(*among, trail.c.actor != CLEANWATCH.name)
    acted: dict[str, int] = {actor: rows for actor, rows in connection.execute(people.group_by(trail.c.actor))}  # noqa: C416 (rows are no pairs to mypy)
    own = acted.pop(person.account, 0)
    if own and not acted:
        raise NothingToReviewError(
            _(
                "All that people and other systems did in this time, you did yourself: another person has to review "
                "it."
            )
        )
    digest: str = connection.execute(select(trail.c.hash).where(trail.c.seq == last)).scalar_one()
    return Period(start, end, first, last, digest, own)


def content(reviewed: Period | TrailReview, note: str) -> JSON:
    """What a review's signature is bound to."""
    return {
        "from": text_of(reviewed.start),
        "to": text_of(reviewed.end),
        "first row": reviewed.first,
        "last row": reviewed.last,
        "hash": reviewed.hash,
        "note": note,
    }


def object_of(number: int) -> str:
    """A review, as audit rows and signatures name it."""
    return f"review {number}"


def add(connection: Connection, at: Instant, person: Person, reviewed: Period, note: str) -> TrailReview:
    """Put a review on record."""
    review = TrailReview(
        next_number(connection),
        at,
        person.account,
        reviewed.start,
        reviewed.end,
        reviewed.first,
        reviewed.last,
        reviewed.hash,
        note,
    )
    values = {name: getattr(review, _FIELDS.get(name, name)) for name in table.columns.keys()}  # noqa: SIM118 (a column collection iterates over columns)
    connection.execute(insert(table).values(values))
    told: dict[str, JSON] = {
        "from": text_of(review.start),
        "to": text_of(review.end),
        "first row": review.first,
        "last row": review.last,
        "hash": review.hash,
        "note": note,
        "reviewer's own rows": reviewed.own,
    }
    audit.append(connection, at, [AuditEntry(person.actor, ACTION, object_of(review.number), told)])
    return review


def next_number(connection: Connection) -> int:
    """The number that the next review will have."""
    return (connection.execute(select(func.max(table.c.number))).scalar() or 0) + 1


def newest(connection: Connection, limit: int) -> list[TrailReview]:
    """The last reviews, newest first."""
    return [
        TrailReview(*row) for row in connection.execute(select(table).order_by(table.c.number.desc()).limit(limit))
    ]


def unreviewed(connection: Connection) -> list[Unreviewed]:
    """What no review holds, oldest first; the last stretch mostly goes on to the newest row."""
    reviews = connection.execute(select(table.c.first_seq, table.c.last_seq).order_by(table.c.first_seq))
    gaps = _gaps([(first, last) for first, last in reviews], audit.head(connection).seq)
    return [Unreviewed(first, last, _at(connection, first), _at(connection, last)) for first, last in gaps]


def _gaps(held: Sequence[tuple[int, int]], newest: int) -> list[tuple[int, int]]:
    gaps, begin = [], 1
    for first, last in held:
        if first > begin:
            gaps.append((begin, first - 1))
        begin = max(begin, last + 1)
    return [*gaps, (begin, newest)] if begin <= newest else gaps


def _at(connection: Connection, seq: int) -> Instant:
    at: Instant = connection.execute(select(trail.c.at).where(trail.c.seq == seq)).scalar_one()
    return at


_FIELDS = {"first_seq": "first", "last_seq": "last"}
"""Columns whose name is not that of the field."""

"""How the audit trail stands: what was verified last, what was told outside, what waits for a review."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import formats
from facility.instants import Instant
from facility.language import _, _n
from storage.records.trail import anchors, trail_reviews, verification
from storage.records.trail.anchors import Anchor, Kind
from storage.records.trail.trail_reviews import TrailReview, Unreviewed
from storage.records.trail.verification import Result

RESULTS, REVIEWS = 30, 12


@dataclass(frozen=True, slots=True)
class TrailState:
    """What the records say of the trail."""

    last: Result | None
    last_full: Result | None
    told: Sequence[Anchor]
    """The newest anchor of each kind."""
    keys: Sequence[str]
    """Public keys that mails were signed with (PEM), newest first."""
    reviews: Sequence[TrailReview]
    unreviewed: Sequence[Unreviewed]


def trail_state(connection: Connection) -> TrailState:
    """As it is on record."""
    results = verification.newest(connection, RESULTS)
    newest = [anchors.newest(connection, kind) for kind in Kind]
    return TrailState(
        last=results[0] if results else None,
        last_full=next((result for result in results if result.full), None),
        told=[anchor for anchor in newest if anchor is not None],
        keys=anchors.public_keys(connection),
        reviews=trail_reviews.newest(connection, REVIEWS),
        unreviewed=trail_reviews.unreviewed(connection),
    )


def verified_words(state: TrailState, zone: str, now: Instant) -> str:
    """Verified up to row 12,345 today 03:00: whole."""
    if state.last is None:
        return _(
            "Not verified yet: the leading station does it every night, and within minutes after its first start."
        )
    at = formats.moment(state.last.at, zone, now)
    if state.last.count:
        wrong = _n("{n} thing is wrong", "{n} things are wrong", state.last.count, n=formats.words(state.last.count))
        return _(
            "NOT WHOLE: {wrong}, found {at}. {listed}", wrong=wrong, at=at, listed="; ".join(state.last.problems[:3])
        )
    full = ""
    if state.last_full is not None and not state.last.full:
        full = " " + _(
            "Every row from the first on was verified {time}.", time=formats.moment(state.last_full.at, zone, now)
        )
    return _("Verified up to row {seq}, {at}: whole.", seq=formats.decimal(state.last.last.seq, 0), at=at) + full


def told_words(anchor: Anchor, zone: str, now: Instant) -> str:
    """Row 12,345 was mailed to ... today 03:00."""
    seq, time = formats.decimal(anchor.mark.seq, 0), formats.moment(anchor.at, zone, now)
    if anchor.kind is Kind.MAIL:
        return _("Row {seq} was mailed, signed, to {place}, {time}", seq=seq, place=anchor.place, time=time)
    return _("Row {seq} was time-stamped by {place}, {time}", seq=seq, place=anchor.place, time=time)

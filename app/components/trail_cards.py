"""The cards above the rows of the audit trail: how it stands, and its reviews."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import icon, symbol, tagged
from app.components.picking import days_field
from app.components.signing import signature_lines
from app.reviewing_trail import days_words
from app.trail_query import EYES_WORDS, TrailQuery
from app.trail_state import TrailState, told_words, verified_words
from facility.instants import DAY, Instant
from facility.language import N_, _, _n
from storage.records.signatures import Signature
from storage.records.trail import trail_reviews
from storage.records.trail.trail_reviews import TrailReview, Unreviewed

NOBODY_TOLD = N_(
    "Its last row is told nobody outside, so a trail written anew would not show. docs/audit-trail.md says how to "
    "have it mailed or time-stamped every day."
)
NO_REVIEW = N_("No review is on record yet.")
TOMORROW = N_("A day is reviewed when it is over: what was written today waits for tomorrow.")


def state_part(state: TrailState, zone: str, now: Instant) -> Component:
    """What was verified, and what was told outside."""
    broken = state.last is not None and state.last.count > 0
    verified = html.Div(
        [symbol("action" if broken else "normal" if state.last else "nodata"), verified_words(state, zone, now)],
        className="row b",
        role="alert" if broken else None,
    )
    told = [html.Div(f"{told_words(anchor, zone, now)}.") for anchor in state.told] or [html.Div(_(NOBODY_TOLD))]
    keys = None
    if state.keys:
        pem = html.Pre(state.keys[0], className="mono sm")
        keys = html.Details([html.Summary(_("The public key that mails are signed with")), pem])
    return html.Div([verified, *told, keys], className="inside trail-state")


def review_part(
    state: TrailState, signed: Mapping[str, Sequence[Signature]], days: int, zone: str, now: Instant
) -> Component:
    """What waits for a review, and what was reviewed, with its signatures."""
    waiting = [_waiting(stretch, days, zone, now) for stretch in state.unreviewed]
    done = [_review(review, signed.get(trail_reviews.object_of(review.number), ()), zone) for review in state.reviews]
    return html.Div(
        [
            html.Ul(waiting, className="plain") if waiting else html.Div(_("Every row has been reviewed.")),
            html.Ul(done, className="plain reviews") if done else html.Div(_(NO_REVIEW), className="muted"),
        ],
        className="inside",
    )


def _waiting(stretch: Unreviewed, days: int, zone: str, now: Instant) -> Component:
    rows = stretch.last - stretch.first + 1
    since = (now - stretch.start) // DAY
    overdue = days > 0 and since >= days
    words = _(
        "Not reviewed: {days}, rows {first} to {last} ({rows}).",
        days=days_words(stretch.start, stretch.end + 1, zone),
        first=formats.decimal(stretch.first, 0),
        last=formats.decimal(stretch.last, 0),
        rows=_n("{n} row", "{n} rows", rows, n=formats.words(rows)),
    )
    late = " " + _("Overdue: a review is due every {days} days.", days=days) if overdue else ""
    return html.Li([symbol("advisory" if overdue else "normal"), html.Span([words, html.B(late)])], className="row")


def _review(review: TrailReview, signatures: Sequence[Signature], zone: str) -> Component:
    query = TrailQuery(
        first=formats.in_zone(review.start, zone).date(), last=formats.in_zone(review.end - 1, zone).date()
    )
    return html.Li(
        [
            html.A(_("Review {number}", number=review.number), href=query.address, className="b"),
            ": ",
            _(
                "{days}, rows {first} to {last}.",
                days=days_words(review.start, review.end, zone),
                first=formats.decimal(review.first, 0),
                last=formats.decimal(review.last, 0),
            ),
            " ",
            review.note,
            signature_lines(signatures, trail_reviews.content(review, review.note)),
        ]
    )


def review_form(state: TrailState, zone: str, now: Instant) -> Component:
    """What a reviewer looks at, and where the review is signed."""
    today = formats.in_zone(now, zone).date()
    if state.unreviewed and formats.in_zone(state.unreviewed[0].start, zone).date() == today:
        return html.Div(_(TOMORROW), className="inside review-form sec")
    first, last = _proposed(state, zone, today)
    looks = [
        html.A(_(words), href=TrailQuery(eyes=name, first=first, last=last).address, className="btn s")
        for name, words in EYES_WORDS.items()
    ]
    return html.Div(
        [
            html.Div(
                _("Look at what needs eyes in this period, then say what you found, and sign:"), className="sec"
            ),
            html.Div(looks, className="row wrap"),
            html.Div(
                [
                    days_field(
                        "review-days",
                        label=_("Days reviewed"),
                        type="range",
                        value=[first.isoformat(), last.isoformat()],
                        allowSingleDateInRange=True,
                    ),
                    dmc.Textarea(
                        id="review-note",
                        label=_("What you looked at and found"),
                        autosize=True,
                        minRows=1,
                        maxRows=6,
                        size="sm",
                        className="grow",
                    ),
                    html.Button(
                        [icon("check", small=True), _("Review and sign")], id="review-sign", className="btn p"
                    ),
                ],
                className="to-do bare",
            ),
        ],
        className="inside review-form",
    )


def _proposed(state: TrailState, zone: str, today: date) -> tuple[date, date]:
    """From the oldest row that nobody has reviewed to yesterday, a month at most."""
    yesterday = today - timedelta(days=1)
    if not state.unreviewed:
        return yesterday, yesterday
    first = formats.in_zone(state.unreviewed[0].start, zone).date()
    return first, min(first + timedelta(days=30), yesterday)


def area(name: str, part: Component) -> Component:
    """A part that scrolls sideways by itself."""
    return tagged(html.Div(part, className="scroll", tabIndex="0", role="region"), aria_label=name)

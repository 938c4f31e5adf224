"""The audit trail: how it stands, who has reviewed it, and its rows in words, newest first."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.changes import of_whole_site
from app.components.copy_menu import copy_menu
from app.components.filter_fields import days_value, period_field, text_field
from app.components.signing import SIGNED, TO_SIGN, request
from app.components.trail_cards import area, review_form, review_part, state_part
from app.components.trail_table import trail_table
from app.context import AppContext
from app.copies.copy import Column, Copy, Kind, Table, TooLongError, made_by, simulated
from app.guard import requires
from app.pages.page import Address, Page, query_of
from app.reviewing_trail import REVIEW
from app.trail_query import EYES_WORDS, LOOKED_THROUGH, TrailQuery, day, trail_query
from app.trail_state import trail_state
from app.trail_words import KINDS, Told, told
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records import signatures
from storage.records.people import accounts
from storage.records.trail import audit, trail_reviews

ROWS = 50
MOST_COPIED = 5_000
LEAD = N_(
    "Who did what to which object, when, from where and why, with what was before and is now. "
    "Each row carries the hash of the one before it, so that no change goes unseen."
)


def layout(context: AppContext, address: Address) -> Component:
    """How the trail stands, then its rows."""
    of_whole_site(context)
    query = trail_query(address.query)
    return html.Div(
        [
            dcc.Location(id="audit-url", refresh="callback-nav"),
            html.Div(
                [html.H1(_("Audit trail")), html.P(_(LEAD), className="lead"), copy_menu(context)], className="head"
            ),
            html.Div(_cards(context), id="audit-cards", className="audit-cards"),
            html.Section(
                [
                    html.Header([html.H2(_("Rows")), html.Span(className="grow"), _export(context, query)]),
                    html.Div(_filters(context, query), className="filters"),
                    html.Div(_rows(context, query), id="audit-rows"),
                ],
                className="card wide",
            ),
        ],
        className="changes-page audit-page",
    )


def _cards(context: AppContext) -> list[Component]:
    zone, now = context.site().timezone, context.clock()
    with context.records.reading() as connection:
        state = trail_state(connection)
        signed = {
            name: signatures.of(connection, name)
            for name in (trail_reviews.object_of(review.number) for review in state.reviews)
        }
    may_review = context.may(Right.REVIEW_TRAIL)
    return [
        html.Section([html.Header(html.H2(_("Is it whole?"))), state_part(state, zone, now)], className="card"),
        html.Section(
            [
                html.Header(html.H2(_("Reviews"))),
                review_part(state, signed, context.trail_review_days, zone, now),
                review_form(state, zone, now) if may_review else None,
                html.Div(id="review-problem", className="problem", role="alert"),
            ],
            className="card",
        ),
    ]


def _rows(context: AppContext, query: TrailQuery) -> list[Component]:
    """A table of some rows, and the way to older ones."""
    found, looked_to = _found(context, query, ROWS + 1)
    rows = found[:ROWS]
    pager: list[Component] = []
    if query.before is not None:
        pager.append(html.A(_("Newest"), href=query.from_row(None).address, className="btn s"))
    if len(found) > ROWS:
        pager.append(html.A(_("Older"), href=query.from_row(rows[-1].seq).address, className="btn s"))
    elif looked_to > 0:
        pager.append(
            html.Span(
                _("Looked back to row {looked_to}.", looked_to=formats.decimal(looked_to + 1, 0)), className="muted"
            )
        )
        pager.append(html.A(_("Look further back"), href=query.from_row(looked_to + 1).address, className="btn s"))
    return [area(_("Rows"), trail_table(rows)), html.Div(pager, className="row pages") if pager else html.Div()]


def _found(context: AppContext, query: TrailQuery, limit: int) -> tuple[list[Told], int]:
    """The newest rows that match, in words, and the last row that was not looked at (0: none)."""
    zone, now = context.site().timezone, context.clock()
    with context.records.reading() as connection:
        wanted = query.filter(zone, audit.head(connection).seq)
        wanted = audit.narrowed(connection, wanted)
        rows = audit.rows(connection, wanted, limit)
        names = accounts.names(connection)
    looked_to = wanted.after or 0 if query.text or query.kind else 0
    return [told(row, names, zone, now) for row in rows], max(0, looked_to)


def _filters(context: AppContext, query: TrailQuery) -> list[Component]:
    with context.records.reading() as connection:
        actors, actions = audit.known(connection, "actor"), audit.known(connection, "action")
        names = accounts.names(connection)
    who = [{"value": actor, "label": f"{names[actor]} ({actor})" if actor in names else actor} for actor in actors]
    does = [{"value": action, "label": formats.sentence(_(action))} for action in actions]
    values = _values(query)
    every = {"clearable": True, "size": "sm"}
    return [
        dmc.Select(id="audit-who", label=_("Who"), data=who, value=values["who"], searchable=True, **every),
        dmc.Select(
            id="audit-action", label=_("What happened"), data=does, value=values["action"], searchable=True, **every
        ),
        dmc.Select(
            id="audit-eyes",
            label=_("What needs eyes"),
            data=[{"value": name, "label": _(words)} for name, words in EYES_WORDS.items()],
            value=values["eyes"],
            **every,
        ),
        dmc.Select(
            id="audit-kind",
            label=_("Kind of object"),
            data=[{"value": kind, "label": formats.sentence(_(kind))} for kind in KINDS],
            value=values["kind"],
            **every,
        ),
        text_field("audit-object", _("One object"), _("room B101"), values["object"]),
        text_field("audit-text", _("Text"), _("Reason, value, field"), values["text"]),
        period_field("audit-days", values["days"]),
    ]


FIELDS = ("who", "action", "eyes", "kind", "object", "text", "days")


def _values(query: TrailQuery) -> dict[str, Any]:
    """What the fields show for a query."""
    texts = {name: getattr(query, name) for name in ("object", "text")}
    choices = {name: getattr(query, name) or None for name in ("who", "action", "eyes", "kind")}
    return {**texts, **choices, "days": days_value(query.first, query.last)}


def _query_of(values: dict[str, Any]) -> TrailQuery:
    """The query that the fields mean."""
    first, last = values["days"] or (None, None)
    return TrailQuery(
        who=values["who"] or "",
        action=values["action"] or "",
        object=(values["object"] or "").strip(),
        kind=values["kind"] or "",
        eyes=values["eyes"] or "",
        text=(values["text"] or "").strip(),
        first=day(first),
        last=day(last),
    )


def _export(context: AppContext, query: TrailQuery) -> Component | None:
    """The rows of the period with what verifies them."""
    if not context.may(Right.EXPORT):
        return None
    words = _("Export these days") if query.first or query.last else _("Export all")
    period = TrailQuery(first=query.first, last=query.last).search
    title = _("A zip with the rows as they are stored, and a script that verifies them without Cleanwatch")
    return html.A(words, href=f"/audit/export.zip{period}", className="btn s", download="", title=title)


def register(app: Dash, context: AppContext) -> None:
    """Fields write the address, the address fills the fields and draws the rows; a review asks for a signature."""

    @app.callback(
        output={
            "search": Output("audit-url", "search"),
            "fields": {name: Output(f"audit-{name}", "value") for name in FIELDS},
            "rows": Output("audit-rows", "children"),
        },
        inputs={
            "search": Input("audit-url", "search"),
            "fields": {name: Input(f"audit-{name}", "value") for name in FIELDS},
        },
        prevent_initial_call=True,
    )
    @requires(Right.READ_TRAIL)
    def look(search: str | None, fields: dict[str, Any]) -> dict[str, Any]:
        of_whole_site(context)
        from_address = ctx.triggered_id == "audit-url"
        asked = trail_query(query_of(search))
        present = asked if from_address else _query_of(fields)
        return {
            "search": no_update if from_address or present == asked.from_row(None) else present.search,
            "fields": _values(present) if from_address else dict.fromkeys(FIELDS, no_update),
            "rows": _rows(context, present),
        }

    @app.callback(
        Output(TO_SIGN, "data", allow_duplicate=True),
        Input("review-sign", "n_clicks"),
        State("review-days", "value"),
        State("review-note", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.REVIEW_TRAIL)
    def review(clicks: int | None, days: list[str | None] | None, note: str | None) -> object:
        if not clicks:
            return no_update
        first, last = days or (None, None)
        # The number of the click makes each request another one, also of the same days.
        return {**request(REVIEW.name, f"{first}/{last}/{note or ''}"), "click": str(clicks)}

    @app.callback(Output("audit-cards", "children"), Input(SIGNED, "data"), prevent_initial_call=True)
    @requires(Right.READ_TRAIL)
    def signed(_event: object) -> list[Component]:
        of_whole_site(context)
        return _cards(context)


def trail_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the rows at this address. Raises TooLongError where they are too many."""
    of_whole_site(context)
    query, site = trail_query(address.query).from_row(None), context.site()
    rows, looked_to = _found(context, query, MOST_COPIED + 1)
    if len(rows) > MOST_COPIED or looked_to:
        raise TooLongError(
            _(
                "A copy may have {most_copied} rows, out of {looked_through} where a text or a kind is "
                "looked for: choose a shorter period. The export has no such bound.",
                most_copied=formats.decimal(MOST_COPIED, 0),
                looked_through=formats.decimal(LOOKED_THROUGH, 0),
            )
        )
    columns = [
        Column(N_("Row"), Kind.WHOLE),
        *map(Column, ("UTC", N_("Who"), N_("Role"), N_("From"), N_("What"), N_("Of what"), N_("Changes"))),
    ]
    start, end = query.period(site.timezone)
    return Copy(
        subject=_("audit trail"),
        title=_("Audit trail"),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=context.clock(),
        period=None if start is None or end is None else (start, end),
        facts=((_("Filter"), query.search.removeprefix("?") or _("none")),),
        remarks=simulated(site),
        tables=(
            Table(_("Rows"), (*columns, Column(N_("Reason")), Column(N_("More"))), [_line(row) for row in rows]),
        ),
    )


def _line(row: Told) -> tuple[str | int, ...]:
    changes = "; ".join(f"{field}: {old} → {new}" for field, old, new in row.changes)
    more = "; ".join(f"{field}: {value}" for field, value in row.more)
    who = (row.who, row.role, row.origin)
    return row.seq, row.utc, *who, row.action, row.object, changes, row.reason, more


PAGE = Page(
    "/audit",
    N_("Audit trail"),
    layout,
    register,
    icon="link",
    right=Right.READ_TRAIL,
    signs=(REVIEW,),
    copy=trail_copy,
)

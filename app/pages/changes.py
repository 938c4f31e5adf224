"""Changes of what decides: what waits and for whom, every revision with its time in force, and any two compared."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from app import formats
from app.changes import AFTERWARDS_APPROVAL, Book, needs_words, of_whole_site, read
from app.components.basics import symbol
from app.components.change_parts import (
    basis_words,
    difference_list,
    held_words,
    revision_signatures,
    state_chip,
    state_of,
)
from app.components.own_drawing import own_drawing
from app.components.own_drawing import register as register_drawing
from app.components.signing import SIGNED, sign_button
from app.components.whole_file import register as register_upload
from app.components.whole_file import whole_file
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from facility.change_states import OPEN, ChangeState
from facility.language import N_, _
from facility.roles import Right
from facility.site import Site
from facility.site_changes import differences, lines
from storage.records import revisions
from storage.records.changes import Change, site_of
from storage.records.revisions import Revision

LEAD = N_(
    "What is watched and what is an alarm changes by a draft, a review and QA's approval. Nothing is ever altered."
)
NOTHING_WAITS = N_("Nothing waits for anybody.")
TO_PROPOSE = N_("To propose a limit, open a room and choose “Propose a change” beside its point.")


def layout(context: AppContext, _address: Address) -> Component:
    """What waits first, then what holds and held."""
    book = read(context)
    may_draft = context.may(Right.DRAFT)
    return html.Div(
        [
            html.Div([html.H1(_("Changes")), html.P(_(LEAD), className="lead")], className="head"),
            html.Section(
                [html.Header(html.H2(_("Waiting"))), html.Div(_waiting(context, book), id="changes-waiting")],
                className="card wide",
            ),
            html.Section(
                [html.Header(html.H2(_("Revisions"))), html.Div(_history(context, book), id="changes-history")],
                className="card wide",
            ),
            _compare(book),
            whole_file() if may_draft else None,
            own_drawing(context.site()) if may_draft else None,
            _not_taken(book),
        ],
        className="changes-page",
    )


def _waiting(context: AppContext, book: Book) -> Component:
    open_ones = [change for change in book.changes if change.state in OPEN]
    unsigned = book.unsigned
    if not open_ones and unsigned is None:
        words = _(NOTHING_WAITS) + (" " + _(TO_PROPOSE) if context.may(Right.DRAFT) else "")
        return html.Div([symbol("normal"), words], className="nothing")
    rows = [_waiting_row(context, book, change) for change in open_ones]
    if unsigned is not None:
        rows.append(_unsigned_row(context, book, unsigned))
    heads = html.Tr([html.Th(head) for head in ("", _("State"), _("What changes"), _("By, and why"), _("Needs"))])
    return html.Table([html.Thead(heads), html.Tbody(rows)], className="changes")


def _waiting_row(context: AppContext, book: Book, change: Change) -> Component:
    at = formats.moment(change.at, context.site().timezone, book.now)
    needed = _("To be drawn up again: there is a newer revision") if book.is_outdated(change) else needs_words(change)
    return html.Tr(
        [
            html.Th(
                html.A(_("Change {number}", number=change.number), href=f"/changes/{change.number}"), scope="row"
            ),
            html.Td(state_chip(change.state)),
            html.Td(difference_list(change.differences)),
            html.Td([html.Div(f"{book.name(change.author)}, {at}"), html.Div(change.reason, className="sec")]),
            html.Td(needed),
        ]
    )


def _unsigned_row(context: AppContext, book: Book, revision: Revision) -> Component:
    may = context.may(Right.APPROVE)
    button = sign_button(_("Approve"), AFTERWARDS_APPROVAL.name, str(revision.number)) if may else None
    return html.Tr(
        [
            html.Th(_("Revision {number}", number=revision.number), scope="row"),
            html.Td(state_chip(state_of(book, revision))),
            html.Td(difference_list(revision.differences)),
            html.Td([html.Div(book.name(revision.author)), html.Div(revision.reason, className="sec")]),
            html.Td(
                [
                    html.Div(
                        _(
                            "{basis} QA's approval, afterwards.",
                            basis=basis_words(book, revision, context.site()),
                        )
                    ),
                    button,
                ]
            ),
        ]
    )


def _history(context: AppContext, book: Book) -> Component:
    heads = html.Tr(
        [html.Th(head) for head in (_("Revision"), _("In force"), _("What changed"), _("By, and why"), _("Signed"))]
    )
    rows = [_revision_row(context.site(), book, revision) for revision in book.revisions]
    return html.Table([html.Thead(heads), html.Tbody(rows)], className="changes")


def _revision_row(site: Site, book: Book, revision: Revision) -> Component:
    change = book.change_of(revision)
    name = _("Revision {number}", number=revision.number)
    basis = basis_words(book, revision, site)
    return html.Tr(
        [
            html.Th(html.A(name, href=f"/changes/{change.number}") if change else name, scope="row"),
            html.Td(
                [state_chip(state_of(book, revision)), html.Div(held_words(book, revision, site), className="sec")]
            ),
            html.Td(difference_list(revision.differences)),
            html.Td(
                [
                    html.Div(book.name(revision.author)),
                    html.Div(revision.reason, className="sec"),
                    html.Div(change.rationale, className="sec") if change and change.rationale else None,
                ]
            ),
            html.Td([revision_signatures(book, revision), html.Div(basis, className="sec") if basis else None]),
        ],
        id=f"revision-{revision.number}",
    )


def _compare(book: Book) -> Component | None:
    """Any two revisions, at first the newest and the one before; nothing while there is only one."""
    if len(book.revisions) == 1:
        return None
    every = [{"value": str(r.number), "label": _("Revision {number}", number=r.number)} for r in book.revisions]
    newest, before = (str(revision.number) for revision in book.revisions[:2])
    choices = html.Div(
        [
            dmc.Select(id="compare-old", label=_("From"), data=every, value=before, size="sm"),
            dmc.Select(id="compare-new", label=_("To"), data=every, value=newest, size="sm"),
        ],
        className="filters",
    )
    found = html.Div(id="compared", className="inside")
    return html.Section([html.Header(html.H2(_("Compare"))), choices, found], className="card wide")


def _not_taken(book: Book) -> Component | None:
    ended = [c for c in book.changes if c.state in (ChangeState.REFUSED, ChangeState.WITHDRAWN)]
    if not ended:
        return None
    heads = html.Tr(
        [html.Th(head) for head in ("", "", _("What it would have changed"), _("By, and why"), _("What was said"))]
    )
    rows = [_ended_row(book, change) for change in ended]
    table = html.Table([html.Thead(heads), html.Tbody(rows)], className="changes")
    return html.Section([html.Header(html.H2(_("Not taken"))), table], className="card wide")


def _ended_row(book: Book, change: Change) -> Component:
    last = change.steps[-1]
    return html.Tr(
        [
            html.Th(
                html.A(_("Change {number}", number=change.number), href=f"/changes/{change.number}"), scope="row"
            ),
            html.Td(state_chip(change.state)),
            html.Td(difference_list(change.differences)),
            html.Td([html.Div(book.name(change.author)), html.Div(change.reason, className="sec")]),
            html.Td([html.Div(book.name(last.by)), html.Div(last.comment, className="sec")]),
        ]
    )


def compared(context: AppContext, old: int, new: int) -> Sequence[str]:
    """What differs between two revisions, in words."""
    with context.records.reading() as connection:
        found = [revisions.find(connection, number) for number in (old, new)]
    before, after = (site_of(revision) if revision else None for revision in found)
    return lines(differences(before, after)) if before and after else ()


def register(app: Dash, context: AppContext) -> None:
    """Two revisions that are chosen are compared; what was signed is drawn anew."""
    register_upload(app, context)
    register_drawing(app, context)

    @app.callback(Output("compared", "children"), Input("compare-old", "value"), Input("compare-new", "value"))
    @requires(Right.LOOK)
    def compare(old: str | None, new: str | None) -> Component:
        of_whole_site(context)
        if not (old and new and old.isdecimal() and new.isdecimal()):
            return html.P(_("Choose two revisions."))
        found = compared(context, int(old), int(new))
        if not found:
            return html.P(_("Nothing that decides, names or places anything is different."))
        return difference_list(found, whole=True)

    @app.callback(
        Output("changes-waiting", "children"),
        Output("changes-history", "children"),
        Input(SIGNED, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def signed(_event: object) -> tuple[Component, Component]:
        book = read(context)
        return _waiting(context, book), _history(context, book)


PAGE = Page("/changes", N_("Changes"), layout, register, icon="changes", signs=(AFTERWARDS_APPROVAL,))

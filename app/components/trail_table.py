"""Rows of the audit trail as a table: when, who, what, and to what; each in words."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.trail_words import Told
from facility.language import ENGLISH, N_, _

HEADS = (N_("Row"), N_("When"), N_("Who"), N_("What"), N_("Of what"))


def trail_table(rows: Sequence[Told]) -> Component:
    """A row for each; a sentence where there is none."""
    if not rows:
        return html.Div(_("No row matches."), className="nothing")
    heads = html.Thead(html.Tr([html.Th(_(head)) for head in HEADS]))
    return html.Table([heads, html.Tbody([_row(row) for row in rows])], className="trail")


def _row(row: Told) -> Component:
    origin = html.Div(row.origin, className="sm muted") if row.origin else None
    open_it = html.A(_("open"), href=row.page, className="sm") if row.page else None
    cells = [
        html.Td(formats.decimal(row.seq, 0), className="num muted seq"),
        html.Td(
            [
                html.Div(row.time, className="b"),
                html.Div(row.day, className="sm muted"),
                html.Div(f"{row.utc[11:19]} UTC", className="sm muted"),
            ],
            className="num when",
            title=row.utc,
        ),
        html.Td(
            [html.Div(row.who, className="b"), html.Div(row.role, className="sm") if row.role else None, origin],
            className="who",
        ),
        html.Td([html.Div(row.action, className="b"), *_said(row)], className="what"),
        html.Td(
            [
                html.A(row.called, href=row.life, title=_("All that happened to {object}", object=row.called)),
                " ",
                open_it,
            ],
            className="of",
        ),
    ]
    return html.Tr(cells, id=f"row-{row.seq}")


def _said(row: Told) -> list[Component]:
    changes = [
        html.Li([f"{field}: ", html.Span(old, className="old"), " → ", html.Span(new, className="b")])
        for field, old, new in row.changes
    ]
    said: list[Component] = []
    if changes:
        said.append(html.Ul(changes, className="fields", lang=ENGLISH))
    if row.reason:
        said.append(html.Div([_("Reason:"), " ", html.Span(row.reason)], className="reason"))
    if row.more:
        items = [html.Li(f"{field}: {value}") for field, value in row.more]
        said.append(
            html.Details(
                [html.Summary(_("{n} more", n=len(items))), html.Ul(items, className="fields", lang=ENGLISH)]
            )
        )
    return said

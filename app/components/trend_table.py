"""The numbers that a trend draws, as a table: for whoever cannot see the picture, or wants to read a value."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.baked import baked
from app.context import AppContext
from app.copies.copy import Cell, Column, Kind, Table
from app.copies.trend import LIMITS, shown_tables
from app.trends.picture import Picture
from facility.language import _
from facility.site import Point

MOST_ROWS = 600
OF_POINT = ("Value", "Lowest", "Mean", "Highest", *LIMITS)
"""The columns whose numbers have the digits of the point's quantity; volumes have one, counts none."""


def shown_table(context: AppContext, picture: Picture) -> Component:
    """Each reading or step of the picture with validity, limits and room state; what is compared stands below."""
    now = [one for one in picture.everything if not one.shift]
    then = [one for one in picture.everything if one.shift]
    tables = shown_tables(context.samples, now, picture.start, picture.end)
    for one in then:
        tables += shown_tables(context.samples, [one], picture.start - one.shift, picture.end - one.shift)
    return html.Div([_table(context, table) for table in tables])


def _table(context: AppContext, table: Table) -> Component:
    site = context.site()
    rows = table.rows[:MOST_ROWS]
    left = len(table.rows) - len(rows)
    more = _(
        "The first {n} of {all} rows; a copy has all of them.", n=len(rows), all=formats.decimal(len(table.rows), 0)
    )
    head = html.Tr(
        [html.Th(_(column.name), className="r" if column.kind is not Kind.TEXT else "") for column in table.columns]
    )
    body = [
        html.Tr(
            [
                html.Td(
                    _cell(value, column, site.points[str(row[0])], site.timezone),
                    className="nw" if column.kind is Kind.TEXT else "nw r num",
                )
                for value, column in zip(row, table.columns, strict=True)
            ]
        )
        for row in rows
    ]
    if not rows:
        return html.P(_("There is no reading in this range."), className="nothing")
    caption = html.Caption([html.B(table.title), html.Span(more, className="muted") if left else None])
    return baked(html.Table([caption, html.Thead(head), html.Tbody(body)], className="statistics"))


def _cell(value: Cell, column: Column, point: Point, zone: str) -> str:
    if value is None:
        return ""
    if column.kind is Kind.TIME and isinstance(value, int):
        return f"{formats.date(value, zone)} {formats.with_seconds(value, zone)}"
    if isinstance(value, str):
        return value
    if column.name in OF_POINT:
        return formats.number(value, point.quantity)
    return formats.decimal(value, 1 if column.name == "Volume l" else 0)

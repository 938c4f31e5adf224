"""The table below a trend: exact numbers of the shown range, one row for each point and room state."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.baked import baked
from app.trends.statistics import Row
from facility.instants import Instant
from facility.quantities import Quantity
from facility.site import Site

HEADS = ("n", "Mean", "Lowest", "Highest", "Outside alert", "Outside action", "Invalid", "Suspect", "Coverage")


def statistics_table(site: Site, rows: Mapping[str, Sequence[Row]], start: Instant, end: Instant) -> Component:
    """Of these points over the shown range."""
    zone = site.timezone
    caption = (
        f"{formats.date(start, zone)} {formats.hour_minute(start, zone)} to "
        f"{formats.date(end, zone)} {formats.hour_minute(end, zone)}, {zone}, {formats.offset(end, zone)}"
    )
    table = html.Table(
        [
            html.Caption([html.B("Statistics"), html.Span(caption, className="muted")]),
            html.Thead(
                html.Tr([html.Th("Point"), html.Th("Room state"), *(html.Th(head, className="r") for head in HEADS)])
            ),
            html.Tbody([_row(site, row, index == 0) for found in rows.values() for index, row in enumerate(found)]),
        ],
        className="statistics",
    )
    return baked(table)


def _row(site: Site, row: Row, first: bool) -> Component:
    point = site.points[row.point]
    name = [html.B(f"{point.room} {formats.what(point)}"), html.Span(f" {point.unit}", className="muted")]
    state = "all states" if row.all_states else row.state or "unknown"
    cells = [
        formats.decimal(row.n, 0),
        _number(row.mean, point.quantity),
        _number(row.low, point.quantity),
        _number(row.high, point.quantity),
        _outside(row.outside_alert, row.n),
        _outside(row.outside_action, row.n),
        formats.decimal(row.invalid, 0),
        formats.decimal(row.suspect, 0),
        "" if row.coverage is None else f"{formats.decimal(row.coverage * 100, 1)}{formats.NARROW}%",
    ]
    return html.Tr(
        [
            html.Td(name if first else None, className="nw"),
            html.Td(state, className="nw sec"),
            *(html.Td(cell, className="r num") for cell in cells),
        ]
    )


def _number(value: float | None, quantity: Quantity) -> str:
    return "" if value is None else formats.number(value, quantity)


def _outside(count: int | None, of: int) -> str | Component:
    if count is None:
        return html.Span("no limit", className="muted")
    if count == 0 or of == 0:
        return formats.decimal(count, 0)
    share = html.Span(f" {formats.decimal(count / of * 100, 2)}{formats.NARROW}%", className="muted")
    return html.Span([html.B(formats.decimal(count, 0)), share])

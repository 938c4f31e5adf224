"""The table below a trend: exact numbers of the shown range, one row for each point and room state."""

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.baked import baked
from app.trends.picture import PointHistory
from app.trends.statistics import MOST, PERCENTILES, Row
from app.trends.view import View
from facility.instants import SECOND, Instant
from facility.language import N_, _
from facility.quantities import Quantity
from facility.site import Site

HEADS = (
    N_("n"),
    N_("Mean"),
    N_("Median"),
    N_("95 %"),
    N_("99 %"),
    N_("Lowest"),
    N_("Highest"),
    N_("Outside alert"),
    N_("Outside action"),
    N_("Invalid"),
    N_("Suspect"),
    N_("Coverage"),
)


def statistics_table(
    site: Site,
    counted: Sequence[tuple[PointHistory, Sequence[Row]]],
    start: Instant,
    end: Instant,
    more: str | Component | None = None,
) -> Component:
    """Of these points over the shown range; what one is compared with stands below it, with its own time.

    `more` says how to get at what is not in it.
    """
    zone = site.timezone
    caption = f"{_range(start, end, zone)}, {zone}, {formats.offset(end, zone)}"
    head = html.Tr(
        [html.Th(_("Point")), html.Th(_("Room state")), *(html.Th(_(head), className="r") for head in HEADS)]
    )
    body = [
        _row(site, row, history, None if history.start == start else zone, first=index == 0)
        for history, rows in counted
        for index, row in enumerate(rows or (None,))
    ]
    caption_row = html.Caption(
        [html.B(_("Statistics")), html.Span(caption, className="muted"), *([" ", more] if more else [])]
    )
    return baked(html.Table([caption_row, html.Thead(head), html.Tbody(body)], className="statistics"))


def no_readings(
    site: Site, view: View, extent: tuple[Instant, Instant] | None, start: Instant, end: Instant, now: Instant
) -> Component:
    """Instead of numbers where there is no reading: where the newest one is."""
    inside: list[Component] = [html.H2(_("There is no reading in this range."))]
    if extent is None:
        inside.append(html.P(_("None of these points has ever sent one."), className="sec"))
    else:
        newest = f"{formats.date(extent[1], site.timezone)} {formats.with_seconds(extent[1], site.timezone)}"
        until = max(extent[1] + SECOND, min(extent[1] + (end - start) // 10, now))
        inside += [
            html.P(_("The newest one of these points is of {moment}.", moment=newest), className="sec"),
            html.A(_("Show the newest"), href=view.between(until - (end - start), until).address, className="btn s"),
        ]
    return html.Div(inside, className="nothing-chosen")


def of_each(view: View, readings: int) -> str | Component:
    """Instead of percentiles, which many readings take seconds for: a link that works them out, up to a limit."""
    if readings > MOST:
        return _("Percentiles of so many readings are not worked out: choose fewer points, or a shorter range.")
    words = _("Percentiles and room states of {n} readings", n=formats.decimal(readings, 0))
    return html.A(words, href=replace(view, each=True).address)


def _range(start: Instant, end: Instant, zone: str) -> str:
    begin, finish = (f"{formats.date(at, zone)} {formats.hour_minute(at, zone)}" for at in (start, end))
    return _("{start} to {end}", start=begin, end=finish)


def _row(site: Site, row: Row | None, history: PointHistory, other_time: str | None, *, first: bool) -> Component:
    point = site.points[history.point.id]
    name: list[Component | str] = [
        html.B(f"{point.room} {formats.what(point)}"),
        html.Span(f" {point.unit}", className="muted"),
    ]
    if other_time is not None:
        name.append(html.Div(_range(history.start, history.end, other_time), className="sm muted"))
    if row is None:
        words = html.Td(_("no reading in this range"), colSpan=1 + len(HEADS), className="nw sec")
        return html.Tr([html.Td(name, className="nw"), words])
    state = _("all states") if row.all_states else _(row.state.value) if row.state else _("unknown")
    ranks = row.percentiles or (None,) * len(PERCENTILES)
    cells = [
        formats.decimal(row.n, 0),
        _number(row.mean, point.quantity),
        *(_number(rank, point.quantity) for rank in ranks),
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
        return html.Span(_("no limit"), className="muted")
    if count == 0 or of == 0:
        return formats.decimal(count, 0)
    share = html.Span(f" {formats.decimal(count / of * 100, 2)}{formats.NARROW}%", className="muted")
    return html.Span([html.B(formats.decimal(count, 0)), share])

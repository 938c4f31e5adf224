"""The instruments of a room, with what is due."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import symbol
from app.status import overdue_by
from facility.instants import Instant
from facility.language import _, _n
from facility.site import Instrument
from facility.writing import dated


def instrument_list(instruments: Sequence[Instrument], now: Instant, timezone: str) -> Component:
    """Overdue ones first, then by the date that is nearest."""
    overdue = {instrument.id: overdue_by(instrument, now, timezone) for instrument in instruments}
    ordered = sorted(
        instruments, key=lambda i: (overdue[i.id] is None, i.calibration_due is None, str(i.calibration_due), i.id)
    )
    return html.Ul([_entry(instrument, overdue[instrument.id]) for instrument in ordered], className="instruments")


def _entry(instrument: Instrument, overdue: int | None) -> Component:
    due = instrument.calibration_due
    if due is None:
        words = _("no calibration date")
    elif overdue is not None:
        words = _n("overdue {n} day", "overdue {n} days", overdue, n=formats.words(overdue))
    else:
        words = _("due {day}", day=dated(due, "yMMMd"))
    serial = f", {instrument.serial}" if instrument.serial else ""
    return html.Li(
        [
            html.Span(symbol("advisory") if overdue is not None else None, className="mark"),
            html.Span([instrument.name, html.Span(f"{instrument.id}{serial}", className="id mono")]),
            html.Span(words, className="due num"),
        ],
        className="overdue" if overdue is not None else "",
    )

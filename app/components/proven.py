"""When each way to people was last proven to work: a channel took a message then, if only the daily test."""

from dash import html
from dash.development.base_component import Component

from alerts.daily_test import PROVEN_FOR
from app import formats
from app.components.basics import chip, since
from app.context import AppContext
from app.live.ways import proven_ways
from facility.instants import Instant
from facility.language import N_, _
from storage.records.errors import RecordsError

NO_CHANNEL = N_("Nobody is told of alarms by message: there is no channel yet. The page Notifications adds one.")
AWAY = N_("The records are away, so it is not known.")


def proven_table(context: AppContext) -> Component:
    """Every channel in use, with when it took a message last and whether that is long ago."""
    zone, now, proven = context.whole().timezone, context.clock(), _proven(context)
    if proven is None:
        return html.P(_(AWAY), className="nothing")
    if not proven:
        return html.P(_(NO_CHANNEL), className="nothing")
    rows = [
        html.Tr([html.Th(name), html.Td(when(at, zone, now)), html.Td(mark(at, now))]) for name, at in proven.items()
    ]
    heads = html.Tr([html.Th(_("Channel")), html.Th(_("Last proven")), html.Th(_("State"))])
    return html.Table([html.Thead(heads), html.Tbody(rows)], className="proven")


def proven_line(context: AppContext) -> Component:
    """In one line for the overview: when the channel that was proven longest ago took a message last."""
    zone, now, proven = context.whole().timezone, context.clock(), _proven(context)
    if proven is None:
        return html.P(_(AWAY), className="proof")
    if not proven:
        return html.P([chip("advisory", _("Not proven")), _(NO_CHANNEL)], className="proof")
    oldest = min(at or 0 for at in proven.values())
    if now - oldest <= PROVEN_FOR:
        words = _("Way to people last proven {moment}", moment=formats.moment(oldest, zone, now))
        return html.P([words, since(oldest, "muted")], className="proof")
    names = ", ".join(name for name, at in proven.items() if now - (at or 0) > PROVEN_FOR)
    words = (
        _("Way to people by {names}: last {moment}", names=names, moment=formats.moment(oldest, zone, now))
        if oldest
        else _("Way to people by {names}: never yet", names=names)
    )
    return html.P([chip("advisory", _("Not proven")), words], className="proof")


def _proven(context: AppContext) -> dict[str, Instant | None] | None:
    """When each channel in use took a message last, by name; None while the records are away."""
    try:
        with context.records.reading() as connection:
            return proven_ways(connection)
    except RecordsError:
        return None


def when(at: Instant | None, zone: str, now: Instant) -> list[Component | str]:
    """The moment at which a channel took a message last."""
    return [_("never yet")] if at is None else [formats.moment(at, zone, now), " ", since(at, "muted")]


def mark(at: Instant | None, now: Instant) -> Component:
    """Is that recent enough to rely on it?"""
    if at is not None and now - at <= PROVEN_FOR:
        return chip("normal", _("Proven"))
    return chip("advisory", _("Not proven"))

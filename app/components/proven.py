"""When each way to people was last proven to work: a channel took a message then, if only the daily test."""

from dash import html
from dash.development.base_component import Component

from alerts.daily_test import PROVEN_FOR
from app import formats
from app.components.basics import chip, since
from app.context import AppContext
from facility.instants import Instant
from storage.records import channels, notifications
from storage.records.errors import RecordsError

NO_CHANNEL = "Nobody is told of alarms by message: there is no channel yet. The page Notifications adds one."
AWAY = "The records are away, so it is not known."


def proven_table(context: AppContext) -> Component:
    """Every channel in use, with when it took a message last and whether that is long ago."""
    zone, now = context.whole().timezone, context.clock()
    try:
        with context.records.reading() as connection:
            kept, taken = channels.in_use(connection), notifications.last_proven(connection)
    except RecordsError:
        return html.P(AWAY, className="nothing")
    if not kept:
        return html.P(NO_CHANNEL, className="nothing")
    rows = [
        html.Tr(
            [html.Th(one.name), html.Td(_when(taken.get(one.id), zone, now)), html.Td(_mark(taken.get(one.id), now))]
        )
        for one in kept
    ]
    heads = html.Tr([html.Th("Channel"), html.Th("Last proven"), html.Th("")])
    return html.Table([html.Thead(heads), html.Tbody(rows)], className="proven")


def proven_line(context: AppContext) -> Component:
    """In one line for the overview: when the channel that was proven longest ago took a message last."""
    zone, now = context.whole().timezone, context.clock()
    try:
        with context.records.reading() as connection:
            kept, taken = channels.in_use(connection), notifications.last_proven(connection)
    except RecordsError:
        return html.P(AWAY, className="proof")
    if not kept:
        return html.P([chip("advisory", "Not proven"), NO_CHANNEL], className="proof")
    oldest = min((taken.get(one.id, 0) for one in kept), default=0)
    if now - oldest <= PROVEN_FOR:
        words = f"Way to people last proven {formats.moment(oldest, zone, now)}"
        return html.P([words, since(oldest, "muted")], className="proof")
    names = " and ".join(one.name for one in kept if now - taken.get(one.id, 0) > PROVEN_FOR)
    last = f"last {formats.moment(oldest, zone, now)}" if oldest else "never yet"
    return html.P([chip("advisory", "Not proven"), f"Way to people by {names}: {last}"], className="proof")


def _when(at: Instant | None, zone: str, now: Instant) -> list[Component | str]:
    return ["never yet"] if at is None else [formats.moment(at, zone, now), " ", since(at, "muted")]


def _mark(at: Instant | None, now: Instant) -> Component:
    if at is not None and now - at <= PROVEN_FOR:
        return chip("normal", "Proven")
    return chip("advisory", "Not proven")

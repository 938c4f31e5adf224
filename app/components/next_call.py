"""Who is called next for an alarm that nobody has answered, in words."""

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import due
from app.next_calls import NextCall
from facility.instants import Instant
from facility.language import _
from facility.site import Site


def next_call_line(site: Site, call: NextCall | None, now: Instant) -> Component | None:
    """In one line: when, whom, and how long until then; None where nobody is called."""
    if call is None:
        return None
    if call.at is None:
        return html.B(_("Everybody was called, and nobody has answered."))
    if call.stuck:
        words = _(
            "A call is overdue by {span}: the station that calls does not run.", span=formats.age(now - call.at)
        )
        return html.B(words)
    at = formats.hour_minute(call.at, site.timezone)
    if call.whom:
        words = _("Next call {time}, {whom}", time=at, whom=", ".join(call.whom))
    else:
        words = _("Calls end {time}, and it is told that nobody has answered", time=at)
    return html.Span([f"{words}, ", due(call.at)])

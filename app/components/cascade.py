"""The pressure cascade of a room: who presses on it, and whom it presses on, with the step in Pa."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import live, tagged
from app.live.hub import Hub
from facility.language import _
from facility.site import CascadeStep, Site


def cascade(site: Site, hub: Hub, room: str) -> Component | None:
    """Boxes of the room and its neighbours, arrows from high to low; None where no step is measured.

    A box takes the state of its pressure, not of its room.
    """
    above = [step for step in site.cascade if step.low == room]
    below = [step for step in site.cascade if step.high == room and step.low is not None]
    own = _own_pressure(site, room)
    if not above and not below and own is None:
        return None
    return html.Div(
        [
            _row([[_box(site, step.high), _arrow(site, hub, step)] for step in above]),
            _box(site, room, here=True),
            _row([[_arrow(site, hub, step), _box(site, step.low)] for step in below if step.low is not None]),
        ],
        className="cascade",
    )


def _row(columns: Sequence[list[Component]]) -> Component | None:
    return html.Div([html.Div(column) for column in columns], className="neighbours") if columns else None


def _own_pressure(site: Site, room: str) -> str | None:
    return next((step.point for step in site.cascade if step.high == room and step.low is None), None)


def _box(site: Site, room: str, here: bool = False) -> Component:
    point = _own_pressure(site, room)
    words = [html.B(room), html.Span(_("This room") if here else site.rooms[room].name, className="name")]
    if point is None:
        box: Component = html.Div(words, className="box unmeasured")
    else:
        value = tagged(live(html.Span(className="num"), "value", point=point), data_beside="Pa")
        box = html.Div([*words, value], className="box")
        live(box, "status", point=point)
    return box if here else html.A(box, href=f"/rooms/{room}")


def _arrow(site: Site, hub: Hub, step: CascadeStep) -> Component:
    point = site.points[step.point]
    least = hub.yardstick(point).bounds.low_action
    words = "" if least is None else _("min {value}", value=formats.number(least, point.quantity))
    value = tagged(live(html.Span(className="num b"), "value", point=step.point), data_beside="Pa")
    arrow = live(html.I(className="arrow"), "flow", point=step.point)
    label = _("from {high} to {low}", high=step.high, low=step.low)
    return tagged(
        live(
            html.Div([arrow, value, html.Span(words, className="muted")], className="step"),
            "status",
            point=step.point,
        ),
        aria_label=label,
        role="group",
    )

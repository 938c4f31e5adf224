"""Every point of a room with its live value, its limits, its last hour, and whether it may be believed."""

from collections.abc import Collection, Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import grade, icon, live, symbol, tagged
from app.components.bullet import bullet
from app.components.exempt import exempt
from app.components.spark import spark
from app.live.hub import Hub
from app.scale import Bounds, Yardstick
from facility.language import N_, _
from facility.quantities import MEASURES, Quantity
from facility.site import Point, Room, Site

HEADS = (
    N_("State"),
    N_("Point"),
    N_("Now"),
    N_("Against alert and action limits"),
    N_("Action limit"),
    N_("Last hour"),
    N_("Validity"),
    N_("Age"),
)
RIGHT = frozenset({"Now", "Action limit", "Age"})
ORDER = list(MEASURES)
NOTED = N_("Commented or corrected")


def point_table(site: Site, hub: Hub, room: Room, *, proposing: bool, annotated: Collection[str] = ()) -> Component:
    """The zones inside the room first, then the room; each by quantity; with a way to propose another limit.

    The values of the points in `annotated` are marked: something was written about them.
    """
    zones = [zone for zone in site.rooms.values() if zone.inside == room.id]
    groups = [where for where in (*zones, room) if site.points_by_room[where.id]]
    heads = [html.Th(_(head), className="r" if head in RIGHT else "") for head in HEADS]
    heads[0] = html.Th(html.Span(_(HEADS[0]), className="sr"))
    bodies = [
        _group(site, hub, where, _("Room") if where is room and zones else "", proposing, annotated)
        for where in groups
    ]
    return html.Table([html.Thead(html.Tr(heads)), *bodies], className="point-table")


def by_quantity(points: Sequence[Point]) -> list[Point]:
    """Particles first, then pressure, climate, viable air, ..."""
    return sorted(points, key=lambda point: ORDER.index(point.quantity))


def _group(site: Site, hub: Hub, where: Room, name: str, proposing: bool, annotated: Collection[str]) -> Component:
    state = hub.room_state(where.id)
    held = (
        _("limits of a room {state}", state=_(state.value))
        if state
        else _("room state unknown: the stricter limits hold")
    )
    title = html.Tr(
        html.Th(
            html.Div([grade(where.classification), name or f"{where.id} {where.name}", html.Span(held)]),
            colSpan=len(HEADS),
            scope="rowgroup",
        ),
        className="group",
    )
    rows = [
        _row(site, hub, point, proposing, point.id in annotated)
        for point in by_quantity(site.points_by_room[where.id])
    ]
    return html.Tbody([title, *rows])


def _row(site: Site, hub: Hub, point: Point, proposing: bool, annotated: bool) -> Component:
    yardstick = hub.yardstick(point)
    value = tagged(live(html.Span(), "value", point=point.id), data_beside=point.unit)
    propose = html.A(_("Propose a change"), href=f"/propose/{point.id}", className="propose") if proposing else None
    cells = [
        html.Td(live(symbol("nodata"), "symbol", point=point.id), className="state"),
        html.Th([formats.what(point), html.Span(point.id, className="id mono"), propose], scope="row"),
        html.Td([_mark() if annotated else None, value], className="value num r"),
        html.Td(bullet(point.id, yardstick) or html.Span(_("no limit"), className="muted"), className="against"),
        html.Td([action_words(yardstick, point.quantity), exempt(yardstick.limits)], className="limit num r"),
        html.Td(_last_hour(site, hub, point, yardstick.bounds), className="hour"),
        html.Td(live(html.Span(), "validity", point=point.id), className="validity"),
        html.Td(live(html.Span(), "age", point=point.id), className="age num r"),
    ]
    return tagged(live(html.Tr(cells, id=point.id), "status", point=point.id), data_status="nodata")


def _mark() -> Component:
    """Leads to what was written about a value."""
    return tagged(
        html.A(icon("note", small=True), href="#room-said", className="noted", title=_(NOTED)), aria_label=_(NOTED)
    )


def action_words(yardstick: Yardstick, quantity: Quantity) -> str:
    """What the action limits allow: 42 to 66, max 352,000, min 10; else the alert levels, or none."""
    low, high = yardstick.bounds.low_action, yardstick.bounds.high_action
    if low is None and high is None:
        low, high = yardstick.bounds.low_alert, yardstick.bounds.high_alert
        words = _allowed(low, high, quantity)
        return _("alert: {words}", words=words) if words else _("none")
    return _allowed(low, high, quantity)


def _allowed(low: float | None, high: float | None, quantity: Quantity) -> str:
    if low is not None and high is not None:
        return _("{low} to {high}", low=_short(low, quantity), high=_short(high, quantity))
    if high is not None:
        return _("max {value}", value=_short(high, quantity))
    return "" if low is None else _("min {value}", value=_short(low, quantity))


def _short(value: float, quantity: Quantity) -> str:
    """With the digits of the quantity, or whole where the limit is."""
    return formats.decimal(value, 0) if value == int(value) else formats.number(value, quantity)


def _last_hour(site: Site, hub: Hub, point: Point, bounds: Bounds) -> Component | str:
    if point.silent_after is not None:
        return spark(point, bounds, site.instruments[point.instrument].interval)
    look = hub.look().points.get(point.id)
    if look is None or look.time is None:
        return html.Span(_("no plate read yet"), className="muted")
    return html.Span(_("plate of {day}", day=formats.date(look.time, site.timezone)), className="sec")

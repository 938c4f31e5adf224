"""The list of points to choose from, by room or by quantity. Each is a link that adds the point, or takes it away."""

from collections.abc import Sequence
from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import point_words
from app.components.baked import baked
from app.components.basics import grade, icon, live, symbol, tagged
from app.components.segments import segments
from app.trends.belonging import alarm_points, points_of
from app.trends.view import View
from facility.alarm import Alarm
from facility.language import _
from facility.quantities import MEASURES
from facility.site import Point, Site


def point_list(site: Site, view: View, alarms: Sequence[Alarm] = ()) -> Component:
    """Groups that open, the ones with chosen points already open. A box beside it filters (assets/filter.js)."""
    if view.by == "alarm":
        none = html.P(_("No alarm stood in the last 14 days."), className="inside sec")
        return baked(html.Div([_of_alarm(site, view, alarm) for alarm in alarms] or [none]), "groups")
    return baked(html.Div([_group(site, view, *group) for group in _groups(site, view)]), "groups")


def arrangements(view: View) -> Component:
    """By room, by quantity or by alarm."""
    names = ("room", _("Room")), ("quantity", _("Quantity")), ("alarm", _("Alarm"))
    return segments([(words, replace(view, by=name)) for name, words in names], view)


def _of_alarm(site: Site, view: View, alarm: Alarm) -> Component:
    """An alarm with its points and their neighbours, and the link that shows them all at its time."""
    points = [site.points[point] for point in points_of(site, alarm_points(alarm), alarm.rooms)]
    onset = formats.moment(alarm.onset, site.timezone, alarm.onset)
    title = _(
        "{room} {what}, {condition}, {moment}",
        room=alarm.room,
        what=point_words(site, alarm.point),
        condition=_(alarm.condition.value),
        moment=onset,
    )
    shown = View(by="alarm", alarm=alarm.id).address
    whole = html.Li(html.A([icon("trends", small=True), _("All of it, at its time")], href=shown))
    mark = symbol(alarm.severity.name.lower())
    return _group(site, view, title, mark, points, [whole])


def _groups(site: Site, view: View) -> list[tuple[str, Component | None, Sequence[Point]]]:
    """The title, what stands beside it, and the points of each group."""
    if view.by == "quantity":
        points = site.points.values()
        groups = [(_(measure.name), None, [p for p in points if p.quantity is q]) for q, measure in MEASURES.items()]
        return [group for group in groups if group[2]]
    rooms = [room for room in site.rooms.values() if site.points_by_room[room.id]]
    return [(f"{room.id} {room.name}", grade(room.classification), site.points_by_room[room.id]) for room in rooms]


def _group(
    site: Site,
    view: View,
    title: str,
    beside: Component | None,
    points: Sequence[Point],
    first: Sequence[Component] = (),
) -> Component:
    group = html.Details(
        [
            html.Summary([icon("chev", small=True), title, beside]),
            html.Ul([*first, *(_entry(site, view, point) for point in points)]),
        ],
        open=any(point.id in view.points for point in points),
    )
    return tagged(group, data_key=title)


def _entry(site: Site, view: View, point: Point) -> Component:
    chosen = point.id in view.points
    room = site.rooms[point.room]
    name = formats.what(point) if view.by == "room" else f"{room.id} {formats.what(point)}"
    link = html.A(
        [
            html.Span(icon("check", small=True) if chosen else None, className="bx on" if chosen else "bx"),
            html.Span([name, html.Span(_(", chosen") if chosen else "", className="sr")]),
            live(symbol("normal"), "symbol", point=point.id),
        ],
        href=view.with_point(point.id).address,
        className="on" if chosen else "",
        title=point.id,
    )
    return tagged(html.Li(link), data_words=f"{point.id} {formats.what(point)} {room.id} {room.name}".lower())

"""The rooms, worst first. Each is one row that the browser paints and puts in order: loud where it is not normal."""

from collections.abc import Iterable

from dash import html
from dash.development.base_component import Component

from app.components.baked import baked
from app.components.basics import grade, grade_words, live, symbol, tagged
from facility.language import _
from facility.site import Room, Site


def room_list(site: Site, order: Iterable[str]) -> Component:
    """All rooms and zones, in this order to begin with."""
    rows = [_row(site, site.rooms[room]) for room in order if room in site.rooms]
    return baked(tagged(html.Ul(rows, className="rooms"), data_order="rooms"))


def _row(site: Site, room: Room) -> Component:
    def show(what: str, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
        return live(html.Span(className=className or what), what, room=room.id)

    watched = bool(site.points_by_room[room.id])
    inside = html.Span(_("in {room}", room=room.inside), className="inside") if room.inside else None
    words = [show("word"), show("what"), show("brief"), show("since", "age num"), show("beyond")]
    link = html.A(
        [
            live(symbol("nodata"), "symbol", room=room.id),
            html.Span([html.B(room.id), " ", html.Span(room.name, className="name"), inside], className="title"),
            html.Span(words if watched else _("Not watched"), className="condition"),
            html.Span([show("value", "value num"), show("unit", "unit"), show("last")], className="now"),
            live(html.Span(html.I(), className="bar"), "at", room=room.id) if watched else html.Span(),
            show("used", "used num"),
            grade(room.classification),
        ],
        href=f"/rooms/{room.id}",
    )
    return tagged(
        live(html.Li(link), "status", room=room.id),
        data_status="nodata" if watched else "normal",
        data_key=room.id,
        data_words=_searched(site, room),
    )


def _searched(site: Site, room: Room) -> str:
    """By which words the box on the page of rooms finds it."""
    area = next(area.name for area in site.areas if area.id == room.area)
    parts = (room.id, room.name, room.inside or "", grade_words(room.classification), area)
    return " ".join(filter(None, parts)).lower()

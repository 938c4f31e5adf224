"""The rooms, worst first. Each is one row that the browser paints and puts in order: loud where it is not normal."""

from dash import html
from dash.development.base_component import Component

from app.components.basics import grade, live, symbol, tagged
from facility.site import Room, Site


def room_list(site: Site, order: tuple[str, ...]) -> Component:
    """All rooms and zones that have points, in this order to begin with."""
    rows = [_row(site.rooms[room]) for room in order if room in site.rooms and site.points_by_room[room]]
    return tagged(html.Ul(rows, className="rooms"), data_order="rooms")


def _row(room: Room) -> Component:
    def show(what: str, className: str = "") -> Component:  # noqa: N803  # as Dash spells it
        return live(html.Span(className=className or what), what, room=room.id)

    inside = html.Span(f"in {room.inside}", className="inside") if room.inside else None
    link = html.A(
        [
            live(symbol("nodata"), "symbol", room=room.id),
            html.Span([html.B(room.id), " ", html.Span(room.name, className="name"), inside], className="title"),
            html.Span(
                [show("word"), show("what"), show("brief"), show("since", "age num"), show("beyond")],
                className="condition",
            ),
            html.Span([show("value", "value num"), show("unit", "unit"), show("last")], className="now"),
            live(html.Span(html.I(), className="bar"), "at", room=room.id),
            show("used", "used num"),
            grade(room.classification),
        ],
        href=f"/rooms/{room.id}",
    )
    return tagged(live(html.Li(link), "status", room=room.id), data_status="nodata", data_key=room.id)

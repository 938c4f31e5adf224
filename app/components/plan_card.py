"""The floor plan of an area in its card, with what the plan has no place for."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app.components.basics import WORDS, drawing, live, symbol, tagged
from app.floor_plan.plan import plan
from app.status import Status
from facility.language import _, _n
from facility.site import Area, CascadeStep, Room, Site


def plan_card(site: Site, area: Area) -> Component:
    """Name and size of the area, its plan, rooms and pressure steps that are not in it, and what the marks mean."""
    drawn = plan(site, area)
    return html.Section(
        [
            html.Header([html.H2(area.name), html.Span(_size(site, area), className="grow")]),
            drawing(drawn.svg, "plan-frame")
            if drawn.svg
            else html.P(_("No room is described."), className="nothing"),
            _rooms_beside(drawn.rooms_beside) if drawn.rooms_beside else None,
            _steps_beside(drawn.steps_beside) if drawn.steps_beside else None,
            html.Div(
                [
                    *(
                        html.Span([symbol(status.mark), _(WORDS[status])])
                        for status in (Status.ACTION, Status.ALERT, Status.ADVISORY, Status.NO_DATA)
                    ),
                    html.Span(className="grow"),
                    html.Span(_("Arrows show air flow and pressure step in Pa")),
                ],
                className="legend",
            ),
        ],
        className="card plan-card",
    )


def _size(site: Site, area: Area) -> str:
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    zones = sum(room.inside is not None for room in rooms)
    whole, points = len(rooms) - zones, sum(len(site.points_by_room[room.id]) for room in rooms)
    words = (
        _n("{n} room", "{n} rooms", whole, n=whole) if whole else "",
        _n("{n} zone", "{n} zones", zones, n=zones) if zones else "",
        _n("{n} point", "{n} points", points, n=points) if points else "",
    )
    return ", ".join(filter(None, words))


def _rooms_beside(rooms: Sequence[Room]) -> Component:
    links = [
        tagged(
            live(
                html.A(
                    [live(symbol("nodata"), "symbol", room=room.id), html.B(room.id), " ", room.name],
                    href=f"/rooms/{room.id}",
                ),
                "status",
                room=room.id,
            ),
            data_status="nodata",
            data_label=f"{room.id} {room.name}",
        )
        for room in rooms
    ]
    return html.Div([html.Span(_("Not in the drawing:")), *links], className="plan-beside")


def _steps_beside(steps: Sequence[CascadeStep]) -> Component:
    parts = [
        html.Span(
            [
                _("{high} to {low}", high=step.high, low=step.low),
                " ",
                tagged(live(html.B(className="num"), "value", point=step.point), data_unit="Pa"),
            ],
            className="nw",
        )
        for step in steps
    ]
    words = html.Span(_("Steps between rooms that are apart in the plan:"))
    return html.Div([words, *parts], className="plan-beside")

"""The overview: how the whole suite stands, in one glance."""

from dash import html
from dash.development.base_component import Component

from app.components.basics import drawing, live, symbol
from app.components.floor_plan import floor_plan
from app.components.room_list import room_list
from app.context import AppContext
from app.formats import count
from app.pages.page import Address, Page
from facility.site import Area, Site


def layout(context: AppContext, _address: Address) -> Component:
    """Finding, plan, rooms worst first, standing alarms."""
    site, look = context.site(), context.hub.look()
    assert look.site is not None
    plans = [_plan(site, area) for area in site.areas]
    return html.Div(
        [
            html.Div(
                [
                    live(html.H1(look.site.title), "title"),
                    live(html.P(look.site.lead, className="lead"), "lead"),
                ],
                className="head",
            ),
            html.Div(
                [
                    html.Div(plans, className="plans"),
                    html.Section(
                        [html.Header(html.H2("Rooms, worst first")), room_list(site, look.site.order)],
                        className="card worst",
                    ),
                ],
                className="overview",
            ),
        ]
    )


def _plan(site: Site, area: Area) -> Component:
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    zones = [room for room in rooms if room.inside is not None]
    points = sum(len(site.points_by_room[room.id]) for room in rooms)
    words = [count(len(rooms) - len(zones), "room"), count(len(zones), "zone") if zones else "", f"{points} points"]
    return html.Section(
        [
            html.Header([html.H2(area.name), html.Span(", ".join(filter(None, words)), className="grow")]),
            drawing(floor_plan(site, area), "plan-frame"),
            html.Div(
                [
                    *(
                        html.Span([symbol(mark), word])
                        for mark, word in (
                            ("action", "Action"),
                            ("alert", "Alert"),
                            ("advisory", "Advisory"),
                            ("nodata", "No data"),
                        )
                    ),
                    html.Span(className="grow"),
                    html.Span("Arrows show air flow and pressure step in Pa"),
                ],
                className="legend",
            ),
        ],
        className="card plan-card",
    )


PAGE = Page("/", "Overview", layout, icon="overview")

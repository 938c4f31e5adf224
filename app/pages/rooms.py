"""All rooms, worst first."""

from dash import html
from dash.development.base_component import Component

from app.components.basics import live
from app.components.room_list import room_list
from app.context import AppContext
from app.pages.page import Address, Page


def layout(context: AppContext, _address: Address) -> Component:
    """The finding, then a row for each room and zone; the browser keeps values and order up to date."""
    site, look = context.site(), context.look()
    assert look.site is not None
    return html.Div(
        [
            html.Div(
                [html.H1("Rooms, worst first"), live(html.P(look.site.lead, className="lead"), "lead")],
                className="head",
            ),
            html.Section(room_list(site, look.site.order), className="card all-rooms"),
        ]
    )


PAGE = Page("/rooms", "Rooms", layout, icon="rooms")

"""All rooms, worst first."""

from dash import html
from dash.development.base_component import Component

from app.components.basics import icon, live, tagged
from app.components.room_list import room_list
from app.context import AppContext
from app.pages.page import Address, Page
from facility.language import N_, _


def layout(context: AppContext, _address: Address) -> Component:
    """The finding, then a row for each room and zone; the browser keeps values and order up to date."""
    site, look = context.site(), context.look()
    assert look.site is not None
    return html.Div(
        [
            html.Div(
                [
                    html.H1(_("Rooms, worst first")),
                    html.P(
                        [live(html.B(look.site.title), "title"), ". ", live(html.Span(look.site.lead), "lead")],
                        className="lead",
                    ),
                ],
                className="head",
            ),
            html.Section(
                [
                    html.Div(
                        [
                            icon("search", small=True),
                            tagged(html.Div(className="filter-here"), data_filter=_("Room, name, grade, area")),
                        ],
                        className="field filter",
                    ),
                    room_list(site, look.site.order),
                    html.P(_("No room goes by these words."), className="nothing none-found"),
                ],
                className="card all-rooms",
            ),
        ]
    )


PAGE = Page("/rooms", N_("Rooms"), layout, icon="rooms")

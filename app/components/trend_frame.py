"""The frame of the trend page: what stands there before anything is read, and the places that are filled then."""

import secrets

from dash import dcc, html
from dash.development.base_component import Component

from app.components import set_room
from app.components.baked import baked
from app.components.basics import icon, tagged
from app.components.copy_menu import copy_menu
from app.components.graph import graph
from app.components.picking import moment_field
from app.context import AppContext
from app.pages.page import Address
from facility.instants import SECOND
from facility.language import _
from facility.roles import Right

REFRESH = 30 * SECOND
"""How often a trend that ends now is read again."""
LOOK = 700
"""How often, in milliseconds, a page asks how far its history is read; only while it is being read."""


def layout(context: AppContext, _address: Address) -> Component:
    """The frame; what is in it follows the query of the address."""
    return html.Div(
        [
            dcc.Location(id="trend-url", refresh="callback-nav"),
            html.Div(
                [
                    html.H1(_("Trends")),
                    html.Div(id="trend-ranges", className="row ranges"),
                    _stretch(),
                    html.Div(id="trend-compare"),
                    set_room.opener() if context.may(Right.SET_ROOM_STATE) else None,
                    copy_menu(context),
                ],
                className="trend-head",
            ),
            html.Div(id="trend-note"),
            html.Div(
                [
                    tagged(
                        html.Section(
                            [
                                html.Header(
                                    [html.H2(_("Points")), html.Span(id="trend-count", className="grow right")]
                                ),
                                html.Div(
                                    [
                                        icon("search", small=True),
                                        tagged(
                                            html.Div(className="filter-here"), data_filter=_("Point, room, quantity")
                                        ),
                                    ],
                                    className="field filter",
                                ),
                                html.Div(id="trend-by"),
                                html.Div(id="trend-points"),
                                html.P(_("No point goes by these words."), className="nothing none-found"),
                            ],
                            className="card point-list",
                        ),
                        aria_label=_("Points"),
                    ),
                    tagged(html.Section([_legend(), _plot()], className="card plot"), aria_label=_("Trend")),
                    tagged(
                        html.Section(id="trend-statistics", className="card scroll", tabIndex=0),
                        aria_label=_("Statistics"),
                    ),
                    html.Section(id="trend-said", className="card"),
                    tagged(
                        html.Section(id="trend-table", className="card scroll", hidden=True, tabIndex=0),
                        aria_label=_("What is drawn, as a table"),
                    ),
                ],
                className="trend",
            ),
            dcc.Store(id="trend-theme"),
            dcc.Store(id="trend-picked"),
            dcc.Store(id="trend-chosen"),
            dcc.Store(id="trend-drawn"),
            dcc.Interval(id="trend-tick", interval=REFRESH, disabled=True),
            dcc.Store(id="trend-tab", data=secrets.token_urlsafe(9)),
            dcc.Interval(id="trend-look", interval=LOOK, disabled=True),
            set_room.place(),
            set_room.dialog(context.name) if context.may(Right.SET_ROOM_STATE) else None,
        ]
    )


def _stretch() -> Component:
    """From and to, in the site's zone."""
    return html.Div(
        [
            moment_field("trend-from", **{"aria-label": _("From")}),
            html.Span(_("to"), className="sec"),
            moment_field("trend-to", **{"aria-label": _("To")}),
            html.Button(_("Show"), id="trend-show", className="btn s"),
        ],
        className="row stretch",
    )


def _legend() -> Component:
    """What the signs in the plots mean, and the moves through time."""
    signs = [
        ("mean", _("mean or reading")),
        ("range", _("range")),
        ("action", _("action limit")),
        ("alert", _("alert level")),
        ("gap", _("no data")),
        ("invalid", _("invalid")),
        ("said", _("comment, correction")),
    ]
    keys = [html.Span([html.I(className=f"key {sign}"), words]) for sign, words in signs]
    return html.Div(
        [
            baked(html.Div(keys, className="keys"), "grow"),
            html.Div(
                [html.Div(id="trend-pick", className="row pick"), html.Div(id="trend-moves")],
                className="row doing",
            ),
        ],
        className="legend",
    )


def _plot() -> Component:
    return html.Div(
        [
            dcc.Store(id="trend-figure"),
            html.Div(
                [
                    tagged(html.Span(_("Reading the history"), id="trend-progress"), role="status"),
                    html.Button(_("Cancel"), id="trend-cancel", className="btn s"),
                ],
                id="trend-reading",
                className="reading",
                hidden=True,
            ),
            html.Div(id="trend-empty"),
            graph("trend-graph"),
        ],
        className="plot-place",
    )

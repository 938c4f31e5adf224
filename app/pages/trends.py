"""Trends: any points together, from an hour to all history; all of it in the address."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app import formats
from app.components import history_words, trend_comments, trend_controls
from app.components.annotating import ANNOTATED
from app.components.basics import icon, tagged
from app.components.copy_menu import copy_menu
from app.components.graph import graph
from app.components.point_list import arrangements, point_list
from app.components.signing import SIGNED
from app.components.statistics_table import statistics_table
from app.context import AppContext
from app.copies.trend import trend_copy
from app.guard import requires
from app.pages.page import Address, Page, query_of
from app.trends.figure import figure
from app.trends.gather import gather, gather_limits
from app.trends.shown import known, window
from app.trends.statistics import statistics
from app.trends.view import PATH, View, view_of
from facility.instants import SECOND, Instant, instant_of
from facility.roles import Right
from storage.samples.store import HistoryAwayError

REFRESH = 30 * SECOND
"""How often a trend that ends now is read again."""


def layout(context: AppContext, _address: Address) -> Component:
    """The frame; what is in it follows the query of the address."""
    return html.Div(
        [
            dcc.Location(id="trend-url", refresh="callback-nav"),
            html.Div(
                [
                    html.H1("Trends"),
                    html.Div(id="trend-ranges", className="row ranges"),
                    _stretch(),
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
                                html.Header([html.H2("Points"), html.Span(id="trend-count", className="grow right")]),
                                html.Div(
                                    [
                                        icon("search", small=True),
                                        tagged(
                                            html.Div(className="filter-here"), data_filter="Point, room, quantity"
                                        ),
                                    ],
                                    className="field filter",
                                ),
                                html.Div(id="trend-by"),
                                html.Div(id="trend-points"),
                            ],
                            className="card point-list",
                        ),
                        aria_label="Points",
                    ),
                    tagged(html.Section([_legend(), _plot()], className="card plot"), aria_label="Trend"),
                    html.Section(id="trend-statistics", className="card scroll"),
                    html.Section(id="trend-said", className="card"),
                ],
                className="trend",
            ),
            dcc.Store(id="trend-theme"),
            dcc.Store(id="trend-picked"),
            dcc.Interval(id="trend-tick", interval=REFRESH, disabled=True),
        ]
    )


def _stretch() -> Component:
    """From and to, in the site's zone."""
    return html.Div(
        [
            dmc.DateTimePicker(id="trend-from", valueFormat="D MMM YYYY HH:mm", size="sm", **{"aria-label": "From"}),
            html.Span("to", className="sec"),
            dmc.DateTimePicker(id="trend-to", valueFormat="D MMM YYYY HH:mm", size="sm", **{"aria-label": "To"}),
            html.Button("Show", id="trend-show", className="btn s"),
        ],
        className="row stretch",
    )


def _legend() -> Component:
    """What the signs in the plots mean, and the moves through time."""
    signs = [
        ("mean", "mean or reading"),
        ("range", "range"),
        ("action", "action limit"),
        ("alert", "alert level"),
        ("gap", "no data"),
        ("invalid", "invalid"),
        ("said", "comment, correction"),
    ]
    keys = [html.Span([html.I(className=f"key {sign}"), words]) for sign, words in signs]
    return html.Div(
        [
            html.Div(keys, className="keys"),
            html.Div(id="trend-pick", className="row pick"),
            html.Div(id="trend-moves", className="row"),
        ],
        className="legend",
    )


def _plot() -> Component:
    return dcc.Loading(
        [dcc.Store(id="trend-figure"), html.Div(id="trend-empty"), graph("trend-graph")],
        custom_spinner=html.Div("Reading the history", className="reading"),
        overlay_style={"visibility": "visible", "opacity": 0.45},
        delay_show=400,
    )


def register(app: Dash, context: AppContext) -> None:
    """The address draws the page; zooming, picking and pressing change the address."""
    trend_comments.register(app, context)

    @app.callback(
        Output("trend-ranges", "children"),
        Output("trend-moves", "children"),
        Output("trend-by", "children"),
        Output("trend-points", "children"),
        Output("trend-count", "children"),
        Output("trend-from", "value"),
        Output("trend-to", "value"),
        Output("trend-note", "children"),
        Output("trend-tick", "disabled"),
        Input("trend-url", "search"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def controls(search: str | None, path: str | None) -> tuple[object, ...]:
        view, site = _view(search, path), context.site()
        start, end = window(context, view)
        return (
            trend_controls.ranges(view),
            trend_controls.moves(view, start, end),
            arrangements(view),
            point_list(site, view),
            f"{len(view.points)} of {len(site.points)}",
            _wall_clock(start, site.timezone),
            _wall_clock(end, site.timezone),
            trend_controls.note(site, view),
            view.is_fixed or not view.points,
        )

    @app.callback(
        Output("trend-figure", "data"),
        Output("trend-empty", "children"),
        Input("trend-url", "search"),
        Input("trend-tick", "n_intervals"),
        Input(ANNOTATED, "data"),
        Input(SIGNED, "data"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def draw(
        search: str | None, _ticks: int | None, _said: object, _signed: object, path: str | None
    ) -> tuple[object, object]:
        view, site = _view(search, path), context.site()
        points = known(site, view)
        if not points:
            return None, trend_controls.nothing_chosen(context, site, view)
        start, end = window(context, view)
        try:
            picture = gather(site, context.samples, context.records, points, start, end, context.clock())
        except HistoryAwayError as error:
            return None, history_words.instead(context, error)
        return figure(picture, view.together), history_words.substitute(context)

    @app.callback(
        Output("trend-statistics", "children"),
        Input("trend-url", "search"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def count(search: str | None, path: str | None) -> object:
        view, site = _view(search, path), context.site()
        start, end = window(context, view)
        histories = gather_limits(site, context.records, known(site, view), start, end)
        try:
            rows = {history.point.id: statistics(context.samples, history, context.clock()) for history in histories}
        except HistoryAwayError:  # the picture's place says so
            return None
        return statistics_table(site, rows, start, end) if rows else None

    @app.callback(
        Output("trend-url", "search", allow_duplicate=True),
        Input("trend-show", "n_clicks"),
        State("trend-from", "value"),
        State("trend-to", "value"),
        State("trend-url", "search"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def show(_clicks: int | None, begin: str | None, finish: str | None, search: str | None) -> object:
        timezone = context.site().timezone
        start, end = _of_wall_clock(begin, timezone), _of_wall_clock(finish, timezone)
        if start is None or end is None or start >= end:
            return no_update
        return replace(view_of(query_of(search)), range=None).between(start, end).search

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "paint"),
        Output("trend-graph", "figure"),
        Output("trend-graph", "style"),
        Input("trend-figure", "data"),
        Input("trend-theme", "data"),
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "zoom"),
        Output("trend-url", "search", allow_duplicate=True),
        Input("trend-graph", "relayoutData"),
        State("trend-url", "search"),
        prevent_initial_call=True,
    )


def _view(search: str | None, path: str | None) -> View:
    if path != PATH:
        raise PreventUpdate  # the address is on its way to another page
    return view_of(query_of(search))


def _wall_clock(at: Instant, timezone: str) -> str:
    return formats.in_zone(at, timezone).strftime("%Y-%m-%d %H:%M:%S")


def _of_wall_clock(text: str | None, timezone: str) -> Instant | None:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(timezone))) if text else None


PAGE = Page(PATH, "Trends", layout, register, icon="trends", copy=trend_copy)

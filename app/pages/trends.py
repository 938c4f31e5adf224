"""Trends: any points together, from an hour to all history; all of it in the address."""

from dataclasses import replace

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from app import left_out
from app.components import history_words, set_room, trend_comments, trend_controls, trend_frame
from app.components.annotating import ANNOTATED
from app.components.picking import of_field, to_field
from app.components.point_list import arrangements, point_list
from app.components.signing import SIGNED
from app.components.statistics_table import no_readings, of_each, statistics_table
from app.components.trend_alarms import recent_alarms
from app.components.trend_compare import compare_menu
from app.components.trend_table import shown_table
from app.context import AppContext
from app.copies.trend import trend_copy
from app.guard import requires
from app.jobs import CancelledError
from app.pages.page import Page, query_of
from app.trends.comparison import comparison
from app.trends.figure import figure
from app.trends.gather import gather, gather_limits
from app.trends.readings import Readings, SupersededError
from app.trends.shown import known, meant, window
from app.trends.statistics import FEW, MOST, statistics
from app.trends.view import PATH, View, view_of
from facility.language import N_, _
from facility.roles import Right
from storage.samples.store import HistoryAwayError


def register(app: Dash, context: AppContext) -> None:
    """The address draws the page; zooming, picking and pressing change the address."""
    readings = Readings()
    trend_comments.register(app, context)
    set_room.register(app, context)

    @app.callback(
        Output("trend-ranges", "children"),
        Output("trend-compare", "children"),
        Output("trend-moves", "children"),
        Output("trend-by", "children"),
        Output("trend-from", "value"),
        Output("trend-to", "value"),
        Output("trend-note", "children"),
        Output("trend-tick", "disabled"),
        Input("trend-url", "search"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def controls(search: str | None, path: str | None) -> tuple[object, ...]:
        view, site, now = _view(context, search, path), context.site(), context.clock()
        start, end = window(context, view)
        return (
            trend_controls.ranges(view),
            compare_menu(site, view, now),
            trend_controls.moves(view, start, end, now),
            arrangements(view),
            to_field(start, site.timezone),
            to_field(end, site.timezone),
            trend_controls.note(site, view, start, end, now),
            view.is_fixed or not view.points,
        )

    @app.callback(
        Output("trend-points", "children"),
        Output("trend-count", "children"),
        Input("trend-chosen", "data"),
        State("trend-url", "search"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def choices(_chosen: str, search: str | None, path: str | None) -> tuple[Component, str]:
        """Not with every other time: the browser keeps the time of its links (assets/trends.js)."""
        view, site = _view(context, search, path), context.site()
        listed = point_list(site, view, recent_alarms(context) if view.by == "alarm" else [])
        return listed, _("{n} of {all}", n=len(view.points), all=len(site.points))

    @app.callback(
        Output("trend-figure", "data"),
        Output("trend-empty", "children"),
        Output("trend-table", "children"),
        Output("trend-table", "hidden"),
        Output("trend-drawn", "data"),
        Input("trend-url", "search"),
        Input("trend-tick", "n_intervals"),
        Input(ANNOTATED, "data"),
        Input(SIGNED, "data"),
        Input(set_room.ROOM_SET, "data"),
        State("trend-url", "pathname"),
        State("trend-tab", "data"),
    )
    @requires(Right.LOOK)
    def draw(
        search: str | None,
        _ticks: int | None,
        _said: object,
        _signed: object,
        _set: object,
        path: str | None,
        tab: str,
    ) -> tuple[object, object, object, bool, object]:
        view, site, now = _view(context, search, path), context.site(), context.clock()
        points = known(site, view)
        if not points:
            return None, trend_controls.nothing_chosen(context, site, view), None, True, None
        start, end = window(context, view)
        compared = comparison(site, view, start, end, now)
        reads = readings.begin(tab, "figure", len(points) * (2 if compared else 1))
        try:
            picture = gather(site, context.samples, context.records, points, start, end, now, compared, reads)
            table = shown_table(context, picture) if view.table else None
        except SupersededError:
            raise PreventUpdate from None
        except CancelledError:
            return None, trend_controls.cancelled(view), None, True, None
        except HistoryAwayError as error:
            return None, history_words.instead(context, error), None, True, None
        counted = no_update if ctx.triggered_id == "trend-tick" else search
        return figure(picture, view.together), history_words.substitute(context), table, table is None, counted

    @app.callback(
        Output("trend-progress", "children"),
        Input("trend-look", "n_intervals"),
        State("trend-tab", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def progress(_looks: int | None, tab: str) -> str:
        return readings.words(context.site(), tab)

    @app.callback(
        Output("trend-cancel", "n_clicks"),
        Input("trend-cancel", "n_clicks"),
        State("trend-tab", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def cancel(clicks: int | None, tab: str) -> object:
        if clicks:
            readings.cancel(tab)
        return no_update

    @app.callback(
        Output("trend-statistics", "children"),
        Input("trend-drawn", "data"),
        State("trend-url", "pathname"),
        State("trend-tab", "data"),
    )
    @requires(Right.LOOK)
    def count(search: str | None, path: str | None, tab: str) -> object:
        """After the picture, so that nobody waits for numbers before there is something to look at."""
        if search is None:
            return None
        view, site, now = _view(context, search, path), context.site(), context.clock()
        start, end = window(context, view)
        compared = comparison(site, view, start, end, now)
        histories = gather_limits(site, context.records, known(site, view), start, end, compared)
        reads = readings.begin(tab, "statistics", len(histories))
        readings_of_all = sum((h.end - h.start) // h.interval for h in histories)
        each = readings_of_all <= (MOST if view.each else FEW)
        try:
            rows = []
            for history in histories:
                reads(history.point.id)
                rows.append((history, statistics(context.samples, history, now, each=each)))
            if rows and not any(found for _history, found in rows):
                extent = context.samples.extent([history.point.id for history in histories])
                return no_readings(site, view, extent, start, end, now)
        except (CancelledError, HistoryAwayError):  # the picture's place says so
            return None
        more = None if each else of_each(view, readings_of_all)
        return statistics_table(site, rows, start, end, more) if rows else None

    @app.callback(
        Output("trend-url", "search", allow_duplicate=True),
        Output("trend-note", "children", allow_duplicate=True),
        Input("trend-show", "n_clicks"),
        State("trend-from", "value"),
        State("trend-to", "value"),
        State("trend-url", "search"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def show(_clicks: int | None, begin: str | None, finish: str | None, search: str | None) -> tuple[object, object]:
        timezone = context.site().timezone
        start, end = of_field(begin, timezone), of_field(finish, timezone)
        if start is None or end is None:
            return no_update, left_out.note([_("Choose a day and a time, in both fields.")])
        if start >= end:
            return no_update, left_out.note([_("The time that you chose ends before it begins.")])
        return replace(meant(context, view_of(query_of(search))), range=None).between(start, end).search, no_update

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "paint"),
        Output("trend-graph", "figure"),
        Output("trend-graph", "style"),
        Input("trend-figure", "data"),
        Input("trend-theme", "data"),
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "chosen"),
        Output("trend-chosen", "data"),
        Input("trend-url", "search"),
        State("trend-chosen", "data"),
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "zoom"),
        Output("trend-url", "search", allow_duplicate=True),
        Input("trend-graph", "relayoutData"),
        State("trend-url", "search"),
        prevent_initial_call=True,
    )


def _view(context: AppContext, search: str | None, path: str | None) -> View:
    if path != PATH:
        raise PreventUpdate  # the address is on its way to another page
    return meant(context, view_of(query_of(search)))


PAGE = Page(PATH, N_("Trends"), trend_frame.layout, register, icon="trends", copy=trend_copy)

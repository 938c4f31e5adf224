"""Comments and corrections on the trend page: listed below it, and written about what is clicked or shown."""

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from alerts.rooms import around
from app.annotating import BATCH, POINT, about_words
from app.components.annotating import ANNOTATED, TO_ANNOTATE
from app.components.annotations import annotate_button, annotation_list
from app.components.basics import icon
from app.components.signing import SIGNED
from app.context import AppContext
from app.guard import requires
from app.pages.page import query_of
from app.trends.series import grid_of
from app.trends.shown import known, meant, window
from app.trends.view import PATH, View, view_of
from facility.language import _
from facility.roles import Right
from storage.records import annotations, batches
from storage.records.annotations import About
from storage.records.batches import Run
from storage.records.people import accounts

MOST_BATCHES = 4


def register(app: Dash, context: AppContext) -> None:
    """The list, what a click offers, and the button for the whole stretch."""

    @app.callback(
        Output("trend-said", "children"),
        Input("trend-url", "search"),
        Input(ANNOTATED, "data"),
        Input(SIGNED, "data"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def tell(search: str | None, _said: object, _signed: object, path: str | None) -> object:
        view, site = _view(context, search, path), context.site()
        start, end = window(context, view)
        with context.records.reading() as connection:
            points = known(site, view)
            rooms = {room for point in points for room in around(site, site.points[point].room)}
            runs = batches.overlapping(connection, sorted(rooms), start, min(end, context.clock()))
            found = annotations.about(connection, [f"{POINT}{point}" for point in points], start, end)
            found += annotations.about(connection, sorted({f"{BATCH}{run.batch}" for run in runs}))
            names = accounts.names(connection)
        writing = runs and context.may(Right.ANNOTATE)
        if not found and not writing:
            return None
        return [
            html.Header(
                [
                    html.H2(_("Comments and corrections")),
                    html.Span(className="grow"),
                    *(_batch_buttons(runs) if writing else []),
                ]
            ),
            annotation_list(site, found, names, context.clock()) if found else None,
        ]

    @app.callback(
        Output("trend-pick", "children"),
        Input("trend-picked", "data"),
        Input("trend-url", "search"),
        State("trend-url", "pathname"),
    )
    @requires(Right.LOOK)
    def offer(picked: dict[str, Any] | None, search: str | None, path: str | None) -> object:
        view, site = _view(context, search, path), context.site()
        if not context.may(Right.ANNOTATE) or not known(site, view):
            return None
        about = _picked(context, view, picked) if ctx.triggered_id == "trend-picked" else None
        if about is None:
            return html.Button([icon("note", small=True), _("Comment")], id="trend-annotate", className="btn s")
        words = about_words(site, about)
        return [html.Span(words, className="sm sec"), annotate_button(_("Comment or correct"), about)]

    @app.callback(
        Output(TO_ANNOTATE, "data"),
        Input("trend-annotate", "n_clicks"),
        State("trend-url", "search"),
        State("trend-url", "pathname"),
        prevent_initial_call=True,
    )
    @requires(Right.ANNOTATE)
    def write(clicks: int | None, search: str | None, path: str | None) -> object:
        view = _view(context, search, path)
        points = known(context.site(), view)
        if not clicks or not points:
            return no_update
        start, end = window(context, view)
        asked = {"object": f"point {points[0]}", "start": start, "end": min(end, context.clock())}
        return {**asked, "points": points, "clicks": clicks}

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "pick"),
        Output("trend-picked", "data"),
        Input("trend-graph", "clickData"),
        State("trend-figure", "data"),
        prevent_initial_call=True,
    )


def _batch_buttons(runs: Sequence[Run]) -> list[Component]:
    """A way to write about each batch that is shown; the newest of them, where they are many."""
    begun = {run.batch: run.start for run in reversed(runs)}
    newest = list(begun.items())[:MOST_BATCHES]
    return [
        annotate_button(_("Batch {batch}", batch=batch), About(f"{BATCH}{batch}", start, start))
        for batch, start in newest
    ]


def _view(context: AppContext, search: str | None, path: str | None) -> View:
    if path != PATH:
        raise PreventUpdate  # the address is on its way to another page
    return meant(context, view_of(query_of(search)))


def _picked(context: AppContext, view: View, picked: dict[str, Any] | None) -> About | None:
    """The reading that was clicked, or the stretch that its bucket stands for; None where it was none."""
    site = context.site()
    if not picked or picked.get("point") not in known(site, view) or not isinstance(picked.get("x"), int | float):
        return None
    point, at = picked["point"], picked["x"]
    start, end = window(context, view)
    width = grid_of(start, end, site.instruments[site.points[point].instrument].interval).width
    begin = round(at - width / 2)
    return About(f"point {point}", begin, begin + max(width - 1, 0))

"""One excursion: the whole story on one page. It is assessed, closed with a signature, merged and split here."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from sqlalchemy import Connection

from app.components import history_words
from app.components.annotating import ANNOTATED
from app.components.annotations import Said, annotate_button, annotation_list, said_about
from app.components.dossier_assessment import FIELDS, assessed_of, assessment_card, field
from app.components.dossier_closing import closing_card
from app.components.dossier_events import events_card
from app.components.dossier_head import changed_since, head, tiles
from app.components.dossier_side import hour_before, limits, similar_ones, worked_out
from app.components.excursion_moves import merge_or_split, moves_story
from app.components.excursion_parts import cause_tree
from app.components.graph import graph
from app.components.signing import SIGNED, TO_SIGN, request
from app.context import AppContext
from app.copies.dossier import dossier_copy
from app.dossier.assessing import save
from app.dossier.closing import CLOSING, REOPENING
from app.dossier.content import written_about
from app.dossier.figure import figure_of, picture_of
from app.dossier.gather import Dossier, gather
from app.dossier.regrouping import decide, others
from app.excursions import EXCURSION
from app.guard import requires
from app.pages.page import Address, Page
from facility.language import _, _n
from facility.roles import Right
from facility.site import Site
from storage.records import assessments
from storage.records.annotations import About
from storage.records.commands import ExcursionCommand, MergeExcursions, SplitExcursion
from storage.samples.store import HistoryAwayError


def layout(context: AppContext, address: Address) -> Component:
    """The page of an excursion."""
    number = address.parts["number"]
    return html.Div(
        [
            dcc.Store(id="excursion-number", data=number),
            dcc.Store(id="trend-theme"),
            html.Div(_drawn(context, number), id="excursion", className="excursion-page"),
        ]
    )


def _drawn(context: AppContext, number: str) -> list[Component | None]:
    dossier = gather(context, number)
    if dossier is None:
        return _none_such(number)
    with context.records.reading() as connection:
        said = said_about(connection, written_about(dossier.excursion, dossier.numbers))
        causes = assessments.causes(connection)
        open_to = _regrouping(context, connection, dossier)
    may = context.may(Right.ASSESS) and dossier.whole and dossier.closing is None and dossier.into is None
    return [
        head(context, dossier),
        changed_since(dossier),
        tiles(dossier),
        _time_lines(),
        html.Div(
            [
                html.Div([events_card(dossier)], className="column"),
                html.Div([hour_before(dossier), limits(dossier), similar_ones(dossier)], className="column"),
            ],
            className="dossier-columns",
        ),
        _alarms(dossier, open_to),
        worked_out(dossier),
        _card(_("Notes"), _notes(dossier.site, said, dossier), _note(context, dossier)),
        assessment_card(dossier, causes, may=may),
        closing_card(context, dossier),
        _moves(dossier),
        None if open_to is None else open_to[0],
    ]


def _regrouping(context: AppContext, connection: Connection, dossier: Dossier) -> tuple[Component, bool] | None:
    """What QA may merge and split, and whether there is a choice of alarms; None where nobody may."""
    manages = context.may(Right.MANAGE_EXCURSIONS) and dossier.whole and dossier.into is None
    if not manages or dossier.closing is not None:
        return None
    found = others(context, connection, dossier.excursion, dossier.now)
    site, choosing = dossier.site, len(dossier.excursion.alarms) > 1
    return merge_or_split(site, found, dossier.now, choosing=choosing, stations=len(site.stations) > 1), choosing


def _time_lines() -> Component:
    empty = html.Div(id="excursion-empty", className="inside")
    header = html.Header([html.H2(_("Time lines")), html.Span(_("an hour before to an hour after"), className="sec")])
    plot = [dcc.Store(id="excursion-figure"), empty, graph("excursion-graph")]
    return html.Section([header, *plot], className="card time-lines")


def _alarms(dossier: Dossier, open_to: tuple[Component, bool] | None) -> Component:
    choosing = open_to is not None and open_to[1]
    tree = cause_tree(dossier.site, dossier.excursion, dossier.now, dossier.names, choosing=choosing)
    n = len(dossier.excursion.alarms)
    inside = dmc.CheckboxGroup(tree, id="excursion-chosen", value=[]) if open_to is not None else tree
    count = html.Span(_n("{n} alarm", "{n} alarms", n, n=n), className="muted sm")
    return _card(_("Alarms, each below its cause"), inside, count)


def _moves(dossier: Dossier) -> Component:
    story = moves_story(dossier.site, dossier.excursion, dossier.moved, dossier.names, dossier.now)
    return _card(_("How alarms came into it"), story)


def _notes(site: Site, said: Said, dossier: Dossier) -> Component:
    """What was written about it and about its alarms."""
    found = [one for about in said.about.values() for one in about]
    if not found:
        return html.P(_("Nobody has written anything about it, or about its alarms."), className="nothing")
    return annotation_list(site, sorted(found, key=lambda one: one.at), said.names, dossier.now)


def _note(context: AppContext, dossier: Dossier) -> Component | None:
    if not context.may(Right.ANNOTATE):
        return None
    about = About(EXCURSION + dossier.excursion.number, dossier.excursion.onset, dossier.end)
    return annotate_button(_("Add a note"), about)


def _card(title: str, content: Component, beside: Component | None = None) -> Component:
    return html.Section(
        [html.Header([html.H2(title), html.Span(className="grow"), beside]), content], className="card"
    )


def _none_such(number: str) -> list[Component | None]:
    words = _("There is no excursion {number} in the areas that your account is admitted to.", number=number)
    return [
        html.H1(_("There is no such excursion")),
        html.P(words, className="lead"),
        html.A(_("To all excursions"), href="/excursions", className="btn"),
    ]


def register(app: Dash, context: AppContext) -> None:
    """What is decided, and drawing the page anew after that, after an alarm, a note, a signature."""

    @app.callback(
        Output("excursion-figure", "data"), Output("excursion-empty", "children"), Input("excursion-number", "data")
    )
    @requires(Right.LOOK)
    def draw(number: str) -> tuple[object, object]:
        dossier = gather(context, number)
        if dossier is None:
            return None, None
        try:
            picture = picture_of(context, dossier)
        except HistoryAwayError as error:
            return None, history_words.instead(context, error)
        if picture is None:
            return None, _("No alarm of it is of a point, so there is no reading to draw.")
        return figure_of(picture, dossier), history_words.substitute(context)

    @app.callback(
        Output("excursion", "children"),
        Output("excursion-problem", "children"),
        Input({"type": "excursion-do", "what": ALL}, "n_clicks"),
        State("excursion-number", "data"),
        State("excursion-into", "value"),
        State("excursion-chosen", "value"),
        State("excursion-reason", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_EXCURSIONS)
    def press(
        _clicks: list[int | None], number: str, into: str | None, chosen: list[str] | None, reason: str | None
    ) -> tuple[Any, Any]:
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
            return no_update, no_update
        command: ExcursionCommand
        if ctx.triggered_id["what"] == "merge":
            command = MergeExcursions(number, into or "", (reason or "").strip())
        else:
            command = SplitExcursion(number, tuple(chosen or ()), (reason or "").strip())
        problem = decide(context, command)
        return (no_update, problem) if problem else (_drawn(context, number), no_update)

    @app.callback(
        output=[
            Output("excursion", "children", allow_duplicate=True),
            Output("assessment-problem", "children"),
        ],
        inputs={"clicks": Input("assessment-save", "n_clicks")},
        state={
            "number": State("excursion-number", "data"),
            "seen": State("assessment-seen", "data"),
            "values": {name: State(field(name), "value") for name in (*FIELDS, "reason")},
        },
        prevent_initial_call=True,
    )
    @requires(Right.ASSESS)
    def assess(clicks: int | None, number: str, seen: int, values: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        problem = save(context, number, assessed_of(values), after=seen, reason=values["reason"] or "")
        return (no_update, problem) if problem else (_drawn(context, number), no_update)

    @app.callback(
        Output(TO_SIGN, "data", allow_duplicate=True),
        Output("reopening-problem", "children"),
        Input("reopening-sign", "n_clicks"),
        State("excursion-number", "data"),
        State("reopening-reason", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.CLOSE)
    def reopen(clicks: int | None, number: str, reason: str | None) -> tuple[object, object]:
        if not clicks:
            return no_update, no_update
        if not (reason or "").strip():
            return no_update, _("Say why it is reopened.")
        # The number of the click makes each request another one.
        return {**request(REOPENING.name, f"{number}/{reason}"), "click": str(clicks)}, ""

    @app.callback(
        Output("excursion", "children", allow_duplicate=True),
        Input(ANNOTATED, "data"),
        Input(SIGNED, "data"),
        State("excursion-number", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def said(_event: object, _signed: object, number: str) -> list[Component | None]:
        return _drawn(context, number)

    app.clientside_callback(  # type: ignore[no-untyped-call]  # Dash leaves it without types
        ClientsideFunction("trends", "paint"),
        Output("excursion-graph", "figure"),
        Output("excursion-graph", "style"),
        Input("excursion-figure", "data"),
        Input("trend-theme", "data"),
    )


PAGE = Page("/excursions/<number>", "Excursion", layout, register, signs=(CLOSING, REOPENING), copy=dossier_copy)

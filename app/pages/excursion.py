"""One excursion: what happened, in which order and why, what was said of it; QA merges and splits it here."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from sqlalchemy import Connection

from app import formats
from app.components.annotating import ANNOTATED
from app.components.annotations import Said, annotate_button, annotation_list, said_about
from app.components.basics import chip, icon, tagged
from app.components.excursion_parts import address_of, cause_tree, facts, state_chip, trend_address
from app.components.life import life_link, reads_trail
from app.context import AppContext
from app.excursions import EXCURSION, admitted_to_whole, find, made_meanwhile, visible
from app.guard import NotAllowedError, needs, requires
from app.pages.page import Address, Page
from app.submitting import submit
from facility.excursion import FIRST, Excursion
from facility.instants import DAY, Instant
from facility.people import CLEANWATCH
from facility.roles import Right
from facility.site import Site
from storage.records import excursions
from storage.records.annotations import About
from storage.records.commands import ExcursionCommand, MergeExcursions, SplitExcursion
from storage.records.errors import RecordsAwayError
from storage.records.excursions import ExcursionFilter, Moved
from storage.records.people import accounts

NO_REASON = "Say why; that needs a reason."
NOTHING_TO_MERGE_INTO = "Choose the excursion that this one is part of."
NOTHING_TO_SPLIT = "Choose in the list of alarms those that are an event of their own."
NO_ANSWER = (
    "The station has not answered yet. What you decided is on record, and will be applied when the station runs."
)
NEAR = DAY
"""Excursions that are offered to be merged began or returned within so much of this one."""


def layout(context: AppContext, address: Address) -> Component:
    """The page of an excursion."""
    number = address.parts["number"]
    return html.Div(
        [
            dcc.Store(id="excursion-number", data=number),
            html.Div(_drawn(context, number), id="excursion", className="excursion-page"),
        ]
    )


def _drawn(context: AppContext, number: str) -> list[Component | None]:
    site, now = context.site(), context.clock()
    with context.records.reading() as connection:
        excursion = find(context, connection, number)
        if excursion is None:
            return _none_such(number)
        names = accounts.names(connection)
        runs = made_meanwhile(connection, site, excursion, now)
        moves = [
            m for m in excursions.moves(connection, number) if m.move.alarm in excursion.alarms or m.by != CLEANWATCH
        ]
        into = _number_of(connection, excursion)
        said = said_about(connection, [EXCURSION + number, *(f"alarm {alarm}" for alarm in excursion.alarms)])
        manages = into is None and context.may(Right.MANAGE_EXCURSIONS) and _is_whole(context, connection, number)
        others = _others(context, connection, excursion, now) if manages else []
    choosing = manages and len(excursion.alarms) > 1
    tree = cause_tree(site, excursion, now, names, choosing=choosing)
    return [
        _head(site, excursion, into, now),
        _card("What happened", facts(site, excursion, runs), _links(context, site, excursion, now)),
        _card(
            "Alarms, each below its cause",
            dmc.CheckboxGroup(tree, id="excursion-chosen", value=[]) if manages else tree,
            html.Span(formats.count(len(excursion.alarms), "alarm"), className="muted sm"),
        ),
        _card("Notes", _notes(site, said, now), _note(context, excursion, now)),
        _card("How alarms came into it", _story(site, excursion, moves, names, now)),
        _decide(others, choosing=choosing) if manages else None,
    ]


def _head(site: Site, excursion: Excursion, into: str | None, now: Instant) -> Component:
    rooms = excursion.rooms
    where = ", ".join(rooms[:4]) + (f", and {formats.count(len(rooms) - 4, 'more room')}" if len(rooms) > 4 else "")
    lead = ", ".join(filter(None, (where, formats.exactly(excursion.onset, site.timezone, now))))
    merged = (
        html.P(["It was merged into ", html.A(into, href=address_of(into)), "."], className="note") if into else None
    )
    return html.Div(
        [
            html.Div(html.A("Excursions", href="/excursions"), className="crumb"),
            html.Div(
                [
                    html.H1(["Excursion ", html.Span(excursion.number, className="nw")]),
                    chip(excursion.severity.name.lower(), excursion.severity.name),
                    None if into else state_chip(excursion),
                ],
                className="row title",
            ),
            html.P(lead, className="lead"),
            merged,
        ],
        className="head",
    )


def _links(context: AppContext, site: Site, excursion: Excursion, now: Instant) -> Component:
    trend = trend_address(excursion, site, now)
    return html.Span(
        [
            html.A("Trend", href=trend, className="btn s") if trend else None,
            life_link(EXCURSION + excursion.number) if reads_trail(context) else None,
        ],
        className="row",
    )


def _notes(site: Site, said: Said, now: Instant) -> Component:
    """What was written about it and about its alarms."""
    found = [one for about in said.about.values() for one in about]
    if not found:
        return html.P("Nobody has written anything about it, or about its alarms.", className="nothing")
    return annotation_list(site, sorted(found, key=lambda one: one.at), said.names, now)


def _note(context: AppContext, excursion: Excursion, now: Instant) -> Component | None:
    if not context.may(Right.ANNOTATE):
        return None
    about = About(EXCURSION + excursion.number, excursion.onset, excursion.returned or now)
    return annotate_button("Add a note", about)


def _story(
    site: Site, excursion: Excursion, moved: Sequence[Moved], names: Mapping[str, str], now: Instant
) -> Component:
    """Every move into it and out of it; what a person did stands out."""
    lines = [
        html.Li(
            [
                html.Span(formats.exactly(m.at, site.timezone, now), className="num muted"),
                " ",
                _moved_words(excursion.number, m),
                _why(m, names),
            ]
        )
        for m in moved
    ]
    return html.Ol(lines, className="story moves")


def _why(moved: Moved, names: Mapping[str, str]) -> Component | None:
    if moved.by != CLEANWATCH:
        return html.B(f", {names.get(moved.by.name, moved.by.name)}: {moved.move.reason}")
    return html.Span(f", {moved.move.reason}", className="sec") if moved.move.reason != FIRST else None


def _moved_words(number: str, moved: Moved) -> str:
    move = moved.move
    alarm = move.alarm.rsplit("/", 1)[0].replace("/", " ").replace("-", " ")
    if move.previous is None:
        return f"{alarm} joined it" if move.reason != FIRST else f"{alarm} opened it"
    if move.excursion == number:
        return f"{alarm} came from {move.previous}"
    return f"{alarm} went to {move.excursion}"


def _decide(others: Sequence[Excursion], *, choosing: bool) -> Component:
    """Merging and splitting, each with a reason."""
    options = [{"value": other.number, "label": f"{other.number}: {', '.join(other.rooms[:3])}"} for other in others]
    return html.Section(
        [
            html.Header(html.H2("Merge or split")),
            html.P(
                "Nothing is lost by it: where each alarm was before stays on record, and splitting what was merged "
                "restores it.",
                className="inside",
            ),
            html.Div(
                [
                    dmc.Textarea(
                        id="excursion-reason",
                        label="Reason",
                        autosize=True,
                        minRows=2,
                        required=True,
                        className="grow",
                    ),
                    dmc.Select(
                        id="excursion-into",
                        label="Merge into",
                        data=options,
                        placeholder="Excursions of about this time" if options else "None of about this time",
                        searchable=True,
                        clearable=True,
                    ),
                    html.Div(
                        [
                            _button("merge", "Merge"),
                            _button("split", "Split the chosen alarms off") if choosing else None,
                        ],
                        className="row",
                    ),
                ],
                className="to-do",
            ),
            tagged(html.Div(id="excursion-problem", className="problem"), role="alert"),
        ],
        className="card",
    )


def _button(what: str, words: str) -> Component:
    return html.Button(
        [icon("check", small=True), words], id={"type": "excursion-do", "what": what}, className="btn s"
    )


def _card(title: str, content: Component, beside: Component | None = None) -> Component:
    return html.Section(
        [html.Header([html.H2(title), html.Span(className="grow"), beside]), content], className="card"
    )


def _none_such(number: str) -> list[Component | None]:
    words = html.P(f"There is no excursion {number} in the areas that your account is admitted to.", className="lead")
    return [
        html.H1("There is no such excursion"),
        words,
        html.A("To all excursions", href="/excursions", className="btn"),
    ]


def _number_of(connection: Connection, excursion: Excursion) -> str | None:
    return excursions.number_of(connection, excursion.merged_into) if excursion.merged_into else None


def _is_whole(context: AppContext, connection: Connection, number: str) -> bool:
    try:
        admitted_to_whole(context, connection, number)
    except NotAllowedError:
        return False
    return True


def _others(context: AppContext, connection: Connection, excursion: Excursion, now: Instant) -> list[Excursion]:
    about_then = ExcursionFilter(start=excursion.onset - NEAR, end=(excursion.returned or now) + NEAR)
    found = excursions.history(connection, about_then, limit=100)
    return [other for other in found if other.number != excursion.number and visible(context, other) == other]


def decide(context: AppContext, command: ExcursionCommand) -> str | None:
    """Hand it to the engine; None when it is done, else in words why not. Raises NotAllowedError."""
    needs(context, Right.MANAGE_EXCURSIONS)
    if isinstance(command, MergeExcursions) and not command.into:
        return NOTHING_TO_MERGE_INTO
    if isinstance(command, SplitExcursion) and not command.alarms:
        return NOTHING_TO_SPLIT
    if not command.reason:
        return NO_REASON
    try:
        with context.records.reading() as connection:
            admitted_to_whole(context, connection, command.excursion)
            if isinstance(command, MergeExcursions):
                admitted_to_whole(context, connection, command.into)
    except RecordsAwayError as error:
        return f"{error} Nothing was sent: try again."
    return submit(context, command, NO_ANSWER)


def register(app: Dash, context: AppContext) -> None:
    """What QA decides, and drawing it anew after that, after an alarm, after a note."""

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
        Output("excursion", "children", allow_duplicate=True),
        Input(ANNOTATED, "data"),
        State("excursion-number", "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def said(_event: object, number: str) -> list[Component | None]:
        return _drawn(context, number)


PAGE = Page("/excursions/<number>", "Excursion", layout, register)

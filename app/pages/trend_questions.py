"""The trend questions of one room (EU GMP Annex 1:2022, 9.11), and the organisms that the fourth one counts."""

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.areas import admitted
from app.components import history_words
from app.components.alarm_words import room_words
from app.components.basics import icon, tagged
from app.components.trend_answers import answer_cards, choices, results_table, ways
from app.context import AppContext
from app.guard import needs, requires
from app.pages.page import Address, Page
from app.trend_questions import Answers, answers
from facility.language import _
from facility.roles import Right
from storage.records import identifications
from storage.records.errors import RecordsAwayError
from storage.records.identifications import IdentificationError
from storage.records.people import accounts
from storage.samples.store import HistoryAwayError


def layout(context: AppContext, address: Address) -> Component:
    """The four answers, and the plates."""
    room = address.parts["room"]
    return html.Div(
        [
            dcc.Store(id="questions-room", data=room),
            html.Div(_drawn(context, room), id="questions", className="excursion-page questions"),
        ]
    )


def _drawn(context: AppContext, room: str) -> list[Component | None]:
    site = context.site()
    if room not in site.rooms:
        words = _("There is no room {room} in the areas that your account is admitted to.", room=room)
        return [html.H1(_("There is no such room")), html.P(words, className="lead")]
    title = html.Div(
        [html.H1(_("Trend questions of {room}", room=room_words(site, room))), ways(room)],
        className="row title apart",
    )
    try:
        told = answers(context, room)
    except HistoryAwayError as error:
        return [title, history_words.instead(context, error)]
    with context.records.reading() as connection:
        names, organisms = dict(accounts.names(connection)), identifications.names(connection)
    lead = _(
        "What EU GMP Annex 1 (2022), 9.11, asks of the trend of a room: this quarter, {start} to {end}, held against "
        "the one before.",
        start=formats.date(told.start, site.timezone),
        end=formats.date(told.end, site.timezone),
    )
    return [
        html.Div([title, html.P(lead, className="lead")], className="head"),
        *answer_cards(site, told),
        html.Section(
            [
                html.Header(html.H2(_("Plates with growth"))),
                results_table(site, told, names),
                _form(context, told, organisms) if context.may(Right.ANNOTATE) and told.results else None,
            ],
            className="card",
        ),
    ]


def _form(context: AppContext, told: Answers, organisms: list[str]) -> Component:
    return html.Div(
        [
            dmc.Select(
                id="organisms-result",
                label=_("Plate"),
                data=[{"value": value, "label": words} for value, words in choices(context.site(), told)],
                size="sm",
            ),
            dmc.TagsInput(
                id="organisms-names",
                label=_("Organisms"),
                description=_("What the laboratory has identified, each by its name"),
                data=organisms,
                size="sm",
            ),
            dmc.TextInput(id="organisms-reason", label=_("Reason, where it was said otherwise before"), size="sm"),
            html.Button([icon("check", small=True), _("Put on record")], id="organisms-save", className="btn p s"),
            tagged(html.Div(id="organisms-problem", className="problem"), role="alert"),
        ],
        className="inside identify",
    )


def identify(context: AppContext, result: str | None, organisms: list[str], reason: str) -> str | None:
    """Put on record what grew on a plate; None when done, else in words why not. Raises NotAllowedError."""
    person = needs(context, Right.ANNOTATE)
    point, _slash, time = (result or "").partition("/")
    if point not in context.site().points or not time.isdecimal():
        return _("Choose the plate.")
    admitted(context, context.site().points[point].room)
    try:
        with context.records.transaction() as connection:
            identifications.identify(connection, context.clock(), person, point, int(time), organisms, reason)
    except IdentificationError as error:
        return str(error)
    except RecordsAwayError as error:
        return f"{error} {_('It is not known whether this is on record: look before you save it again.')}"
    return None


def register(app: Dash, context: AppContext) -> None:
    """Naming organisms, and drawing the answers anew."""

    @app.callback(
        Output("questions", "children"),
        Output("organisms-problem", "children"),
        Input("organisms-save", "n_clicks"),
        State("questions-room", "data"),
        State("organisms-result", "value"),
        State("organisms-names", "value"),
        State("organisms-reason", "value"),
        prevent_initial_call=True,
    )
    @requires(Right.ANNOTATE)
    def press(
        clicks: int | None, room: str, result: str | None, organisms: list[str] | None, reason: str | None
    ) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        problem = identify(context, result, organisms or [], reason or "")
        return (no_update, problem) if problem else (_drawn(context, room), no_update)


PAGE = Page("/rooms/<room>/trend-questions", "Trend questions", layout, register)

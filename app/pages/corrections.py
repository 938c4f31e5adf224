"""Comments and corrections: those that wait for QA's signature first, then what was written last."""

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats
from app.annotating import SIGNABLE, may_see, refuse
from app.components.annotating import ANNOTATED
from app.components.annotations import annotation_list
from app.components.basics import tagged
from app.components.signing import SIGNED
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from facility.language import N_, _, _n
from facility.roles import Right
from storage.records import annotations
from storage.records.annotations import Annotation
from storage.records.people import accounts

NEWEST = 200


def layout(context: AppContext, _address: Address) -> Component:
    """Both lists, and the dialog for refusing."""
    return html.Div([html.Div(_lists(context), id="corrections"), _dialog()])


def _lists(context: AppContext) -> list[Component]:
    with context.records.reading() as connection:
        waiting = annotations.waiting(connection)
        newest = annotations.newest(connection, NEWEST)
        names = accounts.names(connection)
    waiting = [one for one in waiting if may_see(context, one.about)]
    others = [one for one in newest if one not in waiting and may_see(context, one.about)]
    site, person, now = context.site(), context.person(), context.clock()

    def card(title: str, found: list[Annotation], nothing: str) -> Component:
        listed = annotation_list(site, found, names, now, person) if found else html.P(nothing, className="nothing")
        return html.Section([html.Header(html.H2(title)), listed], className="card wide")

    lead = _("What was recorded stays as it is, and stays visible. A correction holds once QA has signed it.")
    return [
        html.Div(
            [html.H1(_("Comments and corrections")), html.P(lead, className="lead")],
            className="head",
        ),
        card(
            _(
                "Waiting for QA's signature: {corrections}",
                corrections=_n("{n} correction", "{n} corrections", len(waiting), n=formats.words(len(waiting))),
            ),
            waiting,
            _("No correction waits. Write one from a trend or from the history of alarms."),
        ),
        card(_("Written last"), others, _("Nothing has been written yet.")),
    ]


def _dialog() -> Component:
    modal: Component = dmc.Modal(
        id="refuse-correction",
        title=_("This correction shall not hold"),
        centered=True,
        children=[
            dcc.Store(id="refuse-which"),
            dmc.Textarea(id="refuse-reason", label=_("Why"), autosize=True, minRows=2, required=True),
            tagged(html.Div(id="refuse-problem", className="problem"), role="alert"),
            html.Div(
                html.Button(_("Put on record"), id="refuse-send", className="btn p"), className="row answer-foot"
            ),
        ],
    )
    return modal


def register(app: Dash, context: AppContext) -> None:
    """The lists follow what is written and signed."""

    @app.callback(
        Output("corrections", "children"),
        Input(ANNOTATED, "data"),
        Input(SIGNED, "data"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def again(_said: object, _signed: object) -> list[Component]:
        return _lists(context)

    @app.callback(
        Output("refuse-correction", "opened"),
        Output("refuse-which", "data"),
        Output("refuse-reason", "value"),
        Output("refuse-problem", "children"),
        Input({"type": "refuse-correction", "annotation": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.ANNOTATE)
    def open_dialog(_clicks: list[int | None]) -> tuple[object, ...]:
        if not ctx.triggered or not ctx.triggered[0]["value"] or not isinstance(ctx.triggered_id, dict):
            return (no_update,) * 4
        return True, ctx.triggered_id["annotation"], "", ""

    @app.callback(
        Output("refuse-correction", "opened", allow_duplicate=True),
        Output("refuse-problem", "children", allow_duplicate=True),
        Output("corrections", "children", allow_duplicate=True),
        Input("refuse-send", "n_clicks"),
        State("refuse-which", "data"),
        State("refuse-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("refuse-send", "disabled"), True, False)],
    )
    @requires(Right.ANNOTATE)
    def send(clicks: int | None, which: object, reason: str | None) -> tuple[object, object, object]:
        if not clicks or not isinstance(which, int):
            return no_update, "", no_update
        problem = refuse(context, which, reason or "")
        return (False, "", _lists(context)) if problem is None else (no_update, problem, no_update)


PAGE = Page("/corrections", N_("Corrections"), layout, register, icon="note", signs=(SIGNABLE,))

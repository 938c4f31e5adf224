"""On call: who has the call now and in the next two weeks, whom alarms call, what is being called and was."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from alerts.on_call_gaps import TWICE, Gap
from app import on_call_acts
from app.components.basics import icon, symbol, tagged
from app.components.escalation_parts import past_card, running_card
from app.components.on_call_parts import moment, policy_card, rota_card
from app.components.picking import moment_field
from app.components.why import why_dialog
from app.context import AppContext
from app.guard import requires
from app.on_call_acts import NotDoneError
from app.on_call_view import OnCallView, look
from app.pages.page import Address, Page
from facility.language import N_, _
from facility.roles import RIGHTS, Right
from storage.records.people.accounts import AccountState

LOOK_AGAIN = 5_000
"""Milliseconds after which what is being called is drawn anew."""


def layout(context: AppContext, _address: Address) -> Component:
    """Everything, and the dialog for a swap."""
    view = look(context)
    return html.Div(
        [
            html.Div(_content(context, view), id="on-call-content", className="access-page on-call"),
            dcc.Interval(id="on-call-again", interval=LOOK_AGAIN),
            dcc.Store(id="swap-rota"),
            _swap_dialog(view),
            why_dialog("on-call"),
        ]
    )


def _title(gap: Gap) -> str:
    if gap.key.startswith(TWICE):
        return _("Nobody else is called")
    return _("A gap in the rota") if gap.now else _("A gap in the rota is coming")


def _content(context: AppContext, view: OnCallView) -> list[Component]:
    may_swap = context.may(Right.SWAP_SHIFTS)
    rotas = list(view.site.on_call.rotas.values())
    return [
        html.Div([html.H1(_("On call")), html.P(_lead(view), className="lead")], className="head"),
        *[_warning(gap.text, _title(gap)) for gap in view.gaps if not gap.key.startswith("policy ")],
        html.Div(running_card(view), id="on-call-running"),
        *[rota_card(view, rota, may_swap) for rota in rotas],
        *([] if rotas else [_no_rotas()]),
        policy_card(view),
        past_card(view),
    ]


def _lead(view: OnCallView) -> str:
    told = []
    for rota in view.site.on_call.rotas.values():
        duty = view.duties[rota.id][0]
        told.append(
            _(
                "{rota}: {name} until {time}.",
                rota=rota.name,
                name=view.name(duty.account),
                time=moment(duty.end, rota.timezone),
            )
        )
    return " ".join(told) or _("Who is called when an alarm is not answered.")


def _warning(text: str, title: str) -> Component:
    return tagged(
        html.Div(
            [symbol("alert"), html.Div([html.B(title), html.Div(f"{text[0].upper()}{text[1:]}.", className="sec")])],
            className="banner",
        ),
        role="alert",
    )


def _no_rotas() -> Component:
    text = _("The site file has no rota yet. Describe one under on_call, and alarms call whoever has the week.")
    return html.Section([html.Header(html.H2(_("Rotas"))), html.P(text, className="nothing")], className="card")


def _swap_dialog(view: OnCallView) -> Component:
    people = [
        {"value": one.account, "label": one.name}
        for one in view.reach.people.values()
        if one.state is not AccountState.RETIRED and Right.ACKNOWLEDGE in RIGHTS[one.role]
    ]
    modal: Component = dmc.Modal(
        id="swap",
        title=_("Somebody else has the call"),
        centered=True,
        size=480,
        children=[
            html.Div(
                [
                    dmc.Select(id="swap-person", label=_("Who"), data=people, searchable=True),
                    html.Div(
                        [
                            moment_field("swap-start", label=_("From")),
                            moment_field("swap-end", label=_("Until")),
                        ],
                        className="row from-until",
                    ),
                    dmc.Textarea(id="swap-reason", label=_("Reason"), autosize=True, minRows=2),
                ],
                className="form",
            ),
            tagged(html.Div(id="swap-problem", className="problem"), role="alert"),
            html.Div(
                [
                    html.Span(_("On record with your name"), className="sm muted grow"),
                    html.Button([icon("check", small=True), _("Put on record")], id="swap-send", className="btn p"),
                ],
                className="row answer-foot",
            ),
        ],
    )
    return modal


def register(app: Dash, context: AppContext) -> None:
    """Swapping shifts, taking a swap back, and looking again at what is being called."""

    @app.callback(
        Output("on-call-running", "children"), Input("on-call-again", "n_intervals"), prevent_initial_call=True
    )
    @requires(Right.LOOK)
    def again(_count: int) -> Component:
        return running_card(look(context))

    @app.callback(
        Output("swap", "opened"),
        Output("swap-rota", "data"),
        Output("swap-problem", "children"),
        Output("swap-start", "value"),
        Output("swap-end", "value"),
        Input({"type": "swap-open", "rota": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.SWAP_SHIFTS)
    def open_swap(_clicks: list[int | None]) -> tuple[object, ...]:
        if not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        rota = ctx.triggered_id["rota"]
        return True, rota, "", *on_call_acts.rest_of_duty(context, rota)

    @app.callback(
        Output("swap", "opened", allow_duplicate=True),
        Output("swap-problem", "children", allow_duplicate=True),
        Output("on-call-content", "children"),
        Input("swap-send", "n_clicks"),
        State("swap-rota", "data"),
        State("swap-person", "value"),
        State("swap-start", "value"),
        State("swap-end", "value"),
        State("swap-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("swap-send", "disabled"), True, False)],
    )
    @requires(Right.SWAP_SHIFTS)
    def send(
        clicks: int | None, rota: str | None, person: str | None, start: str | None, end: str | None, why: str | None
    ) -> tuple[object, object, object]:
        if not clicks:
            return no_update, no_update, no_update
        try:
            on_call_acts.swap(context, rota or "", person or "", start or "", end or "", why or "")
        except NotDoneError as error:
            return no_update, str(error), no_update
        return False, "", _content(context, look(context))

    @app.callback(
        Output("on-call-why", "opened"),
        Output("on-call-why", "title"),
        Output("on-call-why-act", "data"),
        Output("on-call-why-problem", "children"),
        Output("on-call-why-reason", "value"),
        Input({"type": "on-call-act", "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.SWAP_SHIFTS)
    def ask_why(_clicks: list[int | None]) -> tuple[object, ...]:
        chosen = ctx.triggered_id
        if not isinstance(chosen, dict) or not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        return True, _("Withdraw this swap?"), chosen, "", ""

    @app.callback(
        Output("on-call-why", "opened", allow_duplicate=True),
        Output("on-call-why-problem", "children", allow_duplicate=True),
        Output("on-call-content", "children", allow_duplicate=True),
        Input("on-call-why-send", "n_clicks"),
        State("on-call-why-act", "data"),
        State("on-call-why-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("on-call-why-send", "disabled"), True, False)],
    )
    @requires(Right.SWAP_SHIFTS)
    def withdraw(clicks: int | None, chosen: dict[str, Any] | None, why: str | None) -> tuple[object, object, object]:
        if not clicks or not chosen:
            return no_update, no_update, no_update
        try:
            on_call_acts.withdraw(context, int(chosen["of"]), why or "")
        except NotDoneError as error:
            return no_update, str(error), no_update
        return False, "", _content(context, look(context))


PAGE = Page("/on-call", N_("On call"), layout, register, icon="call")

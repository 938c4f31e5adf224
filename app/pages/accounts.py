"""Accounts: who may sign in, who is signed in now, which screens hang on walls. For administrators."""

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from flask import request

from app import account_acts, formats
from app.account_acts import NotDoneError, fields_of
from app.components.account_parts import account_table, address_box, area_choice, display_table, fields, session_table
from app.components.basics import icon, tagged
from app.components.why import why_dialog
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from app.sign_in.session_cookie import present_session
from facility.language import N_, _, _n
from facility.roles import Right
from storage.records.people import accounts, credentials, displays, sessions

ACTS = {"end": N_("End this session?"), "revoke": N_("Revoke this display?")}


def layout(context: AppContext, _address: Address) -> Component:
    """Everything, and the two forms for what is new."""
    site = context.whole()
    return html.Div(
        [
            html.Div(_content(context), id="accounts-content", className="access-page"),
            _modal(
                "account-new",
                _("Make an account"),
                [
                    dmc.TextInput(
                        id="account-new-account",
                        label=_("Account"),
                        description=_("What the person signs in with, like m.keller; for ever, and for nobody else"),
                    ),
                    *fields(site, "account-new"),
                    dmc.Textarea(id="account-new-reason", label=_("Reason"), autosize=True, minRows=2),
                ],
                _("Make the account"),
            ),
            _modal(
                "display-new",
                _("Add a wall display"),
                [
                    dmc.TextInput(id="display-new-name", label=_("Name"), description=_("Where it hangs")),
                    area_choice(site, "display-new-areas"),
                ],
                _("Add the display"),
            ),
            why_dialog("accounts"),
        ]
    )


def _modal(id: str, title: str, inside: list[Component], send: str) -> Component:
    form: Component = dmc.Modal(
        id=id,
        title=title,
        centered=True,
        size=520,
        children=[
            html.Div([*inside], id=f"{id}-form", className="form"),
            html.Div(id=f"{id}-made"),
            tagged(html.Div(id=f"{id}-problem", className="problem"), role="alert"),
            html.Div(
                html.Button([icon("check", small=True), send], id=f"{id}-send", className="btn p"),
                className="row answer-foot",
            ),
        ],
    )
    return form


def _content(context: AppContext) -> list[Component]:
    site, now = context.whole(), context.clock()
    with context.records.reading() as connection:
        found = accounts.all(connection)
        known = {one.account: credential for one in found if (credential := credentials.of(connection, one.account))}
        open_now, last, screens = sessions.open_now(connection), sessions.last(connection), displays.all(connection)
    own, names = present_session(), {one.account: one.name for one in found}
    lead = _(
        "{accounts}, {sessions}.",
        accounts=formats.sentence(_n("{n} account", "{n} accounts", len(found), n=formats.words(len(found)))),
        sessions=_n("{n} open session", "{n} open sessions", len(open_now), n=formats.words(len(open_now))),
    )
    return [
        html.Div(
            [
                html.Div([html.H1(_("Accounts")), html.P(lead, className="lead")], className="grow"),
                html.Button(_("Make an account"), id="account-new-open", className="btn p"),
            ],
            className="head row",
        ),
        html.Section(
            [
                html.Header(
                    [
                        html.H2(_("People")),
                        html.Span(html.A(_("Roles and rights"), href="/roles"), className="grow right"),
                    ]
                ),
                account_table(site, found, known, last, now),
            ],
            className="card",
        ),
        html.Section(
            [
                html.Header([html.H2(_("Signed in now"))]),
                session_table("accounts", site, open_now, names, own.id if own else None, now),
            ],
            className="card",
        ),
        html.Section(
            [
                html.Header(
                    [
                        html.H2(_("Wall displays")),
                        html.Span(className="grow"),
                        html.Button(_("Add a display"), id="display-new-open", className="btn s"),
                    ]
                ),
                display_table(site, screens, now),
            ],
            className="card",
        ),
    ]


def register(app: Dash, context: AppContext) -> None:
    """Making accounts and displays, ending sessions, revoking displays."""

    @app.callback(Output("account-new", "opened"), Input("account-new-open", "n_clicks"), prevent_initial_call=True)
    @requires(Right.MANAGE_ACCOUNTS)
    def open_new_account(clicks: int | None) -> object:
        return True if clicks else no_update

    @app.callback(Output("display-new", "opened"), Input("display-new-open", "n_clicks"), prevent_initial_call=True)
    @requires(Right.MANAGE_ACCOUNTS)
    def open_new_display(clicks: int | None) -> object:
        return True if clicks else no_update

    @app.callback(
        Output("account-new-made", "children"),
        Output("account-new-problem", "children"),
        Output("accounts-content", "children"),
        Input("account-new-send", "n_clicks"),
        State("account-new-account", "value"),
        State("account-new-name", "value"),
        State("account-new-role", "value"),
        State("account-new-areas", "value"),
        State("account-new-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("account-new-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def make(
        clicks: int | None,
        account: str | None,
        name: str | None,
        role: str | None,
        areas: list[str] | None,
        reason: str | None,
    ) -> tuple[object, object, object]:
        if not clicks:
            return no_update, no_update, no_update
        try:
            made, address = account_acts.make(context, account or "", fields_of(name, role, areas), reason or "")
        except NotDoneError as error:
            return None, str(error), no_update
        words = _(
            "{name} sets a password at this address, within three days, and then signs in as {account}:",
            name=made.name,
            account=made.account,
        )
        return address_box(words, _whole(address)), "", _content(context)

    @app.callback(
        Output("display-new-made", "children"),
        Output("display-new-problem", "children"),
        Output("accounts-content", "children", allow_duplicate=True),
        Input("display-new-send", "n_clicks"),
        State("display-new-name", "value"),
        State("display-new-areas", "value"),
        prevent_initial_call=True,
        running=[(Output("display-new-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def make_display(clicks: int | None, name: str | None, areas: list[str] | None) -> tuple[object, object, object]:
        if not clicks:
            return no_update, no_update, no_update
        try:
            address = account_acts.make_display(context, name or "", frozenset(areas) if areas else None)
        except NotDoneError as error:
            return None, str(error), no_update
        words = _("Open this address on the screen, within a day:")
        return address_box(words, _whole(address)), "", _content(context)

    @app.callback(
        Output("accounts-why", "opened"),
        Output("accounts-why", "title"),
        Output("accounts-why-act", "data"),
        Output("accounts-why-problem", "children"),
        Output("accounts-why-reason", "value"),
        Input({"type": "accounts-act", "act": ALL, "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def ask_why(_clicks: list[int | None]) -> tuple[object, ...]:
        chosen = ctx.triggered_id
        if not isinstance(chosen, dict) or not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        return True, _(ACTS.get(chosen["act"], "")), chosen, "", ""

    @app.callback(
        Output("accounts-why", "opened", allow_duplicate=True),
        Output("accounts-why-problem", "children", allow_duplicate=True),
        Output("accounts-content", "children", allow_duplicate=True),
        Input("accounts-why-send", "n_clicks"),
        State("accounts-why-act", "data"),
        State("accounts-why-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("accounts-why-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def act(clicks: int | None, chosen: dict[str, Any] | None, reason: str | None) -> tuple[object, object, object]:
        if not clicks or not chosen or chosen["act"] not in ACTS:
            return no_update, no_update, no_update
        end = account_acts.end_session if chosen["act"] == "end" else account_acts.revoke_display
        try:
            end(context, int(chosen["of"]), reason or "")
        except NotDoneError as error:
            return no_update, str(error), no_update
        return False, "", _content(context)


def _whole(address: str) -> str:
    """An address of ours as somebody else types it."""
    return request.host_url.rstrip("/") + address


PAGE = Page("/accounts", N_("Accounts"), layout, register, icon="person", right=Right.MANAGE_ACCOUNTS)

"""One account: who it is, what it may, how it gets in, and what became of it. For administrators."""

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask import request

from app import account_acts, formats
from app.account_acts import OWN, NotDoneError, fields_of
from app.components.account_parts import act_button, address_box, areas_words, fields, session_table, state_chip
from app.components.life import life_link, reads_trail
from app.components.why import why_dialog
from app.context import AppContext
from app.guard import requires
from app.pages.page import Address, Page
from app.sign_in.session_cookie import present_session
from app.trail_query import TrailQuery
from facility.instants import Instant
from facility.language import N_, _
from facility.roles import Right
from storage.records.people import accounts, credentials, external_identities, sessions
from storage.records.people.accounts import Account, AccountState
from storage.records.people.credentials import Credential
from storage.records.people.external_identities import ExternalIdentity
from storage.records.people.sessions import Session
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter, AuditRow

SHOWN = 12
"""Rows of the audit trail that are shown here."""
TITLES = {
    "change": N_("Change the account?"),
    "retire": N_("Retire the account, for ever?"),
    "unlock": N_("Unlock the account?"),
    "reset": N_("Have another password set?"),
    "reset-all": N_("Have another password set, and switch off the authenticator?"),
    "end": N_("End this session?"),
    "link": N_("Let this person in by single sign-on?"),
    "unlink": N_("Let this person in by single sign-on no longer?"),
}
HAND_OVER = N_("The person sets a password at this address, within three days:")


def layout(context: AppContext, address: Address) -> Component:
    """Everything about the account of the address."""
    name = address.parts["account"]
    return html.Div(
        [
            dcc.Store(id="account-of", data=name),
            html.Div(_content(context, name), id="account-content", className="access-page"),
            why_dialog("account"),
        ]
    )


def _content(context: AppContext, name: str) -> list[Component]:
    with context.records.reading() as connection:
        account = accounts.find(connection, name)
        if account is None:
            return [_no_such_account(name)]
        credential = credentials.of(connection, account.account)
        open_now = sessions.open_now(connection, account.account)
        identities = external_identities.of_account(connection, account.account)
        rows = audit.rows(connection, AuditFilter(object=account.object), SHOWN)
    person = context.person()
    own = OWN if person is not None and person.account == account.account else ""
    fixed = own or (_("A retired account stays as it is.") if account.state is AccountState.RETIRED else "")
    form = [
        *fields(context.whole(), "account", account.name, account.role, account.areas),
        act_button("account", _("Save the changes"), "change", disabled=fixed),
    ]
    halves = [
        _card(_("Name, role and areas"), html.Div(form, className="form")),
        _card(_("Ways in"), _ways_in(account, credential, identities, fixed)),
    ]
    return [
        _head(context, account),
        *([html.P(fixed, className="note", role="status")] if fixed else []),
        html.Div(halves, className="halves"),
        _card(_("Signed in now"), _sessions(context, account, open_now)),
        _card(_("On record"), _lines(context, rows), _in_trail(account) if reads_trail(context) else None),
    ]


def _head(context: AppContext, account: Account) -> Component:
    where = _("all areas") if account.areas is None else areas_words(context.whole(), account.areas)
    lead = f"{account.account}, {_(account.role.value)}, {where}"
    return html.Div(
        [
            html.Div(html.A(_("Accounts"), href="/accounts"), className="crumb"),
            html.Div([html.H1(account.name), state_chip(account)], className="row title"),
            html.P(lead, className="lead"),
        ],
        className="head",
    )


def _card(title: str, content: Component, beside: Component | None = None) -> Component:
    return html.Section(
        [html.Header([html.H2(title), html.Span(className="grow"), beside]), content], className="card"
    )


def _ways_in(
    account: Account, credential: Credential | None, identities: Sequence[ExternalIdentity], fixed: str
) -> Component:
    on = credential is not None and credential.totp_since is not None
    acts = [
        *([(_("Unlock"), "unlock")] if account.state is AccountState.LOCKED else []),
        (_("New password"), "reset"),
        *([(_("New password, without authenticator"), "reset-all")] if on else []),
        (_("Retire"), "retire"),
    ]
    facts = [
        html.Dt(_("Password")),
        html.Dd(_password_words(credential)),
        html.Dt(_("Authenticator")),
        html.Dd(_("on") if on else _("off")),
        html.Dt(_("Single sign-on")),
        html.Dd([_identity(one, fixed) for one in identities] or _("not linked")),
    ]
    linking = [
        dmc.TextInput(id="account-issuer", label=_("Single sign-on: provider"), placeholder="https://id.example.com"),
        dmc.TextInput(id="account-subject", label=_("Its name for the person"), description=_("The claim sub")),
        act_button("account", _("Link it"), "link", disabled=fixed),
    ]
    buttons = [act_button("account", words, act, disabled=fixed) for words, act in acts]
    return html.Div(
        [
            html.Dl(facts, className="facts"),
            html.Div(buttons, className="row acts"),
            html.Details([html.Summary(_("Link to single sign-on")), html.Div(linking, className="form")]),
        ]
    )


def _sessions(context: AppContext, account: Account, found: Sequence[Session]) -> Component:
    own = present_session()
    names = {account.account: account.name}
    return session_table("account", context.whole(), found, names, own.id if own else None, context.clock())


def _lines(context: AppContext, rows: Sequence[AuditRow]) -> Component:
    zone, now = context.whole().timezone, context.clock()
    return html.Ul([_line(row, zone, now) for row in rows], className="trail-lines")


def _line(row: AuditRow, zone: str, now: Instant) -> Component:
    when = html.Span(formats.exactly(row.at, zone, now), className="num muted")
    return html.Li(
        [when, html.Span([html.B(formats.sentence(_(row.action))), ", ", _("by {actor}", actor=row.actor)])]
    )


def _in_trail(account: Account) -> Component:
    did = html.A(_("What it did"), href=TrailQuery(who=account.account).address, className="btn s")
    return html.Span([did, life_link(account.object, _("All that happened to it"))], className="row")


def _password_words(credential: Credential | None) -> str:
    if credential is None:
        return _("none yet: the person has been invited, or comes by single sign-on")
    return _("to be set anew at the next sign-in") if credential.one_time else _("set")


def _identity(one: ExternalIdentity, fixed: str) -> Component:
    unlink = act_button("account", _("Unlink"), "unlink", f"{one.issuer} {one.subject}", disabled=fixed)
    return html.Div([html.Span(f"{one.subject} at {one.issuer}", className="grow"), unlink], className="row")


def _no_such_account(name: str) -> Component:
    return html.Div(
        [
            html.H1(_("There is no such account")),
            html.P(_("Nobody has or had the account {name}.", name=name), className="lead"),
            html.A(_("To all accounts"), href="/accounts", className="btn"),
        ]
    )


def register(app: Dash, context: AppContext) -> None:
    """Every change is confirmed with a reason."""

    @app.callback(
        Output("account-why", "opened"),
        Output("account-why", "title"),
        Output("account-why-act", "data"),
        Output("account-why-problem", "children"),
        Output("account-why-reason", "value"),
        Output("account-why-made", "children"),
        Input({"type": "account-act", "act": ALL, "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def ask_why(_clicks: list[int | None]) -> tuple[object, ...]:
        chosen = ctx.triggered_id
        if not isinstance(chosen, dict) or not ctx.triggered[0]["value"] or chosen["act"] not in TITLES:
            return (no_update,) * 6
        return True, _(TITLES[chosen["act"]]), chosen, "", "", None

    @app.callback(
        Output("account-why", "opened", allow_duplicate=True),
        Output("account-why-problem", "children", allow_duplicate=True),
        Output("account-why-made", "children", allow_duplicate=True),
        Output("account-content", "children"),
        Input("account-why-send", "n_clicks"),
        State("account-why-act", "data"),
        State("account-why-reason", "value"),
        State("account-of", "data"),
        State("account-name", "value"),
        State("account-role", "value"),
        State("account-areas", "value"),
        State("account-issuer", "value"),
        State("account-subject", "value"),
        prevent_initial_call=True,
        running=[(Output("account-why-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def act(
        clicks: int | None, chosen: dict[str, Any] | None, reason: str | None, account: str, *filled: Any
    ) -> object:
        if not clicks or not chosen:
            return (no_update,) * 4
        try:
            address = _done(context, chosen, account, reason or "", *filled)
        except NotDoneError as error:
            return no_update, str(error), no_update, no_update
        made = address_box(_(HAND_OVER), address) if address else None
        return bool(address), "", made, _content(context, account)


def _done(
    context: AppContext,
    chosen: dict[str, Any],
    account: str,
    reason: str,
    name: str | None,
    role: str | None,
    areas: list[str] | None,
    issuer: str | None,
    subject: str | None,
) -> str:
    """Do what was chosen; an address to hand over where that gives one. Raises NotDoneError."""
    acts: dict[str, Callable[[], None]] = {
        "change": lambda: account_acts.change(context, account, fields_of(name, role, areas), reason),
        "retire": lambda: account_acts.retire(context, account, reason),
        "unlock": lambda: account_acts.unlock(context, account, reason),
        "end": lambda: account_acts.end_session(context, int(chosen["of"]), reason),
        "link": lambda: account_acts.link(context, account, (issuer or "").strip(), subject or "", reason),
        "unlink": lambda: account_acts.unlink(context, account, *_named(chosen["of"]), reason),
    }
    if chosen["act"] in ("reset", "reset-all"):
        address = account_acts.reset(context, account, chosen["act"] == "reset-all", reason)
        return request.host_url.rstrip("/") + address
    acts[chosen["act"]]()
    return ""


def _named(of: str) -> tuple[str, str]:
    """Provider and person, as the button of an identity has them."""
    issuer, _unused, subject = of.partition(" ")
    return issuer, subject


PAGE = Page("/accounts/<account>", N_("Account"), layout, register, right=Right.MANAGE_ACCOUNTS)

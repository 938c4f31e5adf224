"""One's own account: role, how one signs in, where one is signed in now, and what was tried in its name of late."""

import json
from collections.abc import Sequence

from dash import ALL, Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from app import formats
from app.components import own_contacts
from app.components.account_parts import areas_words, browser_words, people_table
from app.components.sign_out import sign_out_form
from app.context import AppContext
from app.guard import Access, requires
from app.pages.page import Address, Page
from app.sign_in.own_pages import AUTHENTICATOR, NO_PASSWORD, PASSWORD
from app.sign_in.session_cookie import present_session
from facility.language import N_, _
from facility.people import Person
from storage.records.people import credentials, sessions
from storage.records.people.credentials import Credential
from storage.records.people.sessions import Session
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter, AuditRow

LATELY = 10
SHOWN = (
    N_("signed in"),
    N_("sign-in failed"),
    N_("password set"),
    N_("one-time password set"),
    N_("account locked"),
    N_("account unlocked"),
    N_("authenticator switched on"),
    N_("authenticator switched off"),
    N_("recovery code used"),
)


def layout(context: AppContext, _address: Address) -> Component:
    """Everything about the account of who is signed in."""
    return html.Div(_content(context), id="my-account", className="access-page")


def register(app: Dash, context: AppContext) -> None:
    """Ending a session of one's own at another browser; saying where one is reached."""
    own_contacts.register(app, context)

    @app.callback(
        Output("my-account", "children"),
        Input({"type": "my-session", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Access.SIGNED_IN)
    def end(clicks: list[int | None]) -> object:
        person = context.person()
        if person is None or not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update
        with context.records.transaction() as connection:
            session = sessions.numbered(connection, int(ctx.triggered_id["id"]))
            if session is not None and session.account == person.account:
                sessions.end(connection, context.clock(), person.actor, session.id, "ended by the person")
        return _content(context)


def _content(context: AppContext) -> list[Component]:
    person, own = context.person(), present_session()
    if person is None or own is None:
        return [html.H1(_("Nobody is signed in here by an account"))]
    with context.records.reading() as connection:
        credential = credentials.of(connection, person.account)
        open_now = sessions.open_now(connection, person.account)
        about = AuditFilter(object=f"account {person.account}")
        tried = [row for row in audit.rows(connection, about, limit=200) if row.action in SHOWN][:LATELY]
    areas = _("all areas") if person.areas is None else areas_words(context.whole(), person.areas)
    lead = f"{person.account}, {_(person.role.value)}, {areas}."
    return [
        html.Div(
            [
                html.Div([html.H1(person.name), html.P(lead, className="lead")], className="grow"),
                html.A(_("What each role may do"), href="/roles", className="btn q"),
                html.A(_("For programs"), href="/api", className="btn q"),
                sign_out_form(),
            ],
            className="head row",
        ),
        _card(_("Signing in"), _ways(context, person, credential)),
        _card(_("Where you are told of alarms"), own_contacts.own_contacts(context, person)),
        _card(_("Signed in now"), _sessions(context, open_now, own)),
        _card(_("Of late"), _lately(context, tried)),
    ]


def _ways(context: AppContext, person: Person, credential: Credential | None) -> Component:
    if credential is None:
        return html.Div(_(NO_PASSWORD), className="nothing")
    zone = context.whole().timezone
    needed = " " + _("Your role cannot do without.") if person.role in context.desk.rules.second_factor else ""
    authenticator = (
        _("on since {date}.", date=formats.date(credential.totp_since, zone)) + needed
        if credential.totp_since is not None
        else _("off. With it, a password alone lets nobody in.")
    )
    return html.Div(
        [
            _way(
                _("Password"),
                _("set on {date}.", date=formats.date(credential.set_at, zone)),
                _("Change it"),
                PASSWORD,
            ),
            _way(
                _("Authenticator"),
                authenticator,
                _("Set it up") if credential.totp_since is None else _("Change it"),
                AUTHENTICATOR,
            ),
        ],
        className="ways",
    )


def _way(name: str, words: str, act: str, address: str) -> Component:
    link = html.A(act, href=address, target="_self", className="btn s")  # a plain page, not one of the shell's
    return html.Div([html.Span([html.B(name), f" {words}"], className="grow"), link], className="row")


def _sessions(context: AppContext, found: Sequence[Session], own: Session) -> Component:
    zone, now = context.whole().timezone, context.clock()
    rows = [
        html.Tr(
            [
                html.Td(session.origin.removeprefix("browser at ")),
                html.Td(browser_words(session.browser), title=session.browser),
                html.Td(formats.moment(session.made, zone, now), className="num"),
                html.Td(formats.moment(session.active, zone, now), className="num"),
                html.Td(
                    html.Span(_("this one"), className="muted")
                    if session.id == own.id
                    else html.Button(_("End"), id={"type": "my-session", "id": session.id}, className="btn s"),
                    className="r",
                ),
            ]
        )
        for session in found
    ]
    return people_table((_("From"), _("Browser"), _("Since"), _("Last active"), ""), rows, _("Sessions"))


def _lately(context: AppContext, rows: Sequence[AuditRow]) -> Component:
    zone, now = context.whole().timezone, context.clock()
    told = [(row, json.loads(row.data)) for row in rows]
    lines = [
        html.Tr(
            [
                html.Td(formats.exactly(row.at, zone, now), className="num"),
                html.Td(formats.sentence(_(row.action))),
                html.Td(row.actor),
                html.Td(more.get("origin", "").removeprefix("browser at ")),
                html.Td(more.get("reason", ""), className="said"),
            ]
        )
        for row, more in told
    ]
    return people_table((_("When"), _("What"), _("By"), _("From"), _("Why")), lines, _("Of late"))


def _card(title: str, content: Component) -> Component:
    return html.Section([html.Header(html.H2(title)), content], className="card")


PAGE = Page("/account", N_("My account"), layout, register)

"""The API for programs: every operation, from the table that makes it, and the tokens of one's own programs."""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from app import formats
from app.api.operation import Operation
from app.api.table import OPERATIONS
from app.components.basics import tagged
from app.context import AppContext
from app.csrf import API
from app.guard import NOBODY, Access, requires
from app.pages.page import Address, Page
from app.sign_in import proof
from facility.instants import DAY
from facility.language import ENGLISH, N_, _
from facility.people import Person
from facility.roles import Right
from storage.records.people import api_tokens
from storage.records.people.api_tokens import ApiToken

READING = frozenset({Right.LOOK, Right.EXPORT, Right.READ_TRAIL})
CHANGING = READING | {Right.ACKNOWLEDGE, Right.SET_ROOM_STATE}
PERIODS = {"30": N_("30 days"), "90": N_("90 days"), "366": N_("a year")}
TO_MAKE_TOKEN = "make an API token"


def layout(context: AppContext, _address: Address) -> Component:
    """The operations, and the tokens of whoever looks."""
    return html.Div(
        [
            html.Div(
                [
                    html.Div(
                        [
                            html.H1(_("For programs")),
                            html.P(
                                _(
                                    "What a program may ask, under {address}. It comes with a token of yours, in the "
                                    "header Authorization: Bearer.",
                                    address=API.rstrip("/"),
                                ),
                                className="lead",
                            ),
                        ],
                        className="grow",
                    ),
                    html.A(_("OpenAPI description"), href=f"{API}openapi.json", target="_blank", className="btn q"),
                ],
                className="head row",
            ),
            _card(_("Your tokens"), html.Div(_tokens(context), id="api-tokens")),
            _card(_("A new token"), _form(context)),
            _card(_("Operations"), _wide(_operations(OPERATIONS))),
        ],
        className="access-page",
    )


def register(app: Dash, context: AppContext) -> None:
    """Making and revoking tokens."""

    @app.callback(
        Output("api-tokens", "children"),
        Output("api-token-made", "children"),
        Output("api-token-problem", "children"),
        Output("api-token-password", "value"),
        Input("api-token-make", "n_clicks"),
        State("api-token-name", "value"),
        State("api-token-days", "value"),
        State("api-token-changes", "checked"),
        State("api-token-password", "value"),
        State("api-token-code", "value"),
        prevent_initial_call=True,
        running=[(Output("api-token-make", "disabled"), True, False)],
    )
    @requires(Right.LOOK)
    def make(
        clicks: int | None, name: str, days: str, changes: bool, password: str, code: str
    ) -> tuple[object, object, object, object]:
        if not clicks:
            return no_update, no_update, no_update, no_update
        token, problem = make_token(context, name, days, changes, password, code)
        if problem:
            return no_update, "", problem, ""
        return _tokens(context), _made(token), "", ""

    @app.callback(
        Output("api-tokens", "children", allow_duplicate=True),
        Input({"type": "api-token-revoke", "id": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.LOOK)
    def revoke(clicks: list[int | None]) -> object:
        person = context.person()
        if person is None or not any(clicks) or not isinstance(ctx.triggered_id, dict):
            return no_update
        with context.records.transaction() as connection:
            id = int(ctx.triggered_id["id"])
            api_tokens.revoke(connection, context.clock(), person.actor, person.account, id)
        return _tokens(context)


def make_token(
    context: AppContext, name: str | None, days: str | None, changes: bool, password: str | None, code: str | None
) -> tuple[str, str]:
    """A new token of the present person and no words, or none and in words why not. The password is proven anew."""
    person = context.person()
    name = " ".join((name or "").split())
    if person is None:
        return "", _(NOBODY)
    if not 0 < len(name) <= 60 or not name.isprintable():
        return "", _(
            "Give it a name of up to 60 characters, by which you know it again: for what, and where it runs."
        )
    if days not in PERIODS:
        return "", _("Choose for how long it holds.")
    words = proof.prove(context, person.account, password or "", code or "", to=TO_MAKE_TOKEN)
    if words is not None:
        return "", words
    now = context.clock()
    with context.records.transaction() as connection:
        rights = {right for right in (CHANGING if changes else READING) if person.may(right)}
        token = api_tokens.make(connection, now, person.actor, person.account, name, rights, now + int(days) * DAY)
    return token, ""


def _form(context: AppContext) -> Component:
    person = context.person()
    return html.Div(
        [
            dmc.TextInput(
                id="api-token-name", label=_("For what, and where it runs"), placeholder=_("Weekly report, lims-1")
            ),
            dmc.Select(
                id="api-token-days",
                label=_("Holds for"),
                value="90",
                allowDeselect=False,
                data=[{"value": value, "label": _(label)} for value, label in PERIODS.items()],
            ),
            html.Div(
                dmc.Checkbox(
                    id="api-token-changes",
                    label=_("May acknowledge alarms and set room states, too"),
                    checked=False,
                ),
                hidden=not _may_change(person),
            ),
            dmc.PasswordInput(id="api-token-password", label=_("Your password")),
            dmc.TextInput(id="api-token-code", label=_("Code of your authenticator, if you have one on")),
            tagged(html.Div(id="api-token-problem", className="problem"), role="alert"),
            html.Div(html.Button(_("Make token"), id="api-token-make", className="btn p"), className="row"),
            tagged(html.Div(id="api-token-made"), role="status"),
        ],
        className="form",
    )


def _may_change(person: Person | None) -> bool:
    return person is not None and any(person.may(right) for right in CHANGING - READING)


def _made(token: str) -> Component:
    words = _("This is the token. It is shown this once: keep it where only your program reads it.")
    return html.Div([html.Span(words), html.Span(token, className="address")], className="handed-over")


def _tokens(context: AppContext) -> Component:
    person = context.person()
    if person is None:
        return html.Div(_(NOBODY), className="nothing")
    now = context.clock()
    with context.records.reading() as connection:
        found = [token for token in api_tokens.of_account(connection, person.account) if token.holds(now)]
    if not found:
        return html.Div(
            _("You have no token. Make one below for a program that asks in your name."), className="nothing"
        )
    return _wide(
        _table(
            (_("Name"), _("May"), _("Made"), _("Holds until"), _("Last used"), ""),
            [_token(context, one) for one in found],
        )
    )


def _token(context: AppContext, token: ApiToken) -> Component:
    zone, now = context.whole().timezone, context.clock()
    rights = _("read and change") if token.rights - READING else _("read")
    used = _("never") if token.used_at is None else formats.moment(token.used_at, zone, now)
    revoke = html.Button(_("Revoke"), id={"type": "api-token-revoke", "id": token.id}, className="btn s")
    return html.Tr(
        [
            html.Td(html.B(token.name)),
            html.Td(rights),
            html.Td(formats.date(token.made_at, zone), className="num"),
            html.Td(formats.date(token.expires, zone), className="num"),
            html.Td(used, className="num"),
            html.Td(revoke, className="r"),
        ]
    )


def _operations(operations: Sequence[Operation]) -> Component:
    rows = [
        html.Tr(
            [
                html.Td(html.B(operation.method)),
                html.Td(html.Code(operation.path)),
                html.Td(operation.summary, lang=ENGLISH),
                html.Td(_needs(operation)),
            ]
        )
        for operation in operations
    ]
    return _table(("", _("Path"), _("What it answers"), _("Needs")), rows, "people operations")


def _needs(operation: Operation) -> str:
    """The right that it needs."""
    need = operation.need
    return _("To be signed in") if isinstance(need, Access) else formats.sentence(_(need.value))


def _table(heads: Sequence[str], rows: Sequence[Component], kind: str = "people") -> Component:
    return html.Table(
        [html.Thead(html.Tr([html.Th(head) for head in heads])), html.Tbody(list(rows))], className=kind
    )


def _wide(table: Component) -> Component:
    return tagged(html.Div(table, className="scroll", tabIndex="0", role="region"), aria_label=_("Table"))


def _card(title: str, content: Component) -> Component:
    return html.Section([html.Header(html.H2(title)), content], className="card")


PAGE = Page("/api", N_("For programs"), layout, register)

"""Notifications: by which channels people are told of alarms, whom that reaches, what came of each message."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from app import formats, notification_acts
from app.components.basics import icon, tagged
from app.components.notification_parts import channel_table, message_table, reach_table
from app.components.why import why_dialog
from app.context import AppContext
from app.guard import requires
from app.live.ways import proven_ways
from app.notification_acts import NotDoneError
from app.pages.page import Address, Page
from facility.language import N_, _, _n
from facility.roles import RIGHTS, Right
from storage.records import channels, contacts, notifications
from storage.records.channels import Channel
from storage.records.notifications import Delivery
from storage.records.people import accounts
from storage.records.people.accounts import Account, AccountState

MOST = 50
FORMS = [
    {"value": "", "label": N_("As the service needs it")},
    {"value": "long", "label": N_("Long, as for e-mail")},
    {"value": "short", "label": N_("Short: one text of 160 characters")},
]
LIKE = (
    "mailtos://user:password@mail.example.org?to={to}",
    "twilio://sid:token@+15551234567/{to}",
    "workflows://...",
    "json://host/path",
    "mailbox://{to}",
)


def layout(context: AppContext, _address: Address) -> Component:
    """Everything, and the dialogs for what can be done."""
    return html.Div(
        [
            html.Div(_content(context), id="notifications-content", className="access-page"),
            _modal(
                "channel-new",
                _("Add a channel"),
                [
                    dmc.TextInput(
                        id="channel-new-name", label=_("Name"), description=_("What people call it: On-call texts")
                    ),
                    dmc.PasswordInput(
                        id="channel-new-address",
                        label=_("Address"),
                        description=_(
                            "An Apprise URL; {to} stands for the person's address. It is kept sealed, and "
                            "shown to nobody again."
                        ),
                    ),
                    dmc.Select(
                        id="channel-new-form",
                        label=_("Form"),
                        data=[{**form, "label": _(form["label"])} for form in FORMS],
                        value="",
                        allowDeselect=False,
                    ),
                    html.Div([_("Like"), *(html.Div(html.Code(like)) for like in LIKE)], className="sm sec"),
                ],
                _("Add the channel"),
            ),
            _modal(
                "channel-try",
                _("Send a test"),
                [
                    html.Div(
                        _("It goes the way that alarms go, and says that nothing has happened."), className="sm sec"
                    ),
                    dmc.TextInput(
                        id="channel-try-to",
                        label=_("To"),
                        description=_("An address to try, where the channel takes one of a person"),
                    ),
                ],
                _("Send the test"),
            ),
            _modal(
                "reach",
                _("Set a person's address"),
                [
                    dmc.Select(id="reach-person", label=_("Person"), data=[]),
                    dmc.Select(id="reach-channel", label=_("Channel"), data=[]),
                    dmc.TextInput(
                        id="reach-to", label=_("Address"), description=_("Empty: not told by this channel any more")
                    ),
                ],
                _("Save"),
            ),
            dcc.Store(id="channel-try-which"),
            why_dialog("notifications"),
        ]
    )


def _modal(id: str, title: str, inside: Sequence[Component], send: str) -> Component:
    form: Component = dmc.Modal(
        id=id,
        title=title,
        centered=True,
        size=520,
        children=[
            html.Div([*inside], className="form"),
            tagged(html.Div(id=f"{id}-said", className="sec"), role="status"),
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
    managing, administering = context.may(Right.MANAGE_CHANNELS), context.may(Right.MANAGE_ACCOUNTS)
    concerned = managing or context.may(Right.ACKNOWLEDGE)
    with context.records.reading() as connection:
        kept, names = channels.in_use(connection), channels.names(connection)
        reached, counts = contacts.all(connection), notifications.counts(connection)
        proven = proven_ways(connection)
        people = _callable(accounts.all(connection))
        found = _own(context, notifications.newest(connection, MOST))
    # A button of another right must not be there at all: when the page is drawn anew, it would ask for that right.
    add = html.Button(_("Add a channel"), id="channel-new-open", className="btn p") if managing else None
    set_address = html.Button(_("Set an address"), id="reach-open", className="btn s") if administering else None
    short = {channel.id for channel in kept if channel.address.short}
    about_people = [
        _card(_("Who is told"), reach_table(people, kept, reached), set_address),
        _card(_("Messages"), message_table(found, names, short, site.timezone, now)),
    ]
    return [
        html.Div(
            [
                html.Div([html.H1(_("Notifications")), html.P(_lead(kept, people, reached), className="lead")],
                         className="grow"),
                add,
            ],
            className="head row",
        ),
        _card(_("Channels"), channel_table(kept, reached, counts, proven, managing, site.timezone, now)),
        *(about_people if concerned else ()),
    ]  # fmt: skip


def register(app: Dash, context: AppContext) -> None:
    """Adding, trying and retiring channels; setting addresses of people."""

    @app.callback(Output("channel-new", "opened"), Input("channel-new-open", "n_clicks"), prevent_initial_call=True)
    @requires(Right.MANAGE_CHANNELS)
    def open_new(clicks: int | None) -> object:
        return True if clicks else no_update

    @app.callback(
        Output("channel-new", "opened", allow_duplicate=True),
        Output("channel-new-problem", "children"),
        Output("channel-new-address", "value"),
        Output("notifications-content", "children"),
        Input("channel-new-send", "n_clicks"),
        State("channel-new-name", "value"),
        State("channel-new-address", "value"),
        State("channel-new-form", "value"),
        prevent_initial_call=True,
        running=[(Output("channel-new-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_CHANNELS)
    def add(clicks: int | None, name: str | None, address: str | None, form: str | None) -> tuple[object, ...]:
        if not clicks:
            return (no_update,) * 4
        try:
            notification_acts.add(context, name or "", address or "", form or "")
        except NotDoneError as error:
            return no_update, str(error), no_update, no_update
        return False, "", "", _content(context)

    @app.callback(
        Output("channel-try", "opened"),
        Output("channel-try-which", "data"),
        Output("channel-try-said", "children"),
        Output("channel-try-problem", "children"),
        Input({"type": "channel-test", "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_CHANNELS)
    def open_test(_clicks: list[int | None]) -> tuple[object, ...]:
        if not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
            return (no_update,) * 4
        return True, ctx.triggered_id["of"], "", ""

    @app.callback(
        Output("channel-try-said", "children", allow_duplicate=True),
        Output("channel-try-problem", "children", allow_duplicate=True),
        Output("notifications-content", "children", allow_duplicate=True),
        Input("channel-try-send", "n_clicks"),
        State("channel-try-which", "data"),
        State("channel-try-to", "value"),
        prevent_initial_call=True,
        running=[(Output("channel-try-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_CHANNELS)
    def test(clicks: int | None, channel: str | None, to: str | None) -> tuple[object, ...]:
        if not clicks or not channel:
            return (no_update,) * 3
        try:
            message = notification_acts.try_channel(context, int(channel), to or "")
        except NotDoneError as error:
            return "", str(error), no_update
        return notification_acts.outcome_words(context, message), "", _content(context)

    @app.callback(
        Output("notifications-content", "children", allow_duplicate=True),
        Input({"type": "channel-first", "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_CHANNELS)
    def try_first(_clicks: list[int | None]) -> object:
        if not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
            return no_update
        with suppress(NotDoneError):  # retired meanwhile: the page shows it
            notification_acts.try_first(context, int(ctx.triggered_id["of"]))
        return _content(context)

    @app.callback(
        Output("notifications-why", "opened"),
        Output("notifications-why", "title"),
        Output("notifications-why-act", "data"),
        Output("notifications-why-problem", "children"),
        Output("notifications-why-reason", "value"),
        Input({"type": "notifications-act", "act": ALL, "of": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_CHANNELS)
    def ask_why(_clicks: list[int | None]) -> tuple[object, ...]:
        if not isinstance(ctx.triggered_id, dict) or not ctx.triggered[0]["value"]:
            return (no_update,) * 5
        return True, _("Retire this channel? Its address is forgotten."), ctx.triggered_id["of"], "", ""

    @app.callback(
        Output("notifications-why", "opened", allow_duplicate=True),
        Output("notifications-why-problem", "children", allow_duplicate=True),
        Output("notifications-content", "children", allow_duplicate=True),
        Input("notifications-why-send", "n_clicks"),
        State("notifications-why-act", "data"),
        State("notifications-why-reason", "value"),
        prevent_initial_call=True,
        running=[(Output("notifications-why-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_CHANNELS)
    def retire(clicks: int | None, channel: str | None, reason: str | None) -> tuple[object, ...]:
        if not clicks or not channel:
            return (no_update,) * 3
        try:
            notification_acts.retire(context, int(channel), reason or "")
        except NotDoneError as error:
            return no_update, str(error), no_update
        return False, "", _content(context)

    @app.callback(
        Output("reach", "opened"),
        Output("reach-person", "data"),
        Output("reach-channel", "data"),
        Output("reach-problem", "children"),
        Input("reach-open", "n_clicks"),
        prevent_initial_call=True,
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def open_reach(clicks: int | None) -> tuple[object, ...]:
        if not clicks:
            return (no_update,) * 4
        with context.records.reading() as connection:
            people, kept = _callable(accounts.all(connection)), channels.in_use(connection)
        persons = [{"value": one.account, "label": one.name} for one in people]
        ways = [{"value": str(one.id), "label": one.name} for one in kept if one.address.personal]
        return True, persons, ways, "" if ways else _("Add a channel first that takes the address of a person.")

    @app.callback(
        Output("reach", "opened", allow_duplicate=True),
        Output("reach-problem", "children", allow_duplicate=True),
        Output("notifications-content", "children", allow_duplicate=True),
        Input("reach-send", "n_clicks"),
        State("reach-person", "value"),
        State("reach-channel", "value"),
        State("reach-to", "value"),
        prevent_initial_call=True,
        running=[(Output("reach-send", "disabled"), True, False)],
    )
    @requires(Right.MANAGE_ACCOUNTS)
    def reach(clicks: int | None, account: str | None, channel: str | None, to: str | None) -> tuple[object, ...]:
        if not clicks:
            return (no_update,) * 3
        if not account or not channel:
            return no_update, _("Choose a person and a channel."), no_update
        try:
            notification_acts.reach(context, account, int(channel), to or "")
        except NotDoneError as error:
            return no_update, str(error), no_update
        return False, "", _content(context)


def _callable(found: Sequence[Account]) -> list[Account]:
    """Those whom alarms may call."""
    return [one for one in found if one.state is not AccountState.RETIRED and Right.ACKNOWLEDGE in RIGHTS[one.role]]


def _own(context: AppContext, found: Sequence[Delivery]) -> list[Delivery]:
    """All messages; of those who see some areas only, who may be told nothing of others, what they were sent."""
    person = context.person()
    if person is None or person.areas is None:
        return list(found)
    return [one for one in found if one.notification.recipient.account == person.account]


def _lead(kept: Sequence[Channel], people: Sequence[Account], reached: Mapping[str, Mapping[int, str]]) -> str:
    has = sum(account.account in reached for account in people)
    shared = sum(not channel.address.personal for channel in kept)
    if not kept:
        return _("Nobody is told of alarms. Add a channel, then say where people are reached.")
    if not has and not shared:
        return _("Nobody is told of alarms: no person has an address. People enter theirs under My account.")
    reached_words = _("all of them") if has == len(people) else _("{has} of them", has=has)
    may = formats.sentence(_n("{n} person", "{n} people", len(people), n=formats.words(len(people))))
    channel_words = formats.sentence(_n("{n} channel", "{n} channels", len(kept), n=formats.words(len(kept))))
    return _(
        "{channels}. {people} may acknowledge; {reached} can be reached.",
        channels=channel_words,
        people=may,
        reached=reached_words,
    )


def _card(title: str, content: Component, act: Component | None = None) -> Component:
    head = [html.H2(title)] if act is None else [html.H2(title), html.Span(className="grow"), act]
    return html.Section([html.Header(head), content], className="card")


PAGE = Page("/notifications", N_("Notifications"), layout, register, icon="mail")

"""Where one is reached oneself: an address for each channel that takes one, on the page of one's own account."""

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component

from app import notification_acts
from app.components.basics import tagged
from app.context import AppContext
from app.guard import requires
from app.notification_acts import NotDoneError
from facility.language import _
from facility.people import Person
from facility.roles import Right
from storage.records import channels, contacts


def own_contacts(context: AppContext, person: Person) -> Component:
    """The fields, and a test for each."""
    if not person.may(Right.ACKNOWLEDGE):
        return html.Div(_("Alarms call those who may acknowledge them; your role may not."), className="nothing")
    with context.records.reading() as connection:
        personal = [one for one in channels.in_use(connection) if one.address.personal]
        known = contacts.of(connection, person.account)
    if not personal:
        return html.Div(
            _(
                "There is no channel yet that takes your address. An engineer or administrator adds one on the page "
                "Notifications."
            ),
            className="nothing",
        )
    fields = [
        html.Div(
            [
                dmc.TextInput(
                    id={"type": "my-contact", "channel": str(one.id)},
                    label=one.name,
                    value=known.get(one.id, ""),
                    debounce=False,
                    className="grow",
                ),
                html.Button(_("Save"), id={"type": "my-contact-save", "channel": str(one.id)}, className="btn s"),
                html.Button(_("Test"), id={"type": "my-contact-test", "channel": str(one.id)}, className="btn s"),
            ],
            className="row contact",
        )
        for one in personal
    ]
    said = tagged(html.Div(id="my-contact-said", className="sec"), role="status")
    lead = html.Div(
        _("You are told by the first that has an address; by the next ones where that fails."), className="sm"
    )
    return html.Div([lead, *fields, said], className="form")


def register(app: Dash, context: AppContext) -> None:
    """Saving an address, and trying it."""

    @app.callback(
        Output("my-contact-said", "children"),
        Input({"type": "my-contact-save", "channel": ALL}, "n_clicks"),
        Input({"type": "my-contact-test", "channel": ALL}, "n_clicks"),
        State({"type": "my-contact", "channel": ALL}, "value"),
        State({"type": "my-contact", "channel": ALL}, "id"),
        prevent_initial_call=True,
    )
    @requires(Right.ACKNOWLEDGE)
    def change(
        _saves: list[int | None], _tests: list[int | None], typed: list[str | None], ids: list[dict[str, str]]
    ) -> object:
        pressed = ctx.triggered_id
        if not isinstance(pressed, dict) or not ctx.triggered[0]["value"]:
            return no_update
        address = {id["channel"]: value or "" for id, value in zip(ids, typed, strict=True)}[pressed["channel"]]
        try:
            if pressed["type"] == "my-contact-test":
                message = notification_acts.try_me(context, int(pressed["channel"]))
                return notification_acts.outcome_words(context, message)
            notification_acts.reach_me(context, int(pressed["channel"]), address)
        except NotDoneError as error:
            return str(error)
        return _("Saved. Try it.") if address.strip() else _("Saved: you are not told by this channel any more.")

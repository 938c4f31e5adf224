"""The tables of the page of notifications: channels, whom they reach, and the newest messages."""

from collections.abc import Collection, Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.account_parts import act_button, people_table
from app.components.basics import chip
from app.components.proven import mark, when
from app.notification_acts import state_words
from facility.instants import Instant
from facility.language import N_, _, _n
from storage.records.channels import Channel
from storage.records.contacts import partly
from storage.records.notifications import Delivery, Purpose
from storage.records.people.accounts import Account

PURPOSES = {
    Purpose.NEW: N_("New"),
    Purpose.WORSE: N_("Got worse"),
    Purpose.MORE: N_("More of it"),
    Purpose.UNANSWERED: N_("Not answered"),
    Purpose.RETURNED: N_("Returned"),
    Purpose.SUMMARY: N_("Several"),
    Purpose.TEST: N_("Test"),
    Purpose.ABSENT: N_("Not heard"),
}


def channel_table(
    kept: Sequence[Channel],
    reached: Mapping[str, Mapping[int, str]],
    counts: Mapping[tuple[int, str], int],
    proven: Mapping[str, Instant | None],
    managing: bool,
    zone: str,
    now: Instant,
) -> Component:
    """The channels in the order in which they are tried, and when each took a message last."""
    if not kept:
        return html.Div(
            _(
                "No channel yet, so nobody is told of alarms. Add one: a mail server, a text gateway, a chat, "
                "a webhook."
            ),
            className="nothing",
        )
    rows = [
        html.Tr(
            [
                html.Td(html.B(one.name), className="where"),
                html.Td(html.Code(one.address.shown)),
                html.Td(_reaches(one, reached)),
                html.Td(_("short") if one.address.short else _("long")),
                html.Td([html.Div(when(proven[one.name], zone, now)), mark(proven[one.name], now)]),
                html.Td(str(counts.get((one.id, "sent"), 0)), className="num"),
                html.Td(str(counts.get((one.id, "waiting"), 0)), className="num"),
                html.Td(str(counts.get((one.id, "failed"), 0)), className="num"),
                html.Td(_acts(one, one is kept[0]) if managing else "", className="r"),
            ]
        )
        for one in kept
    ]
    return people_table(
        (
            _("Channel"),
            _("Address"),
            _("Reaches"),
            _("Form"),
            _("Last proven"),
            _("Sent"),
            _("Waiting"),
            _("Failed"),
            "",
        ),
        rows,
        _("Channels"),
    )


def reach_table(
    people: Sequence[Account], kept: Sequence[Channel], reached: Mapping[str, Mapping[int, str]]
) -> Component:
    """Each person who may acknowledge, and where."""
    if not people:
        return html.Div(_("Nobody who may acknowledge alarms has an account yet."), className="nothing")
    personal = [channel for channel in kept if channel.address.personal]
    rows = []
    for one in people:
        addresses = reached.get(one.account, {})
        ways = [f"{channel.name} {partly(addresses[channel.id])}" for channel in personal if channel.id in addresses]
        told: Component | str = _(", then ").join(ways) if ways else chip("alert", _("No address"))
        cells = [html.Td(html.B(one.name), className="where"), html.Td(_(one.role.value)), html.Td(told)]
        rows.append(html.Tr(cells))
    return people_table((_("Person"), _("Role"), _("Told by")), rows, _("People"))


def message_table(
    found: Sequence[Delivery], names: Mapping[int, str], short: Collection[int], timezone: str, now: Instant
) -> Component:
    """The newest messages; each can be opened to be read. `short` are the channels that are sent the short form."""
    if not found:
        return html.Div(_("No message yet. Alarms, and tests of channels, are told here."), className="nothing")
    rows = []
    for one in found:
        message = one.notification
        to = message.recipient
        whom = to.name if to.account or not to.address else f"{to.name} {partly(to.address)}"
        text = message.short if to.channel in short else message.body
        told = html.Details([html.Summary(message.subject), html.Pre(text, className="message")])
        mark, word = _state(one)
        rows.append(
            html.Tr(
                [
                    html.Td(formats.exactly(message.at, timezone, now), className="num"),
                    html.Td(_(PURPOSES[message.purpose])),
                    html.Td(told, className="told"),
                    html.Td([html.Div(whom), html.Div(names.get(to.channel, ""), className="xs muted")]),
                    html.Td([chip(mark, word), html.Div(_more(one, timezone, now), className="xs sec said")]),
                    html.Td(html.Code(message.number)),
                ]
            )
        )
    heads = (_("When"), _("Why"), _("What it says"), _("To"), _("What came of it"), _("Number"))
    return people_table(heads, rows, _("Messages"))


def _reaches(channel: Channel, reached: Mapping[str, Mapping[int, str]]) -> str:
    if not channel.address.personal:
        return _("all together")
    people = sum(channel.id in addresses for addresses in reached.values())
    return _n("1 person", "{n} people", people, n=people)


def _acts(channel: Channel, first: bool) -> Component:
    of = str(channel.id)
    test = html.Button(_("Test"), id={"type": "channel-test", "of": of}, className="btn s")
    why = _("It is tried first") if first else ""
    ahead = html.Button(
        _("First"),
        id={"type": "channel-first", "of": of},
        className="btn s",
        disabled=first,
        title=why or _("Try it first"),
    )
    return html.Span([test, ahead, act_button("notifications", _("Retire"), "retire", of)], className="pair")


def _state(delivery: Delivery) -> tuple[str, str]:
    if delivery.sent is not None:
        return "normal", _("Sent")
    if delivery.failed is not None:
        return "action", _("Failed")
    return ("alert", _("Tried again")) if delivery.error else ("advisory", _("Waiting"))


def _more(delivery: Delivery, timezone: str, now: Instant) -> str:
    if delivery.sent is not None:
        together = " " + _("with others") if delivery.sent_with != delivery.notification.id else ""
        return f"{formats.exactly(delivery.sent, timezone, now)}{together}: {delivery.receipt}"
    return formats.sentence(state_words(delivery))

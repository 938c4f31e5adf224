"""Escalations: those that run with their next call, and those that are over with what came of them."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from alerts.escalation import OPEN, next_rung
from app import formats
from app.components.account_parts import people_table
from app.components.basics import chip, due, since
from app.next_calls import next_call
from app.on_call_view import OnCallView
from facility.instants import Instant
from facility.language import N_, _
from storage.records.escalations import Call, Escalation, State

ENDED = {
    State.ANSWERED: ("normal", N_("Answered")),
    State.RETURNED: ("returned", N_("Returned")),
    State.HELD: ("quiet", N_("Put aside")),
    State.RENEWED: ("quiet", N_("Began anew")),
}


def running_card(view: OnCallView) -> Component:
    """What calls people now."""
    if not view.running:
        inside: Component = html.P(_("Nobody is being called. Every alarm is answered."), className="nothing")
    else:
        heads = (_("What"), _("Since"), _("Called"), _("Next"))
        inside = people_table(heads, [_running(view, one) for one in view.running], _("Calls that go on"))
    return html.Section([html.Header(html.H2(_("Calling now"))), inside], className="card")


def past_card(view: OnCallView) -> Component:
    """What called people, the newest first."""
    if not view.past:
        inside: Component = html.P(_("No call is over yet."), className="nothing")
    else:
        heads = (_("Began"), _("What"), _("Who was called"), _("How it ended"), _("After"))
        inside = people_table(heads, [_past(view, one) for one in view.past], _("Calls that are over"))
    return html.Section([html.Header(html.H2(_("Before"))), inside], className="card")


def _running(view: OnCallView, one: Escalation) -> Component:
    waiting = [id for id, standing in one.alarms.items() if standing in OPEN]
    return html.Tr(
        [
            html.Td(html.Div([_what(one), html.Div(_waiting(waiting, one), className="xs sec")]), className="where"),
            html.Td(html.Div([html.Div(_clock(view, one.started)), since(one.started, "xs sec")]), className="num"),
            html.Td(_calls(view, view.calls.get(one.number, ()))),
            html.Td(html.Div(_next(view, one))),
        ]
    )


def _past(view: OnCallView, one: Escalation) -> Component:
    calls, ended = view.calls.get(one.number, ()), one.ended or one.started
    mark, word = ENDED.get(one.state, ("quiet", one.state.value))
    if one.state is State.RENEWED and one.round >= one.snapshot.rounds:
        mark, word = "alert", N_("Nobody answered")
    by = _("by {name}", name=view.name(one.ended_by)) if one.ended_by else ""
    return html.Tr(
        [
            html.Td(_clock(view, one.started), className="num where"),
            html.Td(_what(one)),
            html.Td(_calls(view, calls)),
            html.Td(html.Div([chip(mark, _(word)), " ", html.Span(by, className="sec")])),
            html.Td(formats.age(ended - one.started), className="num"),
        ]
    )


def _next(view: OnCallView, one: Escalation) -> list[Component]:
    call = next_call(one, view.now)
    if call.at is None:
        return [
            chip("action", _("Nobody has answered")),
            html.Div(_("Everybody was called. Go there, and acknowledge."), className="xs"),
        ]
    if call.stuck:
        return [
            chip("action", _("Overdue by {span}", span=formats.age(view.now - call.at))),
            html.Div(_("The station that calls does not run."), className="xs"),
        ]
    whom = ", ".join(call.whom)
    if not whom:
        whom = (
            _("Nobody could be reached when it began")
            if next_rung(one)
            else _("The calls end, and it is told that nobody has answered")
        )
    rounds = one.snapshot.rounds
    when = _(
        "{moment}, round {n} of {rounds}", moment=_clock(view, call.at), n=min(one.round + 1, rounds), rounds=rounds
    )
    return [html.Div([html.B(whom), " ", due(call.at, "b")]), html.Div(when, className="xs sec num")]


def _calls(view: OnCallView, calls: Sequence[Call]) -> Component:
    if not calls:
        return html.Span(_("nobody yet"), className="sec")
    items = [
        html.Li(
            [
                html.Span(_clock(view, call.at), className="num sec"),
                f" {call.name}",
                html.Span([" ", _("in place of a step without anybody")], className="xs sec")
                if call.instead
                else None,
            ]
        )
        for call in calls
    ]
    if len(items) <= 3:
        return html.Ul(items)
    return html.Details(
        [html.Summary(_("{n} calls, the last to {name}", n=len(items), name=calls[-1].name)), html.Ul(items)]
    )


def _what(one: Escalation) -> Component:
    name = one.severity.name.lower()
    return html.Div([chip(name, _(name)), _event(one)], className="row")


def _waiting(waiting: Sequence[str], one: Escalation) -> str:
    policy, more = one.snapshot.name, len(waiting) - 1
    if not waiting:
        return policy
    first = _alarm(waiting[0])
    if not more:
        return _("{alarm} not answered. {policy}", alarm=first, policy=policy)
    return _("{alarm} and {n} more not answered. {policy}", alarm=first, n=more, policy=policy)


def _event(one: Escalation) -> Component:
    if one.event.startswith("E-"):
        return html.A(one.event, href=f"/excursions/{quote(one.event)}")
    return html.A(_alarm(one.event), href=f"/alarms?text={quote(one.event.split('/')[0])}")


def _alarm(id: str) -> str:
    """B101.DP1, low"""
    place, _slash, condition = id.rpartition("/")[0].rpartition("/")
    return f"{place}, {_(condition.replace('-', ' '))}"


def _clock(view: OnCallView, at: Instant) -> str:
    return formats.exactly(at, view.site.timezone, view.now)

"""What calls nobody now, and why, so that nobody forgets it: shelved, out of service, suppressed, explained."""

from collections.abc import Iterable, Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.areas import seen
from app.components.alarm_words import place_words, room_words
from app.components.baked import baked
from app.components.basics import chip, due
from app.components.put_aside import KINDS, act_opener
from app.context import AppContext
from app.putting_aside import put_aside
from app.status import PUT_ASIDE
from facility.alarm import Alarm, Held, HoldKind
from facility.holds import Hold, room_of_hold
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from storage.records import alarms


def put_aside_table(context: AppContext, room: str | None = None) -> Component | None:
    """A row for each hold, and for each alarm that a rule or another alarm holds back; None where there is none.

    With a room only what is there. Raises RecordsAwayError.
    """
    site, now = context.site(), context.clock()
    holds = [hold for hold in put_aside(context) if room in (None, room_of_hold(hold.of, site))]
    with context.records.reading() as connection:
        standing = list(seen(context, alarms.standing(connection)))
    ruled = [(alarm, alarm.held) for alarm in standing if alarm.held is not None and alarm.held.hold is None]
    here = [(alarm, held) for alarm, held in ruled if room in (None, alarm.room)]
    if not holds and not here:
        return None
    names, person = context.names(), context.person()
    heads: list[Component | str] = [_("Why"), _("What"), _("Room"), _("Reason"), _("Since"), _("Until")]
    heads.append(html.Span(_("What can be done"), className="sr"))
    rows = [
        *(_hold_row(site, hold, standing, now, names, person) for hold in holds),
        *(_alarm_row(site, alarm, held, now) for alarm, held in here),
    ]
    head = html.Thead(html.Tr([html.Th(head) for head in heads]))
    return baked(html.Table([head, html.Tbody(rows)], className="aside cards"), "scroll")


def _hold_row(
    site: Site,
    hold: Hold,
    standing: Iterable[Alarm],
    now: Instant,
    names: Mapping[str, str],
    person: Person | None,
) -> Component:
    word = _("APPROVAL NEEDED") if hold.waits else _(PUT_ASIDE[hold.kind])
    back = [alarm for alarm in standing if hold.covers(alarm, site)]
    told = f"{names.get(hold.asked_by, hold.asked_by)}: {hold.reason}"
    if hold.approved_by is not None:
        told = _("{told} Approved by {name}.", told=told, name=names.get(hold.approved_by, hold.approved_by))
    quiet = (
        _("Holds nothing back until it is approved")
        if hold.waits
        else _n("{n} alarm held back now", "{n} alarms held back now", len(back), n=len(back))
        if back
        else _("No alarm now")
    )
    which = _(hold.condition.value) if hold.condition else _("all alarms")
    what = f"{place_words(site, hold.of)}, {which}"
    if hold.kind is not HoldKind.OUT_OF_SERVICE:
        what = _("{what}, up to {severity}", what=what, severity=_(hold.severity.name.lower()))
    room = room_of_hold(hold.of, site)
    since = "" if hold.since is None else formats.moment(hold.since, site.timezone, now)
    cells = [
        html.Td(chip("advisory", word), className="severity"),
        html.Td([html.B(what), html.Div(quiet, className="xs muted")], className="point"),
        html.Td("" if room is None else html.A(room_words(site, room), href=f"/rooms/{room}"), className="where"),
        html.Td(html.Div(told, className="said"), className="answered"),
        html.Td(since, className="num when"),
        html.Td(_until(site, hold, now), className="num limit"),
        html.Td(html.Div(_buttons(hold, person), className="answers"), className="r answer"),
    ]
    return html.Tr(cells)


def _until(site: Site, hold: Hold, now: Instant) -> Sequence[Component | str]:
    if hold.until is None:
        return [_("for {span} from the approval on", span=formats.age(hold.span))]
    until = formats.moment(hold.until, site.timezone, now)
    if hold.kind is HoldKind.OUT_OF_SERVICE:
        return (
            [html.B(_("Overdue since {moment}", moment=until))]
            if hold.until < now
            else [_("expected back {moment}", moment=until)]
        )
    return [f"{until} ", due(hold.until, "muted")]


def _buttons(hold: Hold, person: Person | None) -> list[Component]:
    if person is None:
        return []
    if hold.waits:
        mine = hold.asked_by == person.account
        approve = act_opener("approve", hold.id, _("Approve"), main=True)
        refuse = act_opener("refuse", hold.id, _("Take back") if mine else _("Refuse"))
        may = person.may(Right.APPROVE_SHELVING) and not mine
        return [*([approve] if may else []), *([refuse] if may or (mine and person.may(Right.SHELVE)) else [])]
    right = Right.OUT_OF_SERVICE if hold.kind is HoldKind.OUT_OF_SERVICE else Right.SHELVE
    return [act_opener("end", hold.id, _(KINDS[hold.kind]))] if person.may(right) else []


def _alarm_row(site: Site, alarm: Alarm, held: Held, now: Instant) -> Component:
    word = _(PUT_ASIDE.get(held.kind, N_("EXPLAINED")))
    until: list[Component | str] = (
        [] if held.until is None else [f"{formats.moment(held.until, site.timezone, now)} ", due(held.until, "muted")]
    )
    cells = [
        html.Td(chip("advisory", word), className="severity"),
        html.Td(html.B(f"{place_words(site, alarm.point)}, {_(alarm.condition.value)}"), className="point"),
        html.Td(html.A(room_words(site, alarm.room), href=f"/rooms/{alarm.room}"), className="where"),
        html.Td(html.Div(held.reason, className="said"), className="answered"),
        html.Td(formats.moment(held.since, site.timezone, now), className="num when"),
        html.Td(until or _("while the rule holds"), className="num limit"),
        html.Td(None, className="r answer"),
    ]
    return html.Tr(cells)

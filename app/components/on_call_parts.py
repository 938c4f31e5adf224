"""Who is on call: a strip and a list for each rota, and whom each policy calls."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from dash import html
from dash.development.base_component import Component

from alerts import whom
from alerts.on_call_feed import shown
from app import formats
from app.components.account_parts import people_table
from app.components.basics import chip, tagged
from app.on_call_view import AHEAD, OnCallView
from facility import writing
from facility.escalation import Policy, Step
from facility.instants import DAY, Instant, datetime_of
from facility.language import _, _n
from facility.limit import Severity
from facility.on_call import Calendar, Duty, Rota


def rota_card(view: OnCallView, rota: Rota, may_swap: bool) -> Component:
    """Who has the call now and in the next two weeks."""
    duties = view.duties[rota.id]
    return html.Section(
        [
            html.Header(
                [
                    html.H2(rota.name),
                    html.Span(_plan(view, rota), className="grow"),
                    html.Button(
                        _("Swap"), id={"type": "swap-open", "rota": rota.id}, className="btn s", disabled=not may_swap
                    ),
                ]
            ),
            *[
                html.P([chip("advisory", _("Calendar")), f" {text}."], className="inside")
                for text in view.troubles.get(rota.id, ())
            ],
            _strip(view, rota, duties),
            _duties(view, rota, duties, may_swap),
            _withdrawn(view, rota),
        ],
        className="card rota",
    )


def policy_card(view: OnCallView) -> Component:
    """Whom an alarm calls, step by step, and whom that reaches now."""
    policies = view.site.on_call.policies
    if not policies:
        text = _("The site file has no policy: every alarm calls everybody who may answer, again every 10 min.")
        return html.Section(
            [html.Header(html.H2(_("Whom an alarm calls"))), html.P(text, className="nothing")], className="card"
        )
    rows = []
    for policy in policies:
        snapshot = whom.snapshot(policy, view.reach, view.site.timezone, ())
        steps = [
            html.Li(
                [
                    html.Span(f"{_step(step)}: ", className="sec"),
                    html.B(", ".join(to.name for to in rung.recipients) or _("nobody")),
                    html.Div(f"{formats.sentence(rung.missing)}.", className="xs sec") if rung.missing else None,
                ]
            )
            for step, rung in zip(policy.steps, snapshot.rungs, strict=True)
        ]
        cells = [
            html.Td(
                html.Div([html.B(policy.name), html.Div(_for(policy.severities), className="xs sec")]),
                className="where",
            ),
            html.Td(html.Ol(steps, className="rungs")),
            html.Td(html.Div(_rest(policy))),
        ]
        rows.append(html.Tr(cells))
    table = people_table((_("Policy"), _("Steps, and whom they reach now"), _("Then")), rows, _("Policies"))
    return html.Section([html.Header(html.H2(_("Whom an alarm calls"))), table], className="card")


def moment(at: Instant, timezone: str) -> str:
    """Mon 24 Nov 08:00, by the clock of a zone."""
    shown = datetime_of(at).astimezone(ZoneInfo(timezone))
    return f"{writing.dated(shown, 'MMMEd')} {shown:%H:%M}"


def _plan(view: OnCallView, rota: Rota) -> str:
    zone = "" if rota.timezone == view.site.timezone else f", {rota.timezone}"
    if isinstance(rota.plan, Calendar):
        copy = view.calendars.get(rota.id)
        read = copy.fetched if copy is not None and copy.address == rota.plan.address else None
        age = _("not read yet") if read is None else _("read {span} ago", span=formats.age(view.now - read))
        return _("Calendar {address}, {age}", address=shown(rota.plan.address), age=age) + zone
    first = rota.plan.first
    day, time = writing.weekday(first), f"{first:%H:%M}"
    return _("In turn, from {day} to {day} {time}", day=day, time=time) + zone


def _strip(view: OnCallView, rota: Rota, duties: Sequence[Duty]) -> Component:
    """Two weeks as a line, a piece for each duty: dashed where nobody is on call, outlined where it was swapped."""
    people = list(dict.fromkeys(duty.account for duty in duties if duty.account is not None))
    pieces = []
    for duty in duties:
        look = "nobody" if duty.account is None else f"tone{people.index(duty.account) % 3}"
        words = _(
            "{name}, {start} to {end}",
            name=view.name(duty.account),
            start=moment(duty.start, rota.timezone),
            end=moment(duty.end, rota.timezone),
        )
        pieces.append(
            html.Span(
                view.name(duty.account),
                className=f"{look}{' swapped' if duty.override else ''}",
                style={"flexGrow": (duty.end - duty.start) / DAY, "flexBasis": 0},
                title=words,
            )
        )
    return tagged(
        html.Div(pieces, className="strip"), role="img", aria_label=_("{name}, the next two weeks", name=rota.name)
    )


def _duties(view: OnCallView, rota: Rota, duties: Sequence[Duty], may_swap: bool) -> Component:
    rows = []
    for number, duty in enumerate(duties):
        since = _("Now") if number == 0 else moment(duty.start, rota.timezone)
        until = "" if duty.end >= view.now + AHEAD else moment(duty.end, rota.timezone)
        who: list[Component | str] = [html.B(view.name(duty.account))]
        if duty.account is None:
            who = [chip("alert", _("Nobody"))]
        elif not view.reach.contacts.get(duty.account):
            who += [" ", chip("alert", _("No address"))]
        cells = [
            html.Td(since, className="num where"),
            html.Td(until, className="num"),
            html.Td(html.Div(who)),
            html.Td(_why(view, duty)),
        ]
        act = None
        if duty.override is not None and may_swap:
            act = html.Button(
                _("Withdraw"), id={"type": "on-call-act", "of": duty.override.number}, className="btn s"
            )
        rows.append(html.Tr([*cells, html.Td(act, className="right")]))
    return people_table((_("From"), _("Until"), _("Who"), _("Why"), ""), rows, rota.name)


def _withdrawn(view: OnCallView, rota: Rota) -> Component | None:
    """Swaps that were taken back, so that it can be seen that they were."""
    items = [
        html.Li(
            _(
                "{name}, {start} to {end}: {reason}. Withdrawn by {by}: {why}",
                name=view.name(swap.account),
                start=moment(swap.start, rota.timezone),
                end=moment(swap.end, rota.timezone),
                reason=swap.reason,
                by=view.name(gone.by),
                why=gone.reason,
            )
        )
        for swap, gone in view.withdrawn
        if swap.rota == rota.id
    ]
    if not items:
        return None
    return html.Details(
        [
            html.Summary(
                formats.sentence(
                    _n(
                        "{n} swap that was withdrawn",
                        "{n} swaps that were withdrawn",
                        len(items),
                        n=formats.words(len(items)),
                    )
                )
            ),
            html.Ul(items),
        ]
    )


def _why(view: OnCallView, duty: Duty) -> Component | str:
    if duty.override is None:
        return html.Span(_("By the rota") if duty.account else _("The rota has nobody"), className="sec")
    return html.Span(
        [f"{duty.override.reason} ", html.Span(f"({view.name(duty.override.by)})", className="sec")], className="said"
    )


def _for(severities: frozenset[Severity]) -> str:
    listed = _(" and ").join(_(severity.name.lower()) for severity in sorted(severities))
    return _("for {severities}", severities=listed)


def _step(step: Step) -> str:
    """Rota first by sms, then 10 min."""
    who = [*(_("rota {rota}", rota=rota) for rota in step.rotas), *step.people]
    called = _(" and ").join([*who, *[_("everybody who may answer")] * step.everybody])
    if step.channels:
        called = _("{people} by {channels}", people=called, channels=_(" or ").join(step.channels))
    return _("{people}, then {span}", people=called, span=formats.age(step.wait))


def _rest(policy: Policy) -> list[Component]:
    told = [formats.sentence(_n("{n} round", "{n} rounds", policy.rounds, n=formats.words(policy.rounds)))]
    if policy.quiet is not None:
        told.append(
            _("Quiet from {start} to {end}", start=f"{policy.quiet.begins:%H:%M}", end=f"{policy.quiet.ends:%H:%M}")
        )
    told.append(_("Goes on when all is back") if policy.goes_on else _("Stops when all is back"))
    return [html.Div(text, className="sm") for text in told]

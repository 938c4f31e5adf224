"""Beside the events of a dossier: the hour before, limits in force, each point worked out, similar excursions."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import limit_beside_condition, point_words
from app.components.basics import symbol, tagged
from app.components.dossier_head import area_words, exactly, limit_of
from app.components.excursion_parts import address_of
from app.dossier.before import Abnormal, NotAlarmed, OtherAlarm, Silence
from app.dossier.gather import Dossier
from app.dossier.similar import MONTHS, Similar
from facility.language import _, _n

MOST = 8


def hour_before(dossier: Dossier) -> Component:
    """What else was abnormal, the nearest first; that nothing was is said, too."""
    if dossier.away:
        inside: Component = html.P(dossier.away, className="nothing")
    elif not dossier.before:
        beside = ", ".join((*dossier.scope.rooms, *dossier.scope.beside, *dossier.scope.same_air))
        words = _("Nothing else was outside its limits, silent or alarmed in {rooms}.", rooms=beside)
        inside = html.P(words, className="inside")
    else:
        lines = [_abnormal(dossier, one) for one in dossier.before[:MOST]]
        left = len(dossier.before) - MOST
        more = (
            html.P(_n("And {n} more.", "And {n} more.", left, n=left), className="inside sec") if left > 0 else None
        )
        inside = html.Div([html.Ul(lines, className="plain abnormal"), more])
    return _card(_("The hour before"), inside)


def limits(dossier: Dossier) -> Component:
    """What held at the onset, point by point, by which revision of the site file."""
    rows = []
    for one in dossier.histories:
        step = one.steps[0]
        words = "; ".join(
            f"{_(limit.severity.name.lower())} {limit.operator} {formats.with_unit(limit.value, one.point.quantity)}"
            for limit in step.limits
        )
        state = _("room state {state}", state=_(step.state.value)) if step.state else _("room state unknown")
        version = "" if step.revision is None else _("site revision {n}", n=step.revision)
        changes = len(one.steps) - 1
        later = _n("changed {n} time meanwhile", "changed {n} times meanwhile", changes, n=changes) if changes else ""
        rows.append(
            html.Li(
                [
                    html.B(f"{one.point.room} {formats.what(one.point)}"),
                    html.Div(words or _("no limit"), className="num"),
                    html.Div(", ".join(filter(None, (state, version, later))), className="sec xs"),
                ]
            )
        )
    inside: Component = html.Ul(rows, className="plain abnormal") if rows else html.P(_("None."), className="inside")
    return _card(_("Limits in force at the onset"), inside)


def worked_out(dossier: Dossier) -> Component | None:
    """Each of its points, from every single reading."""
    if not dossier.measured:
        return None
    heads = (_("Point"), _("Outside"), _("Worst"), _("Time outside"), _("Area"), _("Readings"), _("Gaps"))
    rows = []
    for one in dossier.measured:
        quantity = one.point.quantity
        missing = ", ".join(
            _(
                "{start} for {span}",
                start=formats.with_seconds(start, dossier.site.timezone),
                span=exactly(end - start),
            )
            for start, end in one.missing[:3]
        )
        present = formats.decimal(one.present, 0)
        share = "" if one.expected is None else _(" of {n}", n=formats.decimal(one.expected, 0))
        doubted = _(", {n} invalid", n=one.invalid) if one.invalid else ""
        for outside in one.outside or (None,):
            rows.append(
                html.Tr(
                    [
                        html.Td(
                            [
                                html.B(f"{one.point.room} {formats.what(one.point)}"),
                                html.Div(one.point.id, className="xs sec"),
                            ],
                            className="where",
                        ),
                        html.Td(limit_of(outside, one) if outside else _("never")),
                        html.Td(
                            formats.with_unit(outside.worst, quantity) if outside else "", className="r num value"
                        ),
                        html.Td(
                            exactly(outside.lasting) if outside and outside.area is not None else "",
                            className="num",
                        ),
                        html.Td(area_words(one, outside) if outside else "", className="num"),
                        html.Td(f"{present}{share}{doubted}", className="num"),
                        html.Td(missing or _("none")),
                    ]
                )
            )
    left = len(dossier.scope.points) - len(dossier.measured)
    words = _(
        "From every single reading, from onset to return. A reading stands until the next one, at most for 2.5 "
        "intervals of its instrument. Area: how far outside times how long, of each reading, summed up."
    )
    more = (
        _n(" {n} more point is not worked out.", " {n} more points are not worked out.", left, n=left) if left else ""
    )
    table = html.Table(
        [html.Thead(html.Tr([html.Th(head) for head in heads])), html.Tbody(rows)], className="history cards exact"
    )
    return html.Section(
        [
            html.Header(html.H2(_("Exactly"))),
            tagged(html.Div(table, className="scroll", tabIndex=0), role="group", aria_label=_("Exactly")),
            html.P(words + more, className="inside sec"),
        ],
        className="card",
    )


def similar_ones(dossier: Dossier) -> Component:
    """Those of the year before, the most alike first, and the way to the questions about trends."""
    found = dossier.similar
    room = next((room for room in dossier.excursion.rooms if room in dossier.site.rooms), None)
    questions = (
        html.A(_("Trend questions of {room}", room=room), href=f"/rooms/{room}/trend-questions") if room else None
    )
    if not found:
        words = _("None in the {n} months before: not in this room, of this point, of this cause.", n=MONTHS)
        inside: list[Component | None] = [html.P(words, className="inside")]
    else:
        count = _n("{n} in {months} months", "{n} in {months} months", len(found), n=len(found), months=MONTHS)
        kinds = dict.fromkeys(one.alike for one in found)
        told = "; ".join(
            _("{n} of {kind}", n=sum(one.alike is kind for one in found), kind=_(kind)) for kind in kinds
        )
        inside = [
            html.P(f"{count}: {told}.", className="inside"),
            html.Ul([_similar(dossier, one) for one in found[:MOST]], className="plain abnormal"),
        ]
    return _card(_("Similar excursions"), html.Div([*inside, html.P(questions, className="inside")]))


def _similar(dossier: Dossier, one: Similar) -> Component:
    excursion, zone = one.excursion, dossier.site.timezone
    first = excursion.alarms[excursion.first_out]
    when = f"{formats.date(excursion.onset, zone)} {formats.hour_minute(excursion.onset, zone)}"
    lasted = "" if excursion.returned is None else formats.age(excursion.returned - excursion.onset)
    cause = one.assessment.assessed.cause if one.assessment else ""
    what = f"{first.room} {point_words(dossier.site, first.point)}, {_(first.condition)}"
    return html.Li(
        [
            html.Div(
                [
                    html.A(html.B(excursion.number), href=address_of(excursion.number)),
                    " ",
                    html.Span(_(one.alike), className="sec"),
                ]
            ),
            html.Div(", ".join(filter(None, (what, cause)))),
            html.Div(", ".join(filter(None, (when, lasted))), className="sec xs num"),
        ]
    )


def _abnormal(dossier: Dossier, one: Abnormal) -> Component:
    zone = dossier.site.timezone
    match one:
        case OtherAlarm(where, alarm):
            mark = alarm.severity.name.lower()
            title = f"{alarm.room} {point_words(dossier.site, alarm.point)}, {_(alarm.condition)}"
            since = _("Alarm from {time}", time=formats.exactly(alarm.onset, zone, dossier.excursion.onset))
            words = ", ".join(filter(None, (since, limit_beside_condition(dossier.site, alarm))))
        case NotAlarmed(where, point, outside):
            mark = "alert"
            title = f"{point.room} {formats.what(point)}, {formats.with_unit(outside.worst, point.quantity)}"
            words = _n(
                "{n} reading outside {limit}, no alarm: its delay or rule had not run out",
                "{n} readings outside {limit}, no alarm: its delay or rule had not run out",
                outside.readings,
                n=outside.readings,
                limit=", ".join(formats.number(limit, point.quantity) for limit in outside.limits),
            )
        case Silence(where, point, start, end):
            mark = "nodata"
            title = f"{point.room} {formats.what(point)}"
            words = _(
                "No reading from {time} for {span}",
                time=formats.with_seconds(start, zone),
                span=exactly(end - start),
            )
    return html.Li(
        [symbol(mark), html.Div([html.B(title), html.Div(f"{words}; {_(where)}", className="sec")])],
        className="marked",
    )


def _card(title: str, inside: Component) -> Component:
    return html.Section([html.Header(html.H2(title)), inside], className="card")


def rows_words(rows: Sequence[int]) -> str:
    """Which rows of the audit trail."""
    if not rows:
        return _("no row of its own")
    if min(rows) == max(rows):
        return _("row {row}", row=rows[0])
    return _("rows {first} to {last}", first=min(rows), last=max(rows))


def chain(dossier: Dossier) -> Component:
    """Where in the audit trail all this is, and its head when the page was drawn."""
    rows: Sequence[int] = [event.row for event in dossier.events if event.row is not None]
    span = rows_words(rows)
    words = _(
        "On record in the audit trail: {span}. The chain ends at row {head}, SHA-256 {hash}, when this was read.",
        span=span,
        head=dossier.head.seq,
        hash=dossier.head.hash,
    )
    return html.P(words, className="inside sec chain")

"""The parts of the page of alarm health: figures against targets, calls by day, most frequent alarms, answers."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from alerts.answers import Answers
from alerts.health import ENOUGH_DAYS, Health, Offender
from alerts.health_targets import Figure, Unit, Verdict, figures
from alerts.shifts import Shift
from app import formats
from app.components.basics import chip, icon, tagged
from facility.alarm import room_of, source_of
from facility.instants import DAY, Instant, Span
from facility.language import _, _n
from facility.limit import Severity
from facility.site import Site
from storage.records.trail.verification import Result

MARKS = {Verdict.MET: "normal", Verdict.BORDERLINE: "advisory", Verdict.MISSED: "alert"}
MOST_SHIFTS = 20
BAR_HEIGHT, LABELS = 72, 10


def figures_table(found: Health, verified: Result | None, zone: str, now: Instant) -> Component:
    """Every figure with its target and, where the period is long enough, whether it is met."""
    heads = html.Tr(
        [html.Th(_("Figure")), html.Th(_("Found"), className="r"), html.Th(_("Target")), html.Th(_("Verdict"))]
    )
    rows = [_figure_row(figure) for figure in figures(found)]
    return html.Table(
        [html.Thead(heads), html.Tbody([*rows, _severities_row(found), _unauthorised_row(verified, zone, now)])],
        className="health-figures",
    )


def _figure_row(figure: Figure) -> Component:
    return _row(figure.name, _value(figure), figure.target, _verdict(figure.verdict))


def _row(name: str, value: str, target: str, verdict: Component) -> Component:
    cells = [html.Td(value, className="r num"), html.Td(target, className="sec"), html.Td(verdict)]
    return html.Tr([tagged(html.Th(name), scope="row"), *cells])


def _value(figure: Figure) -> str:
    if figure.value is None:
        return _("none yet")
    match figure.unit:
        case Unit.NUMBER:
            return formats.decimal(figure.value, 0)
        case Unit.RATE:
            return formats.decimal(figure.value, 2)
        case Unit.SHARE:
            return _percent(figure.value)


def _verdict(verdict: Verdict) -> Component:
    if verdict is Verdict.NONE:
        return html.Span(formats.sentence(_(verdict.value)), className="muted")
    return chip(MARKS[verdict], formats.sentence(_(verdict.value)))


def _severities_row(found: Health) -> Component:
    shares = [f"{found.severities.get(severity, 0) * 100:.0f}" for severity in Severity]
    value = " / ".join(shares) if found.severities else _("none yet")
    return _row(_("Advisory / alert / action, %"), value, _("about 80 / 15 / 5"), _verdict(Verdict.NONE))


def _unauthorised_row(verified: Result | None, zone: str, now: Instant) -> Component:
    name = _("Settings or holds that nobody may have made")
    if verified is None:
        return _row(name, _("not looked for yet"), _("none"), _verdict(Verdict.NONE))
    verdict = Verdict.MISSED if verified.count else Verdict.MET
    at = formats.moment(verified.at, zone, now)
    return _row(name, formats.decimal(verified.count, 0), _("none; records verified {at}", at=at), _verdict(verdict))


def lead(found: Health, start: Instant, end: Instant, wanted: Instant, zone: str) -> list[Component | str]:
    """The period in words, and whether it is long enough to say how good or bad it is."""
    words = _(
        "{first} to {last}, {calls}.",
        first=formats.date(start, zone),
        last=formats.date(end, zone),
        calls=_n("{n} call", "{n} calls", found.calls, n=formats.words(found.calls)),
    )
    short = []
    if wanted < start:
        short.append(" " + _("Nothing is on record before {date}.", date=formats.date(start, zone)))
    if not found.judged and found.days < 1:
        short.append(" " + _("No verdict: that takes {enough} days.", enough=ENOUGH_DAYS))
    elif not found.judged:
        short.append(
            " "
            + _(
                "No verdict: that takes {enough} days, and these are {days}.",
                enough=ENOUGH_DAYS,
                days=formats.decimal(found.days, 1),
            )
        )
    return [words, *short]


def by_day(found: Health, start: Instant, zone: str) -> Component:
    """Calls of each day as bars; the largest is told in words beside it."""
    most = max(found.by_day, default=0)
    if not most:
        return html.P([icon("check", small=True), _("Nobody was called.")], className="nothing")
    every = -(-len(found.by_day) // LABELS)
    dated = {place: "dated" if place % (2 * every) else "dated first" for place in range(0, len(found.by_day), every)}
    columns = [
        _day(start + place * DAY, calls, most, zone, dated.get(place, "")) for place, calls in enumerate(found.by_day)
    ]
    label = _("Calls of each day, at most {most}", most=most)
    bars = tagged(html.Div(columns, className="calls", role="img"), aria_label=label)
    busiest = formats.date(start + found.by_day.index(most) * DAY, zone)
    words = _(
        "At most {calls} on one day, {busiest}.",
        calls=_n("{n} call", "{n} calls", most, n=formats.words(most)),
        busiest=busiest,
    )
    return html.Div([bars, html.P(words, className="sec")], className="inside")


def _day(day: Instant, calls: int, most: int, zone: str, dated: str) -> Component:
    """One bar with its number above it and its day below; both are shown where there is room for them."""
    told = f"{formats.date(day, zone)}: {_n('{n} call', '{n} calls', calls, n=formats.words(calls))}"
    height = f"{max(2.0, BAR_HEIGHT * calls / most) if calls else 0:.0f}px"
    parts = [
        html.B(formats.decimal(calls, 0) if calls else "", className="num"),
        html.I(style={"height": height}),
        html.Span(formats.short_date(day, zone)),
    ]
    return html.Div(parts, title=told, className=dated)


def offenders_table(site: Site, offenders: Sequence[Offender]) -> Component:
    """The alarms that call most often, with what they make of the load."""
    if not offenders:
        return html.P([icon("check", small=True), _("No alarm has called.")], className="nothing")
    heads = [_("Alarm"), _("Calls"), _("Share of all"), _("Chattering"), _("Fleeting")]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(head, className="" if head == "Alarm" else "r") for head in heads])),
            html.Tbody([_offender_row(site, offender) for offender in offenders]),
        ],
        className="offenders",
    )


def _offender_row(site: Site, offender: Offender) -> Component:
    place, _unused, condition = offender.source.rpartition("/")
    return html.Tr(
        [
            tagged(html.Th([_place(site, place), f" {_(condition.replace('-', ' '))}"]), scope="row"),
            html.Td(formats.decimal(offender.calls, 0), className="r num"),
            html.Td(_percent(offender.share), className="r num"),
            html.Td(formats.yes_or_no(True) if offender.chattering else "", className="r"),
            html.Td(formats.decimal(offender.fleeting, 0) if offender.fleeting else "", className="r num"),
        ]
    )


def _place(site: Site, place: str) -> Component:
    point = site.points.get(place)
    if point is not None:
        return html.A(html.B(f"{point.room} {formats.what(point)}"), href=f"/rooms/{point.room}")
    return html.B(source_of(place) or room_of(place) or place)


def _percent(share: float) -> str:
    return f"{formats.decimal(share * 100, 1)}{formats.NARROW}%"


def answers_table(summaries: Sequence[Answers], names: Mapping[str, str]) -> Component:
    """How soon alarms were answered, by whom, and what proves nothing."""
    if not summaries[0].count:
        return html.P(_("No alarm was acknowledged in this time."), className="nothing")
    heads = [
        _("Who"),
        _("Answers"),
        _("Half within"),
        _("Nine of ten within"),
        _("Under 10 s"),
        _("Same words"),
        _("In bulk"),
    ]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(head, className="" if head == "Who" else "r") for head in heads])),
            html.Tbody([_answers_row(summary, names) for summary in summaries]),
        ],
        className="answers",
    )


def _answers_row(summary: Answers, names: Mapping[str, str]) -> Component:
    numbers = [summary.hasty, summary.repeated, summary.bulk]
    cells = [
        formats.decimal(summary.count, 0),
        _span(summary.middle),
        _span(summary.slow),
        *(formats.decimal(number, 0) if number else "" for number in numbers),
    ]
    who = names.get(summary.by, summary.by) if summary.by else _("All")
    return html.Tr(
        [tagged(html.Th(who), scope="row"), *(html.Td(cell, className="r num") for cell in cells)],
        className="" if summary.by else "all",
    )


def shifts_table(found: Sequence[Shift], names: Mapping[str, str], zone: str) -> Component:
    """The newest shifts on call, with what came in them."""
    if not found:
        return html.P(
            _("The site file has no rota, so there are no shifts. docs/on-call.md says how."), className="nothing"
        )
    heads = [_("Who"), _("Rota"), _("From"), _("To"), _("Messages"), _("Answers"), _("Half within")]
    return html.Table(
        [
            html.Thead(
                html.Tr([html.Th(head, className="r" if place > 3 else "") for place, head in enumerate(heads)])
            ),
            html.Tbody([_shift_row(shift, names, zone) for shift in found[:MOST_SHIFTS]]),
        ],
        className="shifts",
    )


def _shift_row(shift: Shift, names: Mapping[str, str], zone: str) -> Component:
    edges = [f"{formats.date(at, zone)} {formats.hour_minute(at, zone)}" for at in (shift.start, shift.end)]
    numbers = [formats.decimal(shift.messages, 0), formats.decimal(shift.answers, 0), _span(shift.middle)]
    return html.Tr(
        [
            tagged(html.Th(names.get(shift.account, shift.account)), scope="row"),
            *(html.Td(text) for text in (shift.rota, *edges)),
            *(html.Td(text, className="r num") for text in numbers),
        ]
    )


def _span(span: Span | None) -> str:
    return "" if span is None else formats.age(span)

"""The parts of the page of alarm health: figures against targets, calls by day, most frequent alarms, answers."""

from collections.abc import Mapping, Sequence

from dash import html
from dash.development.base_component import Component

from alerts.answers import Answers
from alerts.health import ENOUGH_DAYS, Health, Offender
from alerts.health_targets import Figure, Unit, Verdict, figures
from alerts.shifts import Shift
from app import formats
from app.components.basics import chip, drawing, icon, tagged
from facility.alarm import room_of, source_of
from facility.instants import DAY, Instant, Span
from facility.limit import Severity
from facility.site import Site
from storage.records.trail.verification import Result

MARKS = {Verdict.MET: "normal", Verdict.BORDERLINE: "advisory", Verdict.MISSED: "alert"}
MOST_SHIFTS = 20
BAR_HEIGHT, BAR_STEP, BAR_WIDTH = 72, 12, 9


def figures_table(found: Health, verified: Result | None, zone: str, now: Instant) -> Component:
    """Every figure with its target and, where the period is long enough, whether it is met."""
    heads = html.Tr([html.Th("Figure"), html.Th("Found", className="r"), html.Th("Target"), html.Th("Verdict")])
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
        return "none yet"
    match figure.unit:
        case Unit.NUMBER:
            return formats.decimal(figure.value, 0)
        case Unit.RATE:
            return formats.decimal(figure.value, 2)
        case Unit.SHARE:
            return _percent(figure.value)


def _verdict(verdict: Verdict) -> Component:
    if verdict is Verdict.NONE:
        return html.Span(formats.sentence(verdict), className="muted")
    return chip(MARKS[verdict], formats.sentence(verdict))


def _severities_row(found: Health) -> Component:
    shares = [f"{found.severities.get(severity, 0) * 100:.0f}" for severity in Severity]
    value = " / ".join(shares) if found.severities else "none yet"
    return _row("Advisory / alert / action, %", value, "about 80 / 15 / 5", _verdict(Verdict.NONE))


def _unauthorised_row(verified: Result | None, zone: str, now: Instant) -> Component:
    name = "Settings or holds that nobody may have made"
    if verified is None:
        return _row(name, "not looked for yet", "none", _verdict(Verdict.NONE))
    verdict = Verdict.MISSED if verified.count else Verdict.MET
    at = formats.moment(verified.at, zone, now)
    return _row(name, formats.decimal(verified.count, 0), f"none; records verified {at}", _verdict(verdict))


def lead(found: Health, start: Instant, end: Instant, wanted: Instant, zone: str) -> list[Component | str]:
    """The period in words, and whether it is long enough to say how good or bad it is."""
    words = f"{formats.date(start, zone)} to {formats.date(end, zone)}, {formats.count(found.calls, 'call')}."
    short = []
    if wanted < start:
        short.append(f" Nothing is on record before {formats.date(start, zone)}.")
    if not found.judged:
        short.append(f" No verdict: that takes {ENOUGH_DAYS} days, and these are {found.days:.1f}.")
    return [words, *short]


def by_day(found: Health, start: Instant, zone: str) -> Component:
    """Calls of each day as bars; the largest is told in words beside it."""
    most = max(found.by_day, default=0)
    if not most:
        return html.P([icon("check", small=True), "Nobody was called."], className="nothing")
    bars = "".join(
        f'<rect x="{place * BAR_STEP}" y="{BAR_HEIGHT - height:.1f}" width="{BAR_WIDTH}" height="{height:.1f}">'
        f"<title>{formats.date(start + place * DAY, zone)}: {formats.count(number, 'call')}</title></rect>"
        for place, number in enumerate(found.by_day)
        if (height := max(2.0, BAR_HEIGHT * number / most)) and number
    )
    width = max(len(found.by_day), 14) * BAR_STEP
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {BAR_HEIGHT}" preserveAspectRatio="none" '
        f'role="img" aria-label="Calls of each day, at most {most}">{bars}</svg>'
    )
    busiest = formats.date(start + found.by_day.index(most) * DAY, zone)
    words = f"At most {formats.count(most, 'call')} on one day, {busiest}."
    return html.Div([drawing(svg, "calls"), html.P(words, className="sec")], className="inside")


def offenders_table(site: Site, offenders: Sequence[Offender]) -> Component:
    """The alarms that call most often, with what they make of the load."""
    if not offenders:
        return html.P([icon("check", small=True), "No alarm has called."], className="nothing")
    heads = ["Alarm", "Calls", "Share of all", "Chattering", "Fleeting"]
    return html.Table(
        [
            html.Thead(html.Tr([html.Th(head, className="" if head == "Alarm" else "r") for head in heads])),
            html.Tbody([_offender_row(site, offender) for offender in offenders]),
        ],
        className="offenders",
    )


def _offender_row(site: Site, offender: Offender) -> Component:
    place, _, condition = offender.source.rpartition("/")
    return html.Tr(
        [
            tagged(html.Th([_place(site, place), f" {condition.replace('-', ' ')}"]), scope="row"),
            html.Td(formats.decimal(offender.calls, 0), className="r num"),
            html.Td(_percent(offender.share), className="r num"),
            html.Td("yes" if offender.chattering else "", className="r"),
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
        return html.P("No alarm was acknowledged in this time.", className="nothing")
    heads = ["Who", "Answers", "Half within", "Nine of ten within", "Under 10 s", "Same words", "In bulk"]
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
    who = names.get(summary.by, summary.by) if summary.by else "All"
    return html.Tr(
        [tagged(html.Th(who), scope="row"), *(html.Td(cell, className="r num") for cell in cells)],
        className="" if summary.by else "all",
    )


def shifts_table(found: Sequence[Shift], names: Mapping[str, str], zone: str) -> Component:
    """The newest shifts on call, with what came in them."""
    if not found:
        return html.P(
            "The site file has no rota, so there are no shifts. docs/on-call.md says how.", className="nothing"
        )
    heads = ["Who", "Rota", "From", "To", "Messages", "Answers", "Half within"]
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

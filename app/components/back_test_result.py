"""What came of a back-test, to be read: figures, a table by point, what would have been hidden, and the record."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from alerts.replay.against_record import Difference, Kind
from alerts.replay.comparison import Fate, Lost, Tally, deepest, longest
from app import formats
from app.back_test.answer import Answer
from app.back_test.question import PATH
from app.components.basics import chip, tagged
from app.trends.view import View
from facility.alarm import Alarm
from facility.instants import MINUTE, Instant
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.site import Site

MOST_SHOWN = 12
HEADS = (N_("Point"), N_("Severity"), N_("Alarms before"), N_("After"), N_("Time before"), N_("Time after"))
LOST_HEADS = (N_("Alarm"), N_("From"), N_("Lasted"), N_("Worst"), N_("Becomes"))
BECOMES = {
    Fate.HIDDEN: "hidden",
    Fate.MILDER: N_("less severe"),
    Fate.LATER: "later",
}


def nothing_yet() -> Component:
    """Before the first question."""
    return html.Div(
        [
            html.H2(_("Nothing is replayed yet")),
            html.P(
                _(
                    "Choose points or a room, one of their limits, and what is to be another; then press “Replay”. "
                    "What is left empty stays as it is. Stored readings are judged twice by the engine that judges "
                    "live ones: by the limits of then, and by the other ones."
                ),
                className="sec",
            ),
        ],
        className="card nothing-chosen",
    )


def result(site: Site, found: Answer) -> Component:
    """The whole of it but the picture."""
    return html.Div(
        [_summary(site, found), _by_point(found), _lost(site, found), _on_record(site, found)],
        className="answer",
    )


def _summary(site: Site, found: Answer) -> Component:
    question = found.question
    begin, end = (
        f"{formats.date(at, site.timezone)} {formats.hour_minute(at, site.timezone)}"
        for at in (question.start, question.end)
    )
    facts = [
        *(_change(severity, tally) for severity, tally in found.totals.items()),
        (_("Hidden"), str(len(found.hidden))),
        (_("Longest hidden"), _named(site, longest(found.hidden))),
        (_("Deepest hidden"), _named(site, deepest(found.hidden))),
    ]
    body: Component = html.Dl(
        [part for term, words in facts for part in (html.Dt(term), html.Dd(words))], className="facts"
    )
    if found.readings == 0:
        body = html.P(_("No reading of these points is stored in this period. Choose another."), className="quiet")
    again = html.A(_("Link to this back-test"), href=f"{PATH}{question.search}", className="sec")
    return html.Section(
        [
            html.Header([html.H2(_("What would have been")), html.Span(again, className="grow right")]),
            html.Ul([html.Li(line) for line in question.changes], className="back-test-changes"),
            html.P(
                _(
                    "{begin} to {end}, {n} readings judged, in instrument time.",
                    begin=begin,
                    end=end,
                    n=formats.decimal(found.readings, 0),
                ),
                className="quiet",
            ),
            body,
        ],
        className="card",
    )


def _change(severity: Severity, tally: Tally) -> tuple[str, str]:
    words = _(
        "{before} before, {after} after; in alarm {span} before, {span_after} after",
        before=tally.before,
        after=tally.after,
        span=formats.age(tally.time_before),
        span_after=formats.age(tally.time_after),
    )
    return formats.sentence(_("{severity} alarms", severity=_(severity.name.lower()))), words


def _named(site: Site, lost: Lost | None) -> str | Component:
    if lost is None:
        return "none"
    worst = _worst(site, lost.alarm)
    words = f"{lost.alarm.point}, {_when(site, lost.alarm.onset)}, {formats.age(lost.lasted)}"
    return html.A(_("{words}, worst {worst}", words=words, worst=worst) if worst else words, href=_trend(lost))


def _by_point(found: Answer) -> Component | None:
    rows = [
        (comparison.point, severity, tally)
        for comparison in found.comparisons
        for severity, tally in comparison.tallies.items()
    ]
    if not rows:
        return None
    body = []
    for point, severity, tally in rows:
        mark = "advisory" if severity is Severity.ADVISORY else severity.name.lower()
        cells = [
            html.Td(chip(mark, formats.sentence(_(severity.name.lower())))),
            html.Td(str(tally.before), className="num r"),
            html.Td(html.B(str(tally.after)) if tally.after != tally.before else str(tally.after), className="num r"),
            html.Td(formats.age(tally.time_before), className="num r"),
            html.Td(formats.age(tally.time_after), className="num r"),
        ]
        body.append(_row(point, cells, HEADS))
    return _card(_("By point"), HEADS, body)


def _lost(site: Site, found: Answer) -> Component | None:
    lost = sorted(found.lost, key=lambda one: (one.fate is not Fate.HIDDEN, -one.lasted))
    if not lost:
        return None
    body = []
    for one in lost[:MOST_SHOWN]:
        becomes = _("{span} later", span=formats.age(one.by)) if one.by else _(BECOMES[one.fate])
        cells = [
            html.Td(html.A(_when(site, one.alarm.onset), href=_trend(one)), className="num"),
            html.Td(formats.age(one.lasted), className="num r"),
            html.Td(_worst(site, one.alarm), className="num r"),
            html.Td(becomes),
        ]
        body.append(_row(f"{one.alarm.point} {_(one.alarm.condition)}", cells, LOST_HEADS))
    more = len(lost) - MOST_SHOWN
    rest = html.P(_("And {more} more.", more=more), className="quiet") if more > 0 else None
    return _card(_("Hidden, less severe or later"), LOST_HEADS, body, rest)


def _on_record(site: Site, found: Answer) -> Component:
    """Where the limits of then, in instrument time, tell otherwise than what was put on record as it came."""
    differences = [one for outcome in found.outcomes for one in outcome.differences]
    if not differences:
        words = _("By the limits of then, instrument time tells the alarms that are on record.")
        return html.Section(
            [html.Header(html.H2(_("Held against the record"))), html.P(words, className="quiet")], className="card"
        )
    late = [one for one in differences if one.late > MINUTE]
    lines = [html.Li(_difference(site, one)) for one in differences[:MOST_SHOWN]]
    lead = _(
        "By the limits of then, instrument time tells {things} otherwise than the record, {late} of them "
        "where readings came late.",
        things=_n("{n} thing", "{n} things", len(differences), n=formats.words(len(differences))),
        late=len(late),
    )
    if len(differences) > MOST_SHOWN:
        lines.append(html.Li(_("and {n} more", n=len(differences) - MOST_SHOWN)))
    return html.Section(
        [
            html.Header(html.H2(_("Held against the record"))),
            html.P(lead, className="quiet"),
            html.Ul(lines, className="facts-list"),
        ],
        className="card",
    )


def _difference(site: Site, one: Difference) -> str:
    alarm = one.alarm
    late = (
        "; " + _("a reading of it was under way for {span}", span=formats.age(one.late)) if one.late > MINUTE else ""
    )
    what = f"{alarm.point} {alarm.condition}, {_when(site, alarm.onset)}"
    if one.kind is Kind.ONLY_ON_RECORD and alarm.retrospective:
        return _("{what}: {kind}, found in late readings", what=what, kind=_(one.kind)) + late
    return f"{what}: {one.kind}{late}"


def _card(title: str, heads: Sequence[str], body: list[Component], more: Component | None = None) -> Component:
    table = html.Table(
        [html.Thead(html.Tr([html.Th(_(head)) for head in heads])), html.Tbody(body)],
        className="methods back-test-table",
    )
    return tagged(
        html.Section([html.Header(html.H2(title)), html.Div(table, className="scroll"), more], className="card"),
        aria_label=title,
    )


def _row(name: str, cells: Sequence[Component], heads: Sequence[str]) -> Component:
    return html.Tr(
        [
            html.Th(name, scope="row"),
            *(tagged(cell, data_head=_(head)) for cell, head in zip(cells, heads[1:], strict=True)),
        ]
    )


def _trend(lost: Lost) -> str:
    margin = max(10 * MINUTE, lost.lasted)
    return (
        View((lost.alarm.point,)).between(lost.alarm.onset - margin, lost.alarm.onset + lost.lasted + margin).address
    )


def _when(site: Site, at: Instant) -> str:
    return f"{formats.date(at, site.timezone)} {formats.hour_minute(at, site.timezone)}"


def _worst(site: Site, alarm: Alarm) -> str:
    return "" if alarm.worst is None else formats.with_unit(alarm.worst, site.points[alarm.point].quantity)

"""The answers to the trend questions of a room, in words, each with what chance alone would bring."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from alerts.trend_questions import WINDOW, Answer, Consecutive, Pattern, Rising, Run
from app import formats
from app.components.alarm_words import point_words
from app.excursion_query import of_room
from app.trend_questions import PERIOD, Answers
from facility.instants import DAY
from facility.language import N_, _, _n
from facility.limit import Severity
from facility.site import Site

MOST_RUNS = 6
DAYS = N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"), N_("Sunday")
ANSWERS = {Answer.YES: N_("Yes"), Answer.NO: N_("No"), Answer.TOO_FEW: N_("Too few to say")}
AFTER = {
    "cleaning": N_("within an hour after cleaning"),
    "operation": N_("within an hour after the room went into operation"),
    "batch": N_("within an hour after a batch began"),
    "air": N_("within an hour after an excursion on the same air handler"),
}


def answer_cards(site: Site, told: Answers) -> list[Component]:
    """One card for each of the four questions."""
    return [_rising(told), _consecutive(site, told), _patterns(told), _flora(told)]


def _card(number: str, question: str, answer: Answer, *inside: Component | str | None) -> Component:
    words = _(ANSWERS[answer])
    mark = html.Span(words, className=f"chip {'now' if answer is Answer.YES else 'quiet'}")
    lines = [html.P(part, className="inside") if isinstance(part, str) else part for part in inside]
    return html.Section(
        [html.Header([html.H2([html.Span(f"{number} ", className="sec"), question]), mark]), *lines], className="card"
    )


def _rising(told: Answers) -> Component:
    answers = [one.answer for one in told.rising.values()]
    answer = Answer.YES if Answer.YES in answers else Answer.NO if Answer.NO in answers else Answer.TOO_FEW
    lines = [html.Li(_rising_words(severity, one)) for severity, one in told.rising.items()]
    days = told.watched_before // DAY
    short = (
        _n(
            "Of the quarter before only {n} day was watched; that is taken into account.",
            "Of the quarter before only {n} days were watched; that is taken into account.",
            days,
            n=days,
        )
        if told.watched_before < PERIOD
        else None
    )
    return _card(
        "(i)", _("Are there more excursions than before?"), answer, html.Ul(lines, className="facts-list"), short
    )


def _rising_words(severity: Severity, one: Rising) -> str:
    counts = (
        _("Action limit: {now} in this quarter, {before} in the one before", now=one.now, before=one.before)
        if severity is Severity.ACTION
        else _("Alert level: {now} in this quarter, {before} in the one before", now=one.now, before=one.before)
    )
    if one.probability is None:
        return _("{counts}. Too few to say: with so few no rise could be told from chance.", counts=counts)
    return _(
        "{counts}. At an unchanged rate so many or more come with a probability of {probability}.",
        counts=counts,
        probability=_probability(one.probability),
    )


def _consecutive(site: Site, told: Answers) -> Component:
    found: Consecutive = told.consecutive
    answer = Answer.YES if told.results_in_row else found.answer
    lines = [html.Li(_run_words(site, run)) for run in found.runs[:MOST_RUNS]]
    plates = [
        html.Li(_("{run}, plate after plate beyond its alert level", run=_run_words(site, run)))
        for run in told.results_in_row[:MOST_RUNS]
    ]
    expected = _n(
        "{pairs} excursion within a day of the one before at the same point; chance alone would bring {expected}.",
        "{pairs} excursions within a day of the one before at the same point; chance alone would bring {expected}.",
        found.pairs,
        pairs=found.pairs,
        expected=formats.decimal(found.expected, 1),
    )
    runs = html.Ul([*plates, *lines], className="facts-list") if plates or lines else None
    return _card("(ii)", _("Do excursions follow each other?"), answer, expected, runs)


def _run_words(site: Site, run: Run) -> str:
    zone = site.timezone
    return _(
        "{point}: {n} in a row, {first} to {last}",
        point=f"{site.points[run.point].room} {point_words(site, run.point)}"
        if run.point in site.points
        else run.point,
        n=len(run.times),
        first=f"{formats.date(run.times[0], zone)} {formats.hour_minute(run.times[0], zone)}",
        last=f"{formats.date(run.times[-1], zone)} {formats.hour_minute(run.times[-1], zone)}",
    )


def _patterns(told: Answers) -> Component:
    found = told.patterns
    basis = (
        _("Of the time in which the room was in operation, and of what began in it.")
        if told.in_operation
        else _("Of all the time, whatever the room state.")
    )
    looks = _n(
        "{n} look at hours, weekdays and what went before",
        "{n} looks at hours, weekdays and what went before",
        found.looked_at,
        n=found.looked_at,
    )
    words = _(
        "{basis} {looks}; probabilities are adjusted for so many. Less than 5 % by chance alone is called a pattern.",
        basis=basis,
        looks=looks,
    )
    lines = [html.Li(_pattern_words(one)) for one in found.found]
    return _card(
        "(iii)",
        _("Do regular, isolated excursions have a pattern?"),
        found.answer,
        html.Ul(lines, className="facts-list") if lines else None,
        words,
    )


def _pattern_words(one: Pattern) -> str:
    if one.kind == "hour":
        first = int(one.name)
        what = _("between {first}:00 and {last}:00", first=f"{first:02d}", last=f"{(first + WINDOW) % 24:02d}")
    elif one.kind == "weekday":
        what = _("on a {day}", day=_(DAYS[int(one.name)]))
    else:
        what = _(AFTER[one.name])
    return _(
        "{n} of {all} {what}, which is {share} of the time; by chance alone {probability}",
        n=one.found,
        all=one.of,
        what=what,
        share=formats.percent(one.share),
        probability=_probability(one.probability),
    )


def _flora(told: Answers) -> Component:
    flora = told.flora
    grown = [one for one in told.results if one.time >= told.start]
    head = _(
        "{n} plates with growth in this quarter, {named} of them identified; {before} identified in the one before.",
        n=len(grown),
        named=flora.named_now,
        before=flora.named_before,
    )
    lines = [
        html.Li(
            _(
                "{organism}: {now} now, {before} before{chance}",
                organism=share.organism,
                now=share.now,
                before=share.before,
                chance=""
                if share.probability is None
                else _(", by chance alone {p}", p=_probability(share.probability)),
            )
        )
        for share in flora.shares
    ]
    predominant = _("Predominant now: {organism}.", organism=flora.predominant) if flora.predominant else None
    new = _("Not seen in the quarter before: {organisms}.", organisms=", ".join(flora.new)) if flora.new else None
    none = None if lines else _("No organism was identified on a plate of this room: identify one below.")
    return _card(
        "(iv)",
        _("Has what grows changed?"),
        flora.answer,
        head,
        html.Ul(lines, className="facts-list") if lines else None,
        predominant,
        new,
        none,
    )


def results_table(site: Site, told: Answers, names: dict[str, str]) -> Component:
    """The plates on which something grew, with what."""
    if not told.results:
        return html.P(_("Nothing grew on a plate of this room in the last half year."), className="nothing")
    heads = (_("Time"), _("Point"), _("Result"), _("Organisms"), _("By"))
    rows = []
    for one in told.results:
        point = site.points[one.point]
        said = one.identified
        rows.append(
            html.Tr(
                [
                    html.Td(
                        f"{formats.date(one.time, site.timezone)} {formats.hour_minute(one.time, site.timezone)}",
                        className="num nw when",
                    ),
                    html.Td(f"{point.room} {formats.what(point)}", className="where"),
                    html.Td(html.B(formats.with_unit(one.value, point.quantity)), className="num value"),
                    html.Td(", ".join(one.organisms) or _("not identified")),
                    html.Td(names.get(said.by, said.by) if said else "", className="sec"),
                ]
            )
        )
    return html.Div(
        html.Table([html.Thead(html.Tr([html.Th(h) for h in heads])), html.Tbody(rows)], className="history cards"),
        className="scroll",
    )


def ways(room: str) -> Component:
    """From here to the excursions of the room, and to the room."""
    return html.Div(
        [
            html.A(_("Its excursions"), href=of_room(room), className="btn s"),
            html.A(_("The room"), href=f"/rooms/{room}", className="btn s"),
        ],
        className="row ways",
    )


def _probability(value: float) -> str:
    return _("less than 0.1 %") if value < 0.001 else f"{formats.decimal(value * 100, 1)}{formats.NARROW}%"


def choices(site: Site, told: Answers) -> Sequence[tuple[str, str]]:
    """The results that organisms can be named of: by value of the field, in words."""
    return [
        (
            f"{one.point}/{one.time}",
            f"{formats.date(one.time, site.timezone)} {formats.hour_minute(one.time, site.timezone)}, "
            f"{site.points[one.point].room} {formats.what(site.points[one.point])}, "
            f"{formats.with_unit(one.value, site.points[one.point].quantity)}",
        )
        for one in told.results
    ]

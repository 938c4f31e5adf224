"""The top of a dossier: what it is, how bad, how long, how complete, how soon answered, and for whom it matters."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import point_words, value_words
from app.components.basics import chip, grade_words, since, trouble
from app.components.copy_menu import copy_menu
from app.components.excursion_parts import address_of, state_chip, trend_address
from app.components.life import life_link, reads_trail
from app.context import AppContext
from app.dossier.content import about
from app.dossier.gather import Dossier
from app.dossier.measures import Measured, Outside
from facility.instants import SECOND, Span
from facility.language import _, _n
from facility.limit import Severity
from facility.quantities import MEASURES, Quantity


def head(context: AppContext, dossier: Dossier) -> Component:
    """Number and finding, chips, where and when, and the ways from here."""
    site, excursion, now = dossier.site, dossier.excursion, dossier.now
    first = excursion.alarms[excursion.first_out]
    rooms = excursion.rooms
    known = [site.rooms[room] for room in rooms if room in site.rooms]
    where = f"{known[0].id} {known[0].name}" if known else ", ".join(rooms[:1])
    grades = dict.fromkeys(grade_words(room.classification) for room in known if room.classification)
    more = _n("and {n} more room", "and {n} more rooms", len(rooms) - 1, n=formats.words(len(rooms) - 1))
    trend = trend_address(excursion, site, now)
    period = _(
        "{onset} to {end}, {zone}", onset=_moment(dossier, excursion.onset), end=_until(dossier), zone=site.timezone
    )
    merged = (
        html.P([_("It was merged into "), html.A(dossier.into, href=address_of(dossier.into)), "."], className="note")
        if dossier.into
        else None
    )
    return html.Div(
        [
            html.Div(html.A(_("Excursions"), href="/excursions"), className="crumb"),
            html.Div(
                [
                    html.H1(
                        [
                            html.Span(excursion.number, className="nw"),
                            " ",
                            f"{point_words(site, first.point)}, {_(first.condition)}",
                        ]
                    ),
                    html.Div(
                        [
                            html.A(_("Trend"), href=trend, className="btn s") if trend else None,
                            life_link(about(excursion.number)) if reads_trail(context) else None,
                            copy_menu(context),
                        ],
                        className="row ways",
                    ),
                ],
                className="row title apart",
            ),
            html.Div(
                [
                    chip(excursion.severity.name.lower(), _(excursion.severity.name)),
                    None if dossier.into else state_chip(excursion, dossier.closing),
                    *(html.Span(formats.sentence(words), className="chip quiet") for words in grades),
                    html.Span(" ".join(filter(None, (where, more if len(rooms) > 1 else "")))),
                    html.Span(period, className="sec"),
                ],
                className="row chips",
            ),
            merged,
        ],
        className="head",
    )


def changed_since(dossier: Dossier) -> Component | None:
    """Said loudly: what is on record is no longer what was signed."""
    if dossier.closing is None or not dossier.changed:
        return None
    title = _("On record is no longer what was signed")
    words = _(
        "Since it was closed, this has changed: {parts}. What was signed is unchanged, and is kept. Look at it "
        "again: QA reopens it, or leaves it with a comment that says why.",
        parts=", ".join(dossier.changed),
    )
    return html.Div(trouble(title, words), className="banner", role="alert")


def tiles(dossier: Dossier) -> Component:
    """The six figures that are asked for first."""
    return html.Div(
        [
            _worst(dossier),
            _lasted(dossier),
            _area(dossier),
            _coverage(dossier),
            _response(dossier),
            _batches(dossier),
        ],
        className="card tiles",
    )


def area_words(one: Measured, outside: Outside) -> str:
    """12.3 Pa·min, in the unit of the point; of particles millions as such."""
    if outside.area is None:
        return ""
    million = one.point.quantity is Quantity.PARTICLES and outside.area >= 1e6
    number = (
        formats.decimal(outside.area / 1e6, 2)
        if million
        else formats.decimal(outside.area, 0 if outside.area >= 1000 else 1)
    )
    return f"{number}{formats.NARROW}{'M' if million else ''}{MEASURES[one.point.quantity].unit}·min"


def exactly(span: Span) -> str:
    """A duration to the second: 1 h 2 min 10 s."""
    minutes, seconds = divmod(max(0, span) // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes else "", f"{seconds} s" if seconds else ""]
    return " ".join(filter(None, parts)) or "0 s"


def limit_of(outside: Outside, one: Measured) -> str:
    """The action limit of 36.0, the alert level of 38.0; several where it changed meanwhile."""
    limits = ", ".join(formats.number(limit, one.point.quantity) for limit in outside.limits)
    if outside.severity is Severity.ACTION:
        return _("action limit {limits}", limits=limits)
    return _("alert level {limits}", limits=limits)


def gravest(measured: Sequence[Measured]) -> tuple[Measured, Outside] | None:
    """The point that was worst, with what lay outside; None where no reading did."""
    found = [(one, one.gravest) for one in measured]
    outside = [(one, worst) for one, worst in found if worst is not None]
    return max(outside, key=lambda pair: (pair[1].severity, pair[1].lasting), default=None)


def _tile(name: str, figure: Component | str, words: str | Component) -> Component:
    return html.Div(
        [html.Div(name, className="name"), html.Div(figure, className="figure"), html.Div(words, className="sec")]
    )


def _worst(dossier: Dossier) -> Component:
    found = gravest(dossier.measured)
    if found is None:
        worst = next((a for a in dossier.excursion.in_order() if a.worst is not None), None)
        if worst is None:
            return _tile(_("Worst value"), "–", _("no alarm of it is of a value"))
        value = value_words(dossier.site, worst.point, worst.worst)
        return _tile(_("Worst value"), value, point_words(dossier.site, worst.point))
    one, outside = found
    value = formats.with_unit(outside.worst, one.point.quantity)
    words = _(
        "{room} {what} at {time}, {limit}",
        room=one.point.room,
        what=formats.what(one.point),
        time=formats.with_seconds(outside.worst_at, dossier.site.timezone),
        limit=limit_of(outside, one),
    )
    return _tile(_("Worst value"), value, words)


def _lasted(dossier: Dossier) -> Component:
    excursion = dossier.excursion
    figure = since(excursion.onset) if excursion.returned is None else exactly(dossier.end - excursion.onset)
    found = gravest(dossier.measured)
    words = _("from the first reading outside until now") if excursion.returned is None else _("from onset to return")
    if found is not None:
        words = _(
            "{words}; {span} outside the {limit}",
            words=words,
            span=exactly(found[1].lasting),
            limit=limit_of(found[1], found[0]),
        )
    return _tile(_("Duration"), figure, words)


def _area(dossier: Dossier) -> Component:
    found = gravest(dossier.measured)
    if found is None or found[1].area is None:
        return _tile(_("Area outside"), "–", _("no reading with a duration lay outside a limit"))
    one, outside = found
    words = _(
        "depth times time beyond the {limit}: {n} of {all} readings, each until the next",
        limit=limit_of(outside, one),
        n=formats.decimal(outside.readings, 0),
        all=formats.decimal(one.present, 0),
    )
    return _tile(_("Area outside"), area_words(one, outside), words)


def _coverage(dossier: Dossier) -> Component:
    rhythmic = [one for one in dossier.measured if one.expected is not None]
    if not rhythmic:
        return _tile(_("Coverage"), "–", dossier.away or _("none of its points has a rhythm"))
    worst = min(rhythmic, key=lambda one: one.coverage or 0.0)
    missing = len([1 for one in rhythmic for _gap in one.missing])
    words = _(
        "{n} of {all} readings of {room} {what}",
        n=formats.decimal(worst.present, 0),
        all=formats.decimal(worst.expected, 0),
        room=worst.point.room,
        what=formats.what(worst.point),
    )
    gaps = _n("{n} gap", "{n} gaps", missing, n=formats.words(missing))
    return _tile(_("Coverage"), formats.percent(worst.coverage), f"{words}; {gaps}")


def _response(dossier: Dossier) -> Component:
    excursion = dossier.excursion
    raised = min((alarm.raised for alarm in excursion.alarms.values() if not alarm.retrospective), default=None)
    if raised is None:
        return _tile(_("Response"), "–", _("found in late readings: it called nobody"))
    told = dossier.first_told
    words = (
        _("nobody was sent a message")
        if told is None
        else _("first message {span} after the alarm", span=exactly(told - raised))
    )
    answer = dossier.first_answer
    if answer is None:
        return _tile(_("Response"), "–", _("not acknowledged; {words}", words=words))
    return _tile(_("Response"), exactly(answer - raised), _("alarm to acknowledgement; {words}", words=words))


def _batches(dossier: Dossier) -> Component:
    names = list(dict.fromkeys(run.batch for run in dossier.runs))
    if not names:
        return _tile(_("Batch"), _("none"), _("nothing was being made in or around it"))
    rooms = ", ".join(dict.fromkeys(run.room for run in dossier.runs))
    shown = names[0] if len(names) == 1 else _("{n} batches", n=formats.words(len(names)))
    others = f"{', '.join(names)}; " if len(names) > 1 else ""
    return _tile(_("Batch"), shown, others + _("being made in {rooms}", rooms=rooms))


def _moment(dossier: Dossier, at: int) -> str:
    zone = dossier.site.timezone
    return f"{formats.date(at, zone)} {formats.with_seconds(at, zone)}"


def _until(dossier: Dossier) -> str:
    return _("now") if dossier.excursion.returned is None else _moment(dossier, dossier.excursion.returned)

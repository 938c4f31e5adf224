"""What an alarm says of itself in tables: its chip, its limit, who answered it."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import chip
from app.components.exempt import limits_of
from app.status import alarm_status, alarm_word
from facility.alarm import Alarm, AlarmState, Condition, Held, HoldKind, room_of, source_of
from facility.holds import instrument_of
from facility.instants import Instant
from facility.language import _, _n
from facility.limit import Severity
from facility.site import Site

SIDES = frozenset({Condition.HIGH, Condition.LOW})
"""Conditions that a limit is behind."""


def alarm_chip(alarm: Alarm) -> Component:
    """Colour, shape and word of a standing alarm."""
    held = alarm.held.kind if alarm.held else None
    status = alarm_status(alarm.condition, alarm.severity, alarm.state, held)
    return chip(status.mark, alarm_word(alarm.condition, alarm.severity, alarm.state, held))


def severity_chip(alarm: Alarm) -> Component:
    """Colour, shape and word of the highest severity that an alarm reached, whatever became of it."""
    return chip(alarm.severity.name.lower(), _(alarm.severity.name))


def room_words(site: Site, room: str) -> str:
    """B101 Aseptic processing 1; only the id of a room that is no longer in the site file."""
    known = site.rooms.get(room)
    return f"{room} {known.name}" if known else room


def room_link(site: Site, alarm: Alarm) -> Component | str:
    """The room, as a way to its page; of a lost source the worst one, and how many more it blinds."""
    if not alarm.rooms:
        return ""
    more = len(alarm.rooms) - 1
    link = html.A(room_words(site, alarm.room), href=f"/rooms/{alarm.room}")
    further = _n("and {n} more room", "and {n} more rooms", more, n=formats.words(more))
    return html.Span([link, ", ", further]) if more else link


def point_words(site: Site, point: str) -> str:
    """What the point measures; only its id when it is no longer in the site file. Of a source its name."""
    if (source := source_of(point)) is not None:
        return _("Source {source}", source=source)
    if room_of(point) is not None:
        return _("Room state")
    known = site.points.get(point)
    return formats.what(known) if known else point


def place_words(site: Site, place: str) -> str:
    """What a hold is of: a point with what it measures, an instrument, a source."""
    instrument = instrument_of(place)
    if instrument is not None:
        known = site.instruments.get(instrument)
        return f"{known.name} ({instrument})" if known else _("Instrument {instrument}", instrument=instrument)
    return f"{point_words(site, place)} ({place})" if place in site.points else point_words(site, place)


def value_words(site: Site, point: str, value: float | None) -> str:
    """A value with its unit; empty where an alarm has none."""
    known = site.points.get(point)
    if value is None:
        return ""
    return formats.with_unit(value, known.quantity) if known else f"{value:g}"


def limit_words(site: Site, alarm: Alarm) -> str:
    """action > 352,000, with a mark where the standard does not apply.

    For silence, how often a reading should come; for a lost source, how much it blinds; for what else is beside
    limits, its name.
    """
    if alarm.source is not None:
        n = len(alarm.blinds)
        if not n:
            return _("no point was heard through it")
        return _n("{n} point not heard", "{n} points not heard", n, n=formats.words(n))
    point = site.points.get(alarm.point)
    if alarm.limit is not None and alarm.operator is not None:
        number = formats.number(alarm.limit, point.quantity) if point else f"{alarm.limit:g}"
        mark = next((_(limit.mark) for limit in limits_of(site, alarm) if limit.exempt), "")
        kind = _(alarm.severity.name.lower() if alarm.condition in SIDES else alarm.condition.value)
        return " ".join(filter(None, (kind, alarm.operator, number, mark)))
    if alarm.condition is not Condition.NO_DATA:
        return _(alarm.condition.value)
    if point is None:
        return ""
    return _("every {span}", span=formats.age(site.instruments[point.instrument].interval))


def limit_beside_condition(site: Site, alarm: Alarm) -> str:
    """The words of its limit beside those of its condition, which they do not say again."""
    return limit_words(site, alarm).removeprefix(_(alarm.condition.value)).strip()


def state_words(site: Site, alarm: Alarm, now: Instant, names: Mapping[str, str]) -> Component:
    """Whether and by whom it is answered, or why it calls nobody, with the comment below.

    `names` are those of the accounts, as printed.
    """
    if alarm.held is not None:
        return _held_words(site, alarm.held, now, names)
    if alarm.state is AlarmState.RETURNED and alarm.returned is not None:
        return html.B(
            _("Back inside {time}, not acknowledged", time=formats.moment(alarm.returned, site.timezone, now))
        )
    if alarm.state is AlarmState.UNACKNOWLEDGED:
        risen = alarm.acknowledgements and alarm.acknowledgements[-1].severity < alarm.severity
        return html.B(_("Risen, not acknowledged again") if risen else _("Not acknowledged"))
    if alarm.state is AlarmState.LATCHED:
        return html.B(_("Back inside, waits for a reset"))
    if not alarm.acknowledgements:
        return html.Span(formats.sentence(_(alarm.state.value)))
    answer = alarm.acknowledgements[-1]
    return html.Div(
        [
            _("Acknowledged {time}", time=formats.moment(answer.at, site.timezone, now)),
            html.Div(f"{names.get(answer.by, answer.by)}: {answer.comment}", className="xs muted said"),
        ]
    )


def _held_words(site: Site, held: Held, now: Instant, names: Mapping[str, str]) -> Component:
    explained = held.kind is HoldKind.CAUSE
    kind = _("Explained by another alarm") if explained else formats.sentence(_(held.kind.value))
    if held.until is not None:
        until = formats.moment(held.until, site.timezone, now)
        if held.kind is HoldKind.OUT_OF_SERVICE:
            kind = _("{kind}, expected back {moment}", kind=kind, moment=until)
        else:
            kind = _("{kind} until {moment}", kind=kind, moment=until)
    told = held.reason if held.hold is None else f"{names.get(held.by, held.by)}: {held.reason}"
    return html.Div([kind, html.Div(told, className="xs muted said")])


def severity_words(severity: Severity) -> str:
    """Alert, Action, Advisory."""
    return formats.sentence(_(severity.name.lower()))

"""What an excursion says of itself: in the list in a row, on its own page as facts, and as a tree of causes."""

from collections.abc import Iterator, Mapping, Sequence

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import (
    limit_words,
    point_words,
    room_link,
    room_words,
    severity_chip,
    state_words,
    value_words,
)
from app.components.baked import baked
from app.components.basics import chip, since, tagged
from app.dossier.content import alarms_content
from app.status import UNANSWERED
from app.trends.view import View
from facility.alarm import Alarm, HoldKind
from facility.excursion import Excursion
from facility.instants import MINUTE, Instant
from facility.language import N_, _, _n
from facility.site import Site
from storage.records.batches import Run
from storage.records.closings import Closing

HEADS = (
    N_("Onset"),
    N_("Severity"),
    N_("Excursion"),
    N_("Rooms"),
    N_("Began with"),
    N_("Worst"),
    N_("Alarms"),
    N_("Batch"),
    N_("Lasted"),
    N_("State"),
)
TREE_HEADS = ("", N_("Onset"), N_("Severity"), N_("Alarm"), N_("Worst"), N_("Limit"), N_("Lasted"), N_("State"))
MOST_TREE_ROWS = 200
TREND_MARGIN = 10 * MINUTE


def excursion_table(
    site: Site, found: Sequence[Excursion], runs: Mapping[str, Sequence[Run]], closed: Mapping[str, Closing]
) -> Component:
    """A row for each excursion, with the batches that it concerns; a sentence where nothing is found.

    `runs` and `closed`, how those were closed that are, are by number.
    """
    if not found:
        words = _("No excursion is found. One opens by itself with the first alarm of an event.")
        return html.Div(words, className="nothing")
    heads = [html.Th(_(head), className="r" if head == "Worst" else "") for head in HEADS]
    rows = [
        _row(site, excursion, runs.get(excursion.number, ()), closed.get(excursion.number)) for excursion in found
    ]
    return baked(html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="history cards excursions"))


def address_of(number: str) -> str:
    """Where an excursion has its page."""
    return f"/excursions/{number}"


def state_chip(excursion: Excursion, closing: Closing | None) -> Component:
    """Standing while an alarm of it has not returned; closed once QA has signed, loudly where it changed since."""
    if closing is not None:
        changed = closing.content.get("alarms") != alarms_content(excursion)
        return _quiet(_("Closed")) if not changed else chip("alert", _("Closed, changed since"))
    if excursion.returned is None:
        return html.Span(_("Standing"), className="chip now")
    waiting = sum(alarm.state in UNANSWERED for alarm in excursion.alarms.values())
    if waiting:
        return _quiet(_("Returned, {n} not acknowledged", n=formats.words(waiting)))
    return _quiet(_("Returned, not closed"))


def _quiet(words: str) -> Component:
    return html.Span(words, className="chip quiet")


def cause_tree(
    site: Site, excursion: Excursion, now: Instant, names: Mapping[str, str], *, choosing: bool
) -> Component:
    """Its alarms, each below the one that explains it; with a box to choose each where the person may split it."""
    heads = TREE_HEADS if choosing else TREE_HEADS[1:]
    rows = [
        _tree_row(site, excursion, alarm, depth, now, names, choosing=choosing)
        for alarm, depth in _descend(excursion, None, 0)
    ]
    left = len(rows) - MOST_TREE_ROWS
    more = (
        html.P(_n("And {n} more alarm.", "And {n} more alarms.", left, n=formats.words(left)), className="inside")
        if left > 0
        else None
    )
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(_(head), className="r" if head == "Worst" else "") for head in heads])),
            html.Tbody(rows[:MOST_TREE_ROWS]),
        ],
        className="history cards tree",
    )
    return tagged(html.Div([table, more], className="scroll", tabIndex=0), role="group", aria_label=_("Alarms"))


def trend_address(excursion: Excursion, site: Site, now: Instant) -> str | None:
    """The trend of its points, a little longer than it lasted; None where none of its alarms is of a point."""
    points = list(dict.fromkeys(alarm.point for alarm in excursion.in_order() if alarm.point in site.points))
    if not points:
        return None
    end = min(now, (excursion.returned or now) + TREND_MARGIN)
    return View(tuple(points[:6]), start=excursion.onset - TREND_MARGIN, end=end).address


def _row(site: Site, excursion: Excursion, runs: Sequence[Run], closing: Closing | None) -> Component:
    first = excursion.alarms[excursion.first_out]
    day, time = formats.date(excursion.onset, site.timezone), formats.with_seconds(excursion.onset, site.timezone)
    number = html.A(html.B(excursion.number), href=address_of(excursion.number))
    others = len(excursion.rooms) - 1
    further = _n("and {n} more room", "and {n} more rooms", others, n=formats.words(others))
    rooms = [room_link(site, first), f", {further}" if others > 0 else ""]
    cells = [
        html.Td([html.Span(day, className="muted"), f" {time}"], className="num when"),
        html.Td(chip(excursion.severity.name.lower(), _(excursion.severity.name.lower())), className="severity"),
        html.Td(number, className="num nw number"),
        html.Td(rooms if first.rooms else "", className="where"),
        html.Td(f"{point_words(site, first.point)}, {_(first.condition)}", className="point"),
        html.Td(html.B(value_words(site, first.point, first.worst)), className="r num value"),
        html.Td(_count(excursion), className="condition"),
        html.Td(", ".join(dict.fromkeys(run.batch for run in runs)), className="num limit"),
        html.Td(_lasted(excursion), className="num nw lasted"),
        html.Td(state_chip(excursion, closing), className="answered"),
    ]
    return html.Tr(cells)


def _tree_row(
    site: Site,
    excursion: Excursion,
    alarm: Alarm,
    depth: int,
    now: Instant,
    names: Mapping[str, str],
    *,
    choosing: bool,
) -> Component:
    box = dmc.Checkbox(value=alarm.id, size="xs", **{"aria-label": _("Choose {alarm}", alarm=_name(site, alarm))})
    time = formats.with_seconds(alarm.onset, site.timezone)
    after = formats.age(alarm.onset - excursion.onset)
    marks = [
        html.Span(_("first-out"), className="chip quiet") if alarm.first_out else None,
        html.Span(_("found in late readings"), className="chip quiet") if alarm.retrospective else None,
    ]
    name = [
        html.Span(className=f"branch d{min(depth, 4)}"),
        *(["↳ "] if depth else []),
        _name(site, alarm),
        " ",
        *marks,
    ]
    lasted = since(alarm.onset) if alarm.returned is None else formats.age(alarm.returned - alarm.onset)
    cells = [
        *([html.Td(box, className="choose")] if choosing else []),
        html.Td(
            [time, html.Span(f" +{after}", className="muted")] if alarm.onset > excursion.onset else time,
            className="num nw when",
        ),
        html.Td(severity_chip(alarm), className="severity"),
        html.Td(name, className="where"),
        html.Td(html.B(value_words(site, alarm.point, alarm.worst)), className="r num value"),
        html.Td(limit_words(site, alarm), className="num sec nw limit"),
        html.Td(lasted, className="num nw lasted"),
        html.Td(_answer(site, alarm, now, names), className="answered"),
    ]
    return html.Tr(cells)


def _answer(site: Site, alarm: Alarm, now: Instant, names: Mapping[str, str]) -> Component:
    """How it was answered; of one that its cause spoke for to the end, that nobody was called."""
    if alarm.held is not None and alarm.held.kind is HoldKind.CAUSE and alarm.returned is not None:
        return html.Div([_("Called nobody"), html.Div(alarm.held.reason, className="xs muted said")])
    return state_words(site, alarm, now, names)


def _descend(excursion: Excursion, cause: str | None, depth: int) -> Iterator[tuple[Alarm, int]]:
    for alarm in excursion.explained_by(cause):
        yield alarm, depth
        yield from _descend(excursion, alarm.id, depth + 1)


def _name(site: Site, alarm: Alarm) -> str:
    """B101 Room pressure, low."""
    return f"{alarm.room} {point_words(site, alarm.point)}, {_(alarm.condition)}".strip()


def _room(site: Site, room: str) -> Component | str:
    return html.A(room_words(site, room), href=f"/rooms/{room}") if room in site.rooms else room


def _lasted(excursion: Excursion) -> Component | str:
    if excursion.returned is None:
        return since(excursion.onset)
    return formats.age(excursion.returned - excursion.onset)


def _count(excursion: Excursion) -> str:
    explained = len(excursion.alarms) - len(excursion.explained_by(None))
    many = len(excursion.alarms)
    words = _n("{n} alarm", "{n} alarms", many, n=formats.words(many))
    return _("{alarms}, {n} explained", alarms=words, n=explained) if explained else words

"""The table of standing alarms, the most urgent first, with values that go on living and a button to answer."""

from collections.abc import Iterable, Mapping

from dash import html
from dash.development.base_component import Component

from app import formats
from app.areas import seen
from app.components.acknowledge import opener
from app.components.alarm_words import alarm_chip, limit_words, point_words, room_link, state_words
from app.components.basics import live, since, symbol, tagged
from app.components.exempt import NO_OTHER
from app.components.put_aside import act_opener, shelve_opener
from app.context import AppContext
from app.status import UNANSWERED, alarm_status
from facility.alarm import Alarm, AlarmState
from facility.instants import Instant
from facility.site import Site
from storage.records import alarms

MOST = 200
"""Rows that are drawn. Thousands would keep a browser busy for seconds, again with every further alarm."""


def standing(context: AppContext) -> list[Alarm]:
    """The standing alarms on record that the person may see, the most urgent first."""
    with context.records.reading() as connection:
        return urgent_first(seen(context, alarms.standing(connection)))


def urgent_first(found: Iterable[Alarm]) -> list[Alarm]:
    """By how bad, then what nobody has answered, then what stands longest; what calls nobody is below."""
    return sorted(
        found,
        key=lambda a: (
            a.held is not None,
            -alarm_status(a.condition, a.severity, a.state, a.held.kind if a.held else None),
            a.state not in UNANSWERED,
            a.onset,
        ),
    )


def answer_buttons(alarm: Alarm, *, answering: bool) -> list[Component]:
    """What a person may do with an alarm who may answer it: acknowledge, shelve, reset."""
    if not answering or alarm.held is not None:
        return []
    if alarm.state is AlarmState.LATCHED:
        return [act_opener("reset", alarm.id, "Reset", main=True)]
    shelving = [shelve_opener(alarm)] if alarm.returned is None else []
    return [*([opener(alarm)] if alarm.state in UNANSWERED else []), *shelving]


def standing_table(
    site: Site,
    found: list[Alarm],
    now: Instant,
    *,
    then: Mapping[str, Site] = NO_OTHER,
    answering: bool,
    names: Mapping[str, str],
) -> Component:
    """A row for each alarm, up to many, with a button where the person may answer; a sentence where there is none.

    `then` is by the id of an alarm the site in force at its onset, where that is not `site`.
    """
    if not found:
        return html.Div([symbol("normal"), "No alarm is standing."], className="nothing")
    rows = [_row(site, then.get(alarm.id, site), alarm, now, answering, names) for alarm in found[:MOST]]
    heads = ["Severity", "Room", "Point", "Now", "Limit", "Since", "State", ""]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(head, className="r" if head == "Now" else "") for head in heads])),
            html.Tbody(rows),
        ],
        className="standing cards",
    )
    return html.Div([table, _more(len(found) - MOST)]) if len(found) > MOST else table


def _more(number: int) -> Component:
    words = f"And {number:,} more, less urgent or later. Those of a room, severity or state are found in the "
    return html.Div(html.Span([words, html.A("history of alarms", href="/alarms"), "."]), className="nothing")


def _row(site: Site, then: Site, alarm: Alarm, now: Instant, answering: bool, names: Mapping[str, str]) -> Component:
    point = site.points.get(alarm.point)
    value = tagged(live(html.B(), "value", point=alarm.point), data_unit=point.unit if point else None)
    onset = formats.moment(alarm.onset, site.timezone, now)
    cells = [
        html.Td(alarm_chip(alarm), className="severity"),
        html.Td(html.B(room_link(site, alarm)), className="where nw"),
        html.Td(point_words(site, alarm.point), className="point"),
        html.Td(value, className="r num value"),
        html.Td(limit_words(then, alarm), className="num sec nw limit"),
        html.Td([f"{onset} ", since(alarm.onset, "muted")], className="num when"),
        html.Td(state_words(site, alarm, now, names), className="answered"),
        html.Td(html.Div(answer_buttons(alarm, answering=answering), className="answers"), className="r answer"),
    ]
    return tagged(html.Tr(cells), data_alarm=alarm.id)

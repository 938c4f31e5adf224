"""The history of alarms: a table, newest first, of one page of what the filter finds."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import (
    limit_words,
    point_words,
    room_link,
    severity_chip,
    state_words,
    value_words,
)
from app.components.annotations import NOTHING, Said, annotate_button, said_lines
from app.components.baked import baked
from app.components.basics import since
from app.components.exempt import NO_OTHER
from app.components.life import life_link
from facility.alarm import Alarm
from facility.instants import Instant
from facility.language import N_, _
from facility.site import Site
from storage.records.annotations import About

HEADS = (
    N_("Onset"),
    N_("Severity"),
    N_("Room"),
    N_("Point"),
    N_("Condition"),
    N_("Worst"),
    N_("Limit"),
    N_("Lasted"),
    N_("State"),
    N_("What can be done"),
)


def history_table(
    site: Site,
    found: list[Alarm],
    now: Instant,
    said: Said = NOTHING,
    *,
    then: Mapping[str, Site] = NO_OTHER,
    annotating: bool = False,
    trail: bool = False,
) -> Component:
    """A row for each alarm, with what was said about it; a sentence where nothing is found.

    `then` is by the id of an alarm the site in force at its onset, where that is not `site`.
    With `annotating` each has a button to comment or correct it, with `trail` a link to its rows in the audit trail.
    """
    if not found:
        return html.Div(_("No alarm is found."), className="nothing")
    heads = [html.Th(_(head), className="r" if head == "Worst" else "") for head in HEADS[:-1]]
    heads.append(html.Th(html.Span(_(HEADS[-1]), className="sr")))
    rows = [
        _row(site, then.get(alarm.id, site), alarm, now, said, annotating=annotating, trail=trail) for alarm in found
    ]
    table = html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)], className="history cards")
    return baked(table)


def _row(
    site: Site, then: Site, alarm: Alarm, now: Instant, said: Said, *, annotating: bool, trail: bool
) -> Component:
    day = formats.date(alarm.onset, site.timezone)
    time = formats.with_seconds(alarm.onset, site.timezone)
    late = html.Span(_("found in late readings"), className="chip quiet") if alarm.retrospective else None
    cells = [
        html.Td([html.Span(day, className="muted"), f" {time}"], className="num when"),
        html.Td(severity_chip(alarm), className="severity"),
        html.Td(room_link(site, alarm), className="where"),
        html.Td(point_words(site, alarm.point), className="point"),
        html.Td([formats.sentence(_(alarm.condition.value)), " ", late], className="condition"),
        html.Td(html.B(value_words(site, alarm.point, alarm.worst)), className="r num value"),
        html.Td(limit_words(then, alarm), className="num sec nw limit"),
        html.Td(_lasted(alarm), className="num lasted"),
        html.Td(
            [state_words(site, alarm, now, said.names), *said_lines(said, f"alarm {alarm.id}")], className="answered"
        ),
        html.Td(
            html.Div(
                [
                    annotate_button(_("Comment"), _about(alarm)) if annotating else None,
                    life_link(f"alarm {alarm.id}") if trail else None,
                ],
                className="answers",
            ),
            className="answer",
        ),
    ]
    return html.Tr(cells)


def _about(alarm: Alarm) -> About:
    return About(f"alarm {alarm.id}", alarm.onset, alarm.onset)


def _lasted(alarm: Alarm) -> Component | str:
    return since(alarm.onset) if alarm.returned is None else formats.age(alarm.returned - alarm.onset)

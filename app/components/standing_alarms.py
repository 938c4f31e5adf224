"""The table of standing alarms, the most urgent first, with values that go on living and a button to answer."""

from collections.abc import Sequence
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.acknowledge import opener
from app.components.alarm_words import alarm_chip, limit_words, point_words, room_link, state_words
from app.components.baked import baked
from app.components.basics import live, since, symbol, tagged
from app.components.choosing import choice
from app.components.next_call import next_call_line
from app.components.put_aside import act_opener, shelve_opener
from app.standing import MOST, Standing
from app.status import UNANSWERED
from facility.alarm import Alarm, AlarmState
from facility.language import N_, _, _n

HEADS = (N_("Severity"), N_("Room"), N_("Point"), N_("Now"), N_("Limit"), N_("Since"), N_("State"))


def is_answerable(alarm: Alarm) -> bool:
    """Does it wait for an acknowledgement?"""
    return alarm.held is None and alarm.state in UNANSWERED


def is_shelvable(alarm: Alarm) -> bool:
    """Can it be put aside for a while?"""
    return alarm.held is None and alarm.returned is None and alarm.state is not AlarmState.LATCHED


def answer_buttons(alarm: Alarm, *, answering: bool) -> list[Component]:
    """What a person may do with an alarm who may answer it: acknowledge, shelve, reset."""
    if not answering or alarm.held is not None:
        return []
    if alarm.state is AlarmState.LATCHED:
        return [act_opener("reset", alarm.id, _("Reset"), main=True)]
    return [
        *([opener(alarm)] if is_answerable(alarm) else []),
        *([shelve_opener(alarm)] if is_shelvable(alarm) else []),
    ]


def beside_state(standing: Standing, alarm: Alarm) -> list[Component]:
    """Whether it is answered, who is called next, and the excursion that it belongs to."""
    call = standing.calls.get(alarm.id) if is_answerable(alarm) else None
    number = standing.excursions.get(alarm.id)
    link = None if number is None else html.A(number, href=f"/excursions/{quote(number)}", className="excursion num")
    follows = [part for part in (next_call_line(standing.site, call, standing.now), link) if part is not None]
    state = state_words(standing.site, alarm, standing.now, standing.names)
    return [state, html.Div(follows, className="follows")] if follows else [state]


def standing_table(standing: Standing, *, most: int = MOST, choosing: bool = False) -> Component:
    """A row for each alarm, up to so many, with a button where the person may answer; a sentence where there is none.

    With `choosing` several can be chosen at once (`choosing.py` has the bar that says what to do with them).
    """
    if not standing.found:
        return html.Div([symbol("normal"), _("No alarm is standing.")], className="nothing")
    choosing = choosing and standing.answering
    heads = [html.Th(_(head), className="r" if head == "Now" else "") for head in HEADS]
    table = html.Table(
        [
            html.Thead(
                html.Tr(
                    [
                        *([html.Th(html.Span(_("Chosen"), className="sr"), className="chosen")] if choosing else []),
                        *heads,
                        html.Th(html.Span(_("What can be done"), className="sr")),
                    ]
                )
            ),
            html.Tbody([_row(standing, alarm, choosing) for alarm in standing.found[: min(most, MOST)]]),
        ],
        className="standing cards",
    )
    more = len(standing.found) - min(most, MOST)
    drawn = baked(table, "scroll")
    return html.Div([drawn, _more(more, here=most >= MOST)]) if more > 0 else drawn


def _more(number: int, *, here: bool) -> Component:
    """What is not drawn: here because no browser could, elsewhere because the list of alarms has it."""
    n = formats.decimal(number, 0)
    if not here:
        words = _n("One more, less urgent or later", "{n} more, less urgent or later", number, n=n)
        return html.Div(html.A(words, href="/alarms"), className="nothing")
    words = _n(
        "And one more, less urgent or later. It comes up as these are answered; the filter finds it.",
        "And {n} more, less urgent or later. They come up as these are answered; the filter finds those of a room, "
        "severity or state.",
        number,
        n=n,
    )
    return html.Div(words, className="nothing")


def _row(standing: Standing, alarm: Alarm, choosing: bool) -> Component:
    site = standing.site
    point = site.points.get(alarm.point)
    value = tagged(live(html.B(), "value", point=alarm.point), data_unit=point.unit if point else None)
    onset = formats.moment(alarm.onset, site.timezone, standing.now)
    buttons: Sequence[Component] = answer_buttons(alarm, answering=standing.answering)
    cells = [
        *([html.Td(_choice(standing, alarm), className="chosen")] if choosing else []),
        html.Td(alarm_chip(alarm), className="severity"),
        html.Td(html.B(room_link(site, alarm)), className="where nw"),
        html.Td(point_words(site, alarm.point), className="point"),
        html.Td(value, className="r num value"),
        html.Td(limit_words(standing.site_then(alarm), alarm), className="num sec nw limit"),
        html.Td([f"{onset} ", since(alarm.onset, "muted")], className="num when"),
        html.Td(beside_state(standing, alarm), className="answered"),
        html.Td(html.Div(buttons, className="answers"), className="r answer"),
    ]
    return tagged(html.Tr(cells), data_alarm=alarm.id)


def _choice(standing: Standing, alarm: Alarm) -> Component | None:
    """A box to choose it by, where there is anything to do with several."""
    if not (is_answerable(alarm) or is_shelvable(alarm)):
        return None
    where = f"{alarm.room}, {point_words(standing.site, alarm.point)}, {_(alarm.condition.value)}"
    return choice(alarm.id, where)

"""The standing alarms of a room, as bands on top of its page: what, how far outside, since when, who answered."""

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import limit_words, point_words
from app.components.basics import live, since, symbol, tagged
from app.components.standing_alarms import answer_buttons, beside_state, is_answerable
from app.standing import Standing
from app.status import alarm_status, alarm_word
from facility.alarm import Alarm
from facility.language import _, _n
from facility.site import Room

MOST = 12
"""Bands that are drawn; the others are one touch away, in the list of alarms."""


def room_alarms(standing: Standing, room: Room) -> list[Component]:
    """A band for each of the alarms, which are those of a room, with buttons where the person may answer."""
    bands = [_band(standing, alarm) for alarm in standing.found[:MOST]]
    more = len(standing.found) - MOST
    return bands if more <= 0 else [*bands, _more(room, standing.found[MOST:])]


def _more(room: Room, others: Sequence[Alarm]) -> Component:
    waiting = sum(map(is_answerable, others))
    words = _n(
        "One more alarm stands here", "{n} more alarms stand here", len(others), n=formats.decimal(len(others), 0)
    )
    if waiting:
        words = _("{more}, {n} of them not acknowledged", more=words, n=formats.decimal(waiting, 0))
    link = html.A(_("All of them in the list of alarms"), href=f"/alarms?room={room.id}")
    return html.Div([html.B(words), link], className="more-alarms")


def _band(standing: Standing, alarm: Alarm) -> Component:
    site, now = standing.site, standing.now
    held = alarm.held.kind if alarm.held else None
    status = alarm_status(alarm.condition, alarm.severity, alarm.state, held)
    point = site.points.get(alarm.point)
    what = point_words(site, alarm.point)
    place = "" if alarm.room not in site.rooms or site.rooms[alarm.room].inside is None else f"{alarm.room}, "
    value = tagged(live(html.Span(), "value", point=alarm.point), data_beside=point.unit if point else None)
    beyond = live(html.Span(className="beyond"), "beyond", point=alarm.point)
    word = alarm_word(alarm.condition, alarm.severity, alarm.state, held)
    began = _("Since {moment}", moment=formats.moment(alarm.onset, site.timezone, now))
    how_far = [
        html.Span(f"{formats.sentence(limit_words(standing.site_then(alarm), alarm))}."),
        beyond,
        html.Span([f"{began}, ", since(alarm.onset), "."]),
    ]
    buttons = answer_buttons(alarm, answering=standing.answering)
    band = html.Section(
        [
            symbol(status.mark),
            html.Div(
                [
                    html.Div([html.B(word), f", {place}{what}"], className="what"),
                    html.Div(value, className="value num"),
                    html.Div(how_far, className="how-far"),
                ],
                className="words",
            ),
            html.Div(
                [html.Div(beside_state(standing, alarm), className="beside-state"), *buttons], className="answer"
            ),
        ],
        className=f"alarm-band {status.mark}{' open' if is_answerable(alarm) else ''}",
    )
    return tagged(band, aria_label=f"{word}, {place}{what}, {_(alarm.condition.value)}", data_alarm=alarm.id)

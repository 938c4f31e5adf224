"""The standing alarms of a room, as bands on top of its page: what, how far outside, since when, who answered."""

from collections.abc import Mapping

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.alarm_words import limit_words, point_words, state_words
from app.components.basics import live, since, symbol, tagged
from app.components.exempt import NO_OTHER
from app.components.standing_alarms import answer_buttons
from app.status import UNANSWERED, alarm_status, alarm_word
from facility.alarm import Alarm
from facility.instants import Instant
from facility.site import Site


def room_alarms(
    site: Site,
    found: list[Alarm],
    now: Instant,
    *,
    then: Mapping[str, Site] = NO_OTHER,
    answering: bool,
    names: Mapping[str, str],
) -> list[Component]:
    """A band for each, in the order given, with a button where the person may answer.

    `then` is by the id of an alarm the site in force at its onset, where that is not `site`.
    """
    return [_band(site, then.get(alarm.id, site), alarm, now, answering, names) for alarm in found]


def _band(site: Site, then: Site, alarm: Alarm, now: Instant, answering: bool, names: Mapping[str, str]) -> Component:
    held = alarm.held.kind if alarm.held else None
    status = alarm_status(alarm.condition, alarm.severity, alarm.state, held)
    point = site.points.get(alarm.point)
    open_ = alarm.state in UNANSWERED and held is None
    what = point_words(site, alarm.point)
    place = "" if alarm.room not in site.rooms or site.rooms[alarm.room].inside is None else f"{alarm.room}, "
    value = tagged(live(html.Span(), "value", point=alarm.point), data_beside=point.unit if point else None)
    beyond = live(html.Span(className="beyond"), "beyond", point=alarm.point)
    word = alarm_word(alarm.condition, alarm.severity, alarm.state, held)
    buttons = answer_buttons(alarm, answering=answering)
    band = html.Section(
        [
            symbol(status.mark),
            html.Div(
                [
                    html.Div([html.B(word), f", {place}{what}"], className="what"),
                    html.Div(value, className="value num"),
                    html.Div(
                        [
                            html.Span(f"{formats.sentence(limit_words(then, alarm))}."),
                            beyond,
                            html.Span(
                                [
                                    f"Since {formats.moment(alarm.onset, site.timezone, now)}, ",
                                    since(alarm.onset),
                                    ".",
                                ]
                            ),
                        ],
                        className="how-far",
                    ),
                ],
                className="words",
            ),
            html.Div([state_words(site, alarm, now, names), *buttons], className="answer"),
        ],
        className=f"alarm-band {status.mark}{' open' if open_ else ''}",
    )
    return tagged(band, aria_label="Standing alarm", data_alarm=alarm.id)

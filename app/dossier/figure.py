"""The time lines of a dossier: its points and the pressures around, with everything that happened as bands below."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app import formats
from app.context import AppContext
from app.dossier.events import Event, Kind
from app.dossier.gather import Dossier
from app.trends import figure as trend_figure
from app.trends.bands import Band, BandRow, alarm_bands, batch_bands, escaped, state_bands
from app.trends.gather import gather
from app.trends.picture import Picture
from app.trends.steps import room_stretches
from facility.instants import HOUR, Instant, Span
from facility.language import _
from storage.records import room_states

BEFORE: Span = HOUR
AFTER: Span = HOUR
MOST_OWN, MOST_PRESSURES, MOST_STATES = 4, 3, 3
"""Points of its alarms, pressures around it, and rooms whose states are drawn."""
LABELS = 18
"""Pixels above the plots, for the words at the lines of onset and return."""

ROOM = 0.1
"""The part of the range that words beside a line take."""


def picture_of(context: AppContext, dossier: Dossier) -> Picture | None:
    """What is drawn; None where none of its alarms is of a point. Raises HistoryAwayError.

    Pressures around it are drawn without their limits: they explain, and are not what was outside.
    """
    own = dossier.scope.points[:MOST_OWN]
    beside = [point for point in dossier.scope.pressures if point not in own][:MOST_PRESSURES]
    points = [*own, *beside] if own else []
    if not points:
        return None
    start, end = dossier.excursion.onset - BEFORE, min(dossier.now, dossier.end + AFTER)
    picture = gather(dossier.site, context.samples, context.records, points, start, end, dossier.now)
    without = [p if p.point.id in own else replace(p, lines=(), peaks=(), changes=()) for p in picture.points]
    return replace(picture, points=tuple(without), rows=tuple(_rows(context, dossier, start, end)))


def figure_of(picture: Picture, dossier: Dossier) -> dict[str, Any]:
    """The figure; onset and return run through all its time lines."""
    drawn = trend_figure.figure(picture, together=True)
    layout = drawn["layout"]
    layout["margin"]["t"] += LABELS
    layout["height"] += LABELS
    edges = [(dossier.excursion.onset, _("Onset {time}"), "right")]
    if dossier.excursion.returned is not None:
        edges.append((dossier.excursion.returned, _("Return {time}"), "left"))
    inside = {"type": "rect", "x0": dossier.excursion.onset, "x1": dossier.end, "y0": 0, "y1": 1, "yref": "paper"}
    layout["shapes"].append({**inside, "fillcolor": "--band", "line": {"width": 0}, "layer": "below"})
    room = round(ROOM * (picture.end - picture.start))
    for at, words, anchor in edges:
        cut = anchor == "left" and at > picture.end - room
        line = {"color": "--ink", "width": 1}
        layout["shapes"].append({"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line})
        layout["annotations"].append(
            {
                "x": at,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "right" if cut else anchor,
                "yshift": LABELS if cut else 0,  # above that of the onset, which may be near
                "showarrow": False,
                "text": escaped(words.format(time=formats.hour_minute(at, picture.timezone))),
                "font": {"color": "--ink", "size": 12},
            }
        )
    return drawn


def _rows(context: AppContext, dossier: Dossier, start: Instant, end: Instant) -> Iterable[BandRow]:
    site, excursion = dossier.site, dossier.excursion
    alarms = [alarm for alarm in excursion.in_order() if alarm.point in site.points]
    rooms = [room for room in dossier.scope.rooms if site.rooms[room].inside is None][:MOST_STATES]
    with context.records.reading() as connection:
        states = room_states.timeline(connection, rooms, start, end)
    yield BandRow(_("Excursion"), (_excursion_band(dossier, start, end),))
    yield BandRow(_("Alarms"), alarm_bands(alarms, site.points, start, end, site.timezone, dossier.names))
    yield BandRow(_("Waiting"), tuple(_unanswered(dossier, start, end)))
    yield BandRow(_("Answers"), _marks(dossier, (Kind.ANSWER, Kind.NOTE), start, end))
    yield BandRow(_("Messages"), _marks(dossier, (Kind.MESSAGE, Kind.CALL), start, end))
    for room in rooms:
        stretches = room_stretches(states, room, start, end)
        yield BandRow(_("{room} state", room=room), state_bands(stretches, room, site.timezone))
    yield BandRow(_("Batch"), batch_bands(dossier.runs, start, end, site.timezone))


def _excursion_band(dossier: Dossier, start: Instant, end: Instant) -> Band:
    number = dossier.excursion.number
    return Band(max(dossier.excursion.onset, start), min(dossier.end, end), "batch", number, number)


def _unanswered(dossier: Dossier, start: Instant, end: Instant) -> Iterable[Band]:
    """From the raise of each alarm that people were called for until somebody acknowledged it."""
    for alarm in dossier.excursion.in_order():
        if not alarm.announced:
            continue
        until = min((answer.at for answer in alarm.acknowledgements), default=dossier.now)
        words = _("Not acknowledged for {span}", span=formats.age(until - alarm.raised))
        yield Band(max(alarm.raised, start), min(max(until, alarm.raised), end), "nodata", "", words)


def _marks(dossier: Dossier, kinds: Sequence[Kind], start: Instant, end: Instant) -> tuple[Band, ...]:
    return tuple(
        Band(event.at, event.at, "batch", "", _facts(event, dossier.site.timezone))
        for event in dossier.events
        if event.kind in kinds and start <= event.at < end
    )


def _facts(event: Event, timezone: str) -> str:
    time = formats.with_seconds(event.at, timezone)
    return f"<b>{time}</b> {escaped(event.source)}<br>{escaped(event.words)}"

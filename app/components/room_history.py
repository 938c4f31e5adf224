"""The last day of a room as a quiet strip, and its last week in words: room states and batches, and who set them."""

from collections.abc import Iterator

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import tagged
from app.room_history import SHOWN, RoomHistory, Stretch
from facility.instants import HOUR, Instant
from facility.language import _, _n
from facility.limit import RoomState
from facility.site import Site
from storage.records.batches import Run

FEW = 4
"""Entries that are told at once; the others unfold."""
MARGIN = 2 * HOUR
"""So near the end of the strip a mark has no place for its hour."""
TONES = {
    RoomState.IN_OPERATION: "op",
    RoomState.AT_REST: "rest",
    RoomState.CLEANING: "clean",
    RoomState.NOT_IN_USE: "off",
}


def room_history_card(site: Site, history: RoomHistory) -> list[Component]:
    """The strip and the words; what to do where nothing is on record."""
    title = html.Header(html.H2(_("Room state and batches")))
    if not history.states and not history.runs:
        words = _("Nothing was said in the last week. Room states come by message, by plan, or from this page.")
        return [title, html.P(words, className="nothing")]
    entries = sorted([*_told(site, history)], key=lambda entry: -entry[0])
    lines = [line for _start, line in entries]
    parts: list[Component] = [title, _strip(site, history), html.Ul(lines[:FEW], className="room-log")]
    if len(lines) > FEW:
        more = len(lines) - FEW
        words = _n("One more in the last 7 days", "{n} more in the last 7 days", more, n=more)
        parts.append(
            html.Details([html.Summary(words), html.Ul(lines[FEW:], className="room-log")], className="older")
        )
    return parts


def hours(start: Instant, end: Instant, timezone: str) -> list[Instant]:
    """Every sixth full hour of the site's day in between."""
    first = -(-start // HOUR) * HOUR
    return [at for at in range(first, end, HOUR) if formats.in_zone(at, timezone).hour % 6 == 0]


def _strip(site: Site, history: RoomHistory) -> Component:
    start, end = history.now - SHOWN, history.now

    def place(since: Instant, until: Instant) -> dict[str, str]:
        left, right = (max(0.0, min(1.0, (at - start) / SHOWN)) for at in (since, until))
        return {"left": f"{left * 100:.2f}%", "width": f"{(right - left) * 100:.2f}%"}

    states = [
        html.I(className=TONES[one.state], style=place(one.start, one.end))
        for one in history.states
        if one.end > start
    ]
    runs = [
        html.I(html.Span(run.batch), className="made", style=place(run.start, run.end or end))
        for run in history.runs
        if (run.end or end) > start
    ]
    ticks = [
        html.Span(formats.hour_minute(at, site.timezone), style={"left": place(at, at)["left"]})
        for at in hours(start, end - MARGIN, site.timezone)
    ]
    lanes = [
        html.Div(states, className="lane states"),
        html.Div(runs, className="lane") if runs else None,
        html.Div(ticks, className="ticks num"),
    ]
    return tagged(html.Div(lanes, className="room-strip"), aria_hidden="true")


def _told(site: Site, history: RoomHistory) -> Iterator[tuple[Instant, Component]]:
    """Every state and batch with when it began."""
    for one in history.states:
        yield one.start, _state(site, history, one)
    for run in history.runs:
        yield run.start, _run(site, history, run)


def _state(site: Site, history: RoomHistory, one: Stretch) -> Component:
    by = history.names.get(one.by, one.by)
    span = formats.age(one.end - one.start)
    words = _("{state} for {span}, by {name}", state=formats.sentence(_(one.state.value)), span=span, name=by)
    return _line(site, history, one.start, TONES[one.state], words)


def _run(site: Site, history: RoomHistory, run: Run) -> Component:
    if run.end is None:
        words = _("Batch {batch}, goes on", batch=run.batch)
    else:
        until = formats.moment(run.end, site.timezone, history.now)
        words = _("Batch {batch}, until {moment}", batch=run.batch, moment=until)
    return _line(site, history, run.start, "made", words)


def _line(site: Site, history: RoomHistory, at: Instant, tone: str, words: str) -> Component:
    began = formats.moment(at, site.timezone, history.now)
    return html.Li([html.I(className=tone), html.Span(words), html.Span(began, className="num xs muted")])

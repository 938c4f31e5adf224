"""The trend questions of a room, asked of the stores: its excursions of two periods, its plates, what went before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from alerts import trend_questions as ask
from alerts.trend_questions import Consecutive, Flora, Patterns, Rising, Run, Stretch
from app.areas import rooms_of
from app.context import AppContext
from app.dossier.scope import kin_of
from app.excursions import visible
from app.trends.gather import gather_limits
from app.trends.picture import PointHistory
from app.trends.statistics import outer
from app.trends.steps import room_stretches
from facility.excursion import Excursion
from facility.instants import DAY, Instant, Span
from facility.limit import RoomState, Severity
from facility.quantities import Quantity
from facility.reading import INVALID_MASK
from facility.site import Site
from storage.records import batches, excursion_search, identifications, revisions, room_states
from storage.records.excursion_search import ExcursionFilter
from storage.records.identifications import Identification
from storage.samples.store import SampleStore

PERIOD: Span = 91 * DAY
"""A quarter, compared with the quarter before it."""
MOST = 2_000
KNOWN_STATES = 0.5
"""Where the room state is known for less than this part of the time, patterns are looked for in all of it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One plate, with what grew on it. `beyond` its alert level then?"""

    point: str
    time: Instant
    value: float
    beyond: bool
    identified: Identification | None

    @property
    def organisms(self) -> tuple[str, ...]:
        return self.identified.organisms if self.identified else ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What the four questions are answered with, of the period from `start` to `end` and the one before it."""

    room: str
    start: Instant
    end: Instant
    watched_before: Span
    rising: Mapping[Severity, Rising]
    consecutive: Consecutive
    results_in_row: tuple[Run, ...]
    patterns: Patterns
    in_operation: bool
    """Are patterns looked for only while the room was in operation?"""
    flora: Flora
    results: Sequence[Result]
    """Of both periods those on which something grew, the newest first."""


def answers(context: AppContext, room: str) -> Answers:
    """The answers for a room that the person may see, up to now. Raises HistoryAwayError."""
    site, end = context.site(), context.clock()
    start, before = end - PERIOD, end - 2 * PERIOD
    rooms = kin_of(site, [room])
    plates = [p.id for r in rooms for p in site.points_by_room[r] if p.quantity is Quantity.VIABLE_AIR]
    limits = gather_limits(site, context.records, plates, before, end)
    with context.records.reading() as connection:
        found = _excursions(context, connection, rooms, before, end)
        began = revisions.began(connection)
        named = identifications.between(connection, plates, before, end)
        watched, in_operation = _watched(connection, room, max(start, began or start), end)
        after = _after(connection, site, rooms, found, start, end)
    results = [one for history in limits for one in _results(context.samples, history, before, end, named)]
    now = [one for one in found if one.onset >= start]
    watched_before = max(0, start - max(before, began if began is not None else before))
    return Answers(
        room=room,
        start=start,
        end=end,
        watched_before=watched_before,
        rising={
            severity: ask.rising(
                sum(one.severity is severity for one in found if one.onset < start),
                sum(one.severity is severity for one in now),
                watched_before,
                end - max(start, began or start),
            )
            for severity in (Severity.ACTION, Severity.ALERT)
        },
        consecutive=ask.consecutive(_onsets(now, rooms), end - max(start, began or start)),
        results_in_row=ask.consecutive_results(_by_point([one for one in results if one.time >= start])),
        patterns=ask.patterns([one.onset for one in now], watched, site.timezone, after),
        in_operation=in_operation,
        flora=ask.flora(
            [one.organisms for one in results if one.time < start],
            [one.organisms for one in results if one.time >= start],
        ),
        results=sorted((one for one in results if one.value > 0), key=lambda one: -one.time),
    )


def _excursions(
    context: AppContext, connection: Connection, rooms: Sequence[str], start: Instant, end: Instant
) -> list[Excursion]:
    wanted = ExcursionFilter(rooms=rooms, start=start, end=end, within=rooms_of(context))
    listed = excursion_search.history(connection, wanted, MOST)
    seen = (visible(context, one) for one in listed)
    return [one for one in seen if one is not None and one.onset >= start]


def _onsets(found: Sequence[Excursion], rooms: Sequence[str]) -> dict[str, list[Instant]]:
    """Of each point in the room when an excursion of it began, once for each excursion."""
    onsets: dict[str, list[Instant]] = {}
    for one in found:
        first: dict[str, Instant] = {}
        for alarm in one.in_order():
            if alarm.room in rooms and ":" not in alarm.point:
                first.setdefault(alarm.point, alarm.onset)
        for point, at in first.items():
            onsets.setdefault(point, []).append(at)
    return onsets


def _by_point(results: Sequence[Result]) -> dict[str, list[tuple[Instant, bool]]]:
    told: dict[str, list[tuple[Instant, bool]]] = {}
    for one in results:
        told.setdefault(one.point, []).append((one.time, one.beyond))
    return told


def _watched(connection: Connection, room: str, start: Instant, end: Instant) -> tuple[list[Stretch], bool]:
    """The time in which patterns are looked for: in operation, where the state is known well enough; else all."""
    states = room_states.timeline(connection, [room], start, end)
    stretches = room_stretches(states, room, start, end)
    known = sum(until - since for since, until, state in stretches if state is not None)
    working = [Stretch(a, b) for a, b, state in stretches if state is RoomState.IN_OPERATION]
    if working and known >= KNOWN_STATES * (end - start):
        return working, True
    return [Stretch(start, end)], False


def _after(
    connection: Connection, site: Site, rooms: Sequence[str], found: Sequence[Excursion], start: Instant, end: Instant
) -> dict[str, list[Instant]]:
    """What excursions may come after: cleaning, the beginning of work or of a batch, an event on the air handler."""
    states = room_states.timeline(connection, list(rooms), start, end)
    cleaned, into_operation = [], []
    for room in rooms:
        stretches = room_stretches(states, room, start, end)
        cleaned += [until for _since, until, state in stretches if state is RoomState.CLEANING]
        into_operation += [since for since, _until, state in stretches[1:] if state is RoomState.IN_OPERATION]
    runs = batches.overlapping(connection, list(rooms), start, end)
    air = {r for rule in site.causes if set(rule.explains.rooms) & set(rooms) for r in rule.explains.rooms}
    elsewhere = ExcursionFilter(rooms=sorted(air - set(rooms)), start=start, end=end) if air - set(rooms) else None
    events = [] if elsewhere is None else excursion_search.history(connection, elsewhere, MOST)
    own = {one.number for one in found}
    return {
        "cleaning": cleaned,
        "operation": into_operation,
        "batch": [run.start for run in runs if run.start >= start],
        "air": [one.onset for one in events if one.number not in own],
    }


def _results(
    samples: SampleStore,
    history: PointHistory,
    start: Instant,
    end: Instant,
    named: Mapping[tuple[str, Instant], Identification],
) -> list[Result]:
    raw = samples.raw(history.point.id, start, end)
    found = []
    for time, value, reasons in raw[["time", "value", "reasons"]].itertuples(index=False):
        if int(reasons) & INVALID_MASK:
            continue
        step = next((s for s in history.steps if s.start <= time < s.end), None)
        _low, most = outer(step.limits, Severity.ALERT) if step else (None, None)
        _low, action = outer(step.limits, Severity.ACTION) if step else (None, None)
        beyond = any(bound is not None and value > bound for bound in (most, action))
        key = (history.point.id, int(time))
        found.append(Result(*key, float(value), beyond, named.get(key)))
    return found

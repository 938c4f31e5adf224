"""What a room was doing, and what was made in it, lately: each state and batch with when, and who or what said so."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.rooms import around
from app.context import AppContext
from facility.instants import DAY, Instant, Span
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.site import Site
from storage.records import batches, room_states
from storage.records.batches import Run
from storage.records.people import accounts

SHOWN: Span = DAY
TOLD: Span = 7 * DAY


@dataclass(frozen=True, slots=True)
class Stretch:
    """A room was in a state from `start` on, until `end`. `by` is the person or system that set it."""

    state: RoomState
    start: Instant
    end: Instant
    by: str


@dataclass(frozen=True, slots=True)
class RoomHistory:
    """States and batches of a room since `start`, as of `now`, oldest first; `names` are those of accounts."""

    start: Instant
    now: Instant
    states: Sequence[Stretch]
    runs: Sequence[Run]
    names: Mapping[str, str]


def room_history(context: AppContext, site: Site, room: str) -> RoomHistory:
    """What is told of a room, with what holds for it from the room around it. Raises RecordsAwayError."""
    now = context.clock()
    start, places = now - TOLD, around(site, room)
    with context.records.reading() as connection:
        events = room_states.timeline(connection, places, start, now)
        runs = batches.overlapping(connection, places, start, now)
        return RoomHistory(start, now, stretches(events, now), runs, accounts.names(connection))


def stretches(events: Iterable[RoomStateSet], now: Instant) -> list[Stretch]:
    """How long each state held; one that is said again goes on, by whoever said it first."""
    found: list[Stretch] = []
    for event in sorted(events, key=lambda event: event.time):
        if found and found[-1].state is event.state:
            continue
        if found:
            found[-1] = Stretch(found[-1].state, found[-1].start, event.time, found[-1].by)
        found.append(Stretch(event.state, event.time, now, event.by))
    return [stretch for stretch in found if stretch.end > stretch.start]

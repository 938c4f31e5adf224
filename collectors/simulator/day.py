"""A day in the suite: people come and go, work and clean; rooms change their state; cabinets are opened."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from collectors.simulator.changes import CabinetMoves, Change, DoorMoves, PaceChanges, PeopleMove, SetBack
from collectors.simulator.design import PlantDesign, WorkDesign
from collectors.simulator.people import Walk, passages, route
from collectors.simulator.weather import weather
from collectors.simulator.workdays import is_workday, since_midnight
from facility.instants import HOUR, MINUTE, SECOND, Instant
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomEvent, RoomStateSet
from facility.site import Site

SCHEDULE, BATCH_SYSTEM = "room schedule", "batch system"
EARLY = 5 * MINUTE
"""A room is in operation before the first person comes in."""
ARRIVAL, PARTY = 5 * MINUTE, 2
"""People of one workplace come and leave in parties of at most so many, one after the other."""
BREAK = 40 * MINUTE
MATERIAL_EVERY = 100 * MINUTE
CLEANING, CLEAN_UP = 30 * MINUTE, 25 * MINUTE
"""One person cleans; then the air clears the room (guidance under 20 min: EU GMP Annex 1:2022, 4.29)."""
CLEANING_PACE = 4.0
BATCH_AFTER, BATCH_BEFORE = 45 * MINUTE, 40 * MINUTE
"""A batch begins so long after the work in its room, and ends so long before it."""
PACE_EVERY, PACE_SPREAD = (60, 200), 0.4
"""Seconds from one pace to the next, and the spread of its logarithm."""
SHIFT = 8 * HOUR


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens, in the order of time."""

    changes: tuple[Change, ...]
    events: tuple[RoomEvent, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """Work in a room from one moment to another."""

    room: str
    begins: Instant
    ends: Instant
    people: int
    batch: str | None


def plan_of_day(site: Site, design: PlantDesign, seed: int, day: date, begins: Instant, ends: Instant) -> Plan:
    """What happens on a day of the site's calendar; the same whenever it is asked.

    It goes from midnight to midnight in the site's zone; the live demo moves it, so that it is always time to work.
    """
    chance = random.Random(f"{seed} {day}")
    stays = [_stay(design, work, day, begins) for work in design.work] if is_workday(day) else []
    walks = [walk for stay in stays for walk in _walks(site, design, stay, chance)]
    moves = passages(walks, design, chance)
    states = _room_states(design, stays, moves)
    changes = [
        *(SetBack(begins, room, lowered=True) for room in design.rooms),
        *moves,
        *(SetBack(s.time, s.room, lowered=s.state is RoomState.AT_REST) for s in states),
        *_cleaning(states, {stay.room for stay in stays}),
        *(change for stay in stays for change in _pace(site, stay, chance)),
        *_cabinet_openings(site, design, stays, chance),
        *weather(seed, begins, ends),
    ]
    events = [*states, *(event for stay in stays for event in _batch(stay))]
    return Plan(tuple(sorted(changes, key=_time)), tuple(sorted(events, key=_time)))


def _time(happening: Change | RoomEvent) -> Instant:
    return happening.time


def _stay(design: PlantDesign, work: WorkDesign, day: date, begins: Instant) -> Stay:
    batches = [w for w in design.work if w.batch]
    workdays = sum(is_workday(date(day.year, 1, 1) + timedelta(n)) for n in range(day.timetuple().tm_yday - 1))
    batch = None
    if work.batch:
        batch = f"CT-{day:%y}-{workdays * len(batches) + batches.index(work) + 1:04d}"
    return Stay(
        work.room, begins + since_midnight(work.begins), begins + since_midnight(work.ends), work.people, batch
    )


def _walks(site: Site, design: PlantDesign, stay: Stay, chance: random.Random) -> Iterator[Walk]:
    inwards = route(site, design, "people", stay.room)
    bringing = route(site, design, "material", stay.room)
    outwards = inwards[::-1]
    parties = [min(PARTY, stay.people - n) for n in range(0, stay.people, PARTY)]
    for number, party in enumerate(parties):
        yield Walk(stay.begins + number * ARRIVAL, inwards, party)
        cleans = number == len(parties) - 1
        if not cleans:
            pause = (stay.begins + stay.ends) // 2 + number * BREAK
            yield Walk(pause, outwards, party)
            yield Walk(pause + BREAK, inwards, party)
            yield Walk(stay.ends + number * ARRIVAL, outwards, party)
        else:
            yield Walk(stay.ends + number * ARRIVAL, outwards, party - 1)
            yield Walk(stay.ends + CLEANING, outwards, 1)
    at = stay.begins + round(chance.uniform(0.2, 0.5) * MATERIAL_EVERY)
    while bringing and at < stay.ends - HOUR // 2:
        yield Walk(at, bringing, 0)
        at += round(chance.uniform(0.6, 1.4) * MATERIAL_EVERY)


def _room_states(design: PlantDesign, stays: list[Stay], moves: list[Change]) -> list[RoomStateSet]:
    """Rooms where somebody works, and those that people only pass."""
    touched: dict[str, list[Instant]] = {room: [] for room in design.rooms}
    for move in moves:
        if isinstance(move, DoorMoves):
            for room in move.between:
                touched[room].append(move.time)
    ends = {stay.room: stay.ends for stay in stays}
    states = []
    for room, times in touched.items():
        if times:
            cleaned = ends.get(room, max(times) + EARLY)
            empty = max(max(times), cleaned + CLEANING)
            states.append(RoomStateSet(room, RoomState.IN_OPERATION, min(times) - EARLY, SCHEDULE))
            states.append(RoomStateSet(room, RoomState.CLEANING, cleaned, SCHEDULE))
            states.append(RoomStateSet(room, RoomState.AT_REST, empty + CLEAN_UP, SCHEDULE))
    return states


def _cleaning(states: list[RoomStateSet], workplaces: set[str]) -> Iterator[Change]:
    """Who worked in a room has left one behind to clean it; where people only pass, a cleaner comes."""
    for state in states:
        if state.state is RoomState.CLEANING:
            done = state.time + CLEANING
            yield PaceChanges(state.time, state.room, CLEANING_PACE)
            yield PaceChanges(done, state.room, 1.0)
            if state.room not in workplaces:
                yield PeopleMove(state.time, state.room, 1)
                yield PeopleMove(done, state.room, -1)


def _pace(site: Site, stay: Stay, chance: random.Random) -> Iterator[Change]:
    """People move now more, now less; while a batch is made they also work in the room's workstations."""
    stations = [room.id for room in site.rooms.values() if room.inside == stay.room] if stay.batch else []
    begins, ends = stay.begins + BATCH_AFTER, stay.ends - BATCH_BEFORE
    for station in stations:
        yield PeopleMove(begins, station, 1)
        yield PeopleMove(ends, station, -1)
    for place in (stay.room, *stations):
        at = stay.begins
        while at < stay.ends:
            yield PaceChanges(at, place, chance.lognormvariate(0, PACE_SPREAD))
            at += round(chance.uniform(*PACE_EVERY) * SECOND)


def _batch(stay: Stay) -> Iterator[RoomEvent]:
    if stay.batch:
        yield BatchStarted(stay.batch, stay.room, stay.begins + BATCH_AFTER, BATCH_SYSTEM)
        yield BatchEnded(stay.batch, stay.room, stay.ends - BATCH_BEFORE, BATCH_SYSTEM)


def _cabinet_openings(
    site: Site, design: PlantDesign, stays: list[Stay], chance: random.Random
) -> Iterator[CabinetMoves]:
    """A cabinet is opened while somebody works in its room, or, where nobody has a workplace, in the suite."""
    for id, cabinet in design.cabinets.items():
        near = [stay for stay in stays if stay.room == site.instruments[id].room] or stays
        if not near:
            continue
        at, end = min(stay.begins for stay in near), max(stay.ends for stay in near)
        while cabinet.openings_per_shift:
            at += round(chance.uniform(0.4, 1.6) * SHIFT / cabinet.openings_per_shift)
            if at > end:
                break
            closed = at + round(chance.uniform(0.5, 1.6) * cabinet.opened_for * SECOND)
            yield CabinetMoves(at, id, opens=True)
            yield CabinetMoves(closed, id, opens=False)

"""The live demo's calendar: whatever the hour is, a working day of the suite is under way."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

from collectors.simulator.day import SCHEDULE, Plan, plan_of_day
from collectors.simulator.design import PlantDesign
from collectors.simulator.scenario import Scenario
from collectors.simulator.workdays import day_of, is_workday, since_midnight
from facility.instants import DAY, Instant
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomEvent, RoomStateSet
from facility.site import Site


def plans(site: Site, design: PlantDesign, scenario: Scenario, start: Instant) -> Iterator[Plan]:
    """One working day after the other, without end; on the first it is `live_begins_at` at the start."""
    day, begins = day_of(site, start), start - since_midnight(scenario.live_begins_at)
    for number in itertools.count():
        day += timedelta(days=1)
        while not is_workday(day):
            day += timedelta(days=1)
        yield plan_of_day(site, design, scenario.seed, day, begins + number * DAY, begins + (number + 1) * DAY)


def events(site: Site, design: PlantDesign, scenario: Scenario, start: Instant) -> Iterator[RoomEvent]:
    """How rooms and batches are at the start, said as if it had come about just then; and what happens after it."""
    following = itertools.chain.from_iterable(plan.events for plan in plans(site, design, scenario, start))
    states = {room: RoomStateSet(room, RoomState.AT_REST, start, SCHEDULE) for room in design.rooms}
    running: dict[str, BatchStarted] = {}
    for event in following:
        if event.time > start:
            return itertools.chain(states.values(), running.values(), [event], following)
        match event:
            case RoomStateSet(room, state, _, by):
                states[room] = RoomStateSet(room, state, start, by)
            case BatchStarted(batch, room, _, by):
                running[batch] = BatchStarted(batch, room, start, by)
            case BatchEnded(batch):
                del running[batch]
    raise AssertionError("working days have no end")

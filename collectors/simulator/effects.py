"""What the events of a scenario do: to the plant, as changes; to instruments and gateways, as faults."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from collectors.simulator.changes import (
    Burst,
    CabinetMoves,
    Change,
    DoorMoves,
    GasChanges,
    LeakChanges,
    SourceChanges,
    SupplyChanges,
)
from collectors.simulator.design import PlantDesign
from collectors.simulator.scenario import (
    After,
    AirHandlerTrip,
    BottleEmpty,
    CabinetLeftOpen,
    DoorHeldOpen,
    Event,
    FilterLeak,
    ParticleBurst,
    Scenario,
)
from collectors.simulator.workdays import day_of, days_before, instant_at
from facility.instants import Instant
from facility.site import Site

LEAK_STEPS = 200
"""In how many steps a leak grows."""
STANDSTILL = 0.03
"""The share of its air that still comes from an air handler that has tripped."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event of the scenario happens."""

    event: Event
    begins: Instant
    ends: Instant


def past(scenario: Scenario, site: Site, first_start: Instant) -> list[Occurrence]:
    """What happened before the demo was first started, in the order of time."""
    today, occurrences = day_of(site, first_start), []
    for event in scenario.events:
        if not isinstance(event.at, After):
            begins = instant_at(site, days_before(today, event.at.days, event.at.workdays), event.at.at)
            occurrences.append(Occurrence(event, begins, begins + event.lasts))
    return sorted(occurrences, key=lambda occurrence: occurrence.begins)


def live(scenario: Scenario, live_start: Instant, start: Instant, end: Instant) -> list[Occurrence]:
    """What goes on live at some time between two moments, in the order of time."""
    occurrences = []
    for event in scenario.events:
        for occurrence in _repeated(event, live_start, start):
            if occurrence.begins >= end:
                break
            occurrences.append(occurrence)
    return sorted(occurrences, key=lambda occurrence: occurrence.begins)


def live_changes(scenario: Scenario, live_start: Instant, design: PlantDesign) -> Iterator[Change]:
    """What all that happens live changes in the plant, in the order of time, without end."""

    def of(event: Event) -> Iterator[Change]:
        for occurrence in _repeated(event, live_start, live_start):
            one_time = sorted(changes([occurrence], design), key=_time)
            if not one_time:  # an event of instruments or gateways alone, however often it comes
                return
            yield from one_time

    return heapq.merge(*(of(event) for event in scenario.events), key=_time)


def _repeated(event: Event, live_start: Instant, after: Instant) -> Iterator[Occurrence]:
    """The times that a live event happens, from the first on that ends later than `after`."""
    if isinstance(event.at, After):
        begins = live_start + event.at.span
        if event.repeat_every:
            begins += max(0, (after - begins - event.lasts) // event.repeat_every + 1) * event.repeat_every
        while begins + event.lasts > after:
            yield Occurrence(event, begins, begins + event.lasts)
            if not event.repeat_every:
                return
            begins += event.repeat_every


def _time(change: Change) -> Instant:
    return change.time


def changes(occurrences: Iterable[Occurrence], design: PlantDesign) -> Iterator[Change]:
    """What these occurrences change in the plant, not ordered by time."""
    for occurrence in occurrences:
        begins, ends = occurrence.begins, occurrence.ends
        match occurrence.event:
            case DoorHeldOpen(door=door, shed=shed):
                yield DoorMoves(begins, door, opens=True)
                yield SourceChanges(begins, door[0], shed)
                yield SourceChanges(ends, door[0], -shed)
                yield DoorMoves(ends, door, opens=False)
            case FilterLeak(room=room, grows_to=most):
                for step in range(LEAK_STEPS):
                    begun = begins + (ends - begins) * step // LEAK_STEPS
                    yield LeakChanges(begun, room, most * (step + 1) / LEAK_STEPS)
                yield LeakChanges(ends, room, 0)
            case AirHandlerTrip(air_handler=handler):
                for room in design.air_handlers[handler]:
                    yield SupplyChanges(begins, room, STANDSTILL)
                    yield SupplyChanges(ends, room, 1)
            case BottleEmpty(cabinet=cabinet):
                yield GasChanges(begins, cabinet, flows=False)
                yield GasChanges(ends, cabinet, flows=True)
            case CabinetLeftOpen(cabinet=cabinet):
                yield CabinetMoves(begins, cabinet, opens=True)
                yield CabinetMoves(ends, cabinet, opens=False)
            case ParticleBurst(room=room, particles=particles):
                yield Burst(begins, room, particles)

"""The simulated plant, live: it steps through time, and says what each gateway sends in that time."""

import heapq
import itertools
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import TypeAlias

import numpy as np

from collectors.messages import EventsMessage, ReadingsMessage, Sample, Value
from collectors.simulator import always_at_work, effects, wording
from collectors.simulator.design import PlantDesign
from collectors.simulator.instruments import Instruments
from collectors.simulator.plant import Plant
from collectors.simulator.plates import Plate, plates
from collectors.simulator.scenario import NetworkLoss, Scenario
from collectors.simulator.sources import LABORATORY, SYSTEMS, source_of
from collectors.simulator.suite import Suite
from collectors.simulator.trace import Coming, record
from collectors.simulator.workdays import day_of
from facility.instants import HOUR, MINUTE, SECOND, Instant
from facility.quantities import Quantity
from facility.site import Site

Message: TypeAlias = ReadingsMessage | EventsMessage

WARM_UP = 2 * HOUR
"""The plant has run so long when the demo begins."""
REMEMBERED = 3 * MINUTE
"""More than the longest sample takes."""
PLATES_FROM, PLATES_TO = -10, 30
"""The days around the start whose plates may be read while the demo runs."""


class LivePlant:
    """The suite from `start` on, at work whatever the hour is."""

    def __init__(self, site: Site, design: PlantDesign, scenario: Scenario, start: Instant) -> None:
        self._site = site
        self._design = design
        self._scenario = scenario
        self._start = self._now = start
        self._held: defaultdict[str, list[Message]] = defaultdict(list)
        self._events = Coming(always_at_work.events(site, design, scenario, start))
        self._plates = _plates_to_read(site, scenario, start)

        suite = Suite(design, site)
        self._plant = Plant(suite, start - WARM_UP)
        work = (plan.changes for plan in always_at_work.plans(site, design, scenario, start))
        happening = effects.live_changes(scenario, start, design)
        self._changes = Coming(heapq.merge(itertools.chain.from_iterable(work), happening, key=lambda c: c.time))
        record(self._plant, self._changes, start - REMEMBERED, 10 * SECOND)
        self._trace = record(self._plant, self._changes, start, SECOND)
        self._instruments = Instruments(site, design, suite, scenario.seed)
        self._chances = {
            id: np.random.default_rng([scenario.seed, zlib.crc32(id.encode()), start]) for id in self._instruments.ids
        }

    def advance(self, now: Instant) -> list[tuple[str, Message]]:
        """Let time pass; what the gateways send meanwhile, each with its gateway."""
        sent = [*self._events_until(now), *self._results_until(now), *self._readings_until(now)]
        self._now = now
        return list(self._through_the_network(sent))

    def held_back(self) -> list[tuple[str, Message]]:
        """What gateways without network have kept."""
        return [(source, message) for source, messages in self._held.items() for message in messages]

    def _events_until(self, now: Instant) -> Iterator[tuple[str, Message]]:
        if due := tuple(wording.event(event) for event in self._events.until(now)):
            yield SYSTEMS, EventsMessage(wording.VERSION, events=due)

    def _results_until(self, now: Instant) -> Iterator[tuple[str, Message]]:
        read = [plate for plate in self._plates if plate.read <= now]
        self._plates = [plate for plate in self._plates if plate.read > now]
        if read:
            results = tuple(wording.result(self._site, plate) for plate in read)
            yield LABORATORY, ReadingsMessage(wording.VERSION, viable=results)

    def _readings_until(self, now: Instant) -> Iterator[tuple[str, Message]]:
        self._trace = self._trace.then(record(self._plant, self._changes, now, SECOND), keep=REMEMBERED)
        happening = effects.live(self._scenario, self._start, self._now, now + 1)
        values: defaultdict[str, list[Value]] = defaultdict(list)
        samples: defaultdict[str, list[Sample]] = defaultdict(list)
        for id in self._instruments.ids:
            times = self._instruments.due(id, self._now + 1, now + 1)
            if len(times):
                readings = self._instruments.sample(id, times, self._trace, self._chances[id], happening)
                source = source_of(self._site, self._design, id)
                if self._site.points_by_instrument[id][0].quantity is Quantity.PARTICLES:
                    samples[source] += wording.samples(self._site, id, readings)
                else:
                    values[source] += wording.values(self._site, id, readings)
        for source in sorted({*values, *samples}):
            yield (
                source,
                ReadingsMessage(wording.VERSION, values=tuple(values[source]), samples=tuple(samples[source])),
            )

    def _through_the_network(self, sent: list[tuple[str, Message]]) -> Iterator[tuple[str, Message]]:
        happening = effects.live(self._scenario, self._start, self._now, self._now + 1)
        losses = {o.event.source: o.event for o in happening if isinstance(o.event, NetworkLoss)}
        for source in [source for source in self._held if source not in losses]:
            yield from ((source, message) for message in self._held.pop(source))
        for source, message in sent:
            if source not in losses:
                yield source, message
            elif losses[source].kept:
                self._held[source].append(message)


def _plates_to_read(site: Site, scenario: Scenario, start: Instant) -> list[Plate]:
    days = [day_of(site, start) + timedelta(days=n) for n in range(PLATES_FROM, PLATES_TO)]
    taken = [plate for day in days for plate in plates(site, scenario.seed, day, ())]
    return [plate for plate in taken if plate.read > start]

"""Viable air: every such point takes one plate each workday, which is read some days later."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

import numpy as np

from collectors.simulator.effects import Occurrence
from collectors.simulator.scenario import Growth
from collectors.simulator.workdays import day_of, instant_at, is_workday
from facility.instants import MINUTE, SECOND, Instant
from facility.quantities import Quantity
from facility.site import Classification, Grade, Site

LITRES = 1000.0
"""Of air drawn over each plate: a colony is one CFU/m³."""
COLONIES_BY_GRADE: dict[Classification | None, float] = {Grade.A: 0.001, Grade.B: 0.3, Grade.C: 5.0}
COLONIES_ELSEWHERE = 20.0
"""How many colonies a plate has on the average."""
CLUSTERS = 1.5
"""Colonies come in clusters: the shape of a negative binomial distribution."""
FIRST_PLATE, LAST_PLATE = time(9, 0), time(12, 30)
READ_AFTER = (3, 5)
"""Days of incubation."""
READ_FROM, READ_FOR = time(10, 0), 240
"""The laboratory reads plates from then on for so many minutes."""


@dataclass(frozen=True, slots=True)
class Plate:
    """One result: of air sampled at `sampled`, read at `read`."""

    point: str
    sampled: Instant
    read: Instant
    colonies: int


def plates(site: Site, seed: int, day: date, occurrences: Iterable[Occurrence]) -> Iterator[Plate]:
    """The plates that are taken on a day; the same whenever it is asked."""
    if not is_workday(day):
        return
    chance = np.random.default_rng([seed, day.toordinal()])
    grown = {
        occurrence.event.point: occurrence.event.colonies
        for occurrence in occurrences
        if isinstance(occurrence.event, Growth) and day_of(site, occurrence.begins) == day
    }
    first, last = instant_at(site, day, FIRST_PLATE), instant_at(site, day, LAST_PLATE)
    for point in site.points.values():
        if point.quantity is Quantity.VIABLE_AIR:
            sampled = int(chance.integers(first, last)) // SECOND * SECOND
            read_on = day + timedelta(days=int(chance.integers(*READ_AFTER, endpoint=True)))
            while not is_workday(read_on):
                read_on += timedelta(days=1)
            read = instant_at(site, read_on, READ_FROM) + int(chance.integers(READ_FOR)) * MINUTE
            mean = COLONIES_BY_GRADE.get(site.rooms[point.room].classification, COLONIES_ELSEWHERE)
            colonies = int(chance.negative_binomial(CLUSTERS, CLUSTERS / (CLUSTERS + mean)))
            yield Plate(point.id, sampled, read, grown.get(point.id, colonies))

"""The suite's past, at the real cadence of its instruments, made in bulk day by day, the newest day first."""

import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from collectors.codecs.plausibility import KnownInstrument, flow_doubts, known_site
from collectors.simulator import effects
from collectors.simulator.day import SCHEDULE, Plan, plan_of_day
from collectors.simulator.design import PlantDesign
from collectors.simulator.effects import Occurrence
from collectors.simulator.instruments import Instruments, plain_columns
from collectors.simulator.plant import Plant
from collectors.simulator.plates import LITRES, plates
from collectors.simulator.scenario import NetworkLoss, Scenario
from collectors.simulator.sources import source_of
from collectors.simulator.suite import Suite
from collectors.simulator.trace import Coming, record
from collectors.simulator.workdays import day_of, midnight
from facility.instants import HOUR, SECOND, Instant
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomEvent, RoomStateSet
from facility.reading import Reason
from facility.site import Site
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore

SOURCE = "generated-history"
TICK = 10 * SECOND
WARM_UP = 2 * HOUR
"""The plant runs so long before a day begins: longer than all but its slowest states remember."""
DELIVERY = (120, 900)
"""Milliseconds from an instrument to the station."""
BACKLOG = 4 * SECOND
"""After a network loss, what was kept is there so long after the network."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the past, in the site's zone; the last one ends when the live demo begins."""

    date: date
    start: Instant
    end: Instant


class History:
    """The past before `end`. Every day is made for itself, so any may be made first; all are the same every time.

    `days` are whole days, newest first, after the part of a day that ends at `end`.
    """

    def __init__(self, site: Site, design: PlantDesign, scenario: Scenario, end: Instant, days: int) -> None:
        today = day_of(site, end)
        dates = [today - timedelta(days=n) for n in range(days + 1)]
        spans = [Day(d, midnight(site, d), min(midnight(site, d + timedelta(days=1)), end)) for d in dates]
        self.days = [day for day in spans if day.start < day.end]
        self._site = site
        self._design = design
        self._suite = Suite(design, site)
        self._seed = scenario.seed
        self._known = known_site(site).instruments
        self._past = effects.past(scenario, site, end)
        self._end = end

    def events(self) -> list[RoomEvent]:
        """Room states and batches of all days, by time. A batch that still runs at the end is ended there."""
        start = self.days[-1].start
        events: list[RoomEvent] = [RoomStateSet(r, RoomState.AT_REST, start, SCHEDULE) for r in self._design.rooms]
        for day in reversed(self.days):
            events += [e for e in self._plan(day.date).events if e.time < self._end]
        ended = {e.batch for e in events if isinstance(e, BatchEnded)}
        running = [e for e in events if isinstance(e, BatchStarted) and e.batch not in ended]
        return events + [BatchEnded(e.batch, e.room, self._end, e.by) for e in running]

    def readings(self, day: Day) -> dict[str, Columns]:
        """All readings of one day, by point."""
        begin = day.start - WARM_UP
        happening = [o for o in self._past if o.ends > begin and o.begins < day.end]
        changes = [
            *self._plan(day.date - timedelta(days=1)).changes,
            *self._plan(day.date).changes,
            *effects.changes(happening, self._design),
        ]
        plant = Plant(self._suite, begin)
        trace = record(plant, Coming(sorted(changes, key=lambda change: change.time)), day.end, TICK)
        instruments = Instruments(self._site, self._design, self._suite, self._seed)
        readings: dict[str, Columns] = {}
        for id in instruments.ids:
            chance = np.random.default_rng([self._seed, zlib.crc32(id.encode()), day.date.toordinal()])
            times = instruments.due(id, day.start, day.end)
            for point, columns in instruments.sample(id, times, trace, chance, happening).items():
                delivered = _delivered(columns, source_of(self._site, self._design, id), chance, happening)
                readings[point] = _doubted(delivered, self._known[id])
        return readings | self._plates(day)

    def _plan(self, date: date) -> Plan:
        begins, ends = midnight(self._site, date), midnight(self._site, date + timedelta(days=1))
        return plan_of_day(self._site, self._design, self._seed, date, begins, ends)

    def _plates(self, day: Day) -> dict[str, Columns]:
        """The results of the day's plates, as far as they had been read by the end."""
        readings = {}
        for plate in plates(self._site, self._seed, day.date, self._past):
            if plate.read < self._end:
                count = np.array([plate.colonies])
                readings[plate.point] = replace(
                    plain_columns(np.array([plate.sampled]), count * 1000 / LITRES),
                    received=np.array([plate.read]),
                    count=count,
                    volume=np.array([LITRES]),
                )
        return readings


def load_history(
    store: LocalStore,
    site: Site,
    design: PlantDesign,
    scenario: Scenario,
    now: Instant,
    days: int,
    progress: Callable[[int, int], None],
    stop: threading.Event,
) -> Instant:
    """Put the days before the first start of the demo into the store, newest first; returns where they end.

    The first call decides that they end `now`, and writes so into the store; a later one goes on where an interrupted
    one was, and does nothing where all is there. `progress` hears how many days of how many are stored.
    """
    begun = store.acknowledged(SOURCE)
    end = begun[0] if begun else now
    history = History(site, design, scenario, end, days)
    if begun is None:
        store.append([Intake(SOURCE, events=history.events(), epoch=end, sequence=1)])
    for done, day in enumerate(history.days):
        progress(done, len(history.days))
        if stop.is_set():
            return end
        if not _is_stored(store, site, day):
            store.backfill(history.readings(day), SOURCE)
    progress(len(history.days), len(history.days))
    return end


def _is_stored(store: LocalStore, site: Site, day: Day) -> bool:
    """A day is stored as one commit, so any of its points tells."""
    first = next(iter(site.points))
    return len(store.columns(first, day.start, day.end)) > 0


def _delivered(columns: Columns, source: str, chance: np.random.Generator, occurrences: list[Occurrence]) -> Columns:
    """When the station got these readings: soon, after a network loss, or never."""
    received = columns.time + chance.integers(*DELIVERY, size=len(columns))
    arrived = np.ones(len(columns), dtype=bool)
    for occurrence in occurrences:
        event = occurrence.event
        if isinstance(event, NetworkLoss) and event.source == source:
            cut_off = (columns.time >= occurrence.begins) & (columns.time < occurrence.ends)
            if event.kept:
                received[cut_off] = occurrence.ends + BACKLOG
            else:
                arrived &= ~cut_off
    return replace(columns, received=received).take(arrived)


def _doubted(columns: Columns, instrument: KnownInstrument) -> Columns:
    """With the reasons that the station would find on arrival, too."""
    overdue = columns.time >= instrument.overdue_from
    reasons = columns.reasons | np.where(overdue, Reason.CALIBRATION_OVERDUE, 0).astype(np.uint16)
    if instrument.sizes:
        reasons = reasons | np.array([flow_doubts(instrument, v) for v in columns.volume.tolist()], np.uint16)
    return replace(columns, reasons=reasons)

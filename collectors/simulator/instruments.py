"""What the instruments make of the plant: sampling, noise, resolution, and their own faults."""

import math
import random
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from collectors.simulator import air
from collectors.simulator.design import PlantDesign
from collectors.simulator.effects import Occurrence
from collectors.simulator.scenario import FlowFault, FrozenSensor
from collectors.simulator.suite import Floats, Suite, Trait
from collectors.simulator.trace import Trace
from facility.instants import MINUTE, SECOND, Instant
from facility.quantities import Quantity
from facility.reading import Reason
from facility.site import Instrument, Point, Site
from storage.samples.columns import NO_NUMBER, Columns

Times = NDArray[np.int64]

TRAIT_OF_SIZE = {0.5: Trait.FINE, 5.0: Trait.COARSE}
"""The particle sizes in µm that the plant knows."""
PATCHES, PATCHES_OF = 0.25, (2.3 * MINUTE, 5.9 * MINUTE, 17 * MINUTE)
"""Air is not mixed evenly: how much the logarithm of a concentration wanders at one place, and over which spans."""
WANDERS_OVER = (11 * MINUTE, 47 * MINUTE, 193 * MINUTE)
THERMOSTAT_CYCLE = 18 * MINUTE
VOLUME_SPREAD = 0.002
"""Of a counter's flow, as a share of it."""


@dataclass(frozen=True, slots=True)
class Noise:
    """How an instrument blurs a quantity, in its unit: from reading to reading, slowly, and by its last digit."""

    spread: float
    wander: float
    resolution: float


NOISE = {
    Quantity.PRESSURE: Noise(0.2, 0.25, 0.1),
    Quantity.TEMPERATURE: Noise(0.02, 0.05, 0.01),
    Quantity.HUMIDITY: Noise(0.12, 0.4, 0.1),
    Quantity.AIR_VELOCITY: Noise(0.006, 0.006, 0.001),
    Quantity.CO2: Noise(0.01, 0.02, 0.01),
}


class Instruments:
    """All instruments of a site that sample by themselves (plates are not among them)."""

    def __init__(self, site: Site, design: PlantDesign, suite: Suite, seed: int) -> None:
        self._site = site
        self._design = design
        self._columns = suite.columns
        self._seed = seed
        self._steps = {step.point: step for step in site.cascade}
        self._stuck: dict[tuple[str, Instant], float] = {}
        """What a frozen instrument repeats, by point and by when it froze."""
        self.ids = [
            id
            for id, points in site.points_by_instrument.items()
            if points and points[0].quantity is not Quantity.VIABLE_AIR
        ]

    def due(self, id: str, start: Instant, end: Instant) -> Times:
        """When an instrument samples, from `start` on and before `end`; each has its own second."""
        interval = self._site.instruments[id].interval
        phase = zlib.crc32(id.encode()) * SECOND % interval
        return np.arange(start + (phase - start) % interval, end, interval, dtype=np.int64)

    def sample(
        self, id: str, times: Times, trace: Trace, chance: np.random.Generator, occurrences: Iterable[Occurrence]
    ) -> dict[str, Columns]:
        """What an instrument reads at these times, by point. Received at once and without a sequence number."""
        instrument, points = self._site.instruments[id], self._site.points_by_instrument[id]
        mine = [o for o in occurrences if getattr(o.event, "instrument", None) == id]
        if points[0].quantity is Quantity.PARTICLES:
            return self._count(instrument, points, times, trace, chance, mine)
        readings = {}
        for point in points:
            values = self._measure(point, times, trace, chance)
            for occurrence in mine:
                if isinstance(occurrence.event, FrozenSensor):
                    values = self._freeze(point.id, times, values, occurrence)
            readings[point.id] = plain_columns(times, values)
        return readings

    def _count(
        self,
        instrument: Instrument,
        points: Iterable[Point],
        times: Times,
        trace: Trace,
        chance: np.random.Generator,
        occurrences: Iterable[Occurrence],
    ) -> dict[str, Columns]:
        flow, reasons = np.ones(len(times)), np.zeros(len(times), np.uint16)
        for occurrence in occurrences:
            if isinstance(occurrence.event, FlowFault):
                faulty = _during(times, occurrence)
                flow[faulty] = occurrence.event.flow
                reasons[faulty] = Reason.FLOW_FAULT
        nominal = instrument.nominal_volume or 0.0
        volume = np.round(nominal * flow * (1 + VOLUME_SPREAD * chance.standard_normal(len(times))), 2)
        patches = np.exp(PATCHES * self._wander(instrument.id, times, PATCHES_OF))
        expected = {
            trait: trace.mean(times, instrument.interval, self._columns[instrument.room, trait]) * patches
            for trait in TRAIT_OF_SIZE.values()
        }
        large = chance.poisson(expected[Trait.COARSE] * volume / 1000)
        small = chance.poisson(np.maximum(expected[Trait.FINE] - expected[Trait.COARSE], 0) * volume / 1000)
        counts = {Trait.FINE: small + large, Trait.COARSE: large}
        readings = {}
        for point in points:
            count = counts[TRAIT_OF_SIZE[point.size or 0.0]]
            readings[point.id] = replace(
                plain_columns(times, count * 1000 / volume), reasons=reasons, count=count, volume=volume
            )
        return readings

    def _measure(self, point: Point, times: Times, trace: Trace, chance: np.random.Generator) -> Floats:
        noise = NOISE[point.quantity]
        values = self._truth(point, times, trace)
        values = values + noise.spread * chance.standard_normal(len(times))
        values = values + noise.wander * self._wander(point.id, times, WANDERS_OVER)
        lowest, highest = point.measure.lowest, point.measure.highest
        values = np.clip(np.round(values / noise.resolution) * noise.resolution, lowest, highest)
        return np.round(values, 6)

    def _truth(self, point: Point, times: Times, trace: Trace) -> Floats:
        place = point.instrument if point.instrument in self._design.cabinets else point.room
        match point.quantity:
            case Quantity.PRESSURE:
                step = self._steps[point.id]
                high = trace.at(times, self._columns[step.high, Trait.PRESSURE])
                return high - (trace.at(times, self._columns[step.low, Trait.PRESSURE]) if step.low else 0.0)
            case Quantity.TEMPERATURE:
                temperature = trace.at(times, self._columns[place, Trait.TEMPERATURE])
                return temperature + self._thermostat(point.instrument, times)
            case Quantity.HUMIDITY:
                vapour = trace.at(times, self._columns[place, Trait.VAPOUR])
                return air.humidity(vapour, trace.at(times, self._columns[place, Trait.TEMPERATURE]))
            case Quantity.CO2:
                return trace.at(times, self._columns[place, Trait.CO2])
            case Quantity.AIR_VELOCITY:
                return np.full(len(times), self._design.workstations[place].velocity)
            case _:
                raise ValueError(f"{point.id}: the simulator has no {point.quantity}")

    def _thermostat(self, instrument: str, times: Times) -> Floats:
        """A cabinet swings about its set-point, as its compressor or heater goes on and off."""
        if instrument not in self._design.cabinets:
            return np.zeros(len(times))
        return self._design.cabinets[instrument].cycle * np.sin(math.tau * times / THERMOSTAT_CYCLE)

    def _wander(self, key: str, times: Times, spans: tuple[float, ...]) -> Floats:
        """A slow and smooth disturbance around 0 with a spread of 1; the same for a time whenever it is asked."""
        chance = random.Random(f"{key} {self._seed}")
        sines = [np.sin(math.tau * (times / (span * chance.uniform(0.8, 1.2)) + chance.random())) for span in spans]
        wander: Floats = np.sum(sines, axis=0) * math.sqrt(2 / len(spans))
        return wander

    def _freeze(self, point: str, times: Times, values: Floats, occurrence: Occurrence) -> Floats:
        frozen = _during(times, occurrence)
        if not frozen.any():
            return values
        first = int(np.argmax(frozen))
        value = self._stuck.setdefault((point, occurrence.begins), float(values[max(first - 1, 0)]))
        return np.where(frozen, value, values)


def _during(times: Times, occurrence: Occurrence) -> NDArray[np.bool_]:
    during: NDArray[np.bool_] = (times >= occurrence.begins) & (times < occurrence.ends)
    return during


def plain_columns(times: Times, values: Floats) -> Columns:
    """Readings with nothing against them, received at once, without number, count and volume."""
    length = len(times)
    return Columns(
        time=times,
        value=values,
        reasons=np.zeros(length, np.uint16),
        received=times,
        sequence=np.full(length, NO_NUMBER),
        count=np.full(length, NO_NUMBER),
        volume=np.full(length, np.nan),
    )

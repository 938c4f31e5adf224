"""What moves the air: how fast each state of the plant changes, and what feeds it, under the present conditions."""

from collections.abc import Callable

import numpy as np

from collectors.simulator.changes import (
    CabinetMoves,
    Change,
    DoorMoves,
    GasChanges,
    LeakChanges,
    PaceChanges,
    PeopleMove,
    SetBack,
    SourceChanges,
    SupplyChanges,
    WeatherChanges,
)
from collectors.simulator.conditions import MILD_TEMPERATURE, MILD_VAPOUR, Conditions
from collectors.simulator.suite import CO2_OF_AIR, HOUR_SECONDS, Floats, Suite, array

ORDINARY_VOLUME = 60.0
"""m³ of the room for which figures of one person are given."""

PRESSURE_RISES_IN, PRESSURE_LEVELS_IN = 10.0, 3.0
"""Seconds: of the air handler behind closed doors, and of rooms that stand open to each other."""

COARSE_SHARE = 10**-2.08
"""Of the particles ≥ 0.5 µm that are shed, the share ≥ 5 µm (the slope of ISO 14644-1:2015, formula E.1)."""
COARSE_PASSES, COARSE_LEAKS = 1e-4, 1e-3
"""The same share in what passes a sound HEPA filter, and in what passes a leaking one: large particles stay in it."""
COARSE_INGRESS = 0.2
"""Large particles follow the air into a workstation less than small ones."""
COARSE_SETTLING = 1 / HOUR_SECONDS
"""Particles of 5 µm fall at 0.75 mm/s: from a ceiling of 2.7 m in an hour."""
INFILTRATION = 0.2 / HOUR_SECONDS
"""Air changes through cracks, once no pressure holds the air of the building out."""
DIRTY_AIR = 3e6
"""Particles ≥ 0.5 µm in a m³ of that air."""
DOOR_FLOW = 0.06
"""m³/s that go each way through an open door."""

CONDITIONED_IN, DRIFTS_IN = 1500.0, 4 * HOUR_SECONDS
"""Seconds in which a room nears the climate of its supply air, and that of the building."""
WEATHER_FELT = 0.04
"""The share of the weather's swing that gets past the air handler."""
BUILDING = 24.0
"""°C of the building around the suite."""
PERSON_WARMS = 0.15 / CONDITIONED_IN
"""K/s by one person."""
PERSON_DAMPENS = 8.0 / CONDITIONED_IN
"""Pa/s of water vapour by one person."""

VAPOUR_RECOVERS_IN, VAPOUR_ESCAPES_IN = 600.0, 60.0
"""Seconds of a cabinet, with the door closed and open."""
GAS_FILLS_IN, GAS_LEAKS_IN, GAS_ESCAPES_IN = 120.0, 1200.0, 60.0
"""Seconds of an incubator, with the bottle on, with it empty, and with the door open."""
PERSON_BREATHES = 5e-4
"""% of CO2 a second in a m³."""
CABINET_VOLUME = 0.2
"""m³ of an incubator, whose gas goes into the room."""


class Balance:
    """Of every state: its own `rate` of change, the `gain` that feeds it, its rate of `exchange` with others."""

    def __init__(self, suite: Suite, conditions: Conditions) -> None:
        self._suite = suite
        self._now = conditions
        self.rate, self.gain, self.exchange = (np.zeros(len(suite.columns)) for _ in range(3))
        for draw_up in (Balance._pressure, Balance._particles, Balance._climate, Balance._cabinets, Balance._couple):
            draw_up(self)
        self._stale: set[Callable[[Balance], None]] = set()

    def changed(self, change: Change) -> None:
        """The conditions are different now."""
        self._stale |= STALE_AFTER[type(change)]

    def redraw(self) -> bool:
        """Bring the balance up to date; was that needed?"""
        needed = bool(self._stale)
        for draw_up in self._stale:
            draw_up(self)
        self._stale.clear()
        return needed

    def equilibrium(self, state: Floats) -> Floats:
        """Where each state goes, while the others that it takes in stay as they are."""
        gain = self.gain.copy()
        np.add.at(gain, self._into, self._coupling * state[self._out_of])
        return gain / (self.rate + self.exchange)

    def _pressure(self) -> None:
        """Behind closed doors a room has its own pressure; rooms that stand open to each other share one."""
        suite, now = self._suite, self._now
        set_points = np.where(now.set_back, suite.resting_pressure, suite.working_pressure)
        set_points = set_points * now.supply_share[: len(suite.rooms)]
        levelled, seconds = set_points.copy(), np.full(len(suite.rooms), PRESSURE_RISES_IN)
        for group in _joined(now.open_doors):
            levelled[group] = np.average(set_points[group], weights=suite.leakage[group])
            seconds[group] = PRESSURE_LEVELS_IN
        self.rate[suite.pressure] = 1 / seconds
        self.gain[suite.pressure] = levelled / seconds

    def _particles(self) -> None:
        suite, now = self._suite, self._now
        supplied = suite.flow * now.supply_share
        seeping = INFILTRATION * (1 - now.supply_share)
        shed = (now.people * now.pace * suite.shedding + now.extra_source) / suite.volume
        self.rate[suite.fine] = supplied + seeping
        self.gain[suite.fine] = supplied * (suite.supply + now.leak) + seeping * DIRTY_AIR + shed
        self.rate[suite.coarse] = supplied + seeping + COARSE_SETTLING
        self.gain[suite.coarse] = supplied * (COARSE_PASSES * suite.supply + COARSE_LEAKS * now.leak)
        self.gain[suite.coarse] += COARSE_SHARE * (seeping * DIRTY_AIR + shed)

    def _climate(self) -> None:
        suite, now = self._suite, self._now
        rooms = slice(0, len(suite.rooms))
        people = now.people[rooms] * ORDINARY_VOLUME / suite.volume[rooms]
        conditioned, drifts = now.supply_share[rooms] / CONDITIONED_IN, 1 / DRIFTS_IN
        warmth = suite.set_temperature + WEATHER_FELT * (now.outdoor_temperature - MILD_TEMPERATURE)
        self.rate[suite.temperature] = conditioned + drifts
        self.gain[suite.temperature] = conditioned * warmth + drifts * BUILDING + people * PERSON_WARMS
        damp = suite.set_vapour + WEATHER_FELT * (now.outdoor_vapour - MILD_VAPOUR)
        self.rate[suite.vapour] = conditioned + drifts
        self.gain[suite.vapour] = conditioned * damp + drifts * now.outdoor_vapour + people * PERSON_DAMPENS
        fresh = suite.flow[rooms] * now.supply_share[rooms] + INFILTRATION
        self.rate[suite.co2] = fresh
        self.gain[suite.co2] = fresh * CO2_OF_AIR + now.people[rooms] * PERSON_BREATHES / suite.volume[rooms]

    def _cabinets(self) -> None:
        """With the door open a cabinet only takes in its room's air, which is coupled."""
        suite, now = self._suite, self._now
        closed = now.cabinet_doors <= 0
        self.rate[suite.cabinet_temperature] = closed * suite.recovery
        self.gain[suite.cabinet_temperature] = closed * suite.recovery * suite.cabinet_set_temperature
        self.rate[suite.cabinet_vapour] = closed / VAPOUR_RECOVERS_IN
        self.gain[suite.cabinet_vapour] = closed * suite.cabinet_set_vapour / VAPOUR_RECOVERS_IN
        rate = closed / np.where(now.gas_flows, GAS_FILLS_IN, GAS_LEAKS_IN)
        self.rate[suite.cabinet_co2] = rate
        self.gain[suite.cabinet_co2] = rate * np.where(now.gas_flows, suite.cabinet_set_co2, CO2_OF_AIR)

    def _couple(self) -> None:
        """Which states take in others, and at which rate."""
        suite, now = self._suite, self._now
        couplings: list[tuple[int, int, float]] = []
        for trait in (suite.fine, suite.coarse, suite.vapour):
            for pair in now.open_doors:
                for room, other in (pair, pair[::-1]):
                    couplings.append((trait.start + room, trait.start + other, DOOR_FLOW / suite.volume[room]))
        for station, (room, ingress) in enumerate(zip(suite.parents, suite.ingress, strict=True), len(suite.rooms)):
            couplings.append((suite.fine.start + station, suite.fine.start + room, ingress))
            couplings.append((suite.coarse.start + station, suite.coarse.start + room, ingress * COARSE_INGRESS))
        for cabinet in np.flatnonzero(now.cabinet_doors > 0).tolist():
            room = suite.cabinet_rooms[cabinet]
            for inside, outside, rate in (
                (suite.cabinet_temperature, suite.temperature, suite.warming[cabinet]),
                (suite.cabinet_vapour, suite.vapour, 1 / VAPOUR_ESCAPES_IN),
                (suite.cabinet_co2, suite.co2, 1 / GAS_ESCAPES_IN),
            ):
                couplings.append((inside.start + cabinet, outside.start + room, rate))
            gas_into_room = CABINET_VOLUME / GAS_ESCAPES_IN / suite.volume[room]
            couplings.append((suite.co2.start + room, suite.cabinet_co2.start + cabinet, gas_into_room))
        self._into = np.array([into for into, _, _ in couplings], dtype=np.int64)
        self._out_of = np.array([out_of for _, out_of, _ in couplings], dtype=np.int64)
        self._coupling = array(rate for _, _, rate in couplings)
        self.exchange = np.zeros_like(self.rate)
        np.add.at(self.exchange, self._into, self._coupling)


STALE_AFTER: dict[type[Change], set[Callable[[Balance], None]]] = {
    DoorMoves: {Balance._pressure, Balance._couple},
    PeopleMove: {Balance._particles, Balance._climate},
    PaceChanges: {Balance._particles},
    SetBack: {Balance._pressure},
    SupplyChanges: {Balance._pressure, Balance._particles, Balance._climate},
    LeakChanges: {Balance._particles},
    SourceChanges: {Balance._particles},
    CabinetMoves: {Balance._cabinets, Balance._couple},
    GasChanges: {Balance._cabinets},
    WeatherChanges: {Balance._climate},
}
"""Which parts of the balance each kind of change makes wrong."""


def _joined(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Rooms that stand open to each other, directly or through others."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return [sorted(group) for group in groups]

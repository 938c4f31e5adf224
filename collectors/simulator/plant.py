"""The suite as physics: every quantity nears an equilibrium that people, doors and air handlers set.

Each state x obeys x' = sum of r (x_k - x) + s: air that comes at a rate r with the value x_k, and a source s. So it
nears (sum of r x_k + s) / (sum of r) at the rate of the sum, and a step of any length is exact while nothing changes.
Only where one state takes in another (through an open door, from a room into its workstation) the other is held for
the step, so steps should be 10 s or shorter.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from collectors.simulator import air
from collectors.simulator.changes import (
    Burst,
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
from collectors.simulator.design import PlantDesign
from facility.instants import SECOND, Instant
from facility.site import Site

Floats = NDArray[np.float64]

HOUR_SECONDS = 3600.0
ORDINARY_VOLUME = 60.0
"""m³ of the room for which figures of one person are given."""

PRESSURE_RISES_IN, PRESSURE_LEVELS_IN = 10.0, 3.0
"""Seconds: of the air handler behind closed doors, and of rooms that stand open to each other."""

COARSE_SHARE = 10**-2.08
"""Of the particles ≥ 0.5 µm that are shed, the share ≥ 5 µm (the slope of ISO 14644-1:2015, formula E.1)."""
COARSE_PASSES = 1e-4
"""The same share in what passes a sound HEPA filter."""
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
MILD_TEMPERATURE, MILD_VAPOUR = 12.0, 1000.0
"""°C and Pa: weather that no room feels."""
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
CO2_OF_AIR = 0.04
"""%"""
PERSON_BREATHES = 5e-4
"""% of CO2 a second in a m³."""
CABINET_VOLUME = 0.2
"""m³ of an incubator, whose gas goes into the room."""


class Trait(StrEnum):
    """What the plant knows of a room, a workstation or a cabinet."""

    PRESSURE = "pressure"
    FINE = "particles ≥ 0.5 µm"
    COARSE = "particles ≥ 5 µm"
    TEMPERATURE = "temperature"
    VAPOUR = "vapour pressure"
    CO2 = "CO2"


class Plant:
    """The state of the whole suite at one moment; `state` is one number for each place and trait."""

    def __init__(self, design: PlantDesign, site: Site, now: Instant) -> None:
        self.now = now
        rooms, stations, cabinets = design.rooms, design.workstations, design.cabinets
        self._rooms = {id: n for n, id in enumerate(rooms)}
        self._places = self._rooms | {id: len(rooms) + n for n, id in enumerate(stations)}
        self._cabinets = {id: n for n, id in enumerate(cabinets)}
        self.columns: dict[tuple[str, Trait], int] = {}
        """Where in the state each trait of each place stands."""
        self._pressure = self._block(Trait.PRESSURE, rooms)
        self._fine = self._block(Trait.FINE, self._places)
        self._coarse = self._block(Trait.COARSE, self._places)
        self._temperature = self._block(Trait.TEMPERATURE, rooms)
        self._vapour = self._block(Trait.VAPOUR, rooms)
        self._co2 = self._block(Trait.CO2, rooms)
        self._cabinet_temperature = self._block(Trait.TEMPERATURE, cabinets)
        self._cabinet_vapour = self._block(Trait.VAPOUR, cabinets)
        self._cabinet_co2 = self._block(Trait.CO2, cabinets)
        self.state: Floats = np.zeros(len(self.columns))
        self.exposure: Floats = np.zeros(len(self.columns))
        """The sum of the state over all seconds: what an instrument has met that samples without a pause."""

        # What the plant is made of
        all_rooms, all_stations, all_cabinets = rooms.values(), stations.values(), cabinets.values()
        self._volume = _array([*(r.volume for r in all_rooms), *(w.volume for w in all_stations)])
        self._flow = _array(
            [*(r.air_changes / HOUR_SECONDS for r in all_rooms), *(w.velocity / w.height for w in all_stations)]
        )
        self._supply = _array([*(r.supply for r in all_rooms), *(w.supply for w in all_stations)])
        self._shedding = _array([*(r.shedding for r in all_rooms), *(w.shedding for w in all_stations)])
        self._working_pressure = _array([r.pressure for r in all_rooms])
        self._resting_pressure = _array([r.pressure_at_rest for r in all_rooms])
        self._leakage = _array([r.leakage for r in all_rooms])
        self._room_set = _array([r.temperature for r in all_rooms])
        self._room_vapour_set = _array([air.vapour(r.humidity, r.temperature) for r in all_rooms])
        self._stations = slice(len(rooms), len(self._places))
        self._ingress = _array([w.ingress for w in all_stations]) * self._flow[self._stations]
        self._parents = [self._rooms[site.rooms[id].inside or ""] for id in stations]
        self._cabinet_rooms = [self._rooms[site.instruments[id].room] for id in cabinets]
        self._cabinet_set = _array([c.temperature for c in all_cabinets])
        self._cabinet_vapour_set = _array([air.vapour(c.humidity, c.temperature) for c in all_cabinets])
        self._cabinet_co2_set = _array([CO2_OF_AIR if c.co2 is None else c.co2 for c in all_cabinets])
        self._recovery = _array([1 / (60 * c.recovers_in) for c in all_cabinets])
        self._warming = _array([1 / (60 * c.warms_in) for c in all_cabinets])

        # What changes
        self._people = np.zeros(len(self._places))
        self._pace = np.ones(len(self._places))
        self._extra = np.zeros(len(self._places))
        self._leak = np.zeros(len(self._places))
        self._share = np.ones(len(self._places))
        self._lowered = np.zeros(len(rooms), dtype=bool)
        self._doors: Counter[tuple[int, int]] = Counter()
        self._cabinet_doors = np.zeros(len(cabinets), dtype=np.int64)
        self._gas_flows = np.ones(len(cabinets), dtype=bool)
        self._weather_temperature, self._weather_vapour = MILD_TEMPERATURE, MILD_VAPOUR

        self._rate, self._gain = np.ones_like(self.state), np.zeros_like(self.state)
        self._decay, self._decay_of = np.ones_like(self.state), -1.0
        self._balanced = False
        self.settle()

    def apply(self, change: Change) -> None:
        """Let something change now."""
        match change:
            case DoorMoves(_, between, opens):
                first, second = sorted(self._rooms[room] for room in between)
                self._doors[first, second] += 1 if opens else -1
            case PeopleMove(_, room, number):
                self._people[self._places[room]] += number
            case PaceChanges(_, room, pace):
                self._pace[self._places[room]] = pace
            case SetBack(_, room, lowered):
                self._lowered[self._rooms[room]] = lowered
            case SupplyChanges(_, room, share):
                self._share[self._rooms[room]] = share
            case LeakChanges(_, room, concentration):
                self._leak[self._places[room]] = concentration
            case SourceChanges(_, room, rate):
                self._extra[self._places[room]] += rate
            case Burst(_, room, particles):
                place = self._places[room]
                self.state[self._fine][place] += particles / self._volume[place]
                self.state[self._coarse][place] += COARSE_SHARE * particles / self._volume[place]
            case CabinetMoves(_, cabinet, opens):
                self._cabinet_doors[self._cabinets[cabinet]] += 1 if opens else -1
            case GasChanges(_, cabinet, flows):
                self._gas_flows[self._cabinets[cabinet]] = flows
            case WeatherChanges(_, temperature, vapour):
                self._weather_temperature, self._weather_vapour = temperature, vapour
        self._balanced = False

    def advance(self, until: Instant) -> None:
        """Let time pass; nothing happens where `until` is not later than now."""
        seconds = (until - self.now) / SECOND
        if seconds <= 0:
            return
        if not self._balanced:
            self._balance()
        if seconds != self._decay_of:
            self._decay, self._decay_of = np.exp(-self._rate * seconds), seconds
        equilibrium = self._equilibrium()
        lost = (self.state - equilibrium) * (1 - self._decay)
        self.exposure += equilibrium * seconds + lost / self._rate
        self.state = self.state - lost
        self.now = until

    def settle(self) -> None:
        """Go where all would come to rest if nothing changed any more."""
        self._balance()
        for _ in range(2):  # the second time with what the first has brought to the rooms that others take in
            self.state = self._equilibrium()

    def _equilibrium(self) -> Floats:
        gain = self._gain.copy()
        np.add.at(gain, self._into, self._coupling * self.state[self._out_of])
        return gain / self._rate

    def _block(self, trait: Trait, places: Iterable[str]) -> slice:
        start = len(self.columns)
        for place in places:
            self.columns[place, trait] = len(self.columns)
        return slice(start, len(self.columns))

    def _balance(self) -> None:
        """How fast each state changes and what feeds it, after something has changed."""
        open_doors = [rooms for rooms, times in self._doors.items() if times > 0]
        self._balance_pressure(open_doors)
        self._balance_particles()
        self._balance_climate()
        self._balance_cabinets()
        self._couple(open_doors)
        self._balanced, self._decay_of = True, -1.0

    def _balance_pressure(self, open_doors: list[tuple[int, int]]) -> None:
        """Behind closed doors a room has its own pressure; rooms that stand open to each other share one."""
        set_points = np.where(self._lowered, self._resting_pressure, self._working_pressure)
        set_points = set_points * self._share[: len(self._rooms)]
        levelled, seconds = set_points.copy(), np.full(len(self._rooms), PRESSURE_RISES_IN)
        for group in _joined(open_doors):
            levelled[group] = np.average(set_points[group], weights=self._leakage[group])
            seconds[group] = PRESSURE_LEVELS_IN
        self._rate[self._pressure] = 1 / seconds
        self._gain[self._pressure] = levelled / seconds

    def _balance_particles(self) -> None:
        supplied = self._flow * self._share
        seeping = INFILTRATION * (1 - self._share)
        shed = (self._people * self._pace * self._shedding + self._extra) / self._volume
        self._rate[self._fine] = supplied + seeping
        self._gain[self._fine] = supplied * (self._supply + self._leak) + seeping * DIRTY_AIR + shed
        self._rate[self._coarse] = supplied + seeping + COARSE_SETTLING
        self._gain[self._coarse] = supplied * (COARSE_PASSES * self._supply + COARSE_SHARE * self._leak)
        self._gain[self._coarse] += COARSE_SHARE * (seeping * DIRTY_AIR + shed)

    def _balance_climate(self) -> None:
        rooms = slice(0, len(self._rooms))
        people = self._people[rooms] * ORDINARY_VOLUME / self._volume[rooms]
        conditioned, drifts = self._share[rooms] / CONDITIONED_IN, 1 / DRIFTS_IN
        warmth = self._room_set + WEATHER_FELT * (self._weather_temperature - MILD_TEMPERATURE)
        self._rate[self._temperature] = conditioned + drifts
        self._gain[self._temperature] = conditioned * warmth + drifts * BUILDING + people * PERSON_WARMS
        damp = self._room_vapour_set + WEATHER_FELT * (self._weather_vapour - MILD_VAPOUR)
        self._rate[self._vapour] = conditioned + drifts
        self._gain[self._vapour] = conditioned * damp + drifts * self._weather_vapour + people * PERSON_DAMPENS
        fresh = self._flow[rooms] * self._share[rooms] + INFILTRATION
        self._rate[self._co2] = fresh
        self._gain[self._co2] = fresh * CO2_OF_AIR + self._people[rooms] * PERSON_BREATHES / self._volume[rooms]

    def _balance_cabinets(self) -> None:
        """With the door open a cabinet only takes in its room's air, which is coupled."""
        closed, opened = self._cabinet_doors <= 0, self._cabinet_doors > 0
        self._rate[self._cabinet_temperature] = np.where(closed, self._recovery, self._warming)
        self._gain[self._cabinet_temperature] = np.where(closed, self._recovery * self._cabinet_set, 0)
        self._rate[self._cabinet_vapour] = 1 / np.where(closed, VAPOUR_RECOVERS_IN, VAPOUR_ESCAPES_IN)
        self._gain[self._cabinet_vapour] = np.where(closed, self._cabinet_vapour_set / VAPOUR_RECOVERS_IN, 0)
        gas = np.where(self._gas_flows, self._cabinet_co2_set, CO2_OF_AIR)
        seconds = np.select([opened, self._gas_flows], [GAS_ESCAPES_IN, GAS_FILLS_IN], GAS_LEAKS_IN)
        self._rate[self._cabinet_co2] = 1 / seconds
        self._gain[self._cabinet_co2] = np.where(closed, gas / seconds, 0)

    def _couple(self, open_doors: list[tuple[int, int]]) -> None:
        """Which states take in others, and at which rate."""
        couplings: list[tuple[int, int, float]] = []
        for trait in (self._fine, self._coarse, self._vapour):
            for pair in open_doors:
                for room, other in (pair, pair[::-1]):
                    rate = DOOR_FLOW / self._volume[room]
                    self._rate[trait.start + room] += rate
                    couplings.append((trait.start + room, trait.start + other, rate))
        for number, (parent, ingress) in enumerate(zip(self._parents, self._ingress, strict=True)):
            station = self._stations.start + number
            couplings.append((self._fine.start + station, self._fine.start + parent, ingress))
            couplings.append((self._coarse.start + station, self._coarse.start + parent, ingress * COARSE_INGRESS))
        for cabinet in np.flatnonzero(self._cabinet_doors > 0):
            room = self._cabinet_rooms[cabinet]
            for inside, outside in (
                (self._cabinet_temperature, self._temperature),
                (self._cabinet_vapour, self._vapour),
                (self._cabinet_co2, self._co2),
            ):
                into = inside.start + int(cabinet)
                couplings.append((into, outside.start + room, self._rate[into]))
            gas = self._cabinet_co2.start + int(cabinet)
            couplings.append((self._co2.start + room, gas, CABINET_VOLUME / GAS_ESCAPES_IN / self._volume[room]))
        self._into = np.array([into for into, _, _ in couplings], dtype=np.int64)
        self._out_of = np.array([out_of for _, out_of, _ in couplings], dtype=np.int64)
        self._coupling = _array([rate for _, _, rate in couplings])


def _array(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _joined(pairs: list[tuple[int, int]]) -> list[list[int]]:
    """Rooms that stand open to each other, directly or through others."""
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in touched] + [set(pair).union(*touched)]
    return [sorted(group) for group in groups]

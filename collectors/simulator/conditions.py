"""The changing part of the plant that is not air: doors, people, air handlers, bottles, weather."""

from collections import Counter

import numpy as np

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
from collectors.simulator.suite import Suite

MILD_TEMPERATURE, MILD_VAPOUR = 12.0, 1000.0
"""°C and Pa: weather that no room feels."""


class Conditions:
    """What holds just now, by the numbers of the suite's places, rooms and cabinets. At first nobody is there."""

    def __init__(self, suite: Suite) -> None:
        self._suite = suite
        places, rooms, cabinets = len(suite.places), len(suite.rooms), len(suite.cabinets)
        self.people = np.zeros(places)
        self.pace = np.ones(places)
        self.extra_source = np.zeros(places)
        self.leak = np.zeros(places)
        self.supply_share = np.ones(places)
        self.set_back = np.zeros(rooms, dtype=bool)
        self.doors: Counter[tuple[int, int]] = Counter()
        """How often each door was opened and not closed again."""
        self.cabinet_doors = np.zeros(cabinets, dtype=np.int64)
        self.gas_flows = np.ones(cabinets, dtype=bool)
        self.outdoor_temperature, self.outdoor_vapour = MILD_TEMPERATURE, MILD_VAPOUR

    def apply(self, change: Change) -> None:
        """Let something change now."""
        suite = self._suite
        match change:
            case DoorMoves(_, between, opens):
                first, second = sorted(suite.rooms[room] for room in between)
                self.doors[first, second] += 1 if opens else -1
            case PeopleMove(_, room, number):
                self.people[suite.places[room]] += number
            case PaceChanges(_, room, pace):
                self.pace[suite.places[room]] = pace
            case SetBack(_, room, lowered):
                self.set_back[suite.rooms[room]] = lowered
            case SupplyChanges(_, room, share):
                self.supply_share[suite.places[room]] = share
            case LeakChanges(_, room, concentration):
                self.leak[suite.places[room]] = concentration
            case SourceChanges(_, room, rate):
                self.extra_source[suite.places[room]] += rate
            case CabinetMoves(_, cabinet, opens):
                self.cabinet_doors[suite.cabinets[cabinet]] += 1 if opens else -1
            case GasChanges(_, cabinet, flows):
                self.gas_flows[suite.cabinets[cabinet]] = flows
            case WeatherChanges(_, temperature, vapour):
                self.outdoor_temperature, self.outdoor_vapour = temperature, vapour
            case Burst():
                pass  # it changes the air at once, and nothing for later

    @property
    def open_doors(self) -> list[tuple[int, int]]:
        """The rooms on both sides of each open door."""
        return [rooms for rooms, times in self.doors.items() if times > 0]

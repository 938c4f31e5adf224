"""The suite as arrays: what its rooms, workstations and cabinets are made of, and where their states stand."""

from collections.abc import Iterable
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from collectors.simulator import air
from collectors.simulator.design import PlantDesign, RoomDesign, WorkstationDesign
from facility.site import Site

Floats = NDArray[np.float64]

HOUR_SECONDS = 3600.0
MINUTE_SECONDS = 60.0
CO2_OF_AIR = 0.04
"""%"""


class Trait(StrEnum):
    """What the plant knows of a room, a workstation or a cabinet."""

    PRESSURE = "pressure"
    FINE = "particles ≥ 0.5 µm"
    COARSE = "particles ≥ 5 µm"
    TEMPERATURE = "temperature"
    VAPOUR = "vapour pressure"
    CO2 = "CO2"


class Suite:
    """The unchanging part of the plant.

    Rooms, places (rooms, then workstations) and cabinets are numbered. `columns` says where in the plant's state a
    trait of a place stands; the traits of all rooms, places or cabinets stand together, at the slices below.
    """

    def __init__(self, design: PlantDesign, site: Site) -> None:
        self.rooms = {id: number for number, id in enumerate(design.rooms)}
        self.places = {id: number for number, id in enumerate([*design.rooms, *design.workstations])}
        self.cabinets = {id: number for number, id in enumerate(design.cabinets)}

        self.columns: dict[tuple[str, Trait], int] = {}
        self.pressure = self._block(Trait.PRESSURE, self.rooms)
        self.fine = self._block(Trait.FINE, self.places)
        self.coarse = self._block(Trait.COARSE, self.places)
        self.temperature = self._block(Trait.TEMPERATURE, self.rooms)
        self.vapour = self._block(Trait.VAPOUR, self.rooms)
        self.co2 = self._block(Trait.CO2, self.rooms)
        self.cabinet_temperature = self._block(Trait.TEMPERATURE, self.cabinets)
        self.cabinet_vapour = self._block(Trait.VAPOUR, self.cabinets)
        self.cabinet_co2 = self._block(Trait.CO2, self.cabinets)

        rooms, stations = design.rooms.values(), design.workstations.values()
        places: list[RoomDesign | WorkstationDesign] = [*rooms, *stations]
        self.volume = array(place.volume for place in places)
        self.supply = array(place.supply for place in places)
        self.shedding = array(place.shedding for place in places)
        self.flow = array(
            [*(room.air_changes / HOUR_SECONDS for room in rooms), *(w.velocity / w.height for w in stations)]
        )
        """Air changes a second."""

        self.working_pressure = array(room.pressure for room in rooms)
        self.resting_pressure = array(room.pressure_at_rest for room in rooms)
        self.leakage = array(room.leakage for room in rooms)
        self.set_temperature = array(room.temperature for room in rooms)
        self.set_vapour = array(air.vapour(room.humidity, room.temperature) for room in rooms)

        self.parents = [self.rooms[site.rooms[id].inside or ""] for id in design.workstations]
        """The room of each workstation."""
        self.ingress = array(w.ingress * w.velocity / w.height for w in stations)

        cabinets = design.cabinets.values()
        self.cabinet_rooms = [self.rooms[site.instruments[id].room] for id in design.cabinets]
        self.cabinet_set_temperature = array(cabinet.temperature for cabinet in cabinets)
        self.cabinet_set_vapour = array(air.vapour(c.humidity, c.temperature) for c in cabinets)
        self.cabinet_set_co2 = array(CO2_OF_AIR if c.co2 is None else c.co2 for c in cabinets)
        self.recovery = array(1 / (MINUTE_SECONDS * c.recovers_in) for c in cabinets)
        self.warming = array(1 / (MINUTE_SECONDS * c.warms_in) for c in cabinets)
        """Per second, with the door closed and open."""

    def _block(self, trait: Trait, places: Iterable[str]) -> slice:
        start = len(self.columns)
        for place in places:
            self.columns[place, trait] = len(self.columns)
        return slice(start, len(self.columns))


def array(values: Iterable[float]) -> Floats:
    """These numbers as an array."""
    return np.array(list(values), dtype=np.float64)

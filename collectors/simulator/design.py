"""How the demo suite is built: what the simulator must know beyond the site file, read from `demo-plant.yaml`."""

from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from collectors.simulator.files import Mismatch, Part, load
from facility.site import Site

Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]


class RoomDesign(Part):
    """A room and the air it gets.

    `pressure` and `pressure_at_rest` are in Pa above outdoors. `shedding` is how many particles ≥ 0.5 µm one
    person in this room's gown sheds a second at quiet work; `supply` is how many are in a m³ of supply air.
    `leakage` weighs the room when open doors level its pressure with others. `dwell` is how many seconds
    people stay to gown: a room with a dwell is an airlock, of whose doors only one is open at a time.
    `airlock_for` says what goes through it.
    """

    volume: Positive
    air_changes: Positive
    pressure: float
    pressure_at_rest: float
    shedding: Positive
    supply: Positive
    temperature: float = 20.5
    humidity: Percent = 45.0
    leakage: Positive = 1.0
    dwell: NotNegative = 0.0
    airlock_for: Literal["people", "material"] | None = None


class WorkstationDesign(Part):
    """A grade A workstation: unidirectional air at `velocity` m/s over `height` m.

    `ingress` is the share of its room's particles that gets in at the front; `shedding` is of a pair of hands.
    """

    volume: Positive = 0.9
    height: Positive = 0.7
    velocity: Positive = 0.45
    supply: Positive = 2.0
    shedding: Positive = 8.0
    ingress: Annotated[float, Field(ge=0, le=1)] = 0.0015


class CabinetDesign(Part):
    """An incubator, refrigerator or freezer, by the id of the instrument that watches it.

    Minutes say how fast it nears its set-point with the door closed, and the room's air with the door open.
    """

    temperature: float
    co2: Percent | None = None
    humidity: Percent = 30.0
    recovers_in: Positive = 6.0
    warms_in: Positive = 10.0
    cycle: NotNegative = 0.1
    """Half the swing of its thermostat, in K."""
    openings_per_shift: NotNegative = 4.0
    opened_for: Positive = 25.0
    """Seconds, typically."""


class WorkDesign(Part):
    """What is done in a room on weekdays, in the site's time."""

    room: str
    begins: time
    ends: time
    people: Annotated[int, Field(ge=1, le=12)]
    batch: bool = False
    """Whether a batch is made meanwhile."""


class PlantDesign(Part):
    entrance: str
    """The room through which people come in."""
    receiving: str
    """The room through which material comes in."""
    air_handlers: Mapping[str, tuple[str, ...]]
    """The rooms that each air handler serves."""
    rooms: Mapping[str, RoomDesign]
    workstations: Mapping[str, WorkstationDesign] = {}
    cabinets: Mapping[str, CabinetDesign] = {}
    work: tuple[WorkDesign, ...] = ()


def load_design(path: Path, site: Site) -> PlantDesign:
    """Read and check a plant file against its site; raises SiteFileError with every error found."""
    return load(path, PlantDesign, lambda design: _mismatches(design, site))


def _mismatches(design: PlantDesign, site: Site) -> Iterable[Mismatch]:
    for id, place in site.rooms.items():
        group = "workstations" if place.inside else "rooms"
        if id not in getattr(design, group):
            yield (group,), f"{id} of the site file is missing here"
    for group in ("rooms", "workstations"):
        for id in getattr(design, group):
            if id not in site.rooms or (site.rooms[id].inside is None) == (group == "workstations"):
                yield (group, id), f"the site file has no such {group[:-1]}"
    for cabinet in design.cabinets:
        if cabinet not in site.instruments:
            yield ("cabinets", cabinet), "the site file has no such instrument"
    for key in ("entrance", "receiving"):
        if getattr(design, key) not in design.rooms:
            yield (key,), f"{getattr(design, key)} is not among the rooms"
    for handler, rooms in design.air_handlers.items():
        for room in rooms:
            if room not in design.rooms:
                yield ("air_handlers", handler), f"{room} is not among the rooms"
    for number, work in enumerate(design.work):
        if work.room not in design.rooms:
            yield ("work", number, "room"), f"{work.room} is not among the rooms"
        if work.begins >= work.ends:
            yield ("work", number, "ends"), f"ends at {work.ends:%H:%M}, before it begins at {work.begins:%H:%M}"

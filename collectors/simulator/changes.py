"""What can change in the plant, and when. People's day and the scenario both speak in these."""

from dataclasses import dataclass
from typing import TypeAlias

from facility.instants import Instant


@dataclass(frozen=True, slots=True)
class DoorMoves:
    """The door between two rooms opens or closes. A door opened twice is closed when it was closed twice."""

    time: Instant
    between: tuple[str, str]
    opens: bool


@dataclass(frozen=True, slots=True)
class PeopleMove:
    """So many people come into a room, or leave it (negative)."""

    time: Instant
    room: str
    number: int


@dataclass(frozen=True, slots=True)
class PaceChanges:
    """How lively the people in a room are: they shed `pace` times as many particles as at quiet work."""

    time: Instant
    room: str
    pace: float


@dataclass(frozen=True, slots=True)
class SetBack:
    """The air handler lowers a room's pressure for the night, or raises it again for work."""

    time: Instant
    room: str
    lowered: bool


@dataclass(frozen=True, slots=True)
class SupplyChanges:
    """The air handler gives a room this share of its air: 1 normally, 0 when it stands still."""

    time: Instant
    room: str
    share: float


@dataclass(frozen=True, slots=True)
class LeakChanges:
    """Unfiltered air leaks past a room's HEPA filter: so many more particles ≥ 0.5 µm per m³ of supply air."""

    time: Instant
    room: str
    concentration: float


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """Something beside its people sheds particles ≥ 0.5 µm in a room: so many more per second (negative: fewer)."""

    time: Instant
    room: str
    rate: float


@dataclass(frozen=True, slots=True)
class Burst:
    """So many particles ≥ 0.5 µm are set free in a room at once."""

    time: Instant
    room: str
    particles: float


@dataclass(frozen=True, slots=True)
class CabinetMoves:
    """The door of an incubator, refrigerator or freezer opens or closes."""

    time: Instant
    cabinet: str
    opens: bool


@dataclass(frozen=True, slots=True)
class GasChanges:
    """The CO2 bottle of an incubator runs empty, or is changed for a full one."""

    time: Instant
    cabinet: str
    flows: bool


@dataclass(frozen=True, slots=True)
class WeatherChanges:
    """The air outdoors: °C, and the pressure of its water vapour in Pa."""

    time: Instant
    temperature: float
    vapour: float


Change: TypeAlias = (
    DoorMoves
    | PeopleMove
    | PaceChanges
    | SetBack
    | SupplyChanges
    | LeakChanges
    | SourceChanges
    | Burst
    | CabinetMoves
    | GasChanges
    | WeatherChanges
)

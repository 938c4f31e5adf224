"""The site as the program knows it: frozen data, built from a site file by `facility.site_file`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from facility.causes import Cause
from facility.conditions import NONE, Conditions
from facility.drawing import Drawing
from facility.escalation import OnCall
from facility.excursion import Grouping
from facility.instants import Span
from facility.language import ENGLISH
from facility.limit import Limit, RoomState, Severity
from facility.quantities import MEASURES, Measure, Quantity
from facility.retention import Retention
from facility.suppression import Suppression


class Grade(StrEnum):
    """GMP grade (EU GMP Annex 1:2022, 4.4)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


@dataclass(frozen=True, slots=True)
class IsoClass:
    """ISO class by number (ISO 14644-1:2015), 1 to 9 in steps of 0.5."""

    number: float


Classification: TypeAlias = Grade | IsoClass


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the site with a floor plan, which is the site's own `drawing` where it has one."""

    id: str
    name: str
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A place on the floor plan, in plan units (any unit, the same for the whole area)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Room:
    """A room, or a zone within one: a grade A workstation is a room that is `inside` its grade B room.

    `state_unknown_after` is how long its room state may be unknown before somebody should say it; None for zones,
    which follow their room, and where it does not matter. `response` is what to do when an alarm of it calls, where
    the limit says nothing itself.
    """

    id: str
    name: str
    area: str
    classification: Classification | None
    plan: Rectangle | None = None
    """None where the plan is a schematic, made from the doors and the pressure cascade."""
    inside: str | None = None
    state_unknown_after: Span | None = None
    response: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A door between two rooms."""

    between: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Instrument:
    """What measures: one clock, one serial number, one or more points."""

    id: str
    name: str
    room: str
    serial: str | None
    calibration_due: date | None
    interval: Span
    """How often it should send a reading."""
    nominal_volume: float | None = None
    """Litres a sample, for particle counters and air samplers."""


@dataclass(frozen=True, slots=True)
class Point:
    """One watched quantity at one place.

    `size` is the particle size in µm (that size and larger). `limits` are all limits of the point, of every room
    state; `facility.limits.limits_in_force` picks those that hold. `silent_after` is how long it may be silent
    before it is a no-data alarm, None where silence is no alarm (a viable plate is read days later);
    `fault_severity` is how bad silence or a broken instrument is here, `conditions` what else is judged.
    """

    id: str
    name: str
    room: str
    instrument: str
    quantity: Quantity
    size: float | None
    limits: tuple[Limit, ...]
    silent_after: Span | None
    fault_severity: Severity
    conditions: Conditions = NONE

    @property
    def measure(self) -> Measure:
        return MEASURES[self.quantity]

    @property
    def unit(self) -> str:
        return self.measure.unit

    @property
    def possible(self) -> tuple[float, float]:
        """The lowest and the highest value that its instrument, or else its quantity can have."""
        return self.conditions.range or (self.measure.lowest, self.measure.highest)


@dataclass(frozen=True, slots=True)
class CascadeStep:
    """A pressure point measures one room against another; `low` is None where it is the outside."""

    point: str
    high: str
    low: str | None


MAIN = "main"
"""The station of a site that has only one."""


@dataclass(frozen=True, slots=True)
class Station:
    """One process that watches areas of the site, and the sources that it hears.

    None for all areas, or whatever sources there are: the station of a site that has only one.
    """

    id: str
    areas: tuple[str, ...] | None = None
    sources: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of the site a station has, of all that its `Site` says.

    `sources` are those it hears, None for whatever there are. `elsewhere` are rooms, instruments, points and sources
    of other stations, with their station. What belongs to nobody (a point that is described no longer, a source that
    no station names) is looked after by the first station, which `leads`.
    """

    station: str = MAIN
    sources: tuple[str, ...] | None = None
    leads: bool = True
    elsewhere: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    """Everything that is watched, indexed by id; the whole site, or (`facility.site_part`) what one station watches.

    `text` is the site file as it was read, for the revision.
    """

    id: str
    name: str
    timezone: str
    areas: tuple[Area, ...]
    rooms: Mapping[str, Room]
    doors: tuple[Door, ...]
    instruments: Mapping[str, Instrument]
    points: Mapping[str, Point]
    cascade: tuple[CascadeStep, ...]
    language: str = ENGLISH
    """The code of the language in which people read."""
    simulated: bool = False
    retention: Retention | None = None
    """None keeps everything for good."""
    stations: tuple[Station, ...] = (Station(MAIN),)
    on_call: OnCall = field(default=OnCall())
    causes: tuple[Cause, ...] = ()
    suppressions: tuple[Suppression, ...] = ()
    grouping: Grouping = field(default=Grouping())
    share: Share = field(default=Share(), repr=False, compare=False)
    text: str = field(default="", repr=False, compare=False)

    @cached_property
    def points_by_room(self) -> dict[str, tuple[Point, ...]]:
        """The points of each room, in the order of the site file; every room has an entry."""
        return {room: tuple(p for p in self.points.values() if p.room == room) for room in self.rooms}

    @cached_property
    def points_by_instrument(self) -> dict[str, tuple[Point, ...]]:
        """The points of each instrument, smallest particle size first."""
        return {
            id: tuple(sorted((p for p in self.points.values() if p.instrument == id), key=lambda p: p.size or 0))
            for id in self.instruments
        }


__all__ = [
    "Area",
    "CascadeStep",
    "Classification",
    "Door",
    "Grade",
    "Instrument",
    "IsoClass",
    "Point",
    "Rectangle",
    "Room",
    "RoomState",
    "Share",
    "Site",
    "Station",
]

"""A site split into stations: the part that one of them watches, and which station has what."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from facility.site import Room, Site, Station
from facility.site_errors import did_you_mean


class NoSuchStationError(Exception):
    """The site has no station of this name, or several to choose from; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one station watches. `elsewhere` are rooms, instruments and points of other stations, with their station.

    What belongs to no station (a point that is described no longer) is the first station's, which `leads`.
    """

    station: str
    site: Site
    elsewhere: Mapping[str, str]
    sources: tuple[str, ...] | None
    """The sources it hears; None for whatever sources there are."""
    leads: bool

    def has(self, id: str) -> bool:
        """Is a room or point this station's, or nobody's and this station leads?"""
        return id in self.site.points or id in self.site.rooms or (self.leads and id not in self.elsewhere)


def station_named(site: Site, name: str | None) -> Station:
    """The station of this name; without a name the only one. Raises NoSuchStationError."""
    names = [station.id for station in site.stations]
    if name is None and len(names) == 1:
        return site.stations[0]
    for station in site.stations:
        if station.id == name:
            return station
    listed = f"site {site.id} has the station{'s' * (len(names) > 1)} {', '.join(names)}"
    if name is None:
        raise NoSuchStationError(f"{listed}: say in CLEANWATCH_STATION which of them this is")
    raise NoSuchStationError(f"CLEANWATCH_STATION is {name!r}, but {listed}{did_you_mean(name, names)}")


def part(site: Site, name: str | None = None) -> Part:
    """The part of the site that a station watches; without a name the part of the only one.

    Raises NoSuchStationError.
    """
    station = station_named(site, name)
    owners = {room.id: owner(site, room) for room in site.rooms.values()}
    mine = {room for room, owner in owners.items() if owner == station.id}
    rooms_of = {
        **{room: room for room in site.rooms},
        **{instrument.id: instrument.room for instrument in site.instruments.values()},
        **{point.id: point.room for point in site.points.values()},
    }
    own = replace(
        site,
        areas=tuple(area for area in site.areas if station.areas is None or area.id in station.areas),
        rooms={id: room for id, room in site.rooms.items() if id in mine},
        instruments={id: instrument for id, instrument in site.instruments.items() if instrument.room in mine},
        points={id: point for id, point in site.points.items() if point.room in mine},
        cascade=tuple(step for step in site.cascade if step.high in mine),
    )
    return Part(
        station=station.id,
        site=own,
        elsewhere={id: owners[room] for id, room in rooms_of.items() if room not in mine},
        sources=station.sources,
        leads=station is site.stations[0],
    )


def owner(site: Site, room: Room) -> str:
    """The station that watches a room."""
    return next(s.id for s in site.stations if s.areas is None or room.area in s.areas)


def source_owner(site: Site, source: str) -> str | None:
    """The station that hears a source; None where none does."""
    return next((s.id for s in site.stations if s.sources is None or source in s.sources), None)

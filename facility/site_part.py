"""A site split into stations: the part that one of them watches, and which station has what."""

from dataclasses import replace

from facility.alarm import of_source, room_of, source_of
from facility.holds import instrument_of
from facility.site import Room, Share, Site, Station
from facility.site_errors import did_you_mean


class NoSuchStationError(Exception):
    """The site has no station of this name, or several to choose from; the message says which there are."""


def part(site: Site, name: str | None = None) -> Site:
    """The part of the whole site that a station watches; without a name that of the only one.

    Raises NoSuchStationError.
    """
    station = _named(site, name)
    owners = {room.id: owner(site, room) for room in site.rooms.values()}
    mine = {room for room, owner in owners.items() if owner == station.id}
    rooms_of = {
        **{room: room for room in site.rooms},
        **{instrument.id: instrument.room for instrument in site.instruments.values()},
        **{point.id: point.room for point in site.points.values()},
    }
    others = {s.id: s.sources or () for s in site.stations if s is not station}
    return replace(
        site,
        areas=tuple(area for area in site.areas if station.areas is None or area.id in station.areas),
        rooms={id: room for id, room in site.rooms.items() if id in mine},
        instruments={id: instrument for id, instrument in site.instruments.items() if instrument.room in mine},
        points={id: point for id, point in site.points.items() if point.room in mine},
        cascade=tuple(step for step in site.cascade if step.high in mine),
        share=Share(
            station=station.id,
            sources=station.sources,
            leads=station is site.stations[0],
            elsewhere={
                **{id: owners[room] for id, room in rooms_of.items() if room not in mine},
                **{of_source(source): other for other, sources in others.items() for source in sources},
            },
        ),
    )


def watches(part: Site, id: str) -> bool:
    """Is a point, a room, or what an alarm or a hold of something else has for a point, this station's?

    What is nobody's is the station's that leads.
    """
    id = room_of(id) or instrument_of(id) or id
    own = (
        id in part.points or id in part.rooms or id in part.instruments or source_of(id) in (part.share.sources or ())
    )
    return own or (part.share.leads and id not in part.share.elsewhere)


def hears(part: Site, source: str) -> bool:
    """Is a source one whose messages this station takes?"""
    return part.share.sources is None or source in part.share.sources


def owner(site: Site, room: Room) -> str:
    """The station that watches a room."""
    return next(s.id for s in site.stations if s.areas is None or room.area in s.areas)


def _named(site: Site, name: str | None) -> Station:
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

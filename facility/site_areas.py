"""The part of a site that a person may see who is admitted to some of its areas only."""

from dataclasses import replace
from typing import TypeAlias

from facility.site import Site

Areas: TypeAlias = frozenset[str] | None
"""The ids of the areas that somebody is admitted to; None for all of them."""


def within(site: Site, areas: Areas) -> Site:
    """The site with these areas only, and what is in them. A step of pressure to another area is left out."""
    if areas is None:
        return site
    rooms = {id: room for id, room in site.rooms.items() if room.area in areas}
    points = {id: point for id, point in site.points.items() if point.room in rooms}
    used = {point.instrument for point in points.values()}
    return replace(
        site,
        areas=tuple(area for area in site.areas if area.id in areas),
        rooms=rooms,
        doors=tuple(door for door in site.doors if all(room in rooms for room in door.between)),
        instruments={i.id: i for i in site.instruments.values() if i.room in rooms or i.id in used},
        points=points,
        cascade=tuple(s for s in site.cascade if s.high in rooms and (s.low is None or s.low in rooms)),
    )


class Parts:
    """Keeps the parts of the site in force, so that each is cut out once."""

    def __init__(self) -> None:
        self._known: tuple[Site | None, dict[frozenset[str], Site]] = (None, {})

    def of(self, site: Site, areas: Areas) -> Site:
        """What `within` gives."""
        if areas is None:
            return site
        whole, parts = self._known
        if whole is not site:
            parts = {}
            self._known = site, parts
        if areas not in parts:
            parts[areas] = within(site, areas)
        return parts[areas]

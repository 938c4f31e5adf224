"""Do the floor plans of a site file fit together? All rooms of an area have a place or none; drawings are such."""

from collections.abc import Iterator

from facility.drawing import DrawingError, drawing
from facility.language import _
from facility.site_build import area_id
from facility.site_errors import not_described
from facility.site_limits import Mistake
from facility.site_schema import SiteEntry


def plan_mistakes(site: SiteEntry) -> Iterator[Mistake]:
    """Rooms without a place where others of their area have one, zones with one in a room that has none, drawings
    that cannot be a plan."""
    for index, room in enumerate(site.rooms):
        if room.inside is None:
            area = area_id(site, room)
            placed = [r.id for r in site.rooms if r.plan and not r.inside and area_id(site, r) == area]
            if room.plan is None and placed:
                words = _(
                    "the key 'plan' is missing; {room} of the same area has one: give every room of an area a place, "
                    "or none",
                    room=placed[0],
                )
                yield ("rooms", index), words
        elif room.plan is not None and any(other.id == room.inside and other.plan is None for other in site.rooms):
            yield ("rooms", index, "plan"), _("{room} has no place on the plan; leave this out too", room=room.inside)
    areas = [area.id for area in site.areas]
    for area, text in site.drawings.items():
        if area not in areas:
            yield ("drawings", area), not_described("area", area, areas)
        try:
            drawing(text)
        except DrawingError as error:
            yield ("drawings", area), str(error)

"""Do the places of rooms on the floor plan fit together? Of an area either all are written or none."""

from collections.abc import Iterator

from facility.site_build import area_id
from facility.site_limits import Mistake
from facility.site_schema import SiteEntry


def plan_mistakes(site: SiteEntry) -> Iterator[Mistake]:
    """Rooms without a place where others of their area have one, and zones with one in a room that has none."""
    for index, room in enumerate(site.rooms):
        if room.inside is None:
            area = area_id(site, room)
            placed = [r.id for r in site.rooms if r.plan and not r.inside and area_id(site, r) == area]
            if room.plan is None and placed:
                yield ("rooms", index), (
                    f"the key 'plan' is missing; {placed[0]} of the same area has one: give every room of an area a "
                    "place, or none"
                )
        elif room.plan is not None and any(other.id == room.inside and other.plan is None for other in site.rooms):
            yield ("rooms", index, "plan"), f"{room.inside} has no place on the plan; leave this out too"

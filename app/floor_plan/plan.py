"""The floor plan as SVG. What is live in it is marked, and painted by the browser.

Every room and zone is a link, so keyboard and screen reader reach it. `data-fit` is the width that a text may take.
"""

from collections.abc import Sequence
from html import escape

from app.floor_plan import marks, ways
from app.floor_plan.boxes import boxes
from app.floor_plan.schematic import WIDTH
from facility.language import _n
from facility.site import Area, CascadeStep, Site

MARGIN = 4.0


def floor_plan(site: Site, area: Area) -> str:
    """The plan of one area; empty where the area has no room."""
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    if not rooms:
        return ""
    found = boxes(site, area)
    whole = [room for room in rooms if room.inside is None]
    zones = [room for room in rooms if room.inside is not None]
    places = {room.id: found[room.id] for room in whole}
    outside = {step.high: step.point for step in site.cascade if step.low is None}
    parts = [
        *(
            marks.room(
                room, found[room.id], [found[z.id] for z in zones if z.inside == room.id], outside.get(room.id)
            )
            for room in whole
        ),
        *(marks.zone(site, room, found[room.id]) for room in zones),
        *ways.doors(site.doors, places),
        *ways.arrows(site.cascade, places),
    ]
    height = max(box.y + box.height for box in found.values())
    return _svg(area, len(whole), height, "".join(parts))


def steps_beside(site: Site, area: Area) -> Sequence[CascadeStep]:
    """The pressure steps of an area for which its plan has no arrow: their rooms do not face each other in it."""
    places = {id: box for id, box in boxes(site, area).items() if site.rooms[id].inside is None}
    return [
        step
        for step in site.cascade
        if step.low is not None and step.high in places and ways.way(places, step.high, step.low) is None
    ]


def _svg(area: Area, rooms: int, height: float, inner: str) -> str:
    label = _n("Floor plan of {area}, {n} room", "Floor plan of {area}, {n} rooms", rooms, area=area.name, n=rooms)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="plan" role="group" aria-label="{escape(label, quote=True)}" '
        f'viewBox="{-MARGIN:g} {-MARGIN:g} {WIDTH + 2 * MARGIN:g} {height + 2 * MARGIN:g}">{inner}</svg>'
    )

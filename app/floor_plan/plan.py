"""The floor plan as SVG. What is live in it is marked, and painted by the browser.

Every room and zone is a link, so keyboard and screen reader reach it. `data-fit` is the width that a text may take.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from app.floor_plan import marks, ways
from app.floor_plan.boxes import boxes
from app.floor_plan.own import Outline, own_plan
from app.floor_plan.schematic import WIDTH
from facility.language import _n
from facility.site import Area, CascadeStep, Room, Site

MARGIN = 4.0


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan, and what of its area is not in it: rooms that the site's own drawing does not name, and pressure steps
    whose rooms do not face each other."""

    svg: str
    rooms_beside: Sequence[Room] = ()
    steps_beside: Sequence[CascadeStep] = ()


def floor_plan(site: Site, area: Area) -> str:
    """The plan of one area as SVG; empty where the area has no room."""
    return plan(site, area).svg


def plan(site: Site, area: Area) -> Plan:
    """The plan of one area: the site's own drawing where it has one, else as the site file describes the rooms."""
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    if not rooms:
        return Plan("")
    own = None if area.drawing is None else own_plan(area.drawing, area.id, frozenset(room.id for room in rooms))
    if own is None:
        found = {id: Outline("", box, box) for id, box in boxes(site, area).items()}
        height = max(outline.box.y + outline.box.height for outline in found.values())
    else:
        found, height = dict(own.outlines), own.height
    whole = {room.id: found[room.id].box for room in rooms if room.inside is None and room.id in found}
    parts = [
        "" if own is None else own.markup,
        *_rooms(site, rooms, found),
        *(ways.doors(site.doors, whole) if own is None else ()),
        *ways.arrows(site.cascade, whole),
    ]
    kind = "plan" if own is None else "plan own lettered" if own.lettered else "plan own"
    return Plan(
        _svg(area, kind, len(whole), height, "".join(parts)),
        [room for room in rooms if room.id not in found],
        [
            step
            for step in site.cascade
            if step.low is not None
            and site.rooms[step.high].area == area.id
            and ways.way(whole, step.high, step.low) is None
        ],
    )


def _rooms(site: Site, rooms: Sequence[Room], found: Mapping[str, Outline]) -> Sequence[str]:
    """Rooms, and above them their zones."""
    outside = {step.high: step.point for step in site.cascade if step.low is None}
    drawn = [room for room in rooms if room.id in found]
    zones = [room for room in drawn if room.inside is not None]
    parts = []
    for room in drawn:
        if room.inside is None:
            beside = [found[zone.id].box for zone in zones if zone.inside == room.id]
            at = found[room.id]
            parts.append(marks.room(room, at.words, beside, outside.get(room.id), at.markup))
    return parts + [marks.zone(site, zone, found[zone.id].words, found[zone.id].markup) for zone in zones]


def _svg(area: Area, kind: str, rooms: int, height: float, inner: str) -> str:
    words = _n("Floor plan of {area}, {n} room", "Floor plan of {area}, {n} rooms", rooms, area=area.name, n=rooms)
    label = escape(words, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" role="group" aria-label="{label}" '
        f'viewBox="{-MARGIN:g} {-MARGIN:g} {WIDTH + 2 * MARGIN:g} {height + 2 * MARGIN:g}">{inner}</svg>'
    )

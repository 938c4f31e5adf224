"""Where each room and zone of an area stands in its drawing, which is `WIDTH` units wide."""

from collections.abc import Mapping, Sequence

from app.floor_plan.schematic import WIDTH, schematic
from app.floor_plan.walls import around, scaled
from facility.site import Area, Rectangle, Room, Site

ZONE_WIDTH, ZONE_HEIGHT, ZONE_GAP = 150.0, 78.0, 12.0


def boxes(site: Site, area: Area) -> dict[str, Rectangle]:
    """As the site file places them; a schematic where it does not."""
    rooms = [room for room in site.rooms.values() if room.area == area.id]
    whole = [room for room in rooms if room.inside is None]
    zones = [room for room in rooms if room.inside is not None]
    if all(room.plan is not None for room in whole):
        found = _written(rooms)
    else:
        counts = {room.id: sum(zone.inside == room.id for zone in zones) for room in whole}
        steps = [(step.high, step.low) for step in site.cascade if step.low is not None]
        known = {room.id for room in whole}
        found = schematic(
            whole,
            counts,
            [step for step in steps if known.issuperset(step)],
            [door.between for door in site.doors if known.issuperset(door.between)],
        )
    return found | _placed([zone for zone in zones if zone.id not in found], found)


def _written(rooms: Sequence[Room]) -> dict[str, Rectangle]:
    plans = {room.id: room.plan for room in rooms if room.plan is not None}
    frame = around(plans.values())
    return {id: scaled(plan, frame, WIDTH / frame.width) for id, plan in plans.items()}


def _placed(zones: Sequence[Room], rooms: Mapping[str, Rectangle]) -> dict[str, Rectangle]:
    """Zones whose place is not written stand below each other at the right side of their room."""
    found: dict[str, Rectangle] = {}
    for room in dict.fromkeys(zone.inside for zone in zones):
        inside = [zone.id for zone in zones if zone.inside == room]
        box = rooms[room or ""]
        width = min(ZONE_WIDTH, box.width * 0.42)
        height = min(ZONE_HEIGHT, (box.height - ZONE_GAP) / len(inside) - ZONE_GAP)
        for number, id in enumerate(inside):
            y = box.y + ZONE_GAP + number * (height + ZONE_GAP)
            found[id] = Rectangle(box.x + box.width - width - ZONE_GAP, y, width, height)
    return found

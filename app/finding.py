"""The finding in words: what the title of the overview says, and the line below it."""

from collections.abc import Iterable, Mapping

from app.formats import count, sentence
from app.status import PointStatus, Status
from facility.site import Grade, Site


def finding(
    site: Site,
    rooms: Mapping[str, PointStatus | None],
    points: Iterable[PointStatus],
    any_reading: bool,
) -> tuple[str, str]:
    """Title and lead: "One action alarm, in Aseptic processing 1", "One alert. 12 of 15 rooms are normal." """
    if not any_reading:
        return (
            "No reading has arrived yet",
            f"{len(_whole(site))} rooms and {len(site.points)} points are described.",
        )
    by_status: dict[Status, list[str]] = {status: [] for status in Status}
    for point in points:
        by_status[point.status].append(site.points[point.point].room)
    kinds = [
        (Status.ACTION, "action alarm", "action alarms"),
        (Status.NO_DATA, "point without data", "points without data"),
        (Status.ALERT, "alert", "alerts"),
        (Status.RETURNED, "alarm back inside, not acknowledged", "alarms back inside, not acknowledged"),
        (Status.ADVISORY, "advisory", "advisories"),
    ]
    present = [(by_status[status], one, many) for status, one, many in kinds if by_status[status]]
    if not present:
        return "All rooms are normal", f"{len(_whole(site))} rooms, {len(site.points)} points."
    (where, one, many), *rest = present
    title = sentence(f"{count(len(where), one, many)}, in {_places(site, where)}")
    others = sentence(", ".join(count(len(rooms_of), one, many) for rooms_of, one, many in rest))
    return title, f"{others + '. ' if others else ''}{_normal(site, rooms)}"


def _whole(site: Site) -> list[str]:
    return [room.id for room in site.rooms.values() if room.inside is None]


def _places(site: Site, rooms: list[str]) -> str:
    distinct = list(dict.fromkeys(rooms))
    if len(distinct) > 2:
        return count(len(distinct), "room")
    return " and ".join(site.rooms[room].name for room in distinct)


def _normal(site: Site, rooms: Mapping[str, PointStatus | None]) -> str:
    """12 of 15 rooms are normal, and both grade A zones."""

    def is_normal(room: str) -> bool:
        status = rooms[room]
        return status is None or status.status is Status.NORMAL

    whole = _whole(site)
    zones = [room.id for room in site.rooms.values() if room.inside and room.classification is Grade.A]
    normal = sum(map(is_normal, whole))
    text = f"{normal} of {len(whole)} rooms {'is' if normal == 1 else 'are'} normal"
    normal_zones = sum(map(is_normal, zones))
    if zones and normal_zones == len(zones):
        text += ", and " + {1: "the grade A zone", 2: "both grade A zones"}.get(
            len(zones), f"all {len(zones)} grade A zones"
        )
    elif zones:
        text += f", and {normal_zones} of {len(zones)} grade A {'zone' if len(zones) == 1 else 'zones'}"
    return text + "."

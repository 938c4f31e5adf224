"""The finding in words: what the title of the overview says, and the line below it."""

from collections.abc import Iterable, Mapping

from app.formats import sentence, words
from app.status import PointStatus, Status
from facility.language import _, _n
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
            _("No reading has arrived yet"),
            _("{n} rooms and {points} points are described.", n=len(_whole(site)), points=len(site.points)),
        )
    by_status: dict[Status, list[str]] = {status: [] for status in Status}
    for point in points:
        by_status[point.status].append(site.points[point.point].room)
    worst_first = (Status.ACTION, Status.NO_DATA, Status.ALERT, Status.RETURNED, Status.ADVISORY)
    present = [status for status in worst_first if by_status[status]]
    if not present:
        return _("All rooms are normal"), _(
            "{n} rooms, {points} points.", n=len(_whole(site)), points=len(site.points)
        )
    first, *rest = present
    places = _places(site, by_status[first])
    title = sentence(_("{what}, {places}", what=_counted(first, len(by_status[first])), places=places))
    others = sentence(", ".join(_counted(status, len(by_status[status])) for status in rest))
    return title, f"{others + '. ' if others else ''}{_normal(site, rooms)}"


def _counted(status: Status, n: int) -> str:
    """One action alarm, two alerts."""
    counted = words(n)
    match status:
        case Status.ACTION:
            return _n("{n} action alarm", "{n} action alarms", n, n=counted)
        case Status.NO_DATA:
            return _n("{n} point without data", "{n} points without data", n, n=counted)
        case Status.ALERT:
            return _n("{n} alert", "{n} alerts", n, n=counted)
        case Status.RETURNED:
            return _n(
                "{n} alarm back inside, not acknowledged",
                "{n} alarms back inside, not acknowledged",
                n,
                n=counted,
            )
        case _:
            return _n("{n} advisory", "{n} advisories", n, n=counted)


def _whole(site: Site) -> list[str]:
    return [room.id for room in site.rooms.values() if room.inside is None]


def _places(site: Site, rooms: list[str]) -> str:
    distinct = list(dict.fromkeys(rooms))
    if len(distinct) > 2:
        return _n("in {n} room", "in {n} rooms", len(distinct), n=words(len(distinct)))
    names = [site.rooms[room].name for room in distinct]
    if len(names) == 1:
        return _("in {room}", room=names[0])
    return _("in {one} and {other}", one=names[0], other=names[1])


def _normal(site: Site, rooms: Mapping[str, PointStatus | None]) -> str:
    """12 of 15 rooms are normal, and both grade A zones."""

    def is_normal(room: str) -> bool:
        status = rooms[room]
        return status is None or status.status is Status.NORMAL

    whole = _whole(site)
    zones = [room.id for room in site.rooms.values() if room.inside and room.classification is Grade.A]
    normal = sum(map(is_normal, whole))
    told = _n("{n} of {all} rooms is normal", "{n} of {all} rooms are normal", normal, n=normal, all=len(whole))
    clean = sum(map(is_normal, zones))
    if zones and clean == len(zones):
        further = {1: _("and the grade A zone"), 2: _("and both grade A zones")}.get(
            len(zones), _("and all {n} grade A zones", n=len(zones))
        )
        return f"{told}, {further}."
    if zones:
        many = len(zones)
        further = _n("and {n} of {all} grade A zone", "and {n} of {all} grade A zones", many, n=clean, all=many)
        return f"{told}, {further}."
    return f"{told}."

"""With what a trend is compared: the same points at another time, or the same quantities of another room."""

from dataclasses import dataclass, replace

from app import formats
from app.trends.bands import BandRow
from app.trends.view import View
from facility.instants import Instant, Span
from facility.language import _
from facility.site import Point, Site


@dataclass(frozen=True, slots=True)
class Comparison:
    """`shift` is how much earlier the other time is; 0 where another `room` at the same time is meant."""

    shift: Span = 0
    room: str | None = None


def comparison(site: Site, view: View, start: Instant, end: Instant, now: Instant) -> Comparison | None:
    """The comparison that a view asks for over this range; None where it asks for none that can be made."""
    if view.room_beside is not None:
        return Comparison(room=view.room_beside) if view.room_beside in site.rooms else None
    shift = view.shift(start, end)
    return Comparison(shift) if shift and start - shift < now else None


def comparison_words(site: Site, compared: Comparison, start: Instant, end: Instant) -> str:
    """With what a range is compared."""
    if compared.room is not None:
        room = site.rooms[compared.room]
        return _("{room} at the same time", room=f"{room.id} {room.name}")
    begin, finish = (
        f"{formats.date(at, site.timezone)} {formats.hour_minute(at, site.timezone)}"
        for at in (start - compared.shift, end - compared.shift)
    )
    return _("{start} to {end}", start=begin, end=finish)


def counterpart(site: Site, point: Point, room: str) -> Point | None:
    """What measures the same in another room: of several the one at the same place in the site file."""
    if point.room == room:
        return None
    own = [other.id for other in _alike(site, point, point.room)]
    others = _alike(site, point, room)
    return others[min(own.index(point.id), len(others) - 1)] if others else None


def moved(row: BandRow, shift: Span) -> BandRow:
    """Bands of an earlier time, where they are drawn beside those of the range."""
    bands = tuple(replace(band, start=band.start + shift, end=band.end + shift) for band in row.bands)
    return BandRow(_("{row} then", row=row.label), bands)


def _alike(site: Site, point: Point, room: str) -> list[Point]:
    kind = point.quantity, point.size
    return [other for other in site.points_by_room[room] if (other.quantity, other.size) == kind]

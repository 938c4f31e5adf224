"""What is in and around an excursion: its rooms and points, the rooms beside them, those of the same air handler."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.rooms import around, within
from facility.excursion import Excursion
from facility.quantities import Quantity
from facility.site import Site

MOST_POINTS = 12
"""Of a flood the points of the most severe alarms are worked out; the page says so."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Ids of the site. `rooms` are its own, with the zones inside them and the rooms around; `beside` those behind a
    door or a step of the pressure cascade, `same_air` the ones that a rule of causes speaks of together with one.

    `points` are those of its alarms, the most severe first; `pressures` those of rooms and rooms beside.
    """

    rooms: tuple[str, ...]
    beside: tuple[str, ...]
    same_air: tuple[str, ...]
    points: tuple[str, ...]
    pressures: tuple[str, ...]

    @property
    def all_rooms(self) -> tuple[str, ...]:
        """Each of them once, its own first."""
        return tuple(dict.fromkeys((*self.rooms, *self.beside, *self.same_air)))


def scope_of(site: Site, excursion: Excursion) -> Scope:
    """What is in and around it, as far as this site has it."""
    rooms = kin_of(site, excursion.rooms)
    beside = _without(rooms, (*_behind_doors(site, rooms), *_along_cascade(site, rooms)))
    air = [room for rule in site.causes if set(rule.explains.rooms) & set(rooms) for room in rule.explains.rooms]
    severe = sorted(excursion.in_order(), key=lambda alarm: -alarm.severity)
    near = (*rooms, *beside)
    return Scope(
        rooms=rooms,
        beside=beside,
        same_air=_without(near, (room for room in air if room in site.rooms)),
        points=tuple(dict.fromkeys(alarm.point for alarm in severe if alarm.point in site.points)),
        pressures=tuple(
            point.id for room in near for point in site.points_by_room[room] if point.quantity is Quantity.PRESSURE
        ),
    )


def kin_of(site: Site, rooms: Iterable[str]) -> tuple[str, ...]:
    """Rooms, those that they are inside of and the zones inside them, as far as the site has them."""
    known = [room for room in rooms if room in site.rooms]
    return tuple(dict.fromkeys(other for room in known for other in (*around(site, room), *within(site, room))))


def _behind_doors(site: Site, rooms: tuple[str, ...]) -> list[str]:
    pairs = [door.between for door in site.doors]
    return [b for a, b in (*pairs, *((b, a) for a, b in pairs)) if a in rooms and b in site.rooms]


def _along_cascade(site: Site, rooms: tuple[str, ...]) -> list[str]:
    steps = [(step.high, step.low) for step in site.cascade if step.low is not None]
    return [b for a, b in (*steps, *((b, a) for a, b in steps)) if a in rooms and b in site.rooms]


def _without(known: tuple[str, ...], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(room for room in others if room not in known))

"""Do the parts of a site file fit together? Names that lead nowhere or stand twice, keys that do not go together."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from facility.quantities import MEASURES, Quantity
from facility.site import Grade
from facility.site_build import area_id, default_limits, entries_of, point_id
from facility.site_cause_checks import cause_mistakes
from facility.site_condition_checks import condition_mistakes, never_found
from facility.site_errors import did_you_mean
from facility.site_limits import Mistake, combined, is_shared, mistakes, site_limits
from facility.site_on_call_checks import on_call_mistakes
from facility.site_plan_checks import plan_mistakes
from facility.site_rule_checks import measured_mistakes, rule_mistakes
from facility.site_schema import InstrumentEntry, LimitEntry, PointEntry, RoomEntry, SiteEntry
from facility.site_suppression_checks import suppression_mistakes
from facility.site_values import OUTSIDE
from facility.site_yaml import Path
from facility.standards.defaults import Standard


def mistakes_in(site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    """Every mistake in the sense of a site file whose shape is right. `rooms` are all room ids that it writes."""
    yield from _used_twice(site)
    for name, entries in site.limit_sets.items():
        yield from _limit_entries(("limit_sets", name), entries)
    for index, room in enumerate(site.rooms):
        place: Path = ("rooms", index)
        yield from _room(place, room, site, rooms)
        for number, instrument in enumerate(room.instruments):
            yield from _instrument((*place, "instruments", number), instrument)
            for position, point in enumerate(instrument.points):
                here = (*place, "instruments", number, "points", position)
                yield from _point(here, point, room, site, rooms)
                yield from _limits(here, instrument, point, room, site)
    yield from plan_mistakes(site)
    yield from _doors(site, rooms)
    yield from _stations(site)
    yield from cause_mistakes(site.causes, rooms, _point_ids(site))
    yield from suppression_mistakes(site.suppressions, rooms, _point_ids(site))
    if site.on_call is not None:
        yield from on_call_mistakes(site.on_call, [area.id for area in site.areas])


def _point_ids(site: SiteEntry) -> list[str]:
    return [point_id(i, point) for room in site.rooms for i in room.instruments for point in i.points]


def _used_twice(site: SiteEntry) -> Iterator[Mistake]:
    places: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for index, area in enumerate(site.areas):
        places["area", area.id].append(("areas", index, "id"))
    for index, station in enumerate(site.stations or ()):
        places["station", station.id].append(("stations", index, "id"))
    for index, room in enumerate(site.rooms):
        places["room", room.id].append(("rooms", index, "id"))
        for number, instrument in enumerate(room.instruments):
            here: Path = ("rooms", index, "instruments", number)
            places["instrument", instrument.id].append((*here, "id"))
            for position, point in enumerate(instrument.points):
                places["point", point_id(instrument, point)].append((*here, "points", position, "id"))
    for (kind, name), found in places.items():
        for place in found[1:]:
            yield place, f"there are two {kind}s {name}; give each an id of its own"


def _room(place: Path, room: RoomEntry, site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    areas = [area.id for area in site.areas]
    if room.area is not None and room.area not in areas:
        yield (*place, "area"), _not_described("area", room.area, areas)
    if room.area is None and len(areas) > 1:
        yield place, f"the key 'area' is missing; there are several: {', '.join(areas)}"
    if room.grade is not None and room.iso_class is not None:
        yield (*place, "iso_class"), "a room has a grade or an ISO class, not both"
    for index, standard in enumerate(room.standards or ()):
        yield from _standard((*place, "standards", index), standard, room)
    if room.inside is not None:
        yield from _inside((*place, "inside"), room, site, rooms)


def _standard(place: Path, standard: Standard, room: RoomEntry) -> Iterator[Mistake]:
    if room.grade is None and room.iso_class is None:
        yield place, f"{standard} needs a grade or an iso_class in {room.id}"
    elif (standard is Standard.ANNEX1) != isinstance(room.grade, Grade):
        speaks, has = ("grades", "an ISO class") if standard is Standard.ANNEX1 else ("ISO classes", "a grade")
        yield place, f"{standard} speaks of {speaks}; {room.id} has {has}"


def _inside(place: Path, room: RoomEntry, site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    if room.inside not in rooms:
        yield place, _not_described("room", str(room.inside), rooms)
    elif room.inside == room.id:
        yield place, "a zone is inside another room, not inside itself"
    elif any(other.id == room.inside and other.inside is not None for other in site.rooms):
        yield place, f"{room.inside} is a zone itself; a zone is inside a room"
    elif any(other.id == room.inside and area_id(site, other) != area_id(site, room) for other in site.rooms):
        yield place, f"{room.id} and {room.inside} are not in the same area"


def _instrument(place: Path, instrument: InstrumentEntry) -> Iterator[Mistake]:
    if instrument.silent_after is not None and instrument.silent_after < instrument.interval:
        yield (*place, "silent_after"), "shorter than the interval; every pause would be an alarm"


def _point(
    place: Path, point: PointEntry, room: RoomEntry, site: SiteEntry, rooms: Collection[str]
) -> Iterator[Mistake]:
    if point.quantity is Quantity.PARTICLES and point.size is None:
        yield place, "particles need a size in µm, like size: 0.5"
    if point.quantity is not Quantity.PARTICLES and point.size is not None:
        yield (*place, "size"), f"a size belongs to particles, not to {point.quantity}"
    if point.against is not None:
        if point.quantity is not Quantity.PRESSURE:
            yield (*place, "against"), f"belongs to {Quantity.PRESSURE}, not to {point.quantity}"
        if point.against not in (*rooms, OUTSIDE):
            yield (*place, "against"), _not_described("room", point.against, [*rooms, OUTSIDE])
        if point.against == room.id:
            yield (*place, "against"), f"a room is measured against another room, or against {OUTSIDE}"
    if point.limit_set is not None and point.limit_set not in site.limit_sets:
        yield (*place, "limit_set"), _not_described("limit set", point.limit_set, site.limit_sets)
    yield from _limit_entries((*place, "limits"), point.limits)


def _limit_entries(place: Path, entries: list[LimitEntry]) -> Iterator[Mistake]:
    for index, entry in enumerate(entries):
        if entry.low is None and entry.high is None:
            yield (*place, index), "a limit needs low, high or both"
        yield from rule_mistakes((*place, index), entry)


def _limits(
    place: Path, instrument: InstrumentEntry, entry: PointEntry, room: RoomEntry, site: SiteEntry
) -> Iterator[Mistake]:
    if entry.quantity is Quantity.PARTICLES and entry.size is None:
        return
    own, defaults = site_limits(entries_of(place, entry, site)), default_limits(site, room, entry)
    measure = MEASURES[entry.quantity]
    for limit_place, message in (
        *mistakes(defaults, own, measure),
        *measured_mistakes(own, entry.quantity, measure, instrument),
    ):
        yield limit_place, f"at {point_id(instrument, entry)}: {message}" if is_shared(limit_place) else message
    limits, between = combined(defaults, own), entry.against is not None
    place = *place, "conditions"
    yield from condition_mistakes(place, entry.conditions, entry.quantity, limits, between)
    yield from never_found(place, entry.conditions, instrument.interval)


def _doors(site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    seen: set[frozenset[str]] = set()
    for index, door in enumerate(site.doors):
        place: Path = ("doors", index, "between")
        for end, room in enumerate(door.between):
            if room not in rooms:
                yield (*place, end), _not_described("room", room, rooms)
        pair = frozenset(door.between)
        if len(pair) == 1:
            yield place, "a door is between two rooms"
        if pair in seen:
            yield place, f"the door between {' and '.join(door.between)} is described twice"
        seen.add(pair)


def _stations(site: SiteEntry) -> Iterator[Mistake]:
    """Every area in exactly one station, no source in two; only a station that is alone may leave them out."""
    stations = site.stations or []
    areas = [area.id for area in site.areas]
    watched: dict[tuple[str, str], str] = {}
    for index, station in enumerate(stations):
        for key, names in (("areas", station.areas), ("sources", station.sources)):
            if names is None and len(stations) > 1:
                yield ("stations", index), f"the key {key!r} is missing; with several stations each says its own"
            for number, name in enumerate(names or ()):
                place: Path = ("stations", index, key, number)
                noun = key.removesuffix("s")
                if noun == "area" and name not in areas:
                    yield place, _not_described("area", name, areas)
                elif (noun, name) in watched:
                    yield place, f"{noun} {name} is in station {watched[noun, name]} already; leave it out of one"
                watched.setdefault((noun, name), station.id)
    if stations and all(station.areas is not None for station in stations):
        for index, area in enumerate(site.areas):
            if ("area", area.id) not in watched:
                yield ("areas", index), f"no station watches area {area.id}; name it in the areas of one"


def _not_described(kind: str, name: str, known: Collection[str]) -> str:
    return f"{kind} {name} is not described{did_you_mean(name, known)}"

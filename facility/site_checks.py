"""Do the parts of a site file fit together? Names that lead nowhere or stand twice, keys that do not go together."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from facility.language import N_, _
from facility.quantities import MEASURES, Quantity
from facility.site import Grade
from facility.site_build import area_id, default_limits, entries_of, point_id
from facility.site_cause_checks import cause_mistakes
from facility.site_condition_checks import condition_mistakes, never_found
from facility.site_errors import not_described
from facility.site_limits import Mistake, combined, is_shared, mistakes, site_limits
from facility.site_on_call_checks import on_call_mistakes
from facility.site_plan_checks import plan_mistakes
from facility.site_rule_checks import measured_mistakes, rule_mistakes
from facility.site_schema import InstrumentEntry, LimitEntry, PointEntry, RoomEntry, SiteEntry
from facility.site_suppression_checks import suppression_mistakes
from facility.site_values import OUTSIDE
from facility.site_yaml import Path
from facility.standards.defaults import Standard

TWICE = {
    "area": N_("there are two areas {name}; give each an id of its own"),
    "instrument": N_("there are two instruments {name}; give each an id of its own"),
    "point": N_("there are two points {name}; give each an id of its own"),
    "room": N_("there are two rooms {name}; give each an id of its own"),
    "station": N_("there are two stations {name}; give each an id of its own"),
}


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
            yield place, _(TWICE[kind], name=name)


def _room(place: Path, room: RoomEntry, site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    areas = [area.id for area in site.areas]
    if room.area is not None and room.area not in areas:
        yield (*place, "area"), not_described(N_("area"), room.area, areas)
    if room.area is None and len(areas) > 1:
        yield place, _("the key 'area' is missing; there are several: {areas}", areas=", ".join(areas))
    if room.grade is not None and room.iso_class is not None:
        yield (*place, "iso_class"), _("a room has a grade or an ISO class, not both")
    for index, standard in enumerate(room.standards or ()):
        yield from _standard((*place, "standards", index), standard, room)
    if room.inside is not None:
        yield from _inside((*place, "inside"), room, site, rooms)


def _standard(place: Path, standard: Standard, room: RoomEntry) -> Iterator[Mistake]:
    if room.grade is None and room.iso_class is None:
        yield place, _("{standard} needs a grade or an iso_class in {room}", standard=standard, room=room.id)
    elif (standard is Standard.ANNEX1) != isinstance(room.grade, Grade):
        words = (
            _("{standard} speaks of grades; {room} has an ISO class", standard=standard, room=room.id)
            if standard is Standard.ANNEX1
            else _("{standard} speaks of ISO classes; {room} has a grade", standard=standard, room=room.id)
        )
        yield place, words


def _inside(place: Path, room: RoomEntry, site: SiteEntry, rooms: Collection[str]) -> Iterator[Mistake]:
    if room.inside not in rooms:
        yield place, not_described(N_("room"), str(room.inside), rooms)
    elif room.inside == room.id:
        yield place, _("a zone is inside another room, not inside itself")
    elif any(other.id == room.inside and other.inside is not None for other in site.rooms):
        yield place, _("{room} is a zone itself; a zone is inside a room", room=room.inside)
    elif any(other.id == room.inside and area_id(site, other) != area_id(site, room) for other in site.rooms):
        yield place, _("{room} and {other} are not in the same area", room=room.id, other=room.inside)


def _instrument(place: Path, instrument: InstrumentEntry) -> Iterator[Mistake]:
    if instrument.silent_after is not None and instrument.silent_after < instrument.interval:
        yield (*place, "silent_after"), _("shorter than the interval; every pause would be an alarm")


def _point(
    place: Path, point: PointEntry, room: RoomEntry, site: SiteEntry, rooms: Collection[str]
) -> Iterator[Mistake]:
    if point.quantity is Quantity.PARTICLES and point.size is None:
        yield place, _("particles need a size in µm, like size: 0.5")
    if point.quantity is not Quantity.PARTICLES and point.size is not None:
        yield (*place, "size"), _("a size belongs to particles, not to {quantity}", quantity=point.quantity)
    if point.against is not None:
        if point.quantity is not Quantity.PRESSURE:
            yield (
                (*place, "against"),
                _("belongs to {pressure}, not to {quantity}", pressure=Quantity.PRESSURE, quantity=point.quantity),
            )
        if point.against not in (*rooms, OUTSIDE):
            yield (*place, "against"), not_described(N_("room"), point.against, [*rooms, OUTSIDE])
        if point.against == room.id:
            yield (
                (*place, "against"),
                _("a room is measured against another room, or against {outside}", outside=OUTSIDE),
            )
    if point.limit_set is not None and point.limit_set not in site.limit_sets:
        yield (*place, "limit_set"), not_described(N_("limit set"), point.limit_set, site.limit_sets)
    yield from _limit_entries((*place, "limits"), point.limits)


def _limit_entries(place: Path, entries: list[LimitEntry]) -> Iterator[Mistake]:
    for index, entry in enumerate(entries):
        if entry.low is None and entry.high is None:
            yield (*place, index), _("a limit needs low, high or both")
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
        yield (
            limit_place,
            _("at {point}: {mistake}", point=point_id(instrument, entry), mistake=message)
            if is_shared(limit_place)
            else message,
        )
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
                yield (*place, end), not_described(N_("room"), room, rooms)
        pair = frozenset(door.between)
        if len(pair) == 1:
            yield place, _("a door is between two rooms")
        if pair in seen:
            yield place, _("the door between {rooms} is described twice", rooms=_(" and ").join(door.between))
        seen.add(pair)


def _stations(site: SiteEntry) -> Iterator[Mistake]:
    """Every area in exactly one station, no source in two; only a station that is alone may leave them out."""
    stations = site.stations or []
    areas = [area.id for area in site.areas]
    watched: dict[tuple[str, str], str] = {}
    for index, station in enumerate(stations):
        for key, names in (("areas", station.areas), ("sources", station.sources)):
            if names is None and len(stations) > 1:
                yield (
                    ("stations", index),
                    _("the key {key} is missing; with several stations each says its own", key=repr(key)),
                )
            for number, name in enumerate(names or ()):
                place: Path = ("stations", index, key, number)
                noun = key.removesuffix("s")
                if noun == "area" and name not in areas:
                    yield place, not_described(N_("area"), name, areas)
                elif (noun, name) in watched:
                    words = _(
                        "{noun} {name} is in station {station} already; leave it out of one",
                        noun=_(noun),
                        name=name,
                        station=watched[noun, name],
                    )
                    yield place, words
                watched.setdefault((noun, name), station.id)
    if stations and all(station.areas is not None for station in stations):
        for index, area in enumerate(site.areas):
            if ("area", area.id) not in watched:
                yield ("areas", index), _("no station watches area {area}; name it in the areas of one", area=area.id)

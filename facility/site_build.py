"""From a checked site file to the site, with everything filled in that the file leaves to the defaults."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from facility.conditions import overdue_from
from facility.drawing import drawing
from facility.escalation import OnCall
from facility.instants import SECOND, Span
from facility.language import _, speaking
from facility.limit import Limit, Severity
from facility.quantities import MEASURES, Quantity
from facility.retention import Retention
from facility.site import (
    MAIN,
    Area,
    CascadeStep,
    Classification,
    Door,
    Grade,
    Instrument,
    IsoClass,
    Point,
    Rectangle,
    Room,
    Site,
    Station,
)
from facility.site_causes import cause_of, grouping_of
from facility.site_conditions import conditions
from facility.site_limits import combined, site_limits
from facility.site_on_call import on_call
from facility.site_schema import AreaEntry, InstrumentEntry, LimitEntry, PointEntry, RoomEntry, SiteEntry
from facility.site_suppressions import suppression_of
from facility.site_values import OUTSIDE
from facility.site_yaml import Path
from facility.standards.defaults import Standard, cascade_limit, standard_limits
from facility.writing import significant

SILENT_INTERVALS = 3
"""How many intervals an instrument may be silent before it is a no-data alarm, unless the site says otherwise."""

SHORTEST_SILENCE: Span = 30 * SECOND

CRITICAL_GRADES = frozenset({Grade.A, Grade.B})
"""Where lost data call for action at once, unless the site says otherwise."""


def build(site: SiteEntry, text: str) -> Site:
    """The site of an entry that has no mistakes. `text` is the file as it was read.

    What the file gives no name has one in the language of the site.
    """
    with speaking(site.language):
        return _built(site, text)


def _built(site: SiteEntry, text: str) -> Site:
    return Site(
        id=site.id,
        name=site.name,
        timezone=site.timezone,
        language=site.language,
        areas=tuple(_area(site, area) for area in site.areas),
        rooms={room.id: _room(site, room) for room in site.rooms},
        doors=tuple(Door((door.between[0], door.between[1])) for door in site.doors),
        instruments={i.id: _instrument(room, i) for room in site.rooms for i in room.instruments},
        points={point.id: point for room in site.rooms for i in room.instruments for point in _points(site, room, i)},
        cascade=tuple(_cascade(site)),
        simulated=site.simulated,
        retention=None if site.retention is None else Retention(**site.retention.model_dump()),
        stations=_stations(site),
        on_call=OnCall() if site.on_call is None else on_call(site.on_call, site.timezone),
        causes=tuple(map(cause_of, site.causes)),
        grouping=grouping_of(site.excursions),
        suppressions=tuple(map(suppression_of, site.suppressions)),
        text=text,
    )


def area_id(site: SiteEntry, room: RoomEntry) -> str:
    """As written, or else the only area."""
    return room.area or site.areas[0].id


def point_id(instrument: InstrumentEntry, point: PointEntry) -> str:
    """As written, or else the instrument's id; a particle size adds itself: `B101.PC1.p0_5`."""
    if point.id is not None:
        return point.id
    if point.size is None:
        return instrument.id
    size = f"{point.size:g}" if point.size % 1 else f"{point.size:.1f}"
    return f"{instrument.id}.p{size.replace('.', '_')}"


def entries_of(place: Path, point: PointEntry, site: SiteEntry) -> Iterator[tuple[Path, LimitEntry]]:
    """The limit entries of the point at a place, from its limit set and its own, each with its own place."""
    if point.limit_set is not None:
        for index, entry in enumerate(site.limit_sets.get(point.limit_set, ())):
            yield ("limit_sets", point.limit_set, index), entry
    for index, entry in enumerate(point.limits):
        yield (*place, "limits", index), entry


def default_limits(site: SiteEntry, room: RoomEntry, point: PointEntry) -> tuple[Limit, ...]:
    """What the room's standards ask of a point. ValueError for a particle size that a standard does not know."""
    classification = classification_of(room)
    standards = room.standards or _usual_standards(classification)
    limits = standard_limits(standards, classification, point.quantity, point.size)
    if point.against is None:
        return limits
    low = next((other for other in site.rooms if other.id == point.against), None)
    step = cascade_limit(classification, classification_of(low) if low else None, standards)
    return (*limits, step) if step else limits


def classification_of(room: RoomEntry) -> Classification | None:
    """Grade or ISO class, None for an unclassified room."""
    return IsoClass(room.iso_class) if room.iso_class is not None else room.grade


def _usual_standards(classification: Classification | None) -> list[Standard]:
    match classification:
        case Grade():
            return [Standard.ANNEX1]
        case IsoClass():
            return [Standard.ISO14644]
        case None:
            return []


def _stations(site: SiteEntry) -> tuple[Station, ...]:
    if site.stations is None:
        return (Station(MAIN),)
    return tuple(
        Station(
            station.id,
            None if station.areas is None else tuple(station.areas),
            None if station.sources is None else tuple(station.sources),
        )
        for station in site.stations
    )


def _area(site: SiteEntry, area: AreaEntry) -> Area:
    own = site.drawings.get(area.id)
    return Area(area.id, area.name, None if own is None else drawing(own))


def _room(site: SiteEntry, room: RoomEntry) -> Room:
    plan = None if room.plan is None else Rectangle(room.plan.x, room.plan.y, room.plan.width, room.plan.height)
    unknown = None if room.inside is not None else room.state_unknown_after
    return Room(
        room.id,
        room.name,
        area_id(site, room),
        classification_of(room),
        plan,
        room.inside,
        unknown,
        room.response or "",
    )


def _instrument(room: RoomEntry, entry: InstrumentEntry) -> Instrument:
    return Instrument(
        id=entry.id,
        name=entry.name,
        room=room.id,
        serial=entry.serial,
        calibration_due=entry.calibration_due,
        interval=entry.interval,
        nominal_volume=entry.nominal_volume,
    )


def _points(site: SiteEntry, room: RoomEntry, instrument: InstrumentEntry) -> Iterator[Point]:
    due = instrument.calibration_due
    overdue = None if due is None else overdue_from(due, ZoneInfo(site.timezone))
    for number, entry in enumerate(instrument.points):
        limits = combined(default_limits(site, room, entry), site_limits(entries_of((), entry, site)))
        yield Point(
            id=point_id(instrument, entry),
            name=entry.name or _usual_name(entry),
            room=room.id,
            instrument=instrument.id,
            quantity=entry.quantity,
            size=entry.size,
            limits=limits,
            silent_after=_silent_after(instrument, entry),
            fault_severity=_fault_severity(room, instrument),
            conditions=conditions(
                entry.conditions,
                entry.quantity,
                instrument.interval,
                limits,
                entry.against is not None,
                number == 0,
                overdue,
            ),
        )


def _usual_name(point: PointEntry) -> str:
    if point.size is not None:
        return _("Particles ≥ {size} µm", size=significant(point.size, 6))
    if point.against is not None:
        return _("Room pressure") if point.against == OUTSIDE else _("Step to {room}", room=point.against)
    return _(MEASURES[point.quantity].name)


def _silent_after(instrument: InstrumentEntry, point: PointEntry) -> Span | None:
    if "silent_after" in instrument.model_fields_set:
        return instrument.silent_after
    if point.quantity is Quantity.VIABLE_AIR:
        return None
    return max(SILENT_INTERVALS * instrument.interval, SHORTEST_SILENCE)


def _fault_severity(room: RoomEntry, instrument: InstrumentEntry) -> Severity:
    if instrument.fault_severity is not None:
        return Severity[instrument.fault_severity.upper()]
    return Severity.ACTION if room.grade in CRITICAL_GRADES else Severity.ALERT


def _cascade(site: SiteEntry) -> Iterator[CascadeStep]:
    for room in site.rooms:
        for instrument in room.instruments:
            for point in instrument.points:
                if point.against is not None:
                    low = None if point.against == OUTSIDE else point.against
                    yield CascadeStep(point_id(instrument, point), room.id, low)

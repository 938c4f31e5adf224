"""One look at the whole site, as the browser is told: values in words and numbers, ready to be painted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar
from zlib import crc32

import msgspec

from app import formats
from app.finding import finding
from app.live.unanswered import AlarmLook, most_urgent, sounding
from app.live.ways import WaysLook, ways_look
from app.scale import Yardstick
from app.status import UNANSWERED, Newest, PointStatus, Status, overdue_by, point_status, room_status, worst_first
from bus.messages import AlarmNotice, HoldsNotice, RoomNotice, StationBeat
from facility.alarm import STANDING, room_of
from facility.holds import instrument_of
from facility.instants import SECOND, Instant, Span, instant_of
from facility.language import _
from facility.limit import Limit, Side
from facility.site import Point, Site
from facility.site_part import owner


class PointLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """One point. `until` is when its value is too old to be shown; `at` its place on its scale, 0 to 1."""

    status: str
    word: str
    value: str = formats.NO_NUMBER
    number: float | None = None
    time: Instant | None = None
    until: Instant | None = None
    validity: str = ""
    at: float | None = None
    used: str = ""
    beyond: str = ""
    """How far over or under a limit, in words; empty while the value is inside."""


class RoomLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """One room or zone, and the point that speaks for it: the worst one, or the nearest to its limit."""

    status: str
    word: str
    open: bool = False
    """Is there an alarm that nobody has answered?"""
    point: str = ""
    what: str = ""
    brief: str = ""
    """What, in two words."""
    value: str = ""
    """The newest value, also where it is too old to be shown as one."""
    unit: str = ""
    beyond: str = ""
    since: Instant | None = None
    at: float | None = None
    used: str = ""
    state: str = ""
    """The room state, in words."""


class SiteLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole site in a few words."""

    title: str
    lead: str
    status: str
    order: tuple[str, ...] = ()
    """Room ids, worst first."""
    standing: int = 0
    tasks: int = 0
    """How many of these are advisories: tasks, which are on no wall."""
    unanswered: int = 0
    """How many others wait for an answer."""
    sounding: int = 0
    """How many of these are action alarms."""
    alarms: str = ""
    """Changes whenever any alarm does."""
    states: str = ""
    """Changes whenever any room state does."""
    newest: Instant | None = None
    """When the newest reading was received."""
    system: str = ""
    """What is wrong with the system itself, in two words; empty while nothing is."""
    cut_off: bool = False
    """Does the app not reach the broker, so that it hears no station, whether that runs or not?"""
    without_records: bool = False
    """Are the records away, so that pages lack what they would show of them?"""
    silent: str = ""
    """The stations that are silent, where there are several; empty while all are heard."""
    ways: WaysLook | None = None
    """How well the ways to people are proven; None while that is not known."""


class StationLook(msgspec.Struct, frozen=True, omit_defaults=True):
    """The last sign of life of the station; of several, of the one that was heard last."""

    alive: bool
    at: Instant
    waiting: int = 0
    """Commits that are stored but not yet judged."""


class Look(msgspec.Struct, frozen=True, omit_defaults=True):
    """Everything at one moment, or (as a delta) what is different from the look before."""

    now: Instant
    site: SiteLook | None = None
    station: StationLook | None = None
    points: dict[str, PointLook] = {}
    rooms: dict[str, RoomLook] = {}
    unanswered: tuple[AlarmLook, ...] | None = None
    """The most urgent alarms that nobody has answered, all anew when one of them is another."""


class HeardBeat(msgspec.Struct, frozen=True):
    """A station's newest beat. `heard` is when it came, by this process' clock: the station's may be another."""

    beat: StationBeat
    heard: Instant


STATION_SILENT: Span = 5 * SECOND
"""A station beats once a second."""


class Known(msgspec.Struct):
    """What the hub has heard so far."""

    newest: dict[str, Newest] = {}
    alarms: dict[str, AlarmNotice] = {}
    """By point and condition: at most one alarm of each stands at a time. Some may be over."""
    rooms: dict[str, RoomNotice] = {}
    holds: dict[str, HoldsNotice] = {}
    """What is put aside, by station."""
    beats: dict[str, HeardBeat] = {}
    """The newest of each station."""
    received: Instant | None = None
    system: str = ""
    cut_off: bool = False
    without_records: bool = False
    ways: dict[str, Instant | None] | None = None
    """When each way to people was last proven, by its name; None while that is not known."""


def look_at(site: Site, known: Known, yardsticks: Mapping[str, Yardstick], now: Instant) -> Look:
    """How the site stands now. `yardsticks` are those of each point in its room's present state."""
    alarms_of: dict[str, list[AlarmNotice]] = {}
    standing = [alarm for alarm in known.alarms.values() if alarm.state in STANDING]
    for alarm in standing:
        for point in alarm.blinds or (alarm.point,):
            alarms_of.setdefault(point, []).append(alarm)
    silent = silent_stations(site, known.beats, now)
    blind = {room.id for room in site.rooms.values() if silent and owner(site, room) in silent}
    overdue = {id: overdue_by(instrument, now, site.timezone) for id, instrument in site.instruments.items()}
    put_aside = _put_aside(site, known.holds.values())
    statuses = {
        point.id: point_status(
            point,
            known.newest.get(point.id),
            alarms_of.get(point.id, ()),
            yardsticks[point.id].bounds,
            overdue[point.instrument],
            now,
            station_silent=point.room in blind,
            put_aside=put_aside.get(point.id, ()),
        )
        for point in site.points.values()
    }
    rooms = {
        room: room_status([statuses[point.id] for point in points]) for room, points in site.points_by_room.items()
    }
    order = worst_first(rooms)
    title, lead = finding(site, rooms, statuses.values(), known.received is not None)
    alarms = [alarm for alarm in standing if alarm.severity != "advisory"]
    unanswered = [alarm for alarm in alarms if alarm.state in UNANSWERED and alarm.held is None]
    worst = max((status.status for status in rooms.values() if status is not None), default=Status.NO_DATA)
    return Look(
        now=now,
        site=SiteLook(
            title=title,
            lead=lead,
            status=worst.mark,
            order=tuple(order),
            standing=len(standing),
            tasks=len(standing) - len(alarms),
            unanswered=len(unanswered),
            sounding=sounding(unanswered),
            alarms=_digest(
                [
                    *((a.alarm, a.severity, a.state, repr(a.held)) for a in standing),
                    *((station, repr(notice.holds)) for station, notice in known.holds.items()),
                ]
            ),
            states=_digest([(r.room, r.state or "", *r.batches) for r in known.rooms.values()]),
            newest=known.received,
            system=known.system,
            cut_off=known.cut_off,
            without_records=known.without_records,
            silent=", ".join(silent),
            ways=None if known.ways is None else ways_look(known.ways, now),
        ),
        station=_station(site, known.beats),
        points={
            point.id: _point(point, known.newest.get(point.id), statuses[point.id], yardsticks[point.id])
            for point in site.points.values()
        },
        rooms={room: _room(site, room, status, known, yardsticks) for room, status in rooms.items()},
        unanswered=most_urgent(site, unanswered),
    )


def known_within(site: Site, known: Known) -> Known:
    """What is known of a part of the site: its rooms, their alarms and those of their points and of sources that
    blind one."""
    alarms = {
        key: alarm
        for key, alarm in known.alarms.items()
        if room_of(alarm.point) in site.rooms or not site.points.keys().isdisjoint(alarm.blinds or (alarm.point,))
    }
    rooms = {room: notice for room, notice in known.rooms.items() if room in site.rooms}
    return msgspec.structs.replace(known, alarms=alarms, rooms=rooms)


def _put_aside(site: Site, notices: Iterable[HoldsNotice]) -> dict[str, set[str]]:
    """The kinds of what is put aside of each point, as a whole or in one condition."""
    kinds: dict[str, set[str]] = {}
    for hold in (hold for notice in notices for hold in notice.holds if hold.since is not None):
        instrument = instrument_of(hold.of)
        points = [point.id for point in site.points_by_instrument.get(instrument, ())] if instrument else [hold.of]
        for point in points:
            kinds.setdefault(point, set()).add(hold.kind)
    return kinds


def silent_stations(site: Site, beats: Mapping[str, HeardBeat], now: Instant) -> list[str]:
    """The stations that are not heard, where there are several. A site whose only station is silent is all stale."""
    if len(site.stations) == 1:
        return []
    heard = [id for id, last in beats.items() if last.beat.alive and now - last.heard <= STATION_SILENT]
    return [station.id for station in site.stations if station.id not in heard]


def _station(site: Site, beats: Mapping[str, HeardBeat]) -> StationLook | None:
    present = [beats[station.id].beat for station in site.stations if station.id in beats]
    if not present:
        return None
    newest = max(present, key=lambda beat: (beat.alive, beat.at))
    waiting = max(0, *(beat.commit - beat.judged for beat in present))
    return StationLook(newest.alive, instant_of(newest.at), waiting)


def _point(point: Point, newest: Newest | None, status: PointStatus, yardstick: Yardstick) -> PointLook:
    if newest is None:
        return PointLook(status.status.mark, status.word)
    scale = yardstick.scale
    return PointLook(
        status=status.status.mark,
        word=status.word,
        value=formats.number(newest.value, point.quantity),
        number=newest.value,
        time=newest.time,
        until=None if point.silent_after is None else newest.time + point.silent_after,
        validity=", ".join(map(_, (newest.validity.name.lower(), *newest.reasons))),
        at=None if scale is None or newest.value is None else round(scale.position(newest.value), 3),
        used="" if status.used is None else formats.percent(min(status.used, 9.99)),
        beyond=_beyond(point, newest.value, yardstick.limits),
    )


def _room(
    site: Site, room: str, status: PointStatus | None, known: Known, yardsticks: Mapping[str, Yardstick]
) -> RoomLook:
    notice = known.rooms.get(room) or known.rooms.get(site.rooms[room].inside or "")
    state = formats.sentence(_(notice.state)) if notice is not None and notice.state is not None else ""
    if status is None:
        return RoomLook(Status.NORMAL.mark, _("NOT WATCHED"), state=state)
    point = site.points[status.point]
    newest = known.newest.get(point.id)
    value = None if newest is None else newest.value
    return RoomLook(
        status=status.status.mark,
        word=status.word,
        open=status.unacknowledged,
        point=point.id,
        what=formats.what(point),
        brief=formats.brief(point),
        value=formats.number(value, point.quantity),
        unit=point.unit if value is not None else "",
        beyond="" if status.status is Status.NO_DATA else _beyond(point, value, yardsticks[point.id].limits),
        since=status.since,
        at=None if status.used is None else round(min(1.0, status.used / 1.4), 3),
        used="" if status.used is None else formats.percent(min(status.used, 9.99)),
        state=state,
    )


def _beyond(point: Point, value: float | None, limits: Sequence[Limit]) -> str:
    """How far over or under the most severe limit that is broken; empty while the value is inside."""
    if value is None:
        return ""
    broken = [limit for limit in limits if limit.is_outside(value)]
    if not broken:
        return ""
    worst = max(broken, key=lambda limit: (limit.severity, abs(value - limit.value)))
    return formats.beyond(value, worst.value, Side(worst.side), point.quantity)


def _digest(entries: list[tuple[str, ...]]) -> str:
    return f"{crc32(repr(sorted(entries)).encode()):08x}"


Entry = TypeVar("Entry")


def difference(before: Look, after: Look) -> Look:
    """What of `after` is new since `before`; points and rooms that are gone do not matter to who paints."""

    def changed(old: dict[str, Entry], new: dict[str, Entry]) -> dict[str, Entry]:
        return {id: entry for id, entry in new.items() if old.get(id) != entry}

    return Look(
        now=after.now,
        site=None if after.site == before.site else after.site,
        station=None if after.station == before.station else after.station,
        points=changed(before.points, after.points),
        rooms=changed(before.rooms, after.rooms),
        unanswered=None if after.unanswered == before.unanswered else after.unanswered,
    )

"""Which alarms are one excursion: every alarm is in exactly one, from the moment it is raised.

Every step is a function from the excursions that are known to those that are other than before. It depends on the
alarms alone, not on the order in which they are told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from alerts.rooms import around
from facility.alarm import Alarm
from facility.excursion import FIRST, Excursion, Move, ended
from facility.instants import DAY, Instant, Span
from facility.limit import Severity
from facility.site import Site

GOES_STALE: Span = DAY
"""An open excursion in which nothing has happened for so long takes up no further alarm by its room."""


class RefusedError(ValueError):
    """This cannot be done with these excursions; the message says why."""


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The excursions that are other than before, by id, and how alarms moved."""

    excursions: Mapping[str, Excursion] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()


def belongs(alarm: Alarm) -> bool:
    """Is an alarm part of an excursion? An advisory is no alarm but a task."""
    return alarm.severity > Severity.ADVISORY


def follow(
    known: Mapping[str, Excursion], changed: Iterable[Alarm], explained: Collection[str], site: Site
) -> Regrouped:
    """The excursions after alarms were raised or have changed.

    `explained` are the ids of those for which a cause was just found: they and their cause become one excursion.
    """
    told = sorted((alarm for alarm in changed if belongs(alarm)), key=lambda alarm: (alarm.onset, alarm.id))
    homes = {alarm: e.id for e in known.values() if e.merged_into is None for alarm in e.alarms}
    effects = {alarm.cause: alarm.id for alarm in told if alarm.id in explained and alarm.cause}
    open_to = [_Reach(e, site) for e in known.values() if e.merged_into is None]
    members: dict[str, dict[str, Alarm]] = {}
    moves: list[Move] = []
    for alarm in told:
        if alarm.id not in homes:
            near = _Reach.nearest(open_to, alarm, site)
            related = homes.get(alarm.cause or "") or homes.get(effects.get(alarm.id, ""))
            home, reason = (related, "by its cause") if related else near or (alarm.id, FIRST)
            if home not in known and home not in members:
                open_to.append(_Reach(Excursion(home, {alarm.id: alarm}), site))
            else:
                next(reach for reach in open_to if reach.excursion == home).take(alarm, site)
            homes[alarm.id] = home
            moves.append(Move(alarm.id, home, None, reason))
        home = homes[alarm.id]
        if home not in members:
            members[home] = dict(known[home].alarms) if home in known else {}
        members[home][alarm.id] = alarm
    after = {
        id: replace(known[id], alarms=alarms) if id in known else Excursion(id, alarms)
        for id, alarms in members.items()
    }
    return _united(known, Regrouped(after, tuple(moves)), told, explained)


def merge(known: Mapping[str, Excursion], id: str, into: str, reason: str) -> Regrouped:
    """One excursion becomes part of another. Raises RefusedError, in words."""
    one, other = known.get(id), known.get(into)
    if one is None or other is None:
        raise RefusedError("There is no such excursion.")
    if one is other:
        raise RefusedError(f"{one.number} cannot be merged with itself.")
    for excursion in (one, other):
        if excursion.merged_into is not None:
            raise RefusedError(f"{excursion.number} has been merged already: choose the one that it is part of now.")
    moves = tuple(Move(alarm, into, id, reason) for alarm in sorted(one.alarms))
    return Regrouped(
        {id: replace(one, merged_into=into), into: replace(other, alarms={**other.alarms, **one.alarms})}, moves
    )


def split(known: Mapping[str, Excursion], id: str, alarms: Collection[str], new: str, reason: str) -> Regrouped:
    """Some alarms of an excursion become one of their own, with the id `new`.

    Where they are what was merged into it from another, that one is restored instead. Raises RefusedError, in words.
    """
    whole = known.get(id)
    if whole is None:
        raise RefusedError("There is no such excursion.")
    if not alarms or not set(alarms) <= set(whole.alarms):
        raise RefusedError(f"Choose alarms of {whole.number} to be an excursion of their own.")
    if set(alarms) == set(whole.alarms):
        raise RefusedError(f"Leave at least one alarm in {whole.number}.")
    own = {alarm: whole.alarms[alarm] for alarm in alarms}
    left = {alarm: whole.alarms[alarm] for alarm in whole.alarms if alarm not in own}
    former = (e for e in known.values() if e.merged_into == id and set(e.alarms) == set(own))
    restored = next(iter(sorted(former, key=lambda e: e.id)), Excursion(new, own))
    moves = tuple(Move(alarm, restored.id, id, reason) for alarm in sorted(own))
    return Regrouped(
        {id: replace(whole, alarms=left), restored.id: replace(restored, alarms=own, merged_into=None)}, moves
    )


def is_over(excursion: Excursion, site: Site, now: Instant) -> bool:
    """Can no alarm that begins from now on join it, nor one of its own come back?"""
    returned = excursion.returned
    over = returned is not None and returned + site.grouping.same_room < now
    return over and all(alarm.state.value == "normal" for alarm in excursion.alarms.values())


def _united(
    known: Mapping[str, Excursion], so_far: Regrouped, told: Sequence[Alarm], explained: Collection[str]
) -> Regrouped:
    """Excursions of which one holds the cause of what is in the other are one: that which began first."""
    for alarm in told:
        if alarm.id in explained and alarm.cause is not None:
            all = {**known, **so_far.excursions}
            homes = [e for e in all.values() if e.merged_into is None and {alarm.id, alarm.cause} & set(e.alarms)]
            if len(homes) > 1:
                into, one = sorted(homes, key=lambda e: (e.onset, e.id))
                merged = merge(all, one.id, into.id, "by its cause")
                so_far = Regrouped({**so_far.excursions, **merged.excursions}, (*so_far.moves, *merged.moves))
    return so_far


class _Reach:
    """How far an excursion reaches for further alarms, while one after the other joins it."""

    def __init__(self, excursion: Excursion, site: Site) -> None:
        self.excursion = excursion.id
        self.onset = excursion.onset
        self._latest = excursion.latest
        self._open = excursion.returned is None
        self._rooms = {_outermost(site, room) for room in excursion.rooms}
        self._areas = {site.rooms[room].area for room in excursion.rooms if room in site.rooms}

    def take(self, alarm: Alarm, site: Site) -> None:
        """An alarm has joined."""
        end = ended(alarm)
        self.onset = min(self.onset, alarm.onset)
        self._latest = max(self._latest, alarm.onset, end or 0)
        self._open |= end is None
        self._rooms |= {_outermost(site, room) for room in alarm.rooms}
        self._areas |= {site.rooms[room].area for room in alarm.rooms if room in site.rooms}

    @staticmethod
    def nearest(reaches: Iterable["_Reach"], alarm: Alarm, site: Site) -> tuple[str, str] | None:
        """The excursion that reaches for an alarm, and why: one of its rooms before one of its time, the newest."""
        rooms = {_outermost(site, room) for room in alarm.rooms}
        areas = {site.rooms[room].area for room in alarm.rooms if room in site.rooms}
        found = [
            (not in_room, -reach.onset, reach.excursion)
            for reach in reaches
            if (in_room := reach._has_room(rooms, alarm, site)) or reach._has_time(areas, alarm, site)
        ]
        if not found:
            return None
        by_time, _, excursion = min(found)
        return excursion, "in the same area at the same time" if by_time else "in the same room"

    def _has_room(self, rooms: set[str], alarm: Alarm, site: Site) -> bool:
        margin = site.grouping.same_room
        until = self._latest + (GOES_STALE if self._open else margin)
        end = ended(alarm)
        ends: float = inf if end is None else end
        return bool(rooms & self._rooms) and self.onset - margin <= ends and alarm.onset <= until

    def _has_time(self, areas: set[str], alarm: Alarm, site: Site) -> bool:
        return bool(areas & self._areas) and abs(alarm.onset - self.onset) <= site.grouping.same_time


def _outermost(site: Site, room: str) -> str:
    """A room, or the one that a zone is inside of."""
    return around(site, room)[-1] if room in site.rooms else room

"""Which alarms are one excursion: every alarm is in exactly one, from the moment it is raised.

Every step is a function from the excursions that are known to those that are other than before. It depends on the
alarms alone, not on the order in which they are told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alerts.known_excursions import KnownExcursions, Places
from facility.alarm import Alarm
from facility.excursion import FIRST, Excursion, Extent, Move, ended
from facility.instants import DAY, Instant, Span
from facility.language import N_
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


def follow(known: KnownExcursions, changed: Iterable[Alarm], explained: Collection[str]) -> Regrouped:
    """The excursions after alarms were raised or have changed.

    `explained` are the ids of those for which a cause was just found: they and their cause become one excursion.
    """
    told = sorted((alarm for alarm in changed if belongs(alarm)), key=lambda alarm: (alarm.onset, alarm.id))
    effects = {alarm.cause: alarm.id for alarm in told if alarm.id in explained and alarm.cause}
    joining = _Joining(known)
    members: dict[str, dict[str, Alarm]] = {}
    moves: list[Move] = []
    for alarm in told:
        home = joining.home(alarm.id)
        if home is None:
            related = joining.home(alarm.cause or "") or joining.home(effects.get(alarm.id, ""))
            home, reason = (related, N_("by its cause")) if related else joining.nearest(alarm) or (alarm.id, FIRST)
            joining.take(alarm, home)
            moves.append(Move(alarm.id, home, None, reason))
        members.setdefault(home, {})[alarm.id] = alarm
    after = {
        id: known[id].with_alarms(alarms) if id in known else Excursion(id, alarms) for id, alarms in members.items()
    }
    return _united(known, joining, Regrouped(after, tuple(moves)), told, explained)


def merge(known: Mapping[str, Excursion], id: str, into: str, reason: str) -> Regrouped:
    """One excursion becomes part of another. Raises RefusedError, in words."""
    one, other = known.get(id), known.get(into)
    if one is None or other is None:
        raise RefusedError(N_("There is no such excursion."))
    if one is other:
        raise RefusedError(N_("{excursion} cannot be merged with itself.").format(excursion=one.number))
    for excursion in (one, other):
        if excursion.merged_into is not None:
            merged = N_("{excursion} has been merged already: choose the one that it is part of now.")
            raise RefusedError(merged.format(excursion=excursion.number))
    return _merged(one, other, reason)


def split(known: Mapping[str, Excursion], id: str, alarms: Collection[str], new: str, reason: str) -> Regrouped:
    """Some alarms of an excursion become one of their own, with the id `new`.

    Where they are what was merged into it from another, that one is restored instead. Raises RefusedError, in words.
    """
    whole = known.get(id)
    if whole is None:
        raise RefusedError(N_("There is no such excursion."))
    if not alarms or not set(alarms) <= set(whole.alarms):
        choose = N_("Choose alarms of {excursion} to be an excursion of their own.")
        raise RefusedError(choose.format(excursion=whole.number))
    if set(alarms) == set(whole.alarms):
        raise RefusedError(N_("Leave at least one alarm in {excursion}.").format(excursion=whole.number))
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
    return returned is not None and returned + site.grouping.same_room < now and not excursion.extent.unsettled


def _merged(one: Excursion, into: Excursion, reason: str) -> Regrouped:
    moves = tuple(Move(alarm, into.id, one.id, reason) for alarm in sorted(one.alarms))
    return Regrouped({one.id: replace(one, merged_into=into.id), into.id: into.with_alarms(one.alarms)}, moves)


def _united(
    known: KnownExcursions, joining: "_Joining", so_far: Regrouped, told: Sequence[Alarm], explained: Collection[str]
) -> Regrouped:
    """Excursions of which one holds the cause of what is in the other are one: that which began first."""
    after, moves = dict(so_far.excursions), [*so_far.moves]

    def home(alarm: str) -> Excursion | None:
        id = joining.home(alarm)
        while id is not None:
            excursion = after[id] if id in after else known[id]
            if excursion.merged_into is None:
                return excursion
            id = excursion.merged_into
        return None

    for alarm in told:
        if alarm.id in explained and alarm.cause is not None:
            one, other = home(alarm.id), home(alarm.cause)
            if one is not None and other is not None and one.id != other.id:
                into, merged = sorted((one, other), key=lambda excursion: (excursion.onset, excursion.id))
                united = _merged(merged, into, N_("by its cause"))
                after.update(united.excursions)
                moves += united.moves
    return Regrouped(after, tuple(moves))


class _Joining:
    """The excursions that are known, while one alarm after the other joins them or opens one."""

    def __init__(self, known: KnownExcursions) -> None:
        self._known = known
        self._homes: dict[str, str] = {}
        self._reaches: dict[str, Extent] = {}
        """Of those that alarms have joined."""
        self._places = Places(known.site)

    def home(self, alarm: str) -> str | None:
        """The excursion that an alarm is in by now."""
        return self._homes.get(alarm) or self._known.home(alarm)

    def take(self, alarm: Alarm, home: str) -> None:
        """An alarm has joined an excursion, or has opened one."""
        reach = self._reach(home)
        after = Extent.of([alarm]) if reach is None else reach.joined_by(alarm)
        self._homes[alarm.id] = home
        self._reaches[home] = after
        self._places.move(home, frozenset(), frozenset(alarm.rooms))

    def nearest(self, alarm: Alarm) -> tuple[str, str] | None:
        """The excursion that reaches for an alarm, and why: one of its rooms before one of its time, the newest."""
        (in_rooms, in_areas), (more, others) = self._known.near(alarm.rooms), self._places.near(alarm.rooms)
        in_rooms, in_areas = in_rooms | more, in_areas | others
        found = []
        for id in in_rooms | in_areas:
            reach = self._reach(id)
            if reach is not None:
                by_room = id in in_rooms and self._by_room(reach, alarm)
                if by_room or (id in in_areas and self._by_time(reach, alarm)):
                    found.append((not by_room, -reach.onset, id))
        if not found:
            return None
        by_time, _, id = min(found)
        return id, N_("in the same area at the same time") if by_time else N_("in the same room")

    def _reach(self, id: str) -> Extent | None:
        if id in self._reaches:
            return self._reaches[id]
        return self._known[id].extent if id in self._known else None

    def _by_room(self, reach: Extent, alarm: Alarm) -> bool:
        margin = self._known.site.grouping.same_room
        until = reach.latest + (GOES_STALE if reach.outside else margin)
        end = ended(alarm)
        return (end is None or reach.onset - margin <= end) and alarm.onset <= until

    def _by_time(self, reach: Extent, alarm: Alarm) -> bool:
        return abs(alarm.onset - reach.onset) <= self._known.site.grouping.same_time

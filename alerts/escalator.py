"""Escalations of one station: begun and ended with the steps of its alarms, called when they are due.

Everything is one transaction with what it tells: the state of the escalation, who is called, the messages that are
queued, the audit rows. So whatever is killed when, no call is lost, and none is queued twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import count
from types import MappingProxyType

from sqlalchemy import Connection

from alerts import escalation as steps
from alerts import whom
from alerts.escalation import Ring
from alerts.notifications.audience import visible
from alerts.notifications.follower import scene_of
from alerts.notifications.telling import by_weight
from alerts.notifications.texts import Scene, Words, addressed, compose
from facility.alarm import Alarm
from facility.escalation import Policy, at_any_hour, policy_for
from facility.instants import Clock, Instant
from facility.people import CLEANWATCH
from facility.site import Grade, Site
from facility.site_areas import Areas
from facility.urgency import calls_at_any_hour
from storage.records import alarms as alarm_records
from storage.records import escalations, notifications
from storage.records.database import Records
from storage.records.escalations import Call, Escalation, Snapshot, State
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

AT_ONCE = 10
"""Escalations whose calls are made in one transaction, the most severe first. Those that begin together beyond these
are due at once, and call in the next ones: whoever has to go first is not to wait until thousands have been written
to, nor is the sender to wait for its turn."""


@dataclass(frozen=True, slots=True)
class Escalator:
    """Decides whom the alarms of a station call. `address` is where people reach the app, empty where unknown."""

    records: Records
    site: Callable[[], Site]
    station: str
    clock: Clock
    address: str = ""

    def step(self) -> bool:
        """Make the calls that are due; were there any? Raises RecordsAwayError."""
        now = self.clock()
        with self.records.reading() as connection:
            waiting = [one.number for one in escalations.due(connection, now, self.station)]
        for first in range(0, len(waiting), AT_ONCE):
            with self.records.transaction() as connection:
                desk = _Desk(connection, self.site(), now, self.address)
                desk.take(_as_they_are(escalations.several(connection, waiting[first : first + AT_ONCE])), AT_ONCE)
                desk.write()
        return bool(waiting)

    def follow(
        self, connection: Connection, now: Instant, touched: Collection[str], events: Mapping[str, Sequence[Alarm]]
    ) -> None:
        """Alarms have changed: begin, rise, end. `events` are those that they are part of, with all their alarms."""
        site, desk = self.site(), _Desk(connection, self.site(), now, self.address)
        running = _Running(escalations.concerning(connection, {*events, *touched}, self.station))
        for event, members in events.items():
            changed = [alarm for alarm in members if alarm.id in touched]
            for alarms in _together(site, changed, running.near(event, changed)):
                policy = policy_of(site, alarms[0])
                snapshot = partial(desk.snapshot, policy, _areas(site, alarms))
                near = running.near(event, alarms)
                for one in steps.follow(near, self.station, event, alarms, policy, snapshot, now):
                    running.put(one)
        known = {alarm.id: alarm for members in events.values() for alarm in members}
        desk.take(running.changes(), AT_ONCE, known)
        desk.write()

    def advance(self, connection: Connection, number: int, now: Instant) -> bool:
        """Make the calls of an escalation that are due, of whichever station it is; were there any?"""
        desk = _Desk(connection, self.site(), now, self.address)
        made = desk.take(_as_they_are(escalations.several(connection, [number])), 1)
        desk.write()
        return made


Change = tuple[Escalation | None, Escalation]
"""An escalation as it is on record, None where it is not, and as it is now."""


def _as_they_are(found: Iterable[Escalation]) -> list[Change]:
    return [(one, one) for one in found]


class _Running:
    """The escalations that run, found by their event and by their alarms: there may be thousands."""

    def __init__(self, found: Sequence[Escalation]) -> None:
        self._on_record = {one.number: one for one in found}
        self._now: dict[int, Escalation] = {}
        self._by: dict[str, set[int]] = {}
        self._new = count(max(self._on_record, default=0) + 1)
        """Numbers for those that are not on record yet: they get their own there."""
        for one in found:
            self.put(one)

    def put(self, one: Escalation) -> None:
        """One is now like this, or has begun."""
        number = one.number or next(self._new)
        before = self._now.get(number)
        for key in () if before is None else (before.event, *before.alarms):
            self._by[key].discard(number)
        self._now[number] = one if one.number else replace(one, number=number)
        for key in (one.event, *one.alarms) if one.running else ():
            self._by.setdefault(key, set()).add(number)

    def near(self, event: str, alarms: Iterable[Alarm]) -> list[Escalation]:
        """Those of this event or of any of these alarms, the oldest first."""
        keys = (event, *(alarm.id for alarm in alarms))
        return [self._now[number] for number in sorted({n for key in keys for n in self._by.get(key, ())})]

    def changes(self) -> list[Change]:
        """Every one, changed or not."""
        on_record = self._on_record
        return [
            (on_record[n], one) if n in on_record else (None, replace(one, number=0)) for n, one in self._now.items()
        ]


NO_ALARMS: Mapping[str, Alarm] = MappingProxyType({})


class _Desk:
    """What one transaction decides about any number of escalations; what it needs is read once, when it is wanted."""

    def __init__(self, connection: Connection, site: Site, now: Instant, address: str) -> None:
        self._connection = connection
        self._site = site
        self._now = now
        self._address = address
        self._entries: list[AuditEntry] = []

    @cached_property
    def _reach(self) -> whom.Reach:
        return whom.gather(self._connection, self._site, self._now)

    @cached_property
    def _scene(self) -> Scene:
        return scene_of(self._connection, self._site, self._now, self._address)

    def snapshot(self, policy: Policy, areas: Collection[str]) -> Snapshot:
        """A policy with its people, as of now."""
        return whom.snapshot(policy, self._reach, self._site.timezone, areas)

    def take(self, changes: Iterable[Change], calling: int, known: Mapping[str, Alarm] = NO_ALARMS) -> bool:
        """Put escalations on record as they are now, and make the calls of so many that are due; did any change?

        The most severe come first. `known` are alarms as they are in this transaction: they are not read again.
        """
        decided: list[tuple[Escalation | None, Escalation, tuple[Ring, ...]]] = []
        for before, now in sorted(changes, key=lambda change: -change[1].severity):
            after, rings = steps.advance(now, self._now) if calling > 0 else (now, ())
            if after is not before:
                decided.append((before, after, rings))
                calling -= bool(rings)
        saved = escalations.save_all(self._connection, [after for _unused, after, _rings in decided])
        for (before, _unused, _rings), after in zip(decided, saved, strict=True):
            self._tell(before, after)
        self._call([(one, rings) for one, (_b, _a, rings) in zip(saved, decided, strict=True) if rings], known)
        return bool(decided)

    def write(self) -> None:
        """Put on record what happened; to be done last, as the trail is locked from then on."""
        audit.append(self._connection, self._now, self._entries)

    def _tell(self, before: Escalation | None, after: Escalation) -> None:
        if before is None:
            told: dict[str, JSON] = {
                "policy": after.snapshot.policy,
                "severity": after.severity.name.lower(),
                "steps": [rung.says for rung in after.snapshot.rungs],
            }
            self._entries.append(happened("escalation begun", after, told))
        was = State.CALLING if before is None else before.state
        if after.state is not was:
            by: dict[str, JSON] = {"by": after.ended_by} if after.ended_by else {}
            self._entries.append(happened(ENDED[after.state], after, by, {"state": (was.value, after.state.value)}))

    def _call(self, calling: Sequence[tuple[Escalation, Sequence[Ring]]], known: Mapping[str, Alarm]) -> None:
        if not calling:
            return
        unknown = {id for one, _unused in calling for id in one.alarms} - known.keys()
        if unknown:
            known = {**known, **{alarm.id: alarm for alarm in alarm_records.several(self._connection, unknown)}}
        lowest = escalations.lowest_severities(self._connection, {one.event for one, _unused in calling})
        areas = {account: person.areas for account, person in self._reach.people.items()}
        made: dict[int, list[Call]] = {}
        written: list[Notification] = []
        for one, rings in calling:
            alarms = [known[id] for id in one.alarms if id in known]
            caller = _Caller(self._scene, areas, one, alarms, risen=lowest[one.event] < one.severity)
            made[one.number] = [call for ring in rings for call in caller.call(ring)]
            self._entries += [escalations.called(one.number, one.event, call) for call in made[one.number]]
            written += caller.written
        notifications.queue(self._connection, written)
        escalations.add_calls(self._connection, made)


ENDED = {
    State.EXHAUSTED: "escalation exhausted",
    State.ANSWERED: "escalation answered",
    State.RETURNED: "escalation ended",
    State.HELD: "escalation ended",
    State.RENEWED: "escalation renewed",
}


class _Caller:
    """Writes the messages of one escalation."""

    def __init__(
        self,
        scene: Scene,
        areas: Mapping[str, Areas],
        escalation: Escalation,
        alarms: Iterable[Alarm],
        *,
        risen: bool,
    ) -> None:
        """`areas` are those that each person may hear of; `risen` says that the event was less severe before."""
        self._escalation = escalation
        self._scene = scene
        self._areas = areas
        self._alarms = by_weight(alarm for alarm in alarms if steps.calls(alarm))
        self._first = Purpose.WORSE if risen else Purpose.NEW
        self._composed: dict[tuple[Purpose, Areas], Words] = {}
        self.written: list[Notification] = []

    def call(self, ring: Ring) -> Iterator[Call]:
        """Call everybody of one step."""
        for to in ring.recipients:
            areas = self._areas.get(to.account)
            seen = visible(self._scene.site, self._alarms, areas)
            if seen:
                yield self._made(ring, to, self._message(ring, to, areas, seen))
        if not ring.recipients:
            yield self._made(ring, NOBODY, "")

    def _made(self, ring: Ring, to: Recipient, notification: str) -> Call:
        return Call(self._scene.now, ring.round, ring.step, to.account, to.name, ring.instead, notification)

    def _message(self, ring: Ring, to: Recipient, areas: Areas, seen: Sequence[Alarm]) -> str:
        one = self._escalation
        purpose = self._first if ring.round == ring.step == 0 else Purpose.UNANSWERED
        words = self._composed.get((purpose, areas))
        if words is None:
            words = self._composed[purpose, areas] = compose(self._scene, one.event, seen, purpose)
        message = addressed(
            words,
            id=f"escalation {one.number}/{ring.round + 1}.{ring.step + 1}/{to.account or 'all'}/{to.channel}",
            at=self._scene.now,
            purpose=purpose,
            severity=max(alarm.severity for alarm in seen),
            event=one.event,
            alarms=seen,
            recipient=to,
            site=self._scene.site,
        )
        self.written.append(message)
        return message.id


NOBODY = Recipient("", "nobody", 0, "")


def _together(site: Site, alarms: Sequence[Alarm], running: Iterable[Escalation]) -> list[list[Alarm]]:
    """Alarms that go the same way: of one escalation or none, of one severity and policy; the most severe first."""
    home = {id: one.number for one in running for id in one.alarms}
    groups: dict[tuple[int, int, str], list[Alarm]] = {}
    for alarm in alarms:
        key = (-alarm.severity, home.get(alarm.id, 0), policy_of(site, alarm).id)
        groups.setdefault(key, []).append(alarm)
    return [groups[key] for key in sorted(groups)]


def policy_of(site: Site, alarm: Alarm) -> Policy:
    """By which an alarm calls."""
    rooms = [site.rooms[room] for room in alarm.rooms if room in site.rooms]
    grades = [room.classification.value for room in rooms if isinstance(room.classification, Grade)]
    policy = policy_for(site.on_call.policies, alarm.severity, [room.area for room in rooms], grades)
    return at_any_hour(policy) if calls_at_any_hour(site, alarm) else policy


def _areas(site: Site, alarms: Iterable[Alarm]) -> frozenset[str]:
    return frozenset(site.rooms[room].area for alarm in alarms for room in alarm.rooms if room in site.rooms)


def happened(
    action: str,
    escalation: Escalation,
    told: Mapping[str, JSON],
    changes: Mapping[str, tuple[JSON, JSON]] | None = None,
) -> AuditEntry:
    """What the audit trail says of something that happened to an escalation."""
    data = {"event": escalation.event, **told}
    return AuditEntry(CLEANWATCH, action, f"escalation {escalation.number}", data, changes or {})

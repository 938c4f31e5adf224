"""Escalations of one station: begun and ended with the steps of its alarms, called when they are due.

Everything is one transaction with what it tells: the state of the escalation, who is called, the messages that are
queued, the audit rows. So whatever is killed when, no call is lost, and none is queued twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from sqlalchemy import Connection

from alerts import escalation as steps
from alerts import whom
from alerts.escalation import Ring
from alerts.notifications.audience import visible
from alerts.notifications.follower import scene_of
from alerts.notifications.telling import by_weight
from alerts.notifications.texts import Scene, addressed, compose
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

AT_ONCE = 200
"""Escalations whose calls are made in one transaction."""


@dataclass(frozen=True, slots=True)
class Escalator:
    """Decides whom the alarms of a station call. `address` is where people reach the app, empty where unknown."""

    records: Records
    site: Callable[[], Site]
    station: str
    clock: Clock
    address: str = ""

    def step(self) -> None:
        """Make the calls that are due. Raises RecordsAwayError."""
        now = self.clock()
        with self.records.reading() as connection:
            waiting = escalations.due(connection, now, self.station)
        for first in range(0, len(waiting), AT_ONCE):
            with self.records.transaction() as connection:
                desk = _Desk(connection, self.site(), now, self.address)
                for one in waiting[first : first + AT_ONCE]:
                    found = escalations.find(connection, one.number)
                    if found is not None:
                        desk.advance(found)
                desk.write()

    def follow(
        self, connection: Connection, now: Instant, touched: Collection[str], events: Mapping[str, Sequence[Alarm]]
    ) -> None:
        """Alarms have changed: begin, rise, end. `events` are those that they are part of, with all their alarms."""
        site, desk = self.site(), _Desk(connection, self.site(), now, self.address)
        running = _Running(escalations.concerning(connection, {*events, *touched}, self.station))
        for event, members in events.items():
            changed = [alarm for alarm in members if alarm.id in touched]
            for alarms in _together(site, changed, running.near(event, changed)):
                policy = _policy(site, alarms[0])
                snapshot = partial(desk.snapshot, policy, _areas(site, alarms))
                near = running.near(event, alarms)
                for one in steps.follow(near, self.station, event, alarms, policy, snapshot, now):
                    saved = desk.save(running.drop(one.number), one)
                    if saved.running:
                        running.add(saved)
        for one in running.all.values():
            desk.advance(one)
        desk.write()

    def advance(self, connection: Connection, number: int, now: Instant) -> bool:
        """Make the calls of an escalation that are due, of whichever station it is; were there any?"""
        found = escalations.find(connection, number)
        if found is None:
            return False
        desk = _Desk(connection, self.site(), now, self.address)
        made = desk.advance(found)
        desk.write()
        return made


class _Running:
    """The escalations that run, found by their event and by their alarms: there may be thousands."""

    def __init__(self, found: Iterable[Escalation]) -> None:
        self.all: dict[int, Escalation] = {}
        self._by: dict[str, set[int]] = {}
        for one in found:
            self.add(one)

    def add(self, one: Escalation) -> None:
        self.all[one.number] = one
        for key in (one.event, *one.alarms):
            self._by.setdefault(key, set()).add(one.number)

    def drop(self, number: int) -> Escalation | None:
        one = self.all.pop(number, None)
        for key in () if one is None else (one.event, *one.alarms):
            self._by[key].discard(number)
        return one

    def near(self, event: str, alarms: Iterable[Alarm]) -> list[Escalation]:
        """Those of this event or of any of these alarms, the oldest first."""
        keys = (event, *(alarm.id for alarm in alarms))
        return [self.all[number] for number in sorted({n for key in keys for n in self._by.get(key, ())})]


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

    def advance(self, before: Escalation) -> bool:
        """Make the calls of an escalation that are due; were there any?"""
        after, rings = steps.advance(before, self._now)
        if after is before:
            return False
        self.save(before, after)
        if rings:
            areas = {account: person.areas for account, person in self._reach.people.items()}
            caller = _Caller(self._connection, self._scene, areas, after)
            made = [call for ring in rings for call in caller.call(ring)]
            notifications.queue(self._connection, caller.written)
            escalations.add_calls(self._connection, after.number, made)
            self._entries += [escalations.called(after.number, after.event, call) for call in made]
        return True

    def save(self, before: Escalation | None, after: Escalation) -> Escalation:
        """Put an escalation on record; a new one gets its number."""
        saved = escalations.save(self._connection, after)
        if before is None:
            told: dict[str, JSON] = {
                "policy": saved.snapshot.policy,
                "severity": saved.severity.name.lower(),
                "steps": [rung.says for rung in saved.snapshot.rungs],
            }
            self._entries.append(happened("escalation begun", saved, told))
        elif before.state is not after.state:
            by: dict[str, JSON] = {"by": saved.ended_by} if saved.ended_by else {}
            changes: dict[str, tuple[JSON, JSON]] = {"state": (before.state.value, after.state.value)}
            self._entries.append(happened(ENDED[after.state], saved, by, changes))
        return saved

    def write(self) -> None:
        """Put on record what happened; to be done last, as the trail is locked from then on."""
        audit.append(self._connection, self._now, self._entries)


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
        self, connection: Connection, scene: Scene, areas: Mapping[str, Areas], escalation: Escalation
    ) -> None:
        self._escalation = escalation
        self._scene = scene
        self._areas = areas
        found = alarm_records.several(connection, list(escalation.alarms))
        waiting = [alarm for alarm in found if steps.calls(alarm)]
        self._alarms = by_weight(waiting)
        earlier = escalations.of_event(connection, escalation.event)
        self._risen = any(one.severity < escalation.severity for one in earlier)
        self.written: list[Notification] = []

    def call(self, ring: Ring) -> Iterator[Call]:
        """Call everybody of one step."""
        for to in ring.recipients:
            seen = visible(self._scene.site, self._alarms, self._areas.get(to.account))
            if seen:
                yield self._made(ring, to, self._message(ring, to, seen))
        if not ring.recipients:
            yield self._made(ring, NOBODY, "")

    def _made(self, ring: Ring, to: Recipient, notification: str) -> Call:
        return Call(self._scene.now, ring.round, ring.step, to.account, to.name, ring.instead, notification)

    def _message(self, ring: Ring, to: Recipient, seen: Sequence[Alarm]) -> str:
        one = self._escalation
        first = Purpose.WORSE if self._risen else Purpose.NEW
        purpose = first if ring.round == ring.step == 0 else Purpose.UNANSWERED
        message = addressed(
            compose(self._scene, one.event, seen, purpose),
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
        key = (-alarm.severity, home.get(alarm.id, 0), _policy(site, alarm).id)
        groups.setdefault(key, []).append(alarm)
    return [groups[key] for key in sorted(groups)]


def _policy(site: Site, alarm: Alarm) -> Policy:
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

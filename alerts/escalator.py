"""Escalations of one station: begun and ended with the steps of its alarms, called when they are due.

Everything is one transaction with what it tells: the state of the escalation, who is called, the messages that are
queued, the audit rows. So whatever is killed when, no call is lost, and none is queued twice.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from alerts import escalation as steps
from alerts import whom
from alerts.escalation import Ring
from alerts.notifications.audience import visible
from alerts.notifications.follower import scene_of
from alerts.notifications.telling import by_weight
from alerts.notifications.texts import addressed, compose
from facility.alarm import Alarm
from facility.escalation import Policy, at_any_hour, policy_for
from facility.instants import Clock, Instant
from facility.people import CLEANWATCH
from facility.site import Grade, Site
from facility.urgency import calls_at_any_hour
from storage.records import alarms as alarm_records
from storage.records import escalations, notifications
from storage.records.database import Records
from storage.records.escalations import Call, Escalation, Snapshot, State
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.people import accounts
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


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
        for one in waiting:
            with self.records.transaction() as connection:
                self.advance(connection, one.number, now)

    def follow(
        self, connection: Connection, now: Instant, touched: Collection[str], events: Mapping[str, Sequence[Alarm]]
    ) -> None:
        """Alarms have changed: begin, rise, end. `events` are those that they are part of, with all their alarms."""
        site, running = self.site(), {one.number: one for one in escalations.running(connection, self.station)}
        plans = _Plans(connection, site, now)
        for event, members in events.items():
            changed = [alarm for alarm in members if alarm.id in touched]
            for alarms in _together(site, changed, running.values()):
                policy = _policy(site, alarms[0])
                snapshot = partial(plans.snapshot, policy, _areas(site, alarms))
                for one in steps.follow([*running.values()], self.station, event, alarms, policy, snapshot, now):
                    saved = self._save(connection, running.pop(one.number, None), one, now)
                    if saved.running:
                        running[saved.number] = saved
        for one in running.values():
            self._advance(connection, one, now)

    def advance(self, connection: Connection, number: int, now: Instant) -> bool:
        """Make the calls of an escalation that are due, of whichever station it is; were there any?"""
        found = escalations.find(connection, number)
        return found is not None and self._advance(connection, found, now)

    def _advance(self, connection: Connection, before: Escalation, now: Instant) -> bool:
        after, rings = steps.advance(before, now)
        if after is before:
            return False
        self._save(connection, before, after, now)
        if rings:
            caller = _Caller(connection, self.site(), after, now, self.address)
            made = [call for ring in rings for call in caller.call(ring)]
            notifications.queue(connection, caller.written)
            escalations.add_calls(connection, after.number, made)
            told: dict[str, JSON] = {"called": [call.name for call in made if call.notification]}
            note(connection, now, "escalation called", after, told)
        return True

    def _save(self, connection: Connection, before: Escalation | None, after: Escalation, now: Instant) -> Escalation:
        saved = escalations.save(connection, after)
        if before is None:
            told: dict[str, JSON] = {
                "policy": saved.snapshot.policy,
                "severity": saved.severity.name.lower(),
                "steps": [rung.says for rung in saved.snapshot.rungs],
            }
            note(connection, now, "escalation begun", saved, told)
        elif before.state is not after.state:
            by: dict[str, JSON] = {"by": saved.ended_by} if saved.ended_by else {}
            changes: dict[str, tuple[JSON, JSON]] = {"state": (before.state.value, after.state.value)}
            note(connection, now, ENDED[after.state], saved, by, changes)
        return saved


ENDED = {
    State.EXHAUSTED: "escalation exhausted",
    State.ANSWERED: "escalation answered",
    State.RETURNED: "escalation ended",
    State.HELD: "escalation ended",
    State.RENEWED: "escalation renewed",
}


class _Plans:
    """Makes snapshots of policies; what they are made of is read once, when the first is wanted."""

    def __init__(self, connection: Connection, site: Site, now: Instant) -> None:
        self._gather = partial(whom.gather, connection, site, now)
        self._timezone = site.timezone
        self._reach: whom.Reach | None = None

    def snapshot(self, policy: Policy, areas: Collection[str]) -> Snapshot:
        self._reach = self._reach or self._gather()
        return whom.snapshot(policy, self._reach, self._timezone, areas)


class _Caller:
    """Writes the messages of one escalation."""

    def __init__(
        self, connection: Connection, site: Site, escalation: Escalation, now: Instant, address: str
    ) -> None:
        self._escalation = escalation
        self._scene = scene_of(connection, site, now, address)
        self._areas = {one.account: one.areas for one in accounts.all(connection)}
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


def note(
    connection: Connection,
    at: Instant,
    action: str,
    escalation: Escalation,
    told: Mapping[str, JSON],
    changes: Mapping[str, tuple[JSON, JSON]] | None = None,
) -> None:
    """Put on record what happened to an escalation."""
    data = {"event": escalation.event, **told}
    entry = AuditEntry(CLEANWATCH, action, f"escalation {escalation.number}", data, changes or {})
    audit.append(connection, at, [entry])

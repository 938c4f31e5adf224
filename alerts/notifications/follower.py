"""From the steps that alarms take to messages: queued in the transaction that remembers how far it is.

So a step is never passed over, and nothing is queued twice for it. Alarms are looked at as they are now; what that
means for people is decided in `telling`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import Connection

from alerts.notifications.audience import Listener, Who, visible
from alerts.notifications.telling import Telling, telling, telling_late
from alerts.notifications.texts import Scene, Words, addressed, compose, summary
from alerts.rooms import RoomStates, within
from facility.alarm import Alarm
from facility.escalation import policy_for
from facility.instants import Clock, Instant
from facility.language import N_
from facility.site import Grade, Site
from facility.urgency import calls_at_any_hour
from storage.records import alarm_steps, batches, notifications, room_states, told_alarms
from storage.records.database import Records
from storage.records.notifications import Notification, Purpose
from storage.records.told_alarms import NOTHING, Told

FOLLOWER = "notifications"
MOST_STEPS = 5_000
"""Steps that are taken at once."""
MOST_SINGLY = 3
"""Events that are told singly when they come together; more are one message."""
FLOOD, HELD_BACK = N_("Many alarms at once"), N_("Held back until now")

Audience = Callable[[Connection], Who]
"""Who is told, as of now."""

Events = Callable[[Connection, Collection[str]], Mapping[str, Sequence[Alarm]]]
"""The events that alarms are part of, each with all its alarms."""


Escalate = Callable[[Connection, Instant, Collection[str], Mapping[str, Sequence[Alarm]]], None]
"""Who calls people until one answers is told which alarms have changed, and their events, before anything is told."""


@dataclass(frozen=True, slots=True)
class Follower:
    """Follows the alarms of one station. `address` is where people reach the app, empty where nobody has said."""

    records: Records
    site: Callable[[], Site]
    station: str
    clock: Clock
    audience: Audience
    events: Events
    escalate: Escalate
    address: str = ""

    def step(self) -> None:
        """Queue what is to be told now. Raises RecordsAwayError."""
        now = self.clock()
        with self.records.reading() as connection:
            passed = alarm_steps.passed(connection, FOLLOWER, self.station) or 0
            behind = alarm_steps.newest_number(connection, self.station) > passed
            due = told_alarms.next_due(connection, self.station)
        if behind or (due is not None and due <= now):
            with self.records.transaction() as connection:
                self._tell(connection, now)

    def _tell(self, connection: Connection, now: Instant) -> None:
        passed = alarm_steps.passed(connection, FOLLOWER, self.station) or 0
        steps = alarm_steps.after(connection, passed, self.station, MOST_STEPS)
        due = told_alarms.due(connection, now, self.station)
        touched = dict.fromkeys([*(step.alarm for _unused, step in steps), *due])
        events = self.events(connection, touched)
        self.escalate(connection, now, touched, events)
        told = told_alarms.of(connection, [alarm.id for members in events.values() for alarm in members])
        site = self.site()
        tellings = [
            one
            for event, members in events.items()
            for decide in (telling, telling_late)
            if (one := decide(event, members, told, now)) is not None
        ]
        tellings = [_held_back(site, one, told, now) for one in tellings]
        self._queue(connection, site, [one for one in tellings if one.due <= now], now)
        remembered = {id: replace(one, due=None, gathered=False) for id, one in told.items() if one.due is not None}
        for one in tellings:
            remembered |= _remembered(one, told, now)
        remembered |= {id: NOTHING for id in due if id not in told}
        told_alarms.save(connection, remembered.items(), self.station)
        if steps:
            alarm_steps.set_passed(connection, FOLLOWER, steps[-1][0], self.station)

    def _queue(self, connection: Connection, site: Site, tellings: Sequence[Telling], now: Instant) -> None:
        if not tellings:
            return
        tellings = sorted(tellings, key=lambda one: (-one.severity, one.alarms[0].onset, one.event))
        gathered = [one for one in tellings if one.gathered]
        single = [one for one in tellings if not one.gathered]
        writer = _Writer(lambda: scene_of(connection, site, now, self.address), self.audience(connection))
        if len(single) > MOST_SINGLY:
            writer.together(single, FLOOD)
        else:
            for one in single:
                writer.singly(one)
        if gathered:
            writer.together(gathered, HELD_BACK)
        notifications.queue(connection, writer.written)


class _Writer:
    """Writes messages for everybody who is told."""

    def __init__(self, look: Callable[[], Scene], who: Who) -> None:
        """`look` is called where there is somebody to tell."""
        self._look = look
        self._who = who
        self.written: list[Notification] = []

    @cached_property
    def _scene(self) -> Scene:
        return self._look()

    def singly(self, one: Telling) -> None:
        """A message about one event."""
        for listener in self._who(one):
            seen = visible(self._scene.site, one.alarms, listener.areas)
            if seen:
                self._write(listener, compose(self._scene, one.event, seen, one.purpose), one, seen)

    def together(self, tellings: Sequence[Telling], title: str) -> None:
        """One message about several."""
        by_listener: dict[Listener, list[tuple[Telling, tuple[Alarm, ...]]]] = {}
        for one in tellings:
            for listener in self._who(one):
                if seen := visible(self._scene.site, one.alarms, listener.areas):
                    by_listener.setdefault(listener, []).append((one, seen))
        for listener, parts in by_listener.items():
            words = summary(self._scene, [(one.event, seen) for one, seen in parts], title)
            every = [alarm for _unused, seen in parts for alarm in seen]
            first = parts[0][0]
            self._write(listener, words, replace(first, purpose=Purpose.SUMMARY), every)

    def _write(self, listener: Listener, words: Words, one: Telling, seen: Sequence[Alarm]) -> None:
        to = listener.recipient
        self.written.append(
            addressed(
                words,
                id=f"{one.event}/{one.purpose}/{one.due}/{to.account or 'all'}/{to.channel}",
                at=self._scene.now,
                purpose=one.purpose,
                severity=max(alarm.severity for alarm in seen),
                event=one.event,
                alarms=seen,
                recipient=to,
                site=self._scene.site,
            )
        )


def _held_back(site: Site, one: Telling, told: Mapping[str, Told], now: Instant) -> Telling:
    """What does not call at any hour waits for the end of quiet hours; what has waited comes in a summary."""
    rule = site.on_call.retrospective
    if one.purpose is Purpose.SUMMARY and rule is not None:
        found = min(told.get(alarm.id, NOTHING).at or now for alarm in one.alarms)
        return replace(one, due=max(now, rule.following(found, site.timezone)))
    if any(calls_at_any_hour(site, alarm) for alarm in one.alarms):
        return one
    waited = any(told.get(alarm.id, NOTHING).gathered for alarm in one.alarms)
    rooms = [site.rooms[room] for alarm in one.alarms for room in alarm.rooms if room in site.rooms]
    grades = [room.classification.value for room in rooms if isinstance(room.classification, Grade)]
    quiet = policy_for(site.on_call.policies, one.severity, [room.area for room in rooms], grades).quiet
    end = None if quiet is None else quiet.until(max(now, one.due), site.timezone)
    if end is not None:
        return replace(one, due=end, gathered=True)
    return replace(one, gathered=one.gathered or waited)


def _remembered(one: Telling, told: Mapping[str, Told], now: Instant) -> dict[str, Told]:
    """What was told now, or when it will be."""
    if one.due <= now:
        return {alarm.id: Told(alarm.severity, alarm.returned is None, now) for alarm in one.alarms}
    before = {alarm.id: told.get(alarm.id, NOTHING) for alarm in one.alarms}
    return {
        id: replace(was, at=was.at or now, due=one.due, gathered=one.gathered or was.gathered)
        for id, was in before.items()
    }


def scene_of(connection: Connection, site: Site, now: Instant, address: str) -> Scene:
    """What is so now, as far as messages tell it."""
    making: dict[str, list[str]] = {}
    for run in batches.running(connection, now):
        for room in within(site, run.room):
            making.setdefault(room, []).append(run.batch)
    return Scene(site, now, RoomStates(room_states.in_force(connection, now)), making, address.rstrip("/"))

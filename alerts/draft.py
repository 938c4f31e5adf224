"""What has been decided and is not yet on record: alarms, audit rows, notices, plant events, outcomes of commands.

All of it is written in one transaction, together with the engine's memory and checkpoint, and kept until that has
succeeded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from alerts.notices import alarm_notice, room_notice
from alerts.rooms import RoomStates, around
from bus import topics
from facility.alarm import Alarm, Held
from facility.excursion import Excursion
from facility.holds import Hold
from facility.instants import Instant, text_of
from facility.people import Actor
from facility.plant_events import RoomEvent, RoomStateSet
from facility.site import Site
from storage.records import (
    alarm_steps,
    batches,
    commands,
    engine_memory,
    excursions,
    holds,
    outbox,
    room_states,
    sources,
)
from storage.records import alarms as alarm_records
from storage.records.alarm_steps import AlarmStep
from storage.records.excursions import Moved
from storage.records.holds import told_of
from storage.records.sources import KnownSource
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


@dataclass(slots=True)
class Draft:
    """Grows while the engine judges, and is written."""

    alarms: dict[str, Alarm] = field(default_factory=dict)
    notices: dict[str, bytes] = field(default_factory=dict)
    """The newest payload of each topic."""
    rooms: set[str] = field(default_factory=set)
    """Rooms whose state or batches have changed."""
    events: list[tuple[Instant, RoomEvent, Actor | None]] = field(default_factory=list)
    """With the person who says so; None where a system has sent it."""
    outcomes: list[tuple[Instant, int, str]] = field(default_factory=list)
    entries: list[tuple[Instant, AuditEntry]] = field(default_factory=list)
    steps: list[AlarmStep] = field(default_factory=list)
    memories: dict[str, bytes] = field(default_factory=dict)
    """Of points that are no longer watched."""
    holds: dict[int, Hold] = field(default_factory=dict)
    excursions: dict[str, Excursion] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)
    sources: dict[str, KnownSource] = field(default_factory=dict)
    retired_sources: set[str] = field(default_factory=set)

    @property
    def urgent(self) -> bool:
        """Must it be written at once? Only a worst value may wait, for a second."""
        return bool(self.entries or self.rooms or self.events or self.outcomes or self.memories or self.sources)

    def alarm(self, alarm: Alarm, site: Site) -> None:
        """An alarm is now like this. What was found in late readings is put on record and not published."""
        self.alarms[alarm.id] = alarm
        if not alarm.retrospective:
            self.notice(alarm, site)

    def notice(self, alarm: Alarm, site: Site) -> None:
        """The present state of an alarm is to be published."""
        point = site.points.get(alarm.point)
        topic = topics.clean_alarm(site.id, alarm.point, alarm.condition)
        self.notices[topic] = alarm_notice(alarm, point.unit if point else "")

    def entry(
        self, at: Instant, actor: Actor, action: str, before: Alarm | None, alarm: Alarm, reason: str = ""
    ) -> None:
        """Something happened to an alarm; before that it was another, or there was none."""
        changes = _changes(before, alarm)
        step = AlarmStep(at, alarm.id, action, alarm.severity, alarm.retrospective, actor.name, alarm.announced)
        self.steps.append(step)
        self.entries.append((at, AuditEntry(actor, action, f"alarm {alarm.id}", _told(alarm), changes, reason)))

    def hold(self, at: Instant, actor: Actor, action: str, hold: Hold, reason: str) -> None:
        """A hold is now like this."""
        self.holds[hold.id] = hold
        told = {key: value for key, value in told_of(hold).items() if value is not None}
        self.entries.append((at, AuditEntry(actor, action, f"hold {hold.id}", told, reason=reason)))

    def source_entry(self, at: Instant, actor: Actor, action: str, source: KnownSource, reason: str = "") -> None:
        """Something happened to a source."""
        told = {"station": source.station, "points": list(source.points)}
        self.entries.append((at, AuditEntry(actor, action, f"source {source.source}", told, reason=reason)))

    def retire_source(self, source: KnownSource, site: Site) -> None:
        """A source is known no longer; the broker is to forget what it retains of it."""
        self.sources.pop(source.source, None)
        self.retired_sources.add(source.source)
        self.notices[topics.source_status(site.id, source.source)] = b""


def write(
    connection: Connection,
    draft: Draft,
    site: Site,
    rooms: RoomStates,
    memories: Mapping[str, bytes],
    checkpoint: int,
    at: Instant,
) -> None:
    """Put a draft on record, with the engine's memory and how far it has judged; the caller's transaction commits."""
    for recorded_at, event, actor in draft.events:
        if isinstance(event, RoomStateSet):
            room_states.record(connection, event, recorded_at, actor)
        else:
            batches.record(connection, event, recorded_at, actor)
    for applied_at, command, outcome in draft.outcomes:
        commands.applied(connection, command, applied_at, outcome)
    if draft.alarms:
        alarm_records.save(connection, draft.alarms.values())
    holds.save(connection, draft.holds.values())
    engine_memory.save(connection, {**memories, **draft.memories})
    sources.remove(connection, draft.retired_sources)
    sources.save(connection, draft.sources.values())
    station = site.share.station
    engine_memory.set_checkpoint(connection, checkpoint, station)
    outbox.add(connection, at, {**draft.notices, **_room_notices(connection, draft, site, rooms, at)}, station)
    alarm_steps.add(connection, draft.steps, station)
    audit.append_dated(connection, draft.entries)
    excursions.save(connection, draft.excursions.values(), draft.moved, site.timezone, station)


def _room_notices(
    connection: Connection, draft: Draft, site: Site, rooms: RoomStates, at: Instant
) -> dict[str, bytes]:
    if not draft.rooms:
        return {}
    running = batches.running(connection, max([at, *(event.time for _, event, _ in draft.events)]))
    return {
        topics.clean_room(site.id, room): room_notice(
            room, rooms.of(site, room), [run.batch for run in running if run.room in around(site, room)]
        )
        for room in sorted(draft.rooms)
    }


def _changes(before: Alarm | None, alarm: Alarm) -> dict[str, tuple[JSON, JSON]]:
    """State, severity and why it is held where they are new, and whatever else had another value before."""
    old, new = {} if before is None else _told(before), _told(alarm)
    return {
        field: (old.get(field), new.get(field))
        for field in {**old, **new}
        if old.get(field) != new.get(field) and (field in old or field in ("state", "severity", "held", "cause"))
    }


def _held(held: Held) -> dict[str, JSON]:
    return {
        "kind": held.kind.value,
        "since": text_of(held.since),
        "until": None if held.until is None else text_of(held.until),
        "by": held.by,
        "reason": held.reason,
        "hold": held.hold,
    }


def _told(alarm: Alarm) -> dict[str, JSON]:
    """What the audit trail tells of an alarm: whatever is known of it."""
    told: dict[str, JSON] = {
        "severity": alarm.severity.name.lower(),
        "state": alarm.state.value,
        "onset": text_of(alarm.onset),
        "raised": text_of(alarm.raised),
        "returned": None if alarm.returned is None else text_of(alarm.returned),
        "value": alarm.value,
        "limit": alarm.limit,
        "operator": alarm.operator,
        "worst": alarm.worst,
        "room": alarm.room or None,
        "latched": alarm.latched or None,
        "first out": alarm.first_out or None,
        "cause": alarm.cause,
        "held": None if alarm.held is None else _held(alarm.held),
    }
    return {key: value for key, value in told.items() if value is not None}

"""Escalations as they stand, and whom they have called: due-times in the records, so that nothing waits in memory.

An escalation is one row, brought up to date while it runs; its calls are rows of their own that never change.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from facility.escalation import Quiet
from facility.instants import Instant, Span
from facility.limit import Severity
from facility.people import CLEANWATCH
from facility.site import MAIN
from storage.records.notifications import Recipient
from storage.records.schema import escalation_calls as calls_table
from storage.records.schema import escalations as table
from storage.records.trail.audit import JSON, AuditEntry


class State(StrEnum):
    """Where an escalation is."""

    CALLING = "calling"
    EXHAUSTED = "nobody has answered"
    """Every step has been called as often as the policy says; it is told loudly until somebody answers."""
    ANSWERED = "answered"
    RETURNED = "returned to normal"
    HELD = "held"
    """Nobody is called for its alarms any more: shelved, suppressed, out of service, explained by another."""
    RENEWED = "began anew"
    """An alarm rose, or one more came when nobody had answered: another escalation goes on."""


RUNNING = frozenset({State.CALLING, State.EXHAUSTED})


class Standing(StrEnum):
    """How an alarm of an escalation stands."""

    OUTSIDE = "outside"
    BACK = "back, not answered"
    ANSWERED = "answered"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the policy as it was at the start: what it says, whom it reaches, how long it waits.

    `missing` says in words who is not reached, empty where nobody is missing.
    """

    says: str
    recipients: tuple[Recipient, ...]
    wait: Span
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A policy with the people of each step, as they were at the start."""

    policy: str
    name: str
    rungs: tuple[Rung, ...]
    rounds: int
    goes_on: bool
    quiet: Quiet | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """One event that calls people until somebody answers.

    `event` is an excursion or an alarm, `alarms` how each of its alarms stands. `round` and `step` count from 0 and
    are of the next call, due at `next_due`; None where no call is to come. `number` is 0 until it is on record.
    """

    number: int
    station: str
    event: str
    severity: Severity
    snapshot: Snapshot
    alarms: Mapping[str, Standing]
    started: Instant
    state: State = State.CALLING
    round: int = 0
    step: int = 0
    next_due: Instant | None = None
    ended: Instant | None = None
    ended_by: str = ""

    @property
    def running(self) -> bool:
        return self.state in RUNNING


@dataclass(frozen=True, slots=True)
class Call:
    """One person who was called, or a channel that many read. `notification` is empty where there was nobody."""

    at: Instant
    round: int
    step: int
    account: str
    name: str
    instead: bool
    notification: str


def save(connection: Connection, escalation: Escalation) -> Escalation:
    """Put an escalation on record as it is now; a new one gets its number."""
    return save_all(connection, [escalation])[0]


def save_all(connection: Connection, escalations: Sequence[Escalation]) -> list[Escalation]:
    """Put escalations on record as they are now, in their order; new ones get their numbers."""
    known = [_row(one) | {"which": one.number} for one in escalations if one.number]
    if known:
        changed = {
            name: bindparam(name, type_=table.c[name].type) for name in known[0] if name not in {*_FIXED, "which"}
        }
        connection.execute(update(table).where(table.c.number == bindparam("which")).values(changed), known)
    new = [_row(one) for one in escalations if not one.number]
    numbers: Iterator[int] = iter(())
    if new:
        added = insert(table).returning(table.c.number, sort_by_parameter_order=True)
        numbers = iter(connection.execute(added, new).scalars().all())
    return [one if one.number else replace(one, number=next(numbers)) for one in escalations]


def running(connection: Connection, station: str | None = MAIN) -> list[Escalation]:
    """Those of a station, None for all, that wait for an answer, the oldest first."""
    mine = () if station is None else (table.c.station == station,)
    return _found(connection, table.c.ended.is_(None), *mine)


def concerning(connection: Connection, keys: Collection[str], station: str = MAIN) -> list[Escalation]:
    """Those of a station that wait for an answer and are of one of these events, or have one of these alarms."""
    wanted = set(keys)
    query = select(table.c.number, table.c.event, table.c.alarms)
    numbers = [
        number
        for number, event, alarms in connection.execute(
            query.where(table.c.ended.is_(None), table.c.station == station)
        ).all()
        if event in wanted or not wanted.isdisjoint(_ALARMS.decode(alarms))
    ]
    return _found(connection, table.c.number.in_(numbers), table.c.ended.is_(None)) if numbers else []


def due(connection: Connection, now: Instant, station: str = MAIN) -> list[Escalation]:
    """Those of a station with a call to make now."""
    return _found(connection, table.c.next_due <= now, table.c.station == station)


def overdue(connection: Connection, before: Instant) -> list[Escalation]:
    """Those of any station whose next call was due before a moment."""
    return _found(connection, table.c.next_due < before)


def find(connection: Connection, number: int) -> Escalation | None:
    """The escalation of a number."""
    return next(iter(_found(connection, table.c.number == number)), None)


def several(connection: Connection, numbers: Collection[int]) -> list[Escalation]:
    """The escalations of these numbers, the oldest first."""
    return _found(connection, table.c.number.in_(numbers))


def newest(connection: Connection, limit: int) -> list[Escalation]:
    """Those that are over, the newest first."""
    query = select(table).where(table.c.ended.is_not(None)).order_by(table.c.started.desc(), table.c.number.desc())
    return [_escalation(row) for row in connection.execute(query.limit(limit))]


def of_event(connection: Connection, event: str) -> list[Escalation]:
    """Those of an excursion or an alarm, the oldest first."""
    return _found(connection, table.c.event == event)


def lowest_severities(connection: Connection, events: Collection[str]) -> dict[str, Severity]:
    """How severe the least severe escalation of each of these events is; an event that had none is not among them."""
    query = select(table.c.event, func.min(table.c.severity).label("severity")).where(table.c.event.in_(events))
    return {row.event: Severity(row.severity) for row in connection.execute(query.group_by(table.c.event))}


def called(escalation: int, event: str, call: Call) -> AuditEntry:
    """What the audit trail says of a call."""
    told: dict[str, JSON] = {
        "event": event,
        "round": call.round,
        "step": call.step,
        "account": call.account or None,
        "name": call.name,
        "instead": call.instead,
        "message": call.notification or None,
    }
    return AuditEntry(CLEANWATCH, "escalation called", f"escalation {escalation}", told)


def add_calls(connection: Connection, calls: Mapping[int, Iterable[Call]]) -> None:
    """Whom each of these escalations has called. The audit rows (`called`) are the caller's, in one transaction."""
    rows = [
        {"escalation": escalation, **{name: getattr(call, name) for name in Call.__slots__}}
        for escalation, made in calls.items()
        for call in made
    ]
    if rows:
        connection.execute(insert(calls_table), rows)


def calls(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Call]]:
    """Who was called by each of these escalations, in order."""
    found: dict[int, list[Call]] = {number: [] for number in numbers}
    query = select(calls_table).where(calls_table.c.escalation.in_(numbers)).order_by(calls_table.c.number)
    for row in connection.execute(query):
        found[row.escalation].append(
            Call(row.at, row.round, row.step, row.account, row.name, row.instead, row.notification)
        )
    return found


def counts(connection: Connection) -> dict[State, int]:
    """How many are in each state."""
    rows = connection.execute(select(table.c.state, func.count().label("number")).group_by(table.c.state))
    return {State(row.state): row.number for row in rows}


_ALARMS = msgspec.json.Decoder(dict[str, str])
_FIXED = frozenset({"station", "event", "policy", "severity", "snapshot", "started"})


def _found(connection: Connection, *which: ColumnElement[bool]) -> list[Escalation]:
    query = select(table).where(*which).order_by(table.c.started, table.c.number)
    if not connection.get_execution_options().get("postgresql_readonly"):
        query = query.with_for_update()  # until the transaction ends nobody else changes them
    return [_escalation(row) for row in connection.execute(query)]


def _row(escalation: Escalation) -> dict[str, object]:
    return {
        "station": escalation.station,
        "event": escalation.event,
        "policy": escalation.snapshot.policy,
        "severity": int(escalation.severity),
        "snapshot": msgspec.json.encode(escalation.snapshot).decode(),
        "alarms": msgspec.json.encode(escalation.alarms).decode(),
        "started": escalation.started,
        "state": escalation.state.value,
        "round": escalation.round,
        "step": escalation.step,
        "next_due": escalation.next_due,
        "ended": escalation.ended,
        "ended_by": escalation.ended_by,
    }


def _escalation(row: Row[Any]) -> Escalation:
    return Escalation(
        row.number,
        row.station,
        row.event,
        Severity(row.severity),
        msgspec.json.decode(row.snapshot, type=Snapshot),
        msgspec.json.decode(row.alarms, type=dict[str, Standing]),
        row.started,
        State(row.state),
        row.round,
        row.step,
        row.next_due,
        row.ended,
        row.ended_by,
    )

"""What was told about alarms: the audit trail and the outbox, row by row, against what became of the alarms.

The number of outbox rows follows from the alarms' history:
- whenever an alarm changes there is one row with its new state; changes of one alarm that are decided in one
  transaction share the last one's row;
- whenever the engine takes up its records there is one row for each room, and one for each alarm of which anything
  was told before: a broker may have forgotten what it retained.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import msgspec
from sqlalchemy import select

from alerts.machine import Transition
from alerts.present_excursions import FIRST_OUT, NOT_FIRST_OUT
from alerts.retrospect import FOUND
from bus.messages import AlarmNotice, HoldsNotice, RoomNotice
from facility.alarm import source_of
from facility.instants import instant_of, text_of
from facility.limit import Severity
from storage.records.database import Records
from storage.records.schema import outbox
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.crash.proof.count import Told

MOST_ROWS = 1_000_000

Step: TypeAlias = tuple[str, str, str | None]
"""Severity, state and return of an alarm after a transition."""


@dataclass
class OutboxFound:
    """The rows of the outbox: those that had to be there, and what is wrong with the others."""

    rows: int = 0
    announcements: int = 0
    announced: int = 0
    changes: int = 0
    folded: int = 0
    """Transitions that share the row of a later one."""
    unsent: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def expected(self) -> int:
        """How many rows there should be."""
        return self.announced + self.changes


@dataclass(frozen=True)
class AuditFound:
    """Audit rows about alarms against those that the expected alarms make, and whether the chain is whole."""

    expected: int
    found: int
    wrong: list[str]
    broken: list[str]


AS_IT_HAPPENS = {Transition.DATED_BACK, FIRST_OUT, NOT_FIRST_OUT}
"""Rows that depend on when the readings came."""


def audit_found(records: Records, expected: Sequence[Told]) -> AuditFound:
    """Each alarm is raised once and returns once; where it did not begin as an action and is one, it rose once.

    Alarms that were found in late readings have one row each.
    """
    with records.reading() as connection:
        rows = audit.rows(connection, AuditFilter(), limit=MOST_ROWS)
        broken = audit.verify(connection)
    of_points = [row for row in rows if row.object.startswith("alarm ") and source_of(row.object[6:]) is None]
    counted = Counter((row.object, row.action) for row in of_points if row.action not in AS_IT_HAPPENS)
    found_late = {row.object for row in of_points if row.action == FOUND}
    at_once = {
        row.object
        for row in of_points
        if row.action == Transition.RAISED and msgspec.json.decode(row.data)["severity"] == "action"
    }
    should: Counter[tuple[str, str]] = Counter()
    for point, condition, severity, onset, *_ in expected:
        name = f"alarm {point}/{condition.replace(' ', '-')}/{onset}"
        if name in found_late:
            should[name, FOUND] += 1
            continue
        should[name, Transition.RAISED] += 1
        should[name, Transition.RETURNED] += 1
        should[name, Transition.ROSE] += severity is Severity.ACTION and name not in at_once
    wrong = [f"missing: {row}" for row in (should - counted).elements()]
    wrong += [f"surplus: {row}" for row in (counted - should).elements()]
    return AuditFound(should.total(), counted.total(), wrong, broken)


def outbox_found(records: Records, rooms: int) -> OutboxFound:
    """Every row of the outbox, in order."""
    result = OutboxFound()
    steps = _steps(records)
    told: dict[str, AlarmNotice] = {}
    with records.reading() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
    for at, group in groupby(rows, key=lambda row: row.at):
        transaction = list(group)
        notices = [_decoded(row.topic, row.payload) for row in transaction if row.payload]
        result.rows += len(transaction)
        result.unsent += sum(row.sent is None for row in transaction)
        of_rooms = {notice.room for notice in notices if isinstance(notice, RoomNotice)}
        of_alarms = {notice.alarm: notice for notice in notices if isinstance(notice, AlarmNotice)}
        before = dict(told)
        result.announced += sum(isinstance(notice, HoldsNotice) for notice in notices)
        if of_rooms:
            result.announcements += 1
            result.announced += rooms + len(before)
            if len(of_rooms) != rooms or before.keys() - of_alarms.keys():
                result.wrong.append(f"at {at} not everything was announced: {len(of_rooms)} rooms, {len(of_alarms)}")
        for id, notice in of_alarms.items():
            changed = told.get(id) != notice
            if changed and (id not in before or not of_rooms):
                result.changes += 1
            elif not changed and not of_rooms:
                result.wrong.append(f"at {at} told again, unchanged: {id}")
            if changed:
                result.folded += _taken(steps, id, notice)
            told[id] = notice
    result.wrong += [f"never told: {id} {left}" for id, left in steps.items() if left]
    return result


def _taken(steps: dict[str, list[Step]], id: str, notice: AlarmNotice) -> int:
    """Cross out the transitions that this notice tells of; how many were passed over for it."""
    left = steps.get(id, [])
    now = _step(notice)
    if now not in left:
        return 0  # only its worst value has changed
    passed = left.index(now)
    del left[: passed + 1]
    return passed


def _steps(records: Records) -> dict[str, list[Step]]:
    """What the audit trail says has become of each alarm, transition by transition."""
    with records.reading() as connection:
        rows = audit.rows(connection, AuditFilter(), limit=MOST_ROWS)
    steps: dict[str, list[Step]] = {}
    for row in reversed(rows):
        if row.object.startswith("alarm ") and row.action in set(Transition):
            data = msgspec.json.decode(row.data)
            step = (data["severity"], data["state"], data.get("returned"))
            steps.setdefault(row.object.removeprefix("alarm "), []).append(step)
    return steps


def _step(notice: AlarmNotice) -> Step:
    returned = None if notice.returned is None else text_of(instant_of(notice.returned))
    return notice.severity, notice.state, returned


def _decoded(topic: str, payload: bytes) -> AlarmNotice | RoomNotice | HoldsNotice:
    if "/alarms/" in topic:
        return msgspec.json.decode(payload, type=AlarmNotice)
    if "/holds/" in topic:
        return msgspec.json.decode(payload, type=HoldsNotice)
    return msgspec.json.decode(payload, type=RoomNotice)

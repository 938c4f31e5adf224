"""Holds as the engine last left them: what people have shelved or taken out of service, and what they ask for.

A hold is one row, brought up to date while it lives and never deleted; every step of it is in the audit trail,
written by the engine in the same transaction.
"""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from facility.alarm import Condition, HoldKind
from facility.holds import Hold, object_of
from facility.instants import SECOND, text_of
from facility.limit import Severity
from storage.records.schema import holds as table
from storage.records.trail.audit import JSON


def save(connection: Connection, holds: Iterable[Hold]) -> None:
    """Write holds as they are now, new or known by their id."""
    for hold in holds:
        row = _values(hold)
        if connection.execute(update(table).where(table.c.id == hold.id).values(row)).rowcount == 0:
            connection.execute(insert(table).values(row))


def open(connection: Connection) -> list[Hold]:
    """Those in force and those asked for, oldest first."""
    return _holds(connection, select(table).where(table.c.ended.is_(None)))


def find(connection: Connection, id: int) -> Hold | None:
    """The hold with this id, if there is one."""
    return next(iter(_holds(connection, select(table).where(table.c.id == id))), None)


def told_of(hold: Hold) -> dict[str, JSON]:
    """What the audit trail tells of a hold, every word of it; what is not known is None."""
    return {
        "kind": hold.kind.value,
        "of": object_of(hold.of),
        "condition": None if hold.condition is None else hold.condition.value,
        "up to": hold.severity.name.lower(),
        "asked by": hold.asked_by,
        "asked at": text_of(hold.asked_at),
        "why": hold.reason,
        "for seconds": hold.span / SECOND,
        "approved by": hold.approved_by,
        "since": None if hold.since is None else text_of(hold.since),
        "until": None if hold.until is None else text_of(hold.until),
        "ended": None if hold.ended is None else text_of(hold.ended),
        "ended by": hold.ended_by,
        "why ended": hold.why_ended,
    }


def _holds(connection: Connection, query: Select[tuple[object, ...]]) -> list[Hold]:
    return [hold_of(row) for row in connection.execute(query.order_by(table.c.id))]


def hold_of(row: Row[Any]) -> Hold:
    """The hold that a row tells of."""
    told = dict(row._mapping)
    told["kind"], told["severity"] = HoldKind(row.kind), Severity(row.severity)
    told["condition"] = None if row.condition is None else Condition(row.condition)
    return Hold(**told)


def _values(hold: Hold) -> dict[str, object]:
    told = {field.name: getattr(hold, field.name) for field in fields(hold)}
    return {
        **told,
        "kind": hold.kind.value,
        "severity": int(hold.severity),
        "condition": None if hold.condition is None else hold.condition.value,
    }

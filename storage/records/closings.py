"""When QA closed an excursion and reopened it: rows that never change, each with the signature that it was done by.

A closing keeps all that was signed. What is on record afterwards is held against it: so a late reading that completes
a closed excursion changes nothing that was signed, and shows. Whoever signs (`app/signing.py`) writes both.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, tuple_

from facility.instants import Instant
from facility.people import Person
from storage.records.schema import closings as table
from storage.records.signatures import content_hash
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


class Step(StrEnum):
    """What was done."""

    CLOSED = "closed"
    REOPENED = "reopened"


ACTIONS = tuple(f"excursion {step}" for step in Step)


@dataclass(frozen=True, slots=True)
class Closing:
    """An excursion was closed or reopened, for the `number`th time of both. `content` is what was signed."""

    excursion: str
    number: int
    step: Step
    at: Instant
    by: str
    reason: str
    content: Mapping[str, JSON]


def add(
    connection: Connection,
    at: Instant,
    person: Person,
    excursion: str,
    step: Step,
    content: Mapping[str, JSON],
    reason: str = "",
) -> Closing:
    """Put it on record; the caller signs the same content in the same transaction."""
    closing = Closing(
        excursion, next_number(connection, excursion), step, at, person.account, reason.strip(), content
    )
    text = msgspec.json.encode(content, order="deterministic").decode()
    row = {"excursion": excursion, "number": closing.number, "step": step.value, "at": at, "by": person.account}
    connection.execute(insert(table).values(**row, reason=closing.reason, content=text))
    told: dict[str, JSON] = {"closing": closing.number, "content": content_hash(content)}
    entry = AuditEntry(person.actor, f"excursion {step}", f"excursion {excursion}", told, reason=closing.reason)
    audit.append(connection, at, [entry])
    return closing


def next_number(connection: Connection, excursion: str) -> int:
    """The number that the next one will have."""
    count = select(func.count()).select_from(table).where(table.c.excursion == excursion)
    return int(connection.execute(count).scalar_one()) + 1


def of(connection: Connection, excursion: str) -> list[Closing]:
    """All of an excursion, in order."""
    rows = connection.execute(select(table).where(table.c.excursion == excursion).order_by(table.c.number))
    return [_closing(row) for row in rows]


def closed_of(connection: Connection, excursions: Collection[str]) -> dict[str, Closing]:
    """How those of these excursions were closed that are closed now."""
    last = select(table.c.excursion, func.max(table.c.number)).where(table.c.excursion.in_(excursions))
    newest = tuple_(table.c.excursion, table.c.number).in_(last.group_by(table.c.excursion))
    rows = connection.execute(select(table).where(newest, table.c.step == Step.CLOSED.value))
    return {row.excursion: _closing(row) for row in rows}


def is_closed(connection: Connection, excursion: str) -> bool:
    """Has QA closed it, and not reopened it?"""
    return excursion in closed_of(connection, [excursion])


def _closing(row: Row[Any]) -> Closing:
    content = msgspec.json.decode(row.content, type=dict[str, Any])
    return Closing(row.excursion, row.number, Step(row.step), row.at, row.by, row.reason, content)

"""Every site file that was ever in force: its text, from when, who changed it and why, and what differs.

The text is kept whole, so that a trend can draw the limits that applied then. `add` writes its own audit row.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from facility.instants import Instant, text_of
from facility.people import Actor
from storage.records import audit
from storage.records.audit import AuditEntry
from storage.records.schema import revisions as table


@dataclass(frozen=True, slots=True)
class Revision:
    """One site file. `number` counts from 1 without gaps; `differences` are lines for people to read."""

    number: int
    in_force_from: Instant
    author: str
    reason: str
    text: str
    differences: tuple[str, ...]


def add(
    connection: Connection,
    at: Instant,
    *,
    in_force_from: Instant,
    author: Actor,
    reason: str,
    text: str,
    differences: Sequence[str],
) -> Revision:
    """Record a site file as the next revision. `at` is when this happens, `in_force_from` may lie before it."""
    revision = Revision(newest_number(connection) + 1, in_force_from, author.name, reason, text, tuple(differences))
    connection.execute(
        insert(table).values(
            number=revision.number,
            in_force_from=in_force_from,
            author=author.name,
            reason=reason,
            text=text,
            differences=json.dumps(differences, ensure_ascii=False),
        )
    )
    data = {"in force from": text_of(in_force_from), "differences": list(differences)}
    entry = AuditEntry(author, "site revision added", f"site revision {revision.number}", data, reason=reason)
    audit.append(connection, at, [entry])
    return revision


def newest_number(connection: Connection) -> int:
    """The number of the newest revision; 0 before the first."""
    return connection.execute(select(func.max(table.c.number))).scalar() or 0


def current(connection: Connection) -> Revision | None:
    """The newest revision; None before the first."""
    return _first(connection, None)


def in_force_at(connection: Connection, at: Instant) -> Revision | None:
    """The newest of the revisions that were in force from this moment or earlier; None where there is none."""
    return _first(connection, at)


def began(connection: Connection) -> Instant | None:
    """Since when the first revision has been in force."""
    began: Instant | None = connection.scalar(select(func.min(table.c.in_force_from)))
    return began


def all(connection: Connection) -> list[Revision]:
    """Every revision, newest first."""
    return [_revision(*row) for row in connection.execute(select(table).order_by(table.c.number.desc()))]


def _first(connection: Connection, at: Instant | None) -> Revision | None:
    query = select(table).order_by(table.c.number.desc()).limit(1)
    if at is not None:
        query = query.where(table.c.in_force_from <= at)
    row = connection.execute(query).first()
    return _revision(*row) if row else None


def _revision(number: int, in_force_from: Instant, author: str, reason: str, text: str, differences: str) -> Revision:
    return Revision(number, in_force_from, author, reason, text, tuple(json.loads(differences)))

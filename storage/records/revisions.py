"""Every site file that was ever in force: its text, from when, who changed it and why, and what differs.

The text is kept whole, so that a trend can draw the limits that applied then. A revision may be added before it
takes force; of those whose moment has come, the one with the highest number is in force. `add` writes its own audit
row.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from facility.instants import Instant, text_of
from facility.people import Actor
from storage.records.schema import revisions as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry
from storage.records.trail.kept import sha256_of


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
    changes: Mapping[str, tuple[JSON, JSON]] | None = None,
    by: Actor | None = None,
) -> Revision:
    """Record a site file as the next revision. `at` is when this happens, `by` who does it, if not the author.

    `in_force_from` may lie before it only for the first one. `changes` are old and new by field, for the audit row.
    """
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
    data: dict[str, JSON] = {
        "author": author.name,
        "in force from": text_of(in_force_from),
        "differences": list(differences),
        "SHA-256 of the file": sha256_of(text),
    }
    name = f"site revision {revision.number}"
    audit.append(
        connection, at, [AuditEntry(by or author, "site revision added", name, data, changes or {}, reason=reason)]
    )
    return revision


def newest_number(connection: Connection) -> int:
    """The number of the newest revision, also of one that has not taken force yet; 0 before the first."""
    return connection.execute(select(func.max(table.c.number))).scalar() or 0


def number_in_force(connection: Connection, at: Instant) -> int:
    """The number of the revision that is in force at this moment; 0 where there is none."""
    return connection.scalar(select(func.max(table.c.number)).where(table.c.in_force_from <= at)) or 0


def starts(connection: Connection) -> list[tuple[int, Instant]]:
    """The number of each revision and from when it is in force, newest first."""
    query = select(table.c.number, table.c.in_force_from).order_by(table.c.number.desc())
    return [(number, start) for number, start in connection.execute(query)]


def number_of_text(connection: Connection, text: str, at: Instant) -> int | None:
    """The number of the newest revision with this very text that was in force from this moment or earlier."""
    same = select(func.max(table.c.number)).where(table.c.text == text, table.c.in_force_from <= at)
    number: int | None = connection.scalar(same)
    return number


def newest(connection: Connection) -> Revision | None:
    """The newest revision, also one that has not taken force yet; None before the first."""
    return _first(connection, None)


def find(connection: Connection, number: int) -> Revision | None:
    """The revision of this number."""
    row = connection.execute(select(table).where(table.c.number == number)).first()
    return _revision(*row) if row else None


def in_force_at(connection: Connection, at: Instant) -> Revision | None:
    """The newest of the revisions that were in force from this moment or earlier; None where there is none."""
    return _first(connection, at)


def between(connection: Connection, start: Instant, end: Instant) -> list[Revision]:
    """The revisions that matter to `[start, end)`, oldest first: the one in force at its start, and newer ones."""
    first = number_in_force(connection, start)
    query = select(table).where(table.c.number >= first, table.c.in_force_from < end).order_by(table.c.number)
    return [_revision(*row) for row in connection.execute(query)]


def began(connection: Connection) -> Instant | None:
    """Since when the first revision has been in force."""
    began: Instant | None = connection.scalar(select(func.min(table.c.in_force_from)))
    return began


def all(connection: Connection) -> list[Revision]:
    """Every revision, newest first."""
    return [_revision(*row) for row in connection.execute(select(table).order_by(table.c.number.desc()))]


def stretch_of(revision: Revision, every: Sequence[Revision]) -> tuple[Instant, Instant | None] | None:
    """From when until when a revision is in force, by what is on record; None where it never is.

    Without an end while no newer one is to take its place.
    """
    newer = [other.in_force_from for other in every if other.number > revision.number]
    end = min(newer, default=None)
    return None if end is not None and end <= revision.in_force_from else (revision.in_force_from, end)


def _first(connection: Connection, at: Instant | None) -> Revision | None:
    query = select(table).order_by(table.c.number.desc()).limit(1)
    if at is not None:
        query = query.where(table.c.in_force_from <= at)
    row = connection.execute(query).first()
    return _revision(*row) if row else None


def _revision(number: int, in_force_from: Instant, author: str, reason: str, text: str, differences: str) -> Revision:
    return Revision(number, in_force_from, author, reason, text, tuple(json.loads(differences)))

"""The audit trail: who did what to which object, when; chained, so that a later change shows.

Each row carries the SHA-256 of its own content and of the row before it. The content is hashed as it is stored:
the UTF-8 JSON array `[seq, at, actor, action, object, data, previous]` without spaces, where `data` is the stored
text itself. So anyone can check the chain without this program. `seq` counts without gaps in the order of commits.

`data` is a JSON object. What every row says stands under the same words: `zone` (the site's time zone then), `role`
and `origin` (of whoever acted), `changes` (`{field: [old, new]}`) and `reason`; an empty one is left out. What is
particular to an action stands beside them.

Whoever changes a record writes its audit row in the same transaction:
`commands.submit` and `.applied`, `room_states.record`, `batches.record`, `revisions.add` and migrations do so
themselves; what becomes of an alarm is written by the alert engine. `actor` is a person, a system that sent a
message, or `cleanwatch` itself; `object` is a kind and a name: `alarm B101.DP1/low/1763800500000`, `room B101`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Connection, func, insert, or_, select, update

from facility.instants import Instant
from facility.people import Actor
from storage.records.schema import audit, audit_head
from storage.records.trail.chain import BEGINNING, GENESIS, Mark, digest_of, verify

__all__ = [
    "BEGINNING",
    "GENESIS",
    "JSON",
    "AuditEntry",
    "AuditFilter",
    "AuditRow",
    "Mark",
    "append",
    "append_dated",
    "counts",
    "head",
    "known",
    "narrowed",
    "rows",
    "set_zone",
    "span",
    "verify",
    "zone",
]

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is to be written down: who did what to which object, what was before and is now, and why.

    `changes` gives for each field its old and its new value; `data` is what else is to be known. In both, NaN and
    infinity become null: JSON has no word for them.
    """

    actor: Actor
    action: str
    object: str
    data: Mapping[str, JSON] = field(default_factory=dict)
    changes: Mapping[str, tuple[JSON, JSON]] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the trail, as it is stored."""

    seq: int
    at: Instant
    actor: str
    action: str
    object: str
    data: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are asked for; what is empty or None does not restrict. Times include `start` and exclude `end`.

    `kind` is the first word of an object (`alarm`); `text` is searched for in who, action, object and data, whatever
    the case; `before` and `after` are numbers of rows, both excluded.
    """

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    start: Instant | None = None
    end: Instant | None = None
    kind: str = ""
    text: str = ""
    actions: Sequence[str] = ()
    before: int | None = None
    after: int | None = None


def append(connection: Connection, at: Instant, entries: Iterable[AuditEntry]) -> None:
    """Write entries of one moment at the end of the chain, in their order: see `append_dated`."""
    append_dated(connection, ((at, entry) for entry in entries))


def append_dated(connection: Connection, entries: Iterable[tuple[Instant, AuditEntry]]) -> None:
    """Write entries, each with its moment, at the end of the chain, in their order.

    The head row is locked until the transaction ends, so do this last in it.
    """
    query = select(audit_head.c.seq, audit_head.c.hash, audit_head.c.zone).with_for_update()
    known = connection.execute(query).one()
    seq, previous = known.seq, known.hash
    rows = []
    for at, entry in entries:
        seq += 1
        data = msgspec.json.encode(_told(entry, known.zone), order="deterministic").decode()
        content = (seq, at, entry.actor.name, entry.action, entry.object, data, previous)
        digest = digest_of(content)
        rows.append(dict(zip(_COLUMNS, (*content, digest), strict=True)))
        previous = digest
    if rows:
        connection.execute(insert(audit), rows)
        connection.execute(update(audit_head).values(seq=seq, hash=previous))


def set_zone(connection: Connection, zone: str) -> None:
    """Stamp rows with this time zone (IANA) from now on: the site's."""
    connection.execute(update(audit_head).values(zone=zone))


def rows(
    connection: Connection, wanted: AuditFilter = AuditFilter(), limit: int = 100, offset: int = 0
) -> list[AuditRow]:
    """The newest rows that match, newest first."""
    query = select(audit).where(*_conditions(wanted)).order_by(audit.c.seq.desc()).limit(limit).offset(offset)
    return [AuditRow(*row) for row in connection.execute(query)]


def counts(connection: Connection, wanted: AuditFilter) -> dict[str, int]:
    """How many rows match of each action, the most frequent first."""
    number = func.count()
    query = select(audit.c.action, number).where(*_conditions(wanted)).group_by(audit.c.action)
    rows = connection.execute(query.order_by(number.desc(), audit.c.action))
    return dict(tuple(row) for row in rows)


def span(connection: Connection, wanted: AuditFilter) -> tuple[int, int] | None:
    """The numbers of the first and the last row that match; None where none does."""
    query = select(func.min(audit.c.seq), func.max(audit.c.seq)).where(*_conditions(wanted))
    first, last = connection.execute(query).one()
    return None if first is None else (first, last)


def narrowed(connection: Connection, wanted: AuditFilter) -> AuditFilter:
    """The same filter with the numbers of the rows that its times can mean: those are found by an index."""
    if wanted.start is None and wanted.end is None:
        return wanted
    found = span(connection, AuditFilter(start=wanted.start, end=wanted.end))
    first, last = found or (1, 0)
    after = max(wanted.after or 0, first - 1)
    return replace(wanted, after=after, before=min(last + 1, wanted.before or last + 1))


def rows_of(
    connection: Connection, objects: Collection[str], actions: Collection[str], limit: int
) -> dict[tuple[str, str, Instant], int]:
    """The numbers of the rows about these objects by object, action and moment, oldest first; `limit` at most."""
    query = select(audit.c.seq, audit.c.object, audit.c.action, audit.c.at)
    query = query.where(audit.c.object.in_(objects), audit.c.action.in_(actions)).order_by(audit.c.seq).limit(limit)
    return {(row.object, row.action, row.at): row.seq for row in connection.execute(query)}


def known(connection: Connection, column: Literal["actor", "action"]) -> list[str]:
    """Every value that there is, by the alphabet. Each is looked up in the index: as quick with a million rows."""
    values: list[str] = []
    smallest = select(func.min(audit.c[column]))
    while (value := connection.execute(smallest.where(audit.c[column] > (values or [""])[-1])).scalar()) is not None:
        values.append(value)
    return values


def head(connection: Connection) -> Mark:
    """The last row that was written."""
    return Mark(*connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one())


def zone(connection: Connection) -> str:
    """The time zone that rows are stamped with now."""
    name: str = connection.execute(select(audit_head.c.zone)).scalar_one()
    return name


_COLUMNS = tuple(column.name for column in audit.columns)


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions = [
        audit.c[name] == value
        for name in ("actor", "action", "object")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.start is not None:
        conditions.append(audit.c.at >= wanted.start)
    if wanted.end is not None:
        conditions.append(audit.c.at < wanted.end)
    if wanted.before is not None:
        conditions.append(audit.c.seq < wanted.before)
    if wanted.after is not None:
        conditions.append(audit.c.seq > wanted.after)
    if wanted.actions:
        conditions.append(audit.c.action.in_(wanted.actions))
    if wanted.kind:
        conditions.append(audit.c.object.startswith(f"{wanted.kind} ", autoescape=True))
    if wanted.text:
        told = (audit.c.actor, audit.c.action, audit.c.object, audit.c.data)
        conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in told)))
    return conditions


def _told(entry: AuditEntry, zone: str) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        "role": entry.actor.role,
        "origin": entry.actor.origin,
        "changes": entry.changes,
        "reason": entry.reason,
    }
    return {**entry.data, "zone": zone, **{key: value for key, value in told.items() if value}}

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

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec
from sqlalchemy import Connection, insert, select, update

from facility.instants import Instant
from facility.people import Actor
from storage.records.schema import audit, audit_head

JSON: TypeAlias = bool | int | float | str | Sequence["JSON"] | Mapping[str, "JSON"] | None

GENESIS = "0" * 64
"""What stands as the previous hash in the first row."""


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
    """Which rows are asked for; None does not restrict. Times include `start` and exclude `end`."""

    actor: str | None = None
    action: str | None = None
    object: str | None = None
    start: Instant | None = None
    end: Instant | None = None


def append(connection: Connection, at: Instant, entries: Iterable[AuditEntry]) -> None:
    """Write entries of one moment at the end of the chain, in their order: see `append_dated`."""
    append_dated(connection, ((at, entry) for entry in entries))


def append_dated(connection: Connection, entries: Iterable[tuple[Instant, AuditEntry]]) -> None:
    """Write entries, each with its moment, at the end of the chain, in their order.

    The head row is locked until the transaction ends, so do this last in it.
    """
    head = connection.execute(select(audit_head.c.seq, audit_head.c.hash, audit_head.c.zone).with_for_update()).one()
    seq, previous = head.seq, head.hash
    rows = []
    for at, entry in entries:
        seq += 1
        data = _canonical(_told(entry, head.zone)).decode()
        content = (seq, at, entry.actor.name, entry.action, entry.object, data, previous)
        digest = _hash(*content)
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
    conditions = [
        audit.c[name] == value
        for name in ("actor", "action", "object")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.start is not None:
        conditions.append(audit.c.at >= wanted.start)
    if wanted.end is not None:
        conditions.append(audit.c.at < wanted.end)
    query = select(audit).where(*conditions).order_by(audit.c.seq.desc()).limit(limit).offset(offset)
    return [AuditRow(*row) for row in connection.execute(query)]


def verify(connection: Connection) -> list[str]:
    """Check the whole chain. An empty list says that no row was altered, removed, inserted or moved.

    Each problem is a sentence that names its row. What this cannot see is a chain that was written anew from some
    row to the end, together with its head: for that a copy of the head has to be kept elsewhere.
    """
    problems = []
    seq, previous = 0, GENESIS
    stream = connection.execute(select(audit).order_by(audit.c.seq), execution_options={"yield_per": 1000})
    for found in (AuditRow(*row) for row in stream):
        if found.seq < 1:
            problems.append(f"row {found.seq} was inserted: the chain begins with row 1")
        elif found.seq != seq + 1:
            problems.append(_missing(seq + 1, found.seq - 1))
        elif found.previous != previous:
            problems.append(f"row {found.seq} does not follow the row before it: its previous hash is another")
        if (
            _hash(found.seq, found.at, found.actor, found.action, found.object, found.data, found.previous)
            != found.hash
        ):
            problems.append(f"row {found.seq} was altered: its content does not give its hash")
        seq, previous = found.seq, found.hash
    head = connection.execute(select(audit_head.c.seq, audit_head.c.hash)).one_or_none()
    if head is None:
        problems.append("the head of the chain is missing")
    elif head.seq > seq:
        problems.append(_missing(seq + 1, head.seq))
    elif head.seq < seq:
        problems.append(f"row {head.seq + 1} and all after it were inserted: the chain ends at row {head.seq}")
    elif head.hash != previous:
        problems.append(f"row {seq} is not the row that was written last: the head of the chain has another hash")
    return problems


_COLUMNS = tuple(column.name for column in audit.columns)


def _told(entry: AuditEntry, zone: str) -> dict[str, JSON]:
    told: dict[str, JSON] = {
        "role": entry.actor.role,
        "origin": entry.actor.origin,
        "changes": entry.changes,
        "reason": entry.reason,
    }
    return {**entry.data, "zone": zone, **{key: value for key, value in told.items() if value}}


def _hash(*content: int | str) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()


def _canonical(value: JSON) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def _missing(first: int, last: int) -> str:
    return f"row {first} is missing" if first == last else f"rows {first} to {last} are missing"

"""When which product batch was made where. Starts and ends are rows that never change; a run is read off them.

A run lasts from a start of a batch in a room to the first end of that batch there afterwards. A start that is
repeated while it runs changes nothing; an end without a start is kept, and counts once the start has come in late.
`record` writes its own audit row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from facility.instants import Instant, text_of
from facility.people import Actor
from facility.plant_events import BatchEnded, BatchStarted
from storage.records.schema import batch_events as table
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class Run:
    """A batch was made in a room from `start` on, until `end` (None while it runs)."""

    batch: str
    room: str
    start: Instant
    end: Instant | None


def record(
    connection: Connection, event: BatchStarted | BatchEnded, recorded_at: Instant, actor: Actor | None = None
) -> bool:
    """Add a start or an end; False where the very same is on record already, and nothing is written.

    `actor` is the person who says so; without one it is the system that `event.by` names.
    """
    started = isinstance(event, BatchStarted)
    kind = "start" if started else "end"
    repeat = select(table.c.id).where(
        table.c.batch == event.batch,
        table.c.room == event.room,
        table.c.kind == kind,
        table.c.time == event.time,
        table.c.by == event.by,
    )
    if connection.execute(repeat).first():
        return False
    connection.execute(
        insert(table).values(
            kind=kind, batch=event.batch, room=event.room, time=event.time, by=event.by, recorded_at=recorded_at
        )
    )
    action = "batch started" if started else "batch ended"
    data = {"room": event.room, "time": text_of(event.time)}
    entry = AuditEntry(actor or Actor(event.by), action, f"batch {event.batch}", data)
    audit.append(connection, recorded_at, [entry])
    return True


def running(connection: Connection, at: Instant) -> list[Run]:
    """What was being made at a moment, by start."""
    return _runs(connection, table.c.time <= at, ends_after=at)


def overlapping(connection: Connection, rooms: Sequence[str], start: Instant, end: Instant) -> list[Run]:
    """What was being made in these rooms at any time in `[start, end)`, by start."""
    return _runs(connection, table.c.room.in_(rooms), table.c.time < end, ends_after=start)


def of(connection: Connection, batch: str) -> list[Run]:
    """Where and when a batch was made, by start."""
    return _runs(connection, table.c.batch == batch, ends_after=0)


def rooms(connection: Connection) -> list[str]:
    """Every room in which anything was ever made."""
    return list(connection.execute(select(table.c.room).distinct().order_by(table.c.room)).scalars())


def _runs(connection: Connection, *starts: ColumnElement[bool], ends_after: Instant) -> list[Run]:
    ends = table.alias()
    end = (
        select(func.min(ends.c.time))
        .where(
            ends.c.batch == table.c.batch,
            ends.c.room == table.c.room,
            ends.c.kind == "end",
            ends.c.time >= table.c.time,
        )
        .scalar_subquery()
    )
    begun = select(table.c.batch, table.c.room, table.c.time, end.label("end")).where(
        table.c.kind == "start", *starts
    )
    run = begun.subquery()
    query = (
        select(run.c.batch, run.c.room, func.min(run.c.time).label("start"), run.c.end)
        .where(or_(run.c.end.is_(None), run.c.end > ends_after))
        .group_by(run.c.batch, run.c.room, run.c.end)
        .order_by("start", run.c.room, run.c.batch)
    )
    return [Run(*row) for row in connection.execute(query)]

"""Which state every room was in, when, and who said so. Nothing is changed: what comes late is added.

States are ordered by the time from which they hold; of two for the same room and time the one that arrived later
holds. `record` writes its own audit row.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert, select

from facility.instants import Instant, text_of
from facility.limit import RoomState
from facility.people import Actor
from facility.plant_events import RoomStateSet
from storage.records.schema import room_states as table
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry

END_OF_TIME: Instant = 1 << 62
_STATE = (table.c.room, table.c.state, table.c.time, table.c.by)


def record(connection: Connection, event: RoomStateSet, recorded_at: Instant, actor: Actor | None = None) -> bool:
    """Add a room state; False where the very same is on record already, and nothing is written.

    `actor` is the person who has set it; without one it is the system that `event.by` names.
    """
    repeat = select(table.c.id).where(
        table.c.room == event.room,
        table.c.time == event.time,
        table.c.state == event.state.value,
        table.c.by == event.by,
    )
    if connection.execute(repeat).first():
        return False
    before = _state_at(connection, event.room, event.time)
    connection.execute(
        insert(table).values(
            room=event.room, state=event.state.value, time=event.time, by=event.by, recorded_at=recorded_at
        )
    )
    entry = AuditEntry(
        actor or Actor(event.by),
        "room state set",
        f"room {event.room}",
        {"from": text_of(event.time)},
        {"state": (before, event.state.value)},
    )
    audit.append(connection, recorded_at, [entry])
    return True


def in_force(connection: Connection, at: Instant, known_at: Instant = END_OF_TIME) -> dict[str, RoomStateSet]:
    """The state of each room at a moment; a room whose state is not known then is left out.

    With `known_at` as it was known at another one.
    """
    rooms = select(table.c.room).distinct().subquery()
    newest = (
        select(table.c.id)
        .where(table.c.room == rooms.c.room, table.c.time <= at, table.c.recorded_at <= known_at)
        .order_by(table.c.time.desc(), table.c.id.desc())
        .limit(1)
        .correlate(rooms)
        .scalar_subquery()
    )
    rows = connection.execute(select(*_STATE).where(table.c.id.in_(select(newest).select_from(rooms))))
    return {row.room: _event(*row) for row in rows}


def timeline(
    connection: Connection, rooms: Sequence[str], start: Instant, end: Instant, known_at: Instant = END_OF_TIME
) -> list[RoomStateSet]:
    """The states of these rooms in `[start, end)` by time, beginning with those that hold at `start`.

    With `known_at` as they were known at that moment.
    """
    held = in_force(connection, start, known_at)
    before = sorted((state for room, state in held.items() if room in rooms), key=_by_time)
    query = (
        select(*_STATE)
        .where(table.c.room.in_(rooms), table.c.time > start, table.c.time < end, table.c.recorded_at <= known_at)
        .order_by(table.c.time, table.c.id)
    )
    return before + [_event(*row) for row in connection.execute(query)]


def _state_at(connection: Connection, room: str, at: Instant) -> str | None:
    query = select(table.c.state).where(table.c.room == room, table.c.time <= at)
    return connection.execute(query.order_by(table.c.time.desc(), table.c.id.desc()).limit(1)).scalar()


def _event(room: str, state: str, time: Instant, by: str) -> RoomStateSet:
    return RoomStateSet(room, RoomState(state), time, by)


def _by_time(event: RoomStateSet) -> tuple[Instant, str]:
    return event.time, event.room

"""What of the records belongs to a stretch of time, to be kept with its readings; and archives on record.

Nothing leaves the records by being archived. An archive is an audit row when it is made, and one each time that it is
checked: so it is known when what was archived was last found whole and readable.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, and_, func, insert, or_, select

from facility.instants import Instant, text_of
from facility.people import Actor
from storage.records import schema
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter

MADE, CHECKED, RESTORED = "archive made", "archive checked", "archive restored"

TABLES: tuple[Table, ...] = (
    schema.alarms,
    schema.acknowledgements,
    schema.blinded_points,
    schema.room_states,
    schema.batch_events,
    schema.source_gaps,
    schema.revisions,
    schema.changes,
    schema.change_steps,
    schema.annotations,
    schema.refusals,
    schema.signatures,
    schema.trail_reviews,
    schema.day_digests,
)
"""In an order in which they can be put into empty records. The audit trail goes along as a package of its own."""


@dataclass(frozen=True, slots=True)
class Archive:
    """A file with what was kept from a day to another, both included; `sha256` is that of the file."""

    file: str
    sha256: str
    station: str
    first: str
    last: str
    readings: int


@dataclass(frozen=True, slots=True)
class LastChecked:
    """When an archive was checked last, which one, and how many problems were found."""

    at: Instant
    file: str
    problems: int


def rows(
    connection: Connection, table: Table, start: Instant, end: Instant, until: Instant
) -> Iterator[dict[str, Any]]:
    """The rows of a table that belong to `[start, end)`; what people did about it later counts until `until`."""
    query = select(table).where(_condition(connection, table, start, end, until)).order_by(*table.primary_key)
    for row in connection.execute(query).mappings():
        yield dict(row)


def put(connection: Connection, table: Table, found: Iterable[Mapping[str, Any]]) -> int:
    """Put rows of an archive into records that have none of them; how many."""
    several = [dict(row) for row in found]
    if several:
        connection.execute(insert(table), several)
    return len(several)


def record_made(connection: Connection, at: Instant, actor: Actor, archive: Archive) -> None:
    """Put on record that an archive was made."""
    _append(connection, at, actor, MADE, archive, {})


def record_checked(connection: Connection, at: Instant, actor: Actor, archive: Archive, problems: list[str]) -> None:
    """Put on record what a check of an archive found."""
    _append(connection, at, actor, CHECKED, archive, {"problems": len(problems), "the first ones": problems[:20]})


def record_restored(connection: Connection, at: Instant, actor: Actor, archive: Archive, folder: str) -> None:
    """Put on record that an archive was restored to be looked at."""
    _append(connection, at, actor, RESTORED, archive, {"folder": folder})


def last_checked(connection: Connection, station: str) -> LastChecked | None:
    """The newest check of an archive of a station; None where none was ever checked."""
    for row in audit.rows(connection, AuditFilter(action=CHECKED, object=_object(station)), limit=1):
        data = msgspec.json.decode(row.data)
        return LastChecked(row.at, data["file"], data["problems"])
    return None


def made(connection: Connection, station: str, limit: int = 10_000) -> list[Archive]:
    """The archives of a station, the newest first."""
    rows = audit.rows(connection, AuditFilter(action=MADE, object=_object(station)), limit=limit)
    return [msgspec.convert({**msgspec.json.decode(row.data), "station": station}, Archive) for row in rows]


def _condition(
    connection: Connection, table: Table, start: Instant, end: Instant, until: Instant
) -> ColumnElement[bool]:
    c = table.c
    alarms = schema.alarms.c
    of_period = and_(alarms.onset < end, or_(alarms.returned.is_(None), alarms.returned >= start))
    match table.name:
        case "alarms":
            return of_period
        case "acknowledgements" | "blinded_points":
            return c.alarm.in_(select(alarms.id).where(of_period))
        case "room_states":
            before = select(func.max(c.time)).where(c.time < start).group_by(c.room)
            return and_(c.time < end, or_(c.time >= start, c.time.in_(before)))
        case "batch_events":
            events = schema.batch_events.alias()
            touching = select(events.c.batch).where(events.c.time < end).group_by(events.c.batch)
            ended = func.max(events.c.time) >= start
            still_going = func.count() - 2 * func.count(events.c.kind).filter(events.c.kind == "end") > 0
            return c.batch.in_(touching.having(or_(ended, still_going)))
        case "source_gaps":
            return and_(c.before >= start, c.before < end)
        case "revisions":
            first = connection.execute(select(func.max(c.number)).where(c.in_force_from <= start)).scalar_one()
            return and_(c.number >= (first or 0), c.in_force_from < end)
        case "day_digests":
            return and_(c.day >= start // 86_400_000, c.day < end // 86_400_000)
        case "annotations":
            return or_(and_(c.at >= start, c.at < until), and_(c.start < end, c.end >= start))
        case "change_steps":
            changes = schema.changes.c
            return c.change.in_(select(changes.number).where(changes.at >= start, changes.at < until))
        case "refusals":
            return c.annotation.in_(
                select(schema.annotations.c.id).where(_condition(connection, schema.annotations, start, end, until))
            )
        case _:
            return and_(c.at >= start, c.at < until)


def _append(
    connection: Connection, at: Instant, actor: Actor, action: str, archive: Archive, more: Mapping[str, JSON]
) -> None:
    data: dict[str, JSON] = {
        "file": archive.file,
        "sha256": archive.sha256,
        "first": archive.first,
        "last": archive.last,
        "readings": archive.readings,
        **more,
    }
    audit.append(connection, at, [AuditEntry(actor, action, _object(archive.station), data)])


def _object(station: str) -> str:
    return f"archive {station}"


def words_of(checked: LastChecked | None) -> str:
    """The last check of an archive, as the system page says it."""
    if checked is None:
        return "no archive was ever checked"
    found = "found whole" if checked.problems == 0 else f"{checked.problems} problems found"
    return f"{checked.file} on {text_of(checked.at)[:10]}: {found}"

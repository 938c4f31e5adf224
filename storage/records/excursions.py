"""Excursions as the engine last left them, and every move of an alarm into one or from one to another.

An excursion is one row, brought up to date while it lives. Moves are rows that never change: an alarm is in the
excursion of its newest move, and the earlier ones show where it was before. `save` writes its own audit rows.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from facility.excursion import Excursion, Move
from facility.instants import Instant, datetime_of
from facility.people import Actor
from facility.site import MAIN
from storage.records import alarms as alarm_records
from storage.records.schema import excursion_moves as moves_table
from storage.records.schema import excursion_years
from storage.records.schema import excursions as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


def _moved_on() -> ColumnElement[bool]:
    later = moves_table.alias()
    newer = later.c.alarm == moves_table.c.alarm, later.c.number > moves_table.c.number
    return select(later.c.number).where(*newer).exists()


MOVED_ON = _moved_on()
"""Has an alarm moved again since a move?"""


@dataclass(frozen=True, slots=True)
class Moved:
    """Who moved an alarm, and when. On record excursions are called by their numbers."""

    at: Instant
    by: Actor
    move: Move


def save(
    connection: Connection, excursions: Iterable[Excursion], moved: Iterable[Moved], zone: str, station: str = MAIN
) -> None:
    """Write excursions as they are now, new or known by their id, and how alarms moved.

    A new one gets the next number of the year in which it began, in the site's zone (IANA).
    """
    changed, moves = {excursion.id: excursion for excursion in excursions}, list(moved)
    ids = {*changed, *(id for m in moves for id in (m.move.excursion, m.move.previous) if id)}
    known = {row.id: row for row in connection.execute(select(table).where(table.c.id.in_(ids)))}
    numbers = {id: row.number for id, row in known.items()}
    new = sorted((e for id, e in changed.items() if id not in known), key=lambda e: (e.onset, e.id))
    latest = {m.move.excursion: m for m in moves} | {m.move.previous: m for m in moves if m.move.previous}
    if new:
        numbers |= _new_numbers(connection, new, ZoneInfo(zone))
        rows = [
            _row(e) | {"number": numbers[e.id], "id": e.id, "station": station, "recorded_at": latest[e.id].at}
            for e in new
        ]
        connection.execute(insert(table), rows)
    entries: list[tuple[Instant, AuditEntry]] = []
    for id, excursion in changed.items():
        into = None if excursion.merged_into is None else numbers[excursion.merged_into]
        before = known[id].merged_into if id in known else None
        values = _row(excursion)
        if into != before:
            last = latest[id]
            values |= {"merged_into": into, "merged_at": last.at if into else None}
            action = "excursion merged" if into else "excursion restored"
            changes = {"merged into": (before, into)}
            entry = AuditEntry(last.by, action, f"excursion {numbers[id]}", {}, changes, last.move.reason)
            entries.append((last.at, entry))
        if id in known or into is not None:
            connection.execute(update(table).where(table.c.id == id).values(values))
    rows = _move_rows(connection, moves, numbers)
    if rows:
        connection.execute(insert(moves_table), rows)
    told = [(m.at, _told(m.by, row)) for m, row in zip(moves, rows, strict=True)]
    audit.append_dated(connection, [*told, *entries])


def recent(
    connection: Connection, since: Instant, station: str = MAIN, standing: Collection[str] = ()
) -> list[Excursion]:
    """Those of a station that are open or returned after a moment, and those of alarms that stand; none merged."""
    own = and_(table.c.station == station, or_(table.c.returned.is_(None), table.c.returned >= since))
    of_standing = select(moves_table.c.excursion).where(moves_table.c.alarm.in_(standing))
    lives = or_(own, table.c.number.in_(of_standing))
    return read(connection, select(table).where(table.c.merged_into.is_(None), lives))


def overlapping(connection: Connection, start: Instant, end: Instant, station: str = MAIN) -> list[Excursion]:
    """Those of a station that lasted at any time in `[start, end)`; none merged."""
    own = table.c.station == station, table.c.merged_into.is_(None)
    return read(connection, select(table).where(*own, *lasted_between(start, end)))


def with_merged(connection: Connection, numbers: Collection[str], station: str = MAIN) -> list[Excursion]:
    """Those of a station with these numbers, and those that were merged into them."""
    wanted = or_(table.c.number.in_(numbers), table.c.merged_into.in_(numbers))
    return read(connection, select(table).where(table.c.station == station, wanted))


def numbers_in(connection: Connection, number: str) -> list[str]:
    """The number of an excursion and those of all that were merged into it, also by way of others."""
    found = [number]
    for one in found:
        query = select(table.c.number).where(table.c.merged_into == one).order_by(table.c.number)
        found += [other for other in connection.execute(query).scalars() if other not in found]
    return found


def find(connection: Connection, number: str) -> Excursion | None:
    """The excursion with this number, if there is one."""
    return next(iter(read(connection, select(table).where(table.c.number == number))), None)


def of_alarm(connection: Connection, alarm: str) -> Excursion | None:
    """The excursion that an alarm is in now; None for an advisory, which is in none."""
    newest = (
        select(moves_table.c.excursion)
        .where(moves_table.c.alarm == alarm)
        .order_by(moves_table.c.number.desc())
        .limit(1)
        .scalar_subquery()
    )
    return next(iter(read(connection, select(table).where(table.c.number == newest))), None)


def of_alarms(connection: Connection, alarms: Collection[str]) -> dict[str, str]:
    """The number of the excursion that each of these alarms is in now; one that is in none is not among them."""
    query = select(moves_table.c.alarm, moves_table.c.excursion)
    query = query.where(moves_table.c.alarm.in_(alarms), ~MOVED_ON)
    return {row.alarm: row.excursion for row in connection.execute(query)}


def members(connection: Connection, numbers: Collection[str]) -> dict[str, list[str]]:
    """The alarms of each of these excursions that are in it now."""
    query = select(moves_table.c.excursion, moves_table.c.alarm).distinct()
    query = query.where(moves_table.c.excursion.in_(numbers), ~MOVED_ON)
    found: dict[str, list[str]] = {}
    for row in connection.execute(query.order_by(moves_table.c.excursion, moves_table.c.alarm)):
        found.setdefault(row.excursion, []).append(row.alarm)
    return found


def station_of(connection: Connection, number: str) -> str | None:
    """The station whose engine keeps an excursion."""
    return connection.execute(select(table.c.station).where(table.c.number == number)).scalar_one_or_none()


def number_of(connection: Connection, id: str) -> str | None:
    """What people call an excursion."""
    return connection.execute(select(table.c.number).where(table.c.id == id)).scalar_one_or_none()


def moves(connection: Connection, number: str) -> list[Moved]:
    """Every move into an excursion or out of it, in order."""
    own = or_(moves_table.c.excursion == number, moves_table.c.previous == number)
    rows = connection.execute(
        select(moves_table).where(own).order_by(moves_table.c.at, moves_table.c.number, moves_table.c.alarm)
    )
    return [Moved(row.at, Actor(row.by), Move(row.alarm, row.excursion, row.previous, row.reason)) for row in rows]


def read(connection: Connection, query: Select[tuple[object, ...]]) -> list[Excursion]:
    """The excursions of a query of their table, newest first."""
    rows = connection.execute(query.order_by(table.c.onset.desc(), table.c.number.desc())).all()
    ids = {row.number: row.id for row in rows}
    into = {row.merged_into for row in rows if row.merged_into} - ids.keys()
    if into:
        others = connection.execute(select(table.c.number, table.c.id).where(table.c.number.in_(into)))
        ids |= {row.number: row.id for row in others}
    members = _members(connection, [row.number for row in rows if row.merged_into is None])
    members |= {row.number: _merged_members(connection, row) for row in rows if row.merged_into is not None}
    wanted = {alarm for alarms in members.values() for alarm in alarms}
    found = {alarm.id: alarm for alarm in alarm_records.several(connection, wanted)}
    return [
        Excursion(
            row.id,
            {alarm: found[alarm] for alarm in members[row.number] if alarm in found},
            row.number,
            None if row.merged_into is None else ids[row.merged_into],
        )
        for row in rows
    ]


def _members(connection: Connection, numbers: Collection[str]) -> dict[str, Sequence[str]]:
    """The alarms of each of these excursions, which are not merged."""
    moves = moves_table
    query = select(moves.c.excursion, moves.c.alarm).where(moves.c.excursion.in_(numbers), ~MOVED_ON)
    found: dict[str, list[str]] = {number: [] for number in numbers}
    for row in connection.execute(query.distinct().order_by(moves.c.alarm)):
        found[row.excursion].append(row.alarm)
    return dict(found)


def _merged_members(connection: Connection, row: Row[tuple[object, ...]]) -> Sequence[str]:
    """The alarms of an excursion that was merged: those that it had then."""
    moves = moves_table
    merged = moves.c.excursion == row.merged_into, moves.c.at == row.merged_at
    query = select(moves.c.alarm).where(moves.c.previous == row.number, *merged)
    return connection.execute(query.distinct().order_by(moves.c.alarm)).scalars().all()


def lasted_between(start: Instant | None, end: Instant | None) -> list[ColumnElement[bool]]:
    """Did it last at any time in `[start, end)`? What is None does not restrict."""
    conditions: list[ColumnElement[bool]] = []
    if start is not None:
        conditions.append(or_(table.c.returned.is_(None), table.c.returned >= start))
    if end is not None:
        conditions.append(table.c.onset < end)
    return conditions


def _new_numbers(connection: Connection, new: Sequence[Excursion], zone: ZoneInfo) -> dict[str, str]:
    """The numbers of new excursions, by their ids. Stations that count at the same time wait for each other."""
    by_year: dict[int, list[str]] = {}
    for excursion in new:
        by_year.setdefault(datetime_of(excursion.onset).astimezone(zone).year, []).append(excursion.id)
    numbers: dict[str, str] = {}
    for year, ids in sorted(by_year.items()):
        first = _count_on(connection, year, len(ids)) - len(ids) + 1
        numbers |= {id: f"E-{year}-{number:04}" for number, id in enumerate(ids, start=first)}
    return numbers


def _count_on(connection: Connection, year: int, more: int) -> int:
    """How many excursions of a year there are with so many more."""
    years = excursion_years
    kind = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(kind.insert(years).values(year=year, count=0).on_conflict_do_nothing())
    counted = update(years).where(years.c.year == year).values(count=years.c.count + more)
    count: int = connection.execute(counted.returning(years.c.count)).scalar_one()
    return count


def _row(excursion: Excursion) -> dict[str, object]:
    return {
        "onset": excursion.onset,
        "returned": excursion.returned,
        "severity": int(excursion.severity),
        "first_out": excursion.first_out,
    }


def _move_rows(connection: Connection, moves: Sequence[Moved], numbers: dict[str, str]) -> list[dict[str, Any]]:
    known = [m.move.alarm for m in moves if m.move.previous is not None]
    newest = select(moves_table.c.alarm, func.max(moves_table.c.number)).where(moves_table.c.alarm.in_(known))
    counts: dict[str, int] = dict(tuple(row) for row in connection.execute(newest.group_by(moves_table.c.alarm)))
    rows = []
    for m in moves:
        counts[m.move.alarm] = counts.get(m.move.alarm, 0) + 1
        rows.append(
            {
                "alarm": m.move.alarm,
                "number": counts[m.move.alarm],
                "excursion": numbers[m.move.excursion],
                "previous": None if m.move.previous is None else numbers[m.move.previous],
                "at": m.at,
                "by": m.by.name,
                "reason": m.move.reason,
            }
        )
    return rows


def _told(by: Actor, row: dict[str, Any]) -> AuditEntry:
    first = row["previous"] is None
    told: dict[str, JSON] = {"alarm": row["alarm"], "move": row["number"], "previous": row["previous"]}
    action = "alarm joined excursion" if first else "alarm moved to excursion"
    said = {key: value for key, value in told.items() if value is not None}
    return AuditEntry(by, action, f"excursion {row['excursion']}", said, reason=row["reason"])

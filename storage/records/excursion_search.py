"""Looking for excursions: by where, what, how severe, when, and how far they have come."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, false, func, or_, select, tuple_

from facility.excursion import Excursion
from facility.instants import Instant
from facility.limit import Severity
from storage.records import excursions
from storage.records.batches import Run
from storage.records.schema import alarms, blinded_points, closings
from storage.records.schema import excursion_moves as moves_table
from storage.records.schema import excursions as table


@dataclass(frozen=True, slots=True)
class ExcursionFilter:
    """Which excursions are asked for. What is None does not restrict.

    `rooms`, `points` and `within` (the rooms that whoever asks may see) pick those with an alarm there, and an empty
    one picks none. `runs` pick those in a room in which something was being made then. `start` and `end` pick the
    ones that lasted at any time in between (`end` itself excluded); `standing` those that have not returned, or have;
    `closed` those that QA has closed, or has not; `station` those that its engine keeps. One that was merged into
    another is left out.
    """

    rooms: Collection[str] | None = None
    points: Collection[str] | None = None
    runs: Collection[Run] | None = None
    severities: Sequence[Severity] = ()
    start: Instant | None = None
    end: Instant | None = None
    standing: bool | None = None
    closed: bool | None = None
    station: str | None = None
    within: Collection[str] | None = None


def history(
    connection: Connection,
    wanted: ExcursionFilter,
    limit: int,
    offset: int = 0,
    older_than: tuple[Instant, str] | None = None,
) -> list[Excursion]:
    """One page of those that match, newest first; those after an onset and number, the last of the page before."""
    query = select(table).where(*_conditions(wanted))
    if older_than is not None:
        query = query.where(tuple_(table.c.onset, table.c.number) < tuple_(*older_than))
    return excursions.read(connection, query.limit(limit).offset(offset))


def count(connection: Connection, wanted: ExcursionFilter) -> int:
    """How many match."""
    return connection.execute(select(func.count()).select_from(table).where(*_conditions(wanted))).scalar_one()


def _conditions(wanted: ExcursionFilter) -> list[ColumnElement[bool]]:
    conditions = [table.c.merged_into.is_(None), *excursions.lasted_between(wanted.start, wanted.end)]
    if wanted.severities:
        conditions.append(table.c.severity.in_([int(severity) for severity in wanted.severities]))
    if wanted.standing is not None:
        conditions.append(table.c.returned.is_(None) if wanted.standing else table.c.returned.is_not(None))
    if wanted.closed is not None:
        conditions.append(_is_closed() if wanted.closed else ~_is_closed())
    if wanted.station is not None:
        conditions.append(table.c.station == wanted.station)
    if wanted.rooms is not None:
        conditions.append(_has_alarm(_in_rooms(wanted.rooms)))
    if wanted.runs is not None:
        conditions.append(or_(false(), *(_during(run) for run in wanted.runs)))
    if wanted.within is not None:
        conditions.append(_has_alarm(_in_rooms(wanted.within)))
    if wanted.points is not None:
        conditions.append(_has_alarm(alarms.c.point.in_(wanted.points)))
    return conditions


def _is_closed() -> ColumnElement[bool]:
    """Is its newest closing one, and no reopening?"""
    later = closings.alias()
    reopened = later.c.excursion == closings.c.excursion, later.c.number > closings.c.number
    newest = select(closings.c.number).where(closings.c.excursion == table.c.number, closings.c.step == "closed")
    return newest.where(~select(later.c.number).where(*reopened).exists()).exists()


def _has_alarm(matches: ColumnElement[bool]) -> ColumnElement[bool]:
    """Is one of its present alarms such a one?"""
    moves, later = moves_table.alias(), moves_table.alias()
    moved_on = select(later.c.number).where(later.c.alarm == moves.c.alarm, later.c.number > moves.c.number)
    members = select(moves.c.number).join(alarms, alarms.c.id == moves.c.alarm)
    return members.where(moves.c.excursion == table.c.number, matches, ~moved_on.exists()).exists()


def _during(run: Run) -> ColumnElement[bool]:
    """Did it concern what was being made in a room?"""
    return and_(_has_alarm(_in_rooms([run.room])), *excursions.lasted_between(run.start, run.end))


def _in_rooms(rooms: Collection[str]) -> ColumnElement[bool]:
    blind = select(blinded_points.c.alarm).where(blinded_points.c.room.in_(rooms))
    return or_(alarms.c.room.in_(rooms), alarms.c.id.in_(blind))

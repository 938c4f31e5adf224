"""Every step that alarms take, in order: what notifications, excursions and alarm health follow.

The engine writes a step in the transaction that changes the alarm. Steps of one station are numbered in the order in
which they were committed, since only its engine writes them; a follower of it remembers how far it is.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from facility.instants import Instant
from facility.limit import Severity
from facility.site import MAIN
from storage.records.schema import alarm_step_followers, alarm_steps
from storage.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class AlarmStep:
    """One step of one alarm. `step` is the action in the audit trail, `by` whoever took it.

    `announced` says whether people were to be called for the alarm as it was after the step: `Alarm.announced`.
    """

    at: Instant
    alarm: str
    step: str
    severity: Severity
    retrospective: bool
    by: str
    announced: bool = True


def add(connection: Connection, steps: Iterable[AlarmStep], station: str = MAIN) -> None:
    """Put steps on record, in their order."""
    rows = [
        {
            "station": station,
            "at": step.at,
            "alarm": step.alarm,
            "step": step.step,
            "severity": int(step.severity),
            "retrospective": step.retrospective,
            "by": step.by,
            "announced": step.announced,
        }
        for step in steps
    ]
    if rows:
        connection.execute(insert(alarm_steps), rows)


def after(
    connection: Connection, number: int, station: str = MAIN, limit: int = 10_000
) -> list[tuple[int, AlarmStep]]:
    """The steps of a station that come after a number, with theirs, in order."""
    later = select(alarm_steps).where(alarm_steps.c.station == station, alarm_steps.c.number > number)
    rows = connection.execute(later.order_by(alarm_steps.c.number).limit(limit))
    return [(row.number, _step(row)) for row in rows]


def between(connection: Connection, start: Instant, end: Instant) -> list[AlarmStep]:
    """The steps of every station in `[start, end)`, by time."""
    within = select(alarm_steps).where(alarm_steps.c.at >= start, alarm_steps.c.at < end)
    return [_step(row) for row in connection.execute(within.order_by(alarm_steps.c.at, alarm_steps.c.number))]


def of(connection: Connection, alarm: str) -> list[AlarmStep]:
    """The steps of one alarm, in order."""
    own = select(alarm_steps).where(alarm_steps.c.alarm == alarm).order_by(alarm_steps.c.number)
    return [_step(row) for row in connection.execute(own)]


def of_each(connection: Connection, alarms: Collection[str]) -> dict[str, list[AlarmStep]]:
    """The steps of each of these alarms that has some, in order."""
    query = select(alarm_steps).where(alarm_steps.c.alarm.in_(alarms)).order_by(alarm_steps.c.number)
    found: dict[str, list[AlarmStep]] = {}
    for row in connection.execute(query):
        found.setdefault(row.alarm, []).append(_step(row))
    return {alarm: found[alarm] for alarm in sorted(found)}


def first_at(connection: Connection) -> Instant | None:
    """When the earliest step was taken; None before there is one."""
    first: Instant | None = connection.execute(select(func.min(alarm_steps.c.at))).scalar_one()
    return first


def newest_number(connection: Connection, station: str = MAIN) -> int:
    """The number of the newest step of a station; 0 before the first."""
    query = select(func.max(alarm_steps.c.number)).where(alarm_steps.c.station == station)
    return connection.execute(query).scalar() or 0


def newest_at(connection: Connection, station: str = MAIN) -> Instant | None:
    """When the newest step of a station was taken; None before the first."""
    at: Instant | None = connection.scalar(select(func.max(alarm_steps.c.at)).where(alarm_steps.c.station == station))
    return at


def passed(connection: Connection, follower: str, station: str = MAIN) -> int | None:
    """The number up to which a follower has seen the steps of a station; None where it has not begun."""
    table = alarm_step_followers
    query = select(table.c.number).where(table.c.follower == follower, table.c.station == station)
    return connection.execute(query).scalar_one_or_none()


def set_passed(connection: Connection, follower: str, number: int, station: str = MAIN) -> None:
    """Remember it."""
    upsert(connection, alarm_step_followers, [{"follower": follower, "station": station, "number": number}])


def _step(row: Row[Any]) -> AlarmStep:
    return AlarmStep(row.at, row.alarm, row.step, Severity(row.severity), row.retrospective, row.by, row.announced)

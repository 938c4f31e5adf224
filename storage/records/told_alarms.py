"""What people have been told of each alarm, and when to look at it again: the memory of whoever tells them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from facility.instants import Instant
from facility.limit import Severity
from facility.site import MAIN
from storage.records.schema import told_alarms as table
from storage.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class Told:
    """`severity` and `standing` are what was told last, at `at`; None before anything was. `due` is when to look
    again; `gathered` says that it waits for a summary."""

    severity: Severity | None = None
    standing: bool = False
    at: Instant = 0
    due: Instant | None = None
    gathered: bool = False


NOTHING = Told()


def of(connection: Connection, alarms: Collection[str]) -> Mapping[str, Told]:
    """What was told of these alarms; one of which nothing was is not among them."""
    rows = connection.execute(select(table).where(table.c.alarm.in_(alarms)))
    return {
        row.alarm: Told(
            None if row.severity is None else Severity(row.severity), row.standing, row.at, row.due, row.gathered
        )
        for row in rows
    }


def due(connection: Connection, now: Instant, station: str = MAIN) -> list[str]:
    """The alarms of a station that are to be looked at now."""
    mine = (table.c.due <= now, table.c.station == station)
    return list(connection.execute(select(table.c.alarm).where(*mine).order_by(table.c.due, table.c.alarm)).scalars())


def next_due(connection: Connection, station: str = MAIN) -> Instant | None:
    """When the next alarm of a station is to be looked at."""
    return connection.execute(select(func.min(table.c.due)).where(table.c.station == station)).scalar()


def save(connection: Connection, told: Iterable[tuple[str, Told]], station: str = MAIN) -> None:
    """Remember it."""
    rows = [
        {
            "alarm": alarm,
            "station": station,
            "severity": None if one.severity is None else int(one.severity),
            "standing": one.standing,
            "at": one.at,
            "due": one.due,
            "gathered": one.gathered,
        }
        for alarm, one in told
    ]
    upsert(connection, table, rows)

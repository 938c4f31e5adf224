"""Message numbers of sources that never arrived: each gap on record once, and when it was closed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update

from facility.instants import Instant, text_of
from facility.people import Actor
from storage.records.schema import source_gaps as table
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry


@dataclass(frozen=True, slots=True)
class SourceGap:
    """Messages `first` to `last` of one start (`epoch`) of a source are missing at a station.

    They should have come between `after` (None where nobody watched then) and `before`. `closed` is when the last of
    them did come, None while some are missing.
    """

    station: str
    source: str
    epoch: int
    first: int
    last: int
    after: Instant | None
    before: Instant
    closed: Instant | None = None


def record(connection: Connection, gap: SourceGap, at: Instant) -> None:
    """Put a gap on record."""
    connection.execute(
        insert(table).values(
            station=gap.station,
            source=gap.source,
            epoch=gap.epoch,
            first=gap.first,
            last=gap.last,
            after=gap.after,
            before=gap.before,
        )
    )
    _audit(connection, gap, at, "messages missing")


def close(connection: Connection, gap: SourceGap, at: Instant) -> None:
    """All that was missing has come."""
    same = (table.c[name] == getattr(gap, name) for name in ("station", "source", "epoch", "first", "last"))
    connection.execute(update(table).where(*same).values(closed=at))
    _audit(connection, gap, at, "missing messages came")


def open_gaps(connection: Connection, station: str) -> list[SourceGap]:
    """The gaps of a station that are not closed, oldest first."""
    query = select(table).where(table.c.station == station, table.c.closed.is_(None)).order_by(table.c.id)
    return _gaps(connection, query)


def newest(connection: Connection, limit: int, *, closed: bool) -> list[SourceGap]:
    """The newest gaps of all stations that are closed, or are not, newest first."""
    wanted = table.c.closed.is_not(None) if closed else table.c.closed.is_(None)
    return _gaps(connection, select(table).where(wanted).order_by(table.c.id.desc()).limit(limit))


def _gaps(connection: Connection, query: Select[Any]) -> list[SourceGap]:
    return [SourceGap(*row[1:]) for row in connection.execute(query)]


def _audit(connection: Connection, gap: SourceGap, at: Instant, action: str) -> None:
    data = {
        "epoch": gap.epoch,
        "first": gap.first,
        "last": gap.last,
        "after": None if gap.after is None else text_of(gap.after),
        "before": text_of(gap.before),
    }
    entry = AuditEntry(Actor(f"station {gap.station}"), action, f"source {gap.source}", data)
    audit.append(connection, at, [entry])

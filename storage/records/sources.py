"""The sources that have announced themselves: online or gone, since when, and which points are heard through them.

Brought up to date by the alert engine, in the transaction that says so in the audit trail.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from facility.instants import Instant
from storage.records.schema import sources as table
from storage.records.upsert import upsert


@dataclass(frozen=True, slots=True)
class KnownSource:
    """One source as it is now.

    `since` is when it came or went; `lost` since when it is gone, set until it has been back for a while, None when
    all is well. `station` hears it.
    """

    source: str
    station: str
    online: bool
    since: Instant
    lost: Instant | None = None
    points: tuple[str, ...] = ()


def save(connection: Connection, sources: Iterable[KnownSource]) -> None:
    """Write sources as they are now."""
    rows = [
        {
            "source": s.source,
            "station": s.station,
            "online": s.online,
            "since": s.since,
            "lost": s.lost,
            "points": json.dumps(s.points),
        }
        for s in sources
    ]
    upsert(connection, table, rows)


def remove(connection: Connection, sources: Iterable[str]) -> None:
    """Know these sources no longer: a person has retired them. Their audit rows and alarms stay."""
    connection.execute(delete(table).where(table.c.source.in_(list(sources))))


def all(connection: Connection) -> list[KnownSource]:
    """Every source that has announced itself and was not retired, by name."""
    return [
        KnownSource(row.source, row.station, row.online, row.since, row.lost, tuple(json.loads(row.points)))
        for row in connection.execute(select(table).order_by(table.c.source))
    ]

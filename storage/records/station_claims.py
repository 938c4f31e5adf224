"""Which process is a station: one at a time, also among machines. Two with one name would judge everything twice.

A claim is a row with a beat that its holder renews. Every transaction of the holder renews it or fails, so that one
that was taken for dead, and was only slow, cannot write any more. How long the beat has stood still is measured by
whoever waits, with its own clock: the holder's may be another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

from facility.instants import Instant, instant_of, text_of
from facility.people import CLEANWATCH
from storage.records import engine_memory
from storage.records.schema import station_claims as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter
from storage.records.upsert import upsert

NOT_WATCHED = "nothing watched"
"""The action of the audit rows that say from when to when a station watched nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`holder` is a place that only one process at a time can have (a machine and its data folder, which is locked);
    `instance` one run of it."""

    station: str
    holder: str
    instance: str


@dataclass(frozen=True, slots=True)
class Held:
    """A claim on record, and when it was last renewed, by its holder's clock."""

    claim: Claim
    beat: Instant
    released: bool


@dataclass(frozen=True, slots=True)
class NotWatched:
    """From when to when a station watched nothing; `told` says that it had been ended in order."""

    start: Instant
    end: Instant
    told: bool


class ClaimLostError(Exception):
    """Another process is this station now; the message says which."""


def held(connection: Connection, station: str) -> Held | None:
    """Who holds a station; None where nobody ever did."""
    row = connection.execute(select(table).where(table.c.station == station)).one_or_none()
    return None if row is None else Held(Claim(row.station, row.holder, row.instance), row.beat, row.released)


def take(connection: Connection, claim: Claim, now: Instant) -> None:
    """Hold a station from now on, whoever held it before; the caller has made sure that nobody does any more.

    Goes on record, with the time in which nothing was watched. A local store in another place numbers its commits
    anew: how far those of the one before were judged says nothing of them.
    """
    before = held(connection, claim.station)
    row = {"station": claim.station, "holder": claim.holder, "instance": claim.instance, "beat": now}
    upsert(connection, table, [{**row, "released": False}])
    if before is None:
        return
    if before.claim.holder != claim.holder:
        engine_memory.forget_checkpoint(connection, claim.station)
    data: dict[str, JSON] = {
        "from": text_of(before.beat),
        "to": text_of(now),
        "told to end": before.released,
        "held by": claim.holder,
        "before by": before.claim.holder,
    }
    audit.append(connection, now, [AuditEntry(CLEANWATCH, NOT_WATCHED, f"station {claim.station}", data)])


def renew(connection: Connection, claim: Claim, now: Instant) -> None:
    """Say that the holder is alive. Raises ClaimLostError where it holds the station no longer."""
    mine = (table.c.station == claim.station, table.c.holder == claim.holder, table.c.instance == claim.instance)
    if connection.execute(update(table).where(*mine).values(beat=now, released=False)).rowcount != 1:
        other = held(connection, claim.station)
        raise ClaimLostError(
            f"another process is station {claim.station} now: {other.claim.holder if other else 'unknown'}. "
            "This one ends, and has written nothing since. Give each station a name of its own (CLEANWATCH_STATION)"
        )


def release(connection: Connection, claim: Claim, now: Instant) -> None:
    """End in order: the next one need not wait. Of a claim that is held by another by now nothing changes."""
    mine = (table.c.station == claim.station, table.c.instance == claim.instance)
    connection.execute(update(table).where(*mine).values(beat=now, released=True))


def not_watched(connection: Connection, station: str, since: Instant) -> list[NotWatched]:
    """When a station watched nothing, as far as that was noticed from `since` on, newest first."""
    wanted = AuditFilter(action=NOT_WATCHED, object=f"station {station}", start=since)
    return [_not_watched(msgspec.json.decode(row.data)) for row in audit.rows(connection, wanted)]


def _not_watched(data: dict[str, Any]) -> NotWatched:
    start, end = (instant_of(datetime.fromisoformat(data[name])) for name in ("from", "to"))
    return NotWatched(start, end, data["told to end"])

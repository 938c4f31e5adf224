"""Digests of the days of readings that a station has stored, each in the audit trail by its SHA-256.

A day is sealed once (part 0). Readings that come in for it later are parts of their own, which name the times of
these readings: so what was sealed can be told from what was added, for ever, from the readings alone. `add` writes
its own audit row, by which `problems` finds a digest that was altered, removed or put in.
"""

import hashlib
import zlib
from dataclasses import dataclass, replace

import msgspec
from sqlalchemy import Connection, func, insert, select

from facility.instants import DAY, HOUR, Instant, datetime_of, text_of
from facility.people import CLEANWATCH
from storage.records.schema import audit as trail
from storage.records.schema import day_digests as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry
from storage.samples.digest import DayDigest

SEALED, ADDED = "day sealed", "readings added to a sealed day"
MOST_NAMED = 200
"""So many hours are named in an audit row; the digest itself names all."""


@dataclass(frozen=True, slots=True)
class Seal:
    """One digest as it is on record."""

    station: str
    day: int
    part: int
    at: Instant
    upto: int
    readings: int
    sha256: str
    body: bytes

    @property
    def content(self) -> DayDigest:
        """Raises msgspec.DecodeError or zlib.error where it was damaged; `problems` says so in words."""
        return DayDigest.decoded(zlib.decompress(self.body))


@dataclass(frozen=True, slots=True)
class SealedDay:
    """A day as it was sealed: how many readings, and the SHA-256 of its digest."""

    day: int
    readings: int
    sha256: str


def object_of(station: str, day: int) -> str:
    """What the audit trail calls a day of readings: `readings main/2026-11-22`."""
    return f"readings {station}/{date_of(day)}"


def date_of(day: int) -> str:
    """A day as people write it: 2026-11-22."""
    return f"{datetime_of(day * DAY):%Y-%m-%d}"


def add(connection: Connection, at: Instant, station: str, day: int, upto: int, content: DayDigest) -> None:
    """Put the digest of a day on record as commits up to this number left it."""
    data: dict[str, JSON] = {"points": len(content.points)}
    if content.unreadable:
        data["unreadable"] = list(content.unreadable)
    _add(
        connection, at, station, day, 0, upto, content, AuditEntry(CLEANWATCH, SEALED, object_of(station, day), data)
    )


def add_late(
    connection: Connection,
    at: Instant,
    station: str,
    day: int,
    upto: int,
    content: DayDigest,
    received: tuple[Instant, Instant],
    reason: str,
) -> None:
    """Put on record what came in for a day after it was sealed: between which instants, and why."""
    hours: list[JSON] = [
        [point, text_of(hour.hour * HOUR), hour.readings] for point, hours in content.points.items() for hour in hours
    ]
    data: dict[str, JSON] = {
        "received": [text_of(instant) for instant in received],
        "hours": hours[:MOST_NAMED],
        "hours in all": len(hours),
    }
    newest = connection.execute(
        select(func.max(table.c.part)).where(table.c.station == station, table.c.day == day)
    ).scalar_one()
    entry = AuditEntry(CLEANWATCH, ADDED, object_of(station, day), data, reason=reason)
    _add(connection, at, station, day, 1 if newest is None else newest + 1, upto, content, entry)


def sealed_days(connection: Connection, station: str) -> list[tuple[int, int]]:
    """The days that are sealed, in order, each with the newest commit that is in it."""
    query = select(table.c.day, table.c.upto).where(table.c.station == station, table.c.part == 0)
    return [(row.day, row.upto) for row in connection.execute(query.order_by(table.c.day))]


def newest(connection: Connection, station: str) -> SealedDay | None:
    """The newest day that a station has sealed."""
    query = select(table.c.day, table.c.readings, table.c.sha256).where(table.c.station == station, table.c.part == 0)
    row = connection.execute(query.order_by(table.c.day.desc()).limit(1)).one_or_none()
    return None if row is None else SealedDay(*row)


def readings_by_day(connection: Connection, station: str) -> dict[int, int]:
    """How many readings are on record of each day, late ones included, in order."""
    query = select(table.c.day, func.sum(table.c.readings)).where(table.c.station == station).group_by(table.c.day)
    return {day: int(readings) for day, readings in connection.execute(query.order_by(table.c.day))}


def first_day(connection: Connection) -> int | None:
    """The first day of which anything is on record; None before there is any."""
    found: int | None = connection.execute(select(func.min(table.c.day))).scalar_one()
    return found


def stations(connection: Connection) -> list[str]:
    """Every station of which there are digests."""
    return list(connection.execute(select(table.c.station).distinct().order_by(table.c.station)).scalars())


def load(connection: Connection, first: int, end: int, station: str | None = None) -> list[Seal]:
    """The digests of the days from the first on and before the end, by day, station and part."""
    query = select(table).where(table.c.day >= first, table.c.day < end)
    if station is not None:
        query = query.where(table.c.station == station)
    return [Seal(*row) for row in connection.execute(query.order_by(table.c.day, table.c.station, table.c.part))]


def newest_commit(connection: Connection, station: str) -> int:
    """The newest commit that any digest of a station is about; 0 before the first."""
    found = connection.execute(select(func.max(table.c.upto)).where(table.c.station == station)).scalar_one()
    return 0 if found is None else int(found)


def problems(connection: Connection) -> list[str]:
    """Digests that are not those which the audit trail tells of; whether the trail is sound is for its own check."""
    told: dict[tuple[str, int], tuple[int, str]] = {}
    query = select(trail.c.seq, trail.c.object, trail.c.data).where(trail.c.action.in_((SEALED, ADDED)))
    for row in connection.execute(query.order_by(trail.c.seq)):
        data = msgspec.json.decode(row.data)
        told[row.object, data["part"]] = row.seq, data["sha256"]
    found = []
    digests = select(table).order_by(table.c.day, table.c.station, table.c.part)
    rows = connection.execute(digests, execution_options={"yield_per": 100})
    for seal in (Seal(*row) for row in rows):
        name = object_of(seal.station, seal.day)
        known = told.pop((name, seal.part), None)
        if known is None:
            found.append(f"the digest of {name}, part {seal.part}, was put in: the audit trail knows nothing of it")
        elif not (known[1] == seal.sha256 == _sha256(seal.body)):
            found.append(f"the digest of {name}, part {seal.part}, was altered: audit row {known[0]} tells another")
    found += [
        f"the digest of {name}, part {part}, is missing: audit row {seq} tells of it"
        for (name, part), (seq, _) in told.items()
    ]
    return found


def _add(
    connection: Connection,
    at: Instant,
    station: str,
    day: int,
    part: int,
    upto: int,
    content: DayDigest,
    entry: AuditEntry,
) -> None:
    body = content.encoded()
    sha256 = hashlib.sha256(body).hexdigest()
    connection.execute(
        insert(table).values(
            station=station,
            day=day,
            part=part,
            at=at,
            upto=upto,
            readings=content.readings,
            sha256=sha256,
            body=zlib.compress(body, 6),
        )
    )
    told: dict[str, JSON] = {"part": part, "readings": content.readings, "sha256": sha256, "upto": upto}
    audit.append(connection, at, [replace(entry, data={**told, **entry.data})])


def _sha256(body: bytes) -> str | None:
    """None where the body cannot even be inflated."""
    try:
        return hashlib.sha256(zlib.decompress(body)).hexdigest()
    except zlib.error:
        return None

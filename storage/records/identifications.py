"""Which organisms grew on a plate, as the laboratory has found out: said of one result, the reading of a point.

Each word about a result is a row that never changes; the newest holds. `identify` writes its audit row.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from facility.instants import Instant, text_of
from facility.language import _
from facility.people import Person
from storage.records.schema import identifications as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

LONGEST = 200
MOST = 20
ACTION = "organisms identified"


class IdentificationError(ValueError):
    """This cannot be put on record; the message says why."""


@dataclass(frozen=True, slots=True)
class Identification:
    """What grew of one result; `organisms` is empty where an earlier word of it was wrong and nothing is known."""

    point: str
    time: Instant
    number: int
    organisms: tuple[str, ...]
    at: Instant
    by: str
    reason: str


def identify(
    connection: Connection,
    at: Instant,
    person: Person,
    point: str,
    time: Instant,
    organisms: Sequence[str],
    reason: str = "",
) -> Identification:
    """Say which organisms grew. Raises IdentificationError; what was said before is only replaced with a reason."""
    names = tuple(dict.fromkeys(" ".join(name.split()) for name in organisms if name.strip()))
    before = next(iter(_found(connection, table.c.point == point, table.c.time == time)), None)
    if before is None and not names:
        raise IdentificationError(_("Name at least one organism."))
    if len(names) > MOST or any("\0" in text or len(text) > LONGEST for text in (*names, reason)):
        raise IdentificationError(
            _("Name at most {most} organisms, each in {longest} characters.", most=MOST, longest=LONGEST)
        )
    if before is not None and before.organisms == names:
        raise IdentificationError(_("That is on record already."))
    if before is not None and not reason.strip():
        raise IdentificationError(_("Say why it is another organism than was said before."))
    made = Identification(point, time, before.number + 1 if before else 1, names, at, person.account, reason.strip())
    row = {"point": point, "time": time, "number": made.number, "at": at, "by": made.by, "reason": made.reason}
    connection.execute(insert(table).values(**row, organisms=json.dumps(names)))
    told: dict[str, JSON] = {"result": text_of(time), "word": made.number}
    changes: dict[str, tuple[JSON, JSON]] = {"organisms": (list(before.organisms) if before else None, list(names))}
    audit.append(connection, at, [AuditEntry(person.actor, ACTION, f"point {point}", told, changes, made.reason)])
    return made


def between(
    connection: Connection, points: Collection[str], start: Instant, end: Instant
) -> dict[tuple[str, Instant], Identification]:
    """What holds of the results of these points in `[start, end)`, by point and time."""
    found = _found(connection, table.c.point.in_(points), table.c.time >= start, table.c.time < end)
    return {(one.point, one.time): one for one in reversed(found)}


def names(connection: Connection) -> list[str]:
    """Every organism that was named so far, by the alphabet."""
    rows = connection.execute(select(table.c.organisms).distinct()).scalars()
    return sorted({name for row in rows for name in json.loads(row)})


def _found(connection: Connection, *which: Any) -> list[Identification]:
    """The newest word of a result first."""
    query = select(table).where(*which).order_by(table.c.point, table.c.time, table.c.number.desc())
    return [_identification(row) for row in connection.execute(query)]


def _identification(row: Row[Any]) -> Identification:
    return Identification(
        row.point, row.time, row.number, tuple(json.loads(row.organisms)), row.at, row.by, row.reason
    )

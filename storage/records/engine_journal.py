"""What made an engine decide as it did and is not in its local store: with it the past can be replayed exactly.

The engine writes it in the transaction of what it led to. Each entry stands after the commit with its number, and
entries of one number in their order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import msgspec
from sqlalchemy import Connection, insert, select

from facility.instants import Instant
from facility.site import MAIN
from storage.records.schema import engine_journal as table


class Began(msgspec.Struct, frozen=True, tag="began"):
    """The engine took up what is on record, at a start or after trouble; silence is counted from `listening` on.

    `revision` is of the site that it watches, None for one that is no revision.
    """

    revision: int | None
    listening: Instant


class Listened(msgspec.Struct, frozen=True, tag="listened"):
    """The clock leapt: silence is counted from `since` on."""

    since: Instant


class SiteTaken(msgspec.Struct, frozen=True, tag="site"):
    """It watches another revision from now on."""

    revision: int | None


class Applied(msgspec.Struct, frozen=True, tag="applied"):
    """It applied a command."""

    command: int


class ReviewBegun(msgspec.Struct, frozen=True, tag="review begun"):
    """It judged the first slice of a stretch of a point's past again; `ready` and `left_open` are the review's own.

    `known_until` is the newest reading that it had judged by then.
    """

    point: str
    start: Instant
    end: Instant
    ready: Instant
    left_open: Instant | None
    known_until: Instant


class ReviewContinued(msgspec.Struct, frozen=True, tag="review continued"):
    """It judged the next slice of the stretch, if there was one."""


Event: TypeAlias = Began | Listened | SiteTaken | Applied | ReviewBegun | ReviewContinued


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One of them: after which commit, and at which moment.

    Whatever was due up to `come_to` had been judged by then: with commits yet to be judged that is before `at`.
    """

    number: int
    at: Instant
    come_to: Instant
    event: Event


def add(connection: Connection, entries: Iterable[JournalEntry], station: str = MAIN) -> None:
    """Put entries on record, in their order."""
    rows = [
        {
            "station": station,
            "number": entry.number,
            "at": entry.at,
            "come_to": entry.come_to,
            "body": msgspec.json.encode(entry.event).decode(),
        }
        for entry in entries
    ]
    if rows:
        connection.execute(insert(table), rows)


def all(connection: Connection, station: str = MAIN) -> Sequence[JournalEntry]:
    """Everything of a station, in its order."""
    query = select(table).where(table.c.station == station).order_by(table.c.id)
    rows = connection.execute(query)
    return [JournalEntry(row.number, row.at, row.come_to, _EVENT.decode(row.body)) for row in rows]


_EVENT: msgspec.json.Decoder[Event] = msgspec.json.Decoder(Event)

"""What has to be published after the transaction that decided it: written with it, published later, then marked.

A row is marked only after it was published, so it may be published twice, but is never forgotten. Rows come in the
order in which they were added: of two with the same retained topic the newer one stands at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, update

from facility.instants import Instant
from facility.site import MAIN
from storage.records.schema import outbox


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that waits to be published."""

    id: int
    at: Instant
    topic: str
    payload: bytes


def add(connection: Connection, at: Instant, messages: Mapping[str, bytes], station: str = MAIN) -> None:
    """Have a station publish payloads, each on its topic, once this transaction has committed."""
    if messages:
        rows = [
            {"at": at, "topic": topic, "payload": payload, "station": station} for topic, payload in messages.items()
        ]
        connection.execute(insert(outbox), rows)


def waiting(connection: Connection, station: str = MAIN, limit: int = 1000) -> list[Outgoing]:
    """The oldest messages of a station that are not marked as sent, in the order they were added."""
    columns = (outbox.c.id, outbox.c.at, outbox.c.topic, outbox.c.payload)
    own = select(*columns).where(outbox.c.station == station, outbox.c.sent.is_(None))
    query = own.order_by(outbox.c.id).limit(limit)
    return [Outgoing(*row) for row in connection.execute(query)]


def sent(connection: Connection, ids: Sequence[int], at: Instant) -> None:
    """Mark messages as published; those that are marked already keep their time."""
    connection.execute(update(outbox).where(outbox.c.id.in_(ids), outbox.c.sent.is_(None)).values(sent=at))

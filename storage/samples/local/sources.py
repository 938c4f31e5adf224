"""What each source has sent: the balance in readings, and which message numbers are stored."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from facility.instants import Instant
from storage.samples.local.schema import Connection


class Balance(msgspec.Struct, frozen=True):
    """Readings of one source: received = stored + repeated + conflicting + dead_lettered.

    `heard` is when the store last took something from it.
    """

    source: str
    received: int
    stored: int
    repeated: int
    conflicting: int
    dead_lettered: int
    heard: Instant


class Gap(msgspec.Struct, frozen=True):
    """Message numbers of one source that never arrived, both ends included."""

    source: str
    epoch: int
    first: int
    last: int


@dataclass(slots=True)
class Tally:
    """What one commit adds to the balance of one source."""

    stored: int = 0
    repeated: int = 0
    conflicting: int = 0
    dead_lettered: int = 0


def count(connection: Connection, tallies: dict[str, Tally], now: Instant) -> None:
    """Add what a commit took from each source; `received` is the sum, so the balance holds by construction."""
    connection.executemany(
        "INSERT INTO source (name, received, stored, repeated, conflicting, dead_lettered, heard) "
        "VALUES (?1, ?2 + ?3 + ?4 + ?5, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (name) DO UPDATE SET "
        "received = received + excluded.received, stored = stored + excluded.stored, "
        "repeated = repeated + excluded.repeated, conflicting = conflicting + excluded.conflicting, "
        "dead_lettered = dead_lettered + excluded.dead_lettered, heard = excluded.heard",
        [
            (source, tally.stored, tally.repeated, tally.conflicting, tally.dead_lettered, now)
            for source, tally in tallies.items()
        ],
    )


def number(connection: Connection, messages: Iterable[tuple[str, int, int]]) -> None:
    """Remember that these messages (source, epoch, sequence) are stored."""
    sequences: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for source, epoch, sequence in messages:
        sequences[source, epoch].append(sequence)
    for (source, epoch), new in sequences.items():
        new.sort()
        neighbours = connection.execute(
            "SELECT first, last FROM numbering WHERE source = ? AND epoch = ? AND first <= ? AND last >= ?",
            (source, epoch, new[-1] + 1, new[0] - 1),
        ).fetchall()
        ranges = merged([*neighbours, *((sequence, sequence) for sequence in new)])
        connection.executemany(
            "DELETE FROM numbering WHERE source = ? AND epoch = ? AND first = ?",
            [(source, epoch, first) for first, _ in neighbours if first not in dict(ranges)],
        )
        connection.executemany(
            "INSERT INTO numbering VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last",
            [(source, epoch, first, last) for first, last in ranges],
        )


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same numbers in as few ranges as possible, both ends included."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def acknowledged(connection: Connection, source: str) -> tuple[int, int] | None:
    """The newest epoch of a source, and up to which sequence its messages are stored without a gap.

    The numbers of an epoch begin at 0 or 1: as long as the first is missing, this is 0.
    None where the source does not number its messages.
    """
    row = connection.execute(
        "SELECT epoch, first, last FROM numbering WHERE source = ? ORDER BY epoch DESC, first LIMIT 1", (source,)
    ).fetchone()
    if row is None:
        return None
    epoch, first, last = row
    return epoch, last if first <= 1 else 0


def gaps(connection: Connection, source: str) -> list[Gap]:
    """Message numbers that never arrived, oldest first."""
    rows = connection.execute(
        "SELECT epoch, lag(last) OVER (PARTITION BY epoch ORDER BY first), first FROM numbering "
        "WHERE source = ? ORDER BY epoch, first",
        (source,),
    ).fetchall()
    missing = ((epoch, 1 if before is None else before + 1, first - 1) for epoch, before, first in rows)
    return [Gap(source, epoch, first, last) for epoch, first, last in missing if first <= last]


def balance(connection: Connection) -> list[Balance]:
    """The balance of every source, by name."""
    rows = connection.execute(
        "SELECT name, received, stored, repeated, conflicting, dead_lettered, heard FROM source ORDER BY name"
    ).fetchall()
    return [Balance(*row) for row in rows]

"""Whether the audit trail is whole: no row altered, removed, inserted or moved since it was written.

Every row is hashed again from what is stored, and must follow the row before it. Long chains are checked in ranges,
by processes that each read for themselves; nothing that is written meanwhile changes what is on record.

What the chain alone cannot show is that it was written anew from some row to the end, together with its head: that is
what `anchors` are for.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection

from facility.instants import Instant
from facility.people import Actor
from storage.records import append_only, signatures
from storage.records.database import Records
from storage.records.trail import agreement, anchors, audit, chain
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter
from storage.records.trail.chain import BEGINNING, Mark

Check: TypeAlias = Callable[[Connection], Iterable[str]]
"""Looks at something on record beside the chain, and yields a sentence for each thing that is wrong."""

Range: TypeAlias = tuple[int | None, int]
"""The first and the last number of some rows; None for whatever comes first."""

A_RANGE = 50_000
"""Rows that are checked at a time."""
WORTH_PROCESSES = 500_000
"""Rows from which processes pay: each needs a second or two to begin."""


@dataclass(frozen=True, slots=True)
class Verified:
    """The rows after `after` up to `last` were checked; `problems` are sentences, each names its row."""

    after: Mark
    last: Mark
    problems: tuple[str, ...]


def verify(
    records: Records,
    after: Mark = BEGINNING,
    processes: int = 0,
    progress: Callable[[int, int], object] | None = None,
) -> Verified:
    """Check all rows after a mark, and the head. The row of the mark must still be there as it was.

    `processes` is how many share the work where there is enough of it; 0 is as many as there are processors.
    `progress` hears how many rows of how many are done; what it raises ends the work.
    """
    with records.reading() as connection:
        problems = list(chain.check_end(connection))
        last = chain.row_before(connection, None)
        if after != BEGINNING and chain.row_before(connection, after.seq + 1) != after:
            problems.insert(
                0, f"row {after.seq} is not the one that was found right before: its hash was {after.hash}"
            )
    found: list[str] = []
    rows = last.seq - after.seq
    firsts = range(after.seq + 1, last.seq + 1, A_RANGE)
    ranges = [(first if first > 1 else None, min(first + A_RANGE - 1, last.seq)) for first in firsts]
    checked = (
        _here(records, ranges)
        if rows < WORTH_PROCESSES
        else _in_processes(records, ranges, processes or os.cpu_count() or 1)
    )
    for end, some in checked:
        found += some
        if progress is not None:
            progress(end - after.seq, rows)
    return Verified(after, last, (*found, *problems))


def _here(records: Records, ranges: Sequence[Range]) -> Iterator[tuple[int, list[str]]]:
    """What is found in each range, in their order, with its end. Each is read by itself: a view of the records that
    is held for long keeps the database from tidying up.
    """
    for first, end in ranges:
        with records.reading() as connection:
            yield end, chain.check_range(connection, first, end)


def _in_processes(records: Records, ranges: Sequence[Range], processes: int) -> Iterator[tuple[int, list[str]]]:
    """The same by some processes."""
    # Spawned: the caller has threads, which a fork would leave behind in the middle of something.
    spawning = multiprocessing.get_context("spawn")
    url, password_file = records.address
    with ProcessPoolExecutor(processes, spawning, initializer=os.nice, initargs=(5,)) as pool:
        begun = [pool.submit(chain.check_range_at, url, password_file, first, end) for first, end in ranges]
        try:
            for (_, end), future in zip(ranges, begun, strict=True):
                yield end, future.result()
        finally:
            for future in begun:
                future.cancel()


def triggers(connection: Connection) -> Iterator[str]:
    """Which triggers should keep tables append-only and do not."""
    for name in append_only.missing_triggers(connection):
        yield f"trigger {name}, which keeps a table append-only, is missing or altered"


CHECKS: tuple[tuple[str, Check], ...] = (
    ("triggers", triggers),
    ("anchors", anchors.check),
    ("signatures", signatures.verify),
    ("what the trail tells of", agreement.check),
)
"""Every check by what it looks at."""

WHOLE, BROKEN = "trail verified", "trail found broken"
"""The actions of the audit rows that tell what a verification found."""
MOST_TOLD = 50
"""So many problems are told there."""


@dataclass(frozen=True, slots=True)
class Result:
    """A verification on record: of the rows up to `last`, and after `after` unless it was of all."""

    at: Instant
    after: int
    last: Mark
    problems: tuple[str, ...]
    """The first ones."""
    count: int
    """How many problems there were."""

    @property
    def full(self) -> bool:
        """Was every row looked at?"""
        return self.after == 0


def on_record(connection: Connection, at: Instant, actor: Actor, verified: Verified) -> None:
    """Put on record what a verification found."""
    data: dict[str, JSON] = {
        "after row": verified.after.seq,
        "last row": verified.last.seq,
        "hash": verified.last.hash,
        "count": len(verified.problems),
        "problems": verified.problems[:MOST_TOLD],
    }
    entry = AuditEntry(actor, BROKEN if verified.problems else WHOLE, "audit trail", data)
    audit.append(connection, at, [entry])


def newest(connection: Connection, limit: int = 1) -> list[Result]:
    """The last verifications on record, newest first."""
    rows = audit.rows(connection, AuditFilter(actions=(WHOLE, BROKEN)), limit=limit)
    return [_result(row.at, msgspec.json.decode(row.data)) for row in rows]


def _result(at: Instant, data: dict[str, Any]) -> Result:
    mark = Mark(data["last row"], data["hash"])
    return Result(at, data["after row"], mark, tuple(data["problems"]), data["count"])

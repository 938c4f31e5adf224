"""History in bulk: columns of numbers straight into chunks, under the same rules of identity as single readings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from facility.instants import DAY, HOUR, Clock
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Array, Columns, Numbered
from storage.samples.commit import Commit, Stretch
from storage.samples.local import chunks, owing, sources
from storage.samples.local.append import Kept, conflict_row, kept_at, next_commit, write_conflicts
from storage.samples.local.arrays import pack
from storage.samples.local.database import Database
from storage.samples.local.points import KnownPoints, id_of, widen
from storage.samples.local.queries import READING
from storage.samples.local.schema import Connection
from storage.samples.local.seal import PreparedChunk, prepare, write_chunks
from storage.samples.local.sources import Tally

ATTEMPTS = 3
"""So often chunks are prepared outside the write lock, before it is done inside."""


@dataclass(slots=True)
class _Plan:
    """What a backfill will write, prepared from one snapshot of the file."""

    generation: int
    number: int
    chunks: list[tuple[str, PreparedChunk]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    times: dict[str, Array] = field(default_factory=dict)
    """Of each point the times of the readings that are new."""
    hours: list[tuple[str, int, int]] = field(default_factory=list)
    """Point, hour since 1970, and how many readings are new in it."""
    conflicts: list[tuple[Kept, Reading]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


def backfill(
    database: Database, known: KnownPoints, clock: Clock, history: Mapping[str, Columns], source: str
) -> Commit:
    """Store the history of some points as one commit; what is stored already is never changed."""
    history = {point: columns.ordered() for point, columns in history.items() if len(columns)}
    for _ in range(ATTEMPTS):
        with database.reading() as connection:
            plan = _plan(connection, history)
        with database.writing() as connection:
            if _still_fits(connection, plan, history):
                return _write(connection, known, clock, plan, source)
    with database.writing() as connection:
        return _write(connection, known, clock, _plan(connection, history), source)


def _plan(connection: Connection, history: Mapping[str, Columns]) -> _Plan:
    plan = _Plan(*connection.execute("SELECT generation, number FROM head").fetchone())
    for point, offered in history.items():
        id = id_of(connection, point)
        rows = _rows(connection, id, offered)
        new: list[Array] = []
        for day in np.unique(offered.time // DAY).tolist():
            sealed = [] if id is None else chunks.load(connection, Numbered, id, day, day)
            of_day = offered.between(day * DAY, (day + 1) * DAY)
            fresh = _admit(plan, point, [*sealed, rows.between(day * DAY, (day + 1) * DAY)], of_day)
            if fresh.any():
                new.append(of_day.time[fresh])
                merged = Numbered.joined([*sealed, Numbered.of(of_day.take(fresh))]).ordered()
                plan.chunks.append((point, prepare(day, merged)))
        if new:
            times = plan.times[point] = np.concatenate(new)
            plan.stretches.append(Stretch(point, int(times[0]), int(times[-1])))
            hours, counts = np.unique(times // HOUR, return_counts=True)
            plan.hours += [(point, *hour) for hour in zip(hours.tolist(), counts.tolist(), strict=True)]
    return plan


def _admit(plan: _Plan, point: str, kept: list[Columns], offered: Columns) -> Array:
    """Which of the offered readings are new; repeats and conflicts are noted in the plan."""
    everything = Columns.joined([*kept, offered])
    order = np.argsort(everything.time, kind="stable")
    first = np.r_[True, np.diff(everything.time[order]) != 0]
    leader = np.empty(len(order), np.int64)  # of each reading: the place of the first one of its time
    leader[order] = order[first][np.cumsum(first) - 1]
    offset = len(everything) - len(offered)
    places = np.arange(offset, len(everything))
    fresh: Array = leader[offset:] == places
    doubled = places[~fresh]
    equal = everything.take(doubled).same(everything.take(leader[doubled]))
    for place in doubled[~equal].tolist():
        plan.conflicts.append((kept_at(everything, int(leader[place])), _reading(point, everything, place)))
    plan.tally.stored += int(fresh.sum())
    plan.tally.repeated += int(equal.sum())
    plan.tally.conflicting += len(doubled) - int(equal.sum())
    return fresh


def _rows(connection: Connection, point_id: int | None, offered: Columns) -> Columns:
    """What is stored as rows in the time that is offered."""
    return Columns.of_rows(
        connection.execute(
            f"SELECT {READING} FROM hot WHERE point_id = ? AND time BETWEEN ? AND ? ORDER BY time",  # noqa: S608 - a constant
            (point_id, int(offered.time[0]), int(offered.time[-1])),
        ).fetchall()
    )


def _reading(point: str, columns: Columns, place: int) -> Reading:
    value, count, volume = kept_at(columns, place)
    sequence = int(columns.sequence[place])
    return Reading(
        point=point,
        time=int(columns.time[place]),
        value=float("nan") if value is None else value,
        reasons=int(columns.reasons[place]),
        received=int(columns.received[place]),
        sequence=None if sequence == NO_NUMBER else sequence,
        count=count,
        volume=volume,
    )


def _still_fits(connection: Connection, plan: _Plan, history: Mapping[str, Columns]) -> bool:
    """No chunk has changed since the snapshot, and no row has been added in the time that is offered."""
    (generation,) = connection.execute("SELECT generation FROM head").fetchone()
    added = connection.execute(
        "SELECT name, min(time), max(time) FROM hot JOIN point ON point.id = point_id WHERE number > ? GROUP BY name",
        (plan.number,),
    ).fetchall()
    return generation == plan.generation and not any(
        name in history and first <= history[name].time[-1] and last >= history[name].time[0]
        for name, first, last in added
    )


def _write(connection: Connection, known: KnownPoints, clock: Clock, plan: _Plan, source: str) -> Commit:
    number, stamp = next_commit(connection, clock())
    points = known.get(connection, {point for point, _ in plan.chunks})
    write_chunks(connection, ((points[point].id, chunk) for point, chunk in plan.chunks))
    owing.backfilled(connection, ((points[point].id, hour, n) for point, hour, n in plan.hours))
    widen(connection, [(points[stretch.point], stretch.start, stretch.end) for stretch in plan.stretches])
    connection.executemany(
        "INSERT INTO stretch VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                number,
                points[one.point].id,
                one.start,
                one.end,
                len(plan.times[one.point]),
                pack(plan.times[one.point]),
            )
            for one in plan.stretches
        ],
    )
    write_conflicts(
        connection,
        [conflict_row(points[offered.point].id, kept, offered, source, number) for kept, offered in plan.conflicts],
    )
    sources.count(connection, {source: plan.tally}, stamp)
    return Commit(number, stamp, backfilled=tuple(sorted(plan.stretches, key=lambda stretch: stretch.point)))

"""One commit: the identity of each reading, the rows, the balance, all in one transaction.

A reading is identified by point and time. One that says the same again (value, count and volume; the reasons may
differ, since they depend on when it arrived) is a repeat and ignored. One that says something else is a conflict:
what is stored stays, what was offered is written down beside it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from facility.instants import Instant
from facility.reading import Reading
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Commit, Intake
from storage.samples.local import chunks, sources
from storage.samples.local.points import KnownPoint, KnownPoints, widen
from storage.samples.local.schema import Connection
from storage.samples.local.sources import Tally

Kept = tuple[float | None, int | None, float | None]
"""Value, count and volume of a reading that is stored; None for none."""


def write_commit(
    connection: Connection, known: KnownPoints, clock_says: Instant, intakes: Sequence[Intake]
) -> Commit:
    """Write everything of these intakes; the caller's transaction makes it one commit."""
    number, stamp = next_commit(connection, clock_says)
    points = known.get(connection, {reading.point for intake in intakes for reading in intake.readings})
    identity = _Identity(connection, points)
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    accepted: list[Reading] = []
    conflicts = []
    for intake in intakes:
        tally = tallies[intake.source]
        for reading in intake.readings:
            kept = identity.admit(reading)
            if kept is None:
                accepted.append(reading)
                tally.stored += 1
            elif kept == _said(reading):
                tally.repeated += 1
            else:
                conflicts.append(conflict_row(points[reading.point].id, kept, reading, intake.source, number))
                tally.conflicting += 1
        tally.dead_lettered += sum(letter.readings for letter in intake.dead_letters)
    accepted.sort(key=_time_and_point)
    events = tuple(event for intake in intakes for event in intake.events)

    connection.executemany(
        "INSERT INTO hot VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (r.time, points[r.point].id, r.value, r.reasons, r.received, r.sequence, r.count, r.volume, number)
            for r in accepted
        ],
    )
    widen(connection, _spans(accepted, points))
    connection.executemany(
        "INSERT INTO plant_event VALUES (?, ?, ?)",
        [(number, position, msgspec.json.encode(event)) for position, event in enumerate(events)],
    )
    write_conflicts(connection, conflicts)
    connection.executemany(
        "INSERT INTO dead_letter (received, source, topic, payload, reason, readings) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (letter.received, letter.source, letter.topic, letter.payload, letter.reason, letter.readings)
            for intake in intakes
            for letter in intake.dead_letters
        ],
    )
    sources.count(connection, tallies, stamp)
    sources.number(
        connection,
        ((i.source, i.epoch or 0, i.sequence) for i in intakes if i.sequence is not None),
    )
    return Commit(number, stamp, tuple(accepted), events)


def next_commit(connection: Connection, clock_says: Instant) -> tuple[int, Instant]:
    """Number and stamp of the commit that this transaction writes; a clock set back does not turn stamps back."""
    number, stamp = connection.execute("SELECT number + 1, max(stamp, ?) FROM head", (clock_says,)).fetchone()
    connection.execute("UPDATE head SET number = ?, stamp = ?", (number, stamp))
    connection.execute("INSERT INTO commits VALUES (?, ?)", (number, stamp))
    return number, stamp


def conflict_row(point_id: int, kept: Kept, offered: Reading, source: str, number: int) -> tuple[object, ...]:
    """A row of the table of conflicts."""
    said = _said(offered)
    return (point_id, offered.time, *kept, *said, offered.reasons, offered.received, offered.sequence, source, number)


def write_conflicts(connection: Connection, rows: Iterable[tuple[object, ...]]) -> None:
    """Record offered readings that contradict stored ones."""
    connection.executemany(
        "INSERT INTO conflict (point_id, time, kept_value, kept_count, kept_volume, offered_value, offered_count, "
        "offered_volume, reasons, received, sequence, source, number) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


class _Identity:
    """Knows for one transaction which readings are stored already: in it, as rows, in chunks."""

    def __init__(self, connection: Connection, points: dict[str, KnownPoint]) -> None:
        self._connection = connection
        self._points = points
        self._admitted: dict[tuple[str, Instant], Reading] = {}
        self._chunks: dict[tuple[int, int], Columns | None] = {}

    def admit(self, reading: Reading) -> Kept | None:
        """None for a new reading, which counts as stored from now on; else what is kept of it."""
        key = (reading.point, reading.time)
        admitted = self._admitted.get(key)
        if admitted is not None:
            return _said(admitted)
        point = self._points[reading.point]
        kept = None
        if point.newest is not None and reading.time <= point.newest:
            kept = self._row(point.id, reading.time) or self._sealed(point.id, reading.time)
        if kept is None:
            self._admitted[key] = reading
        return kept

    def _row(self, point_id: int, time: Instant) -> Kept | None:
        kept: Kept | None = self._connection.execute(
            "SELECT value, count, volume FROM hot WHERE time = ? AND point_id = ?", (time, point_id)
        ).fetchone()
        return kept

    def _sealed(self, point_id: int, time: Instant) -> Kept | None:
        day = chunks.day_of(time)
        if (point_id, day) not in self._chunks:
            found = chunks.load(self._connection, Columns, point_id, day, day)
            self._chunks[point_id, day] = found[0] if found else None
        chunk = self._chunks[point_id, day]
        if chunk is None:
            return None
        place = int(np.searchsorted(chunk.time, time))
        if place == len(chunk) or chunk.time[place] != time:
            return None
        return kept_at(chunk, place)


def kept_at(columns: Columns, place: int) -> Kept:
    """What one reading among columns says."""
    value, count, volume = float(columns.value[place]), int(columns.count[place]), float(columns.volume[place])
    return _number(value), None if count == NO_NUMBER else count, _number(volume)


def _said(reading: Reading) -> Kept:
    return _number(reading.value), reading.count, _number(reading.volume)


def _number(value: float | None) -> float | None:
    """None for NaN: it equals itself, and is what the file holds for it."""
    return None if value is None or math.isnan(value) else value


def _time_and_point(reading: Reading) -> tuple[Instant, str]:
    return reading.time, reading.point


def _spans(readings: list[Reading], points: dict[str, KnownPoint]) -> list[tuple[KnownPoint, Instant, Instant]]:
    """First and last time of each point among readings that are ordered by time."""
    first: dict[str, Instant] = {}
    last: dict[str, Instant] = {}
    for reading in readings:
        first.setdefault(reading.point, reading.time)
        last[reading.point] = reading.time
    return [(points[name], first[name], last[name]) for name in last]

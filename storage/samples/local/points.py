"""Points as the writer knows them: their number in the file, and the time of their newest reading."""

from collections.abc import Iterable
from dataclasses import dataclass

from facility.instants import Instant
from storage.samples.local.schema import Connection


@dataclass(slots=True)
class KnownPoint:
    """`oldest` and `newest` are times of readings, None before the first."""

    id: int
    oldest: Instant | None = None
    newest: Instant | None = None


class KnownPoints:
    """All points of the file, read again only when another connection has written to it.

    Use it inside a write transaction only; `forget` after one that was undone.
    """

    def __init__(self) -> None:
        self._points: dict[str, KnownPoint] = {}
        self._version: int | None = None

    def get(self, connection: Connection, names: Iterable[str]) -> dict[str, KnownPoint]:
        """The points with these names; new ones are written."""
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            rows = connection.execute("SELECT name, id, oldest, newest FROM point").fetchall()
            self._points = {name: KnownPoint(*rest) for name, *rest in rows}
            self._version = version
        for name in names:
            if name not in self._points:
                cursor = connection.execute("INSERT INTO point (name) VALUES (?)", (name,))
                self._points[name] = KnownPoint(cursor.lastrowid)
        return self._points

    def forget(self) -> None:
        """Read everything again next time."""
        self._version = None


def widen(connection: Connection, spans: Iterable[tuple[KnownPoint, Instant, Instant]]) -> None:
    """Readings from the first to the second time were stored: move the oldest and newest times of their points."""
    moved = []
    for point, first, last in spans:
        oldest = first if point.oldest is None else min(first, point.oldest)
        newest = last if point.newest is None else max(last, point.newest)
        if (oldest, newest) != (point.oldest, point.newest):
            point.oldest, point.newest = oldest, newest
            moved.append((oldest, newest, point.id))
    connection.executemany("UPDATE point SET oldest = ?, newest = ? WHERE id = ?", moved)


def id_of(connection: Connection, name: str) -> int | None:
    """The number of a point in the file, None where the store has never seen it."""
    row = connection.execute("SELECT id FROM point WHERE name = ?", (name,)).fetchone()
    return None if row is None else row[0]

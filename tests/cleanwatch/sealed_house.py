"""A station's stores with whoever seals its days, at a time that the test sets; and ways to break in."""

from pathlib import Path

import numpy as np

from cleanwatch.day_sealing import GATHER, SEAL_AFTER, DaySealing
from facility.instants import DAY, MINUTE, Instant
from facility.reading import Reading
from storage.records import seals
from storage.records.seals import Seal
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from storage.samples.columns import NO_NUMBER, Columns
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.records import open_records
from tests.storage.sample_store_contract import MIDNIGHT

DAY_NUMBER = MIDNIGHT // DAY
SEALED = MIDNIGHT + DAY + SEAL_AFTER


class House:
    """What one station keeps."""

    def __init__(self, folder: Path) -> None:
        self.now: Instant = MIDNIGHT
        self.path = folder / "samples.db"
        self.store = LocalStore.open(self.path, lambda: self.now)
        self.records = open_records(folder / "records.db", lambda: self.now)
        self.sealing = self.sealer()

    def close(self) -> None:
        self.store.close()
        self.records.close()

    def sealer(self) -> DaySealing:
        return DaySealing("main", self.store, self.records, lambda: self.now)

    def append(self, *readings: Reading) -> None:
        self.store.append([Intake("s", readings)])

    def at(self, now: Instant) -> None:
        self.now = now
        self.sealing.step()

    def gathered(self) -> None:
        """What has come in late goes on record."""
        self.sealing.step()
        self.at(self.now + GATHER)

    def seals(self) -> list[Seal]:
        with self.records.reading() as connection:
            assert seals.problems(connection) == []
            return seals.load(connection, 0, DAY_NUMBER + 1000)

    def told(self, action: str) -> list[str]:
        with self.records.reading() as connection:
            return [row.data for row in audit.rows(connection, AuditFilter(action=action))]

    def break_in(self, statement: str, *arguments: object) -> None:
        """Change the local store as anybody can who may write to its file; T1 and T2 stand for their numbers."""
        for point in ("T1", "T2"):
            statement = statement.replace(point, f"(SELECT id FROM point WHERE name = '{point}')")
        connection = sqlite.connect(self.path)
        with connection:
            connection.execute(statement, arguments)
        connection.close()


def blob(house: House, column: str, table: str) -> bytes:
    """What the file holds of the first sealed day of T1."""
    connection = sqlite.connect(house.path)
    row = connection.execute(
        f"SELECT {column} FROM {table} WHERE point_id = (SELECT id FROM point WHERE name = 'T1')"
    ).fetchone()
    connection.close()
    return bytes(row[0])


def reading(time: Instant, value: float = 20.0, point: str = "T1") -> Reading:
    return Reading(point, time, value, 0, time + 40)


def every_minute(count: int, start: Instant = MIDNIGHT, point: str = "T1") -> list[Reading]:
    return [reading(start + i * MINUTE, 20 + i / 10, point) for i in range(count)]


def history(*times: Instant) -> Columns:
    n = len(times)
    of = np.array(times, np.int64)
    none = np.full(n, NO_NUMBER)
    return Columns(of, np.full(n, 5.0), np.zeros(n, np.uint16), of + 1, none, none, np.full(n, np.nan))

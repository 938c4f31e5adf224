"""How fast the records are written, in SQLite and in PostgreSQL: audit rows, alarms, what the engine remembers."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from sqlalchemy import Connection

from facility.alarm import Alarm, AlarmState, Condition
from facility.limit import Severity
from facility.people import CLEANWATCH
from storage.records import alarms, engine_memory
from storage.records.database import Records
from storage.records.trail import audit
from tests.postgres import running_postgres

POINTS = 1000
ENTRIES = [audit.AuditEntry(CLEANWATCH, "alarm raised", f"alarm B{n}/low/5", {"value": n / 7}) for n in range(1000)]
MEMORIES = {f"B{n}.DP1": bytes(150) for n in range(POINTS)}
ALARM = Alarm("B1.DP1", "B1", Condition.LOW, Severity.ALERT, AlarmState.UNACKNOWLEDGED, onset=1, raised=2, value=9.5)


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        measured = _measured("Records", Path(folder) / "records.sqlite")
    with running_postgres(durable=True) as server:
        server.create_database("bench")
        beside = _measured("Records in PostgreSQL", server.url("bench"))
    return [*measured, *((what, figure, "") for what, figure, _ in beside)]


def _measured(where: str, place: str | Path) -> list[tuple[str, str, str]]:
    records = Records.open(place, clock=lambda: 0)
    together = _seconds(records, 20, lambda connection: audit.append(connection, 1, ENTRIES))
    alone = _seconds(records, 200, lambda connection: audit.append(connection, 1, ENTRIES[:1]))
    transition = _seconds(records, 200, _raise_an_alarm)
    memory = _seconds(records, 20, lambda connection: engine_memory.save(connection, MEMORIES))
    checking = _verified_per_second(records)
    records.close()
    return [
        (f"{where}: audit rows, 1,000 a transaction", f"{len(ENTRIES) / together:,.0f} rows/s", "20,000 rows/s"),
        (f"{where}: one audit row, one transaction", f"{alone * 1e3:.1f} ms", "5 ms"),
        (f"{where}: an alarm with its audit row and checkpoint", f"{transition * 1e3:.1f} ms", "10 ms"),
        (f"{where}: memory of {POINTS:,} points", f"{memory * 1e3:.1f} ms", "25 ms"),
        (f"{where}: audit chain verified", f"{checking:,.0f} rows/s", "50,000 rows/s"),
    ]


def _raise_an_alarm(connection: Connection) -> None:
    alarms.save(connection, [ALARM])
    engine_memory.save(connection, {"B1.DP1": bytes(150)})
    engine_memory.set_checkpoint(connection, 5)
    audit.append(connection, 1, ENTRIES[:1])


def _seconds(records: Records, times: int, work: Callable[[Connection], None]) -> float:
    """The median time of a transaction, with its commit to disk."""
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        with records.transaction() as connection:
            work(connection)
        taken.append(time.perf_counter() - begun)
    return median(taken)


def _verified_per_second(records: Records) -> float:
    with records.reading() as connection:
        rows = audit.rows(connection, limit=1)[0].seq
        begun = time.perf_counter()
        problems = audit.verify(connection)
        taken = time.perf_counter() - begun
    if problems:
        raise RuntimeError(f"the audit trail does not verify: {problems[0]}")
    return rows / taken

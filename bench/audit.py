"""How fast the audit trail grows under four writers, and how fast it is verified, in SQLite and in PostgreSQL."""

import hashlib
import multiprocessing
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TypeAlias

import msgspec

from facility.people import Actor
from storage.records.database import Records
from storage.records.trail import audit, chain, verification
from storage.records.trail.audit import AuditEntry
from tests.postgres import running_postgres

Line: TypeAlias = tuple[str, str, str]

WRITERS, EACH = 4, 250
ROWS = 600_000
ROWS_AT_ONCE = 10_000
TIMES = 3
NOW = 1_763_800_500_000
KELLER = Actor("m.keller", "operator", "192.168.10.23")


def run() -> list[Line]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as folder:
        embedded = _measured("SQLite", str(Path(folder) / "writers.db"), str(Path(folder) / "rows.db"))
    with running_postgres(durable=True) as server:
        for name in ("writers", "rows"):
            server.create_database(name)
        beside = _measured("PostgreSQL", server.url("writers"), server.url("rows"))
    return [*embedded, *beside]


def _measured(where: str, writers: str, rows: str) -> list[Line]:
    Records.open(writers, clock=lambda: NOW).close()
    appended, slowest = _appended(writers)
    return [
        (
            f"Audit trail in {where}: one row a transaction, {WRITERS} processes writing at once",
            f"{appended:,.0f} rows/s, p99 of a transaction {slowest * 1e3:.0f} ms",
            "300 rows/s",
        ),
        *_verified(where, rows),
    ]


def _appended(place: str) -> tuple[float, float]:
    """Rows a second of all writers together, and what 99 of 100 transactions did not exceed, in seconds."""
    spawning = multiprocessing.get_context("spawn")
    with spawning.Pool(WRITERS) as pool:
        pool.map(_write, [(place, 1)] * WRITERS, chunksize=1)  # every process has begun and is connected once
        began = time.perf_counter()
        taken = sorted(one for some in pool.map(_write, [(place, EACH)] * WRITERS, chunksize=1) for one in some)
        seconds = time.perf_counter() - began
    return WRITERS * EACH / seconds, taken[int(len(taken) * 0.99)]


def _write(task: tuple[str, int]) -> list[float]:
    place, times = task
    records, taken = Records.open(place, clock=lambda: NOW), []
    for number in range(times):
        began = time.perf_counter()
        with records.transaction() as connection:
            audit.append(connection, NOW, [_entry(number)])
        taken.append(time.perf_counter() - began)
    records.close()
    return taken


def _entry(number: int) -> AuditEntry:
    """As long as the row of an alarm."""
    told: dict[str, audit.JSON] = {
        "severity": "action",
        "state": "unacknowledged",
        "onset": "2025-11-22T08:35:00.000Z",
        "raised": "2025-11-22T08:35:30.000Z",
        "value": number / 7,
        "limit": 3520.0,
        "operator": ">",
        "worst": number / 3,
    }
    changes: dict[str, tuple[audit.JSON, audit.JSON]] = {
        "state": (None, "unacknowledged"),
        "severity": (None, "action"),
    }
    return AuditEntry(KELLER, "alarm raised", f"alarm B101.PC1.p0_5/high/{NOW + number}", told, changes)


def _verified(where: str, place: str) -> list[Line]:
    records = Records.open(place, clock=lambda: NOW)
    for first in range(0, ROWS, ROWS_AT_ONCE):
        with records.transaction() as connection:
            audit.append(connection, NOW, [_entry(first + number) for number in range(ROWS_AT_ONCE)])
    with records.reading() as connection:
        texts = [msgspec.json.encode(row[:7]) for block in chain.stored(connection, None, None) for row in block]
    hashing, alone, together = [], [], []
    for _ in range(TIMES):  # in turn, so that all three have the same machine
        hashing.append(_seconds(lambda: [hashlib.sha256(text).hexdigest() for text in texts]))
        alone.append(_seconds(lambda: _alone(records)))
        together.append(_seconds(lambda: _together(records)))
    records.close()
    plain, one, all_ = (ROWS / median(taken) for taken in (hashing, alone, together))
    size = sum(map(len, texts)) / len(texts)
    return [
        (
            f"Audit trail in {where}: verified by one process, {ROWS:,} rows of {size:.0f} bytes",
            f"{one:,.0f} rows/s; {plain / one:.1f} times as long as SHA-256 alone over the same bytes",
            "",
        ),
        (
            f"Audit trail in {where}: verified by a process for each processor, their start included",
            f"{all_:,.0f} rows/s; {plain / all_:.1f} times as long as SHA-256 alone, in one process",
            "300,000 rows/s",
        ),
    ]


def _alone(records: Records) -> None:
    with records.reading() as connection:
        _whole(audit.verify(connection))


def _together(records: Records) -> None:
    _whole(verification.verify(records).problems)


def _whole(problems: object) -> None:
    if problems:
        raise RuntimeError(f"the audit trail does not verify: {problems}")


def _seconds(work: object) -> float:
    assert callable(work)
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

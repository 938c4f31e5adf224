"""The records survive kill -9 at any moment: what was committed is there, what was not has left no trace."""

import subprocess
import sys
from pathlib import Path

from storage.records import engine_memory, outbox
from storage.records.database import Records
from storage.records.trail import audit

WRITER = """
import sys
from facility.people import CLEANWATCH
from storage.records import engine_memory, outbox
from storage.records.trail import audit
from storage.records.database import Records
records = Records.open(sys.argv[1], clock=lambda: 0)
while True:
    with records.transaction() as connection:
        number = engine_memory.checkpoint(connection) + 1
        engine_memory.save(connection, {f"B{point}": b"%d" % number for point in range(20)})
        engine_memory.set_checkpoint(connection, number)
        outbox.add(connection, number, {"alarms": b"%d" % number})
        entries = [audit.AuditEntry(CLEANWATCH, "judged", f"commit {number}", {}) for _ in range(3)]
        audit.append(connection, number, entries)
    print(number, flush=True)
"""


def committed_before_the_kill(path: Path, transactions: int) -> int:
    """Let a process write, kill it in the middle, and return the last number that it said is committed."""
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(transactions)]
        writer.kill()
        return int([*said, *writer.stdout.readlines()][-1])


def test_nothing_committed_is_lost_and_nothing_half_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    for transactions in (1, 40, 120):
        said = committed_before_the_kill(path, transactions)
        records = Records.open(path, clock=lambda: 0)
        with records.reading() as connection:
            done = engine_memory.checkpoint(connection)
            assert said <= done <= said + 1
            assert engine_memory.load(connection) == {f"B{point}": b"%d" % done for point in range(20)}
            assert [message.at for message in outbox.waiting(connection, limit=done + 1)] == list(range(1, done + 1))
            assert audit.rows(connection, limit=1)[0].seq == 1 + 3 * done
            assert audit.verify(connection) == []
        records.close()

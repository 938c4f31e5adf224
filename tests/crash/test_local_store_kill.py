"""kill -9 at any moment, also while sealing: nothing acknowledged is lost or doubled, and all sums are exact."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np

from facility.instants import DAY, HOUR, system_clock
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.crash.local_store_writer import POINTS, START, forward, message

END = START + 365 * DAY
ROUNDS = 3


def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    chance = random.Random(20261122)
    first = 1
    for _ in range(ROUNDS):
        acknowledged = run_and_kill(path, first, lines=chance.randint(30, 150))
        store = LocalStore.open(path, system_clock)
        held = check(store, acknowledged)
        check_forwarded(store, path, held)
        store.close()
        assert integrity(path) == "ok"
        first = held + 1


def run_and_kill(path: Path, first: int, lines: int) -> int:
    """Let a writer acknowledge so many messages, kill it; the last message it said was stored."""
    command = [sys.executable, "-m", "tests.crash.local_store_writer", str(path), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(lines):
            writer.stdout.readline()
        writer.kill()
        said = writer.stdout.read().splitlines()
    return int(said[-1]) if said and said[-1] else first + lines - 1


def check(store: LocalStore, acknowledged: int) -> int:
    """Everything acknowledged is there once, with its sums; the last message that is stored."""
    numbered = store.acknowledged("gateway")
    assert numbered is not None
    held = numbered[1]
    assert acknowledged <= held <= acknowledged + 1  # the last one may have been stored and not yet said
    assert store.gaps("gateway") == []
    expected = sorted(reading for i in range(1, held + 1) for reading in rows(i))
    found = []
    for point in POINTS:
        columns = store.columns(point, START, END)
        found += [(point, *row) for row in zip(columns.time.tolist(), columns.value.tolist(), strict=True)]
        buckets = store.envelope([point], START, END, 365 * 24)
        hours, begins, counts = np.unique(columns.time // HOUR, return_index=True, return_counts=True)
        assert buckets["start"].tolist() == (hours * HOUR).tolist()
        assert buckets["n"].tolist() == counts.tolist()
        totals = np.add.reduceat(columns.value, begins)
        assert (buckets["mean"] * buckets["judged"]).round(6).tolist() == totals.tolist()
    assert found == expected
    (balance,) = store.balance()
    assert balance.stored == len(expected)
    assert balance.received == balance.stored + balance.repeated
    return held


def check_forwarded(store: LocalStore, path: Path, held: int) -> None:
    """What was forwarded and what waits is everything, and nothing that is settled was not forwarded."""
    target_path = path.with_suffix(".forwarded")
    whole = target_path.read_text().rpartition("\n")[0] + "\n"  # a kill may have cut the last line
    target_path.write_text(whole)
    forwarded = [line.split(" ") for line in whole.splitlines() if line]
    there = {(point, int(time), float(value)) for point, time, value in forwarded}
    progress = store.progress("elsewhere")
    assert progress is not None
    assert progress.taken + progress.waiting == progress.stored == 5 * held
    assert progress.taken <= len(there)
    backlog = store.backlog("elsewhere")
    with target_path.open("a") as target:
        while portion := backlog.newest(500) or backlog.owed(500):
            there |= {(r.point, r.time, r.value) for r in portion.readings}
            for point, columns in portion.columns:
                times, values = columns.time.tolist(), columns.value.tolist()
                there |= {(point, time, value) for time, value in zip(times, values, strict=True)}
            forward(portion, target)
            backlog.settle(portion)
    assert there == {row for i in range(1, held + 1) for row in rows(i)}
    assert backlog.progress().waiting == 0


def rows(i: int) -> list[tuple[str, int, float]]:
    return [(reading.point, reading.time, reading.value) for reading in message(i).readings]


def integrity(path: Path) -> str:
    connection = sqlite.connect(path)
    (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
    connection.close()
    return str(answer)

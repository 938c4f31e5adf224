"""Sealing changes how readings are kept, never what they say, and goes no further than the slowest follower."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.instants import DAY, HOUR, SECOND
from facility.reading import Reading
from storage.samples.commit import Intake
from storage.samples.local import CommitsSealedError, DamagedChunkError, LocalStore, seal
from storage.sqlite import sqlite
from tests.storage.sample_store_contract import MIDNIGHT

LATER = MIDNIGHT + 30 * DAY


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(path, lambda: MIDNIGHT)
    yield store
    store.close()


def reading(time: int = MIDNIGHT, value: float = 20.0) -> Reading:
    return Reading("T1", time, value, 0, time + 40)


def append(store: LocalStore, *readings: Reading) -> None:
    store.append([Intake("s", readings)])


def test_only_what_is_older_is_sealed(store: LocalStore) -> None:
    append(store, reading(MIDNIGHT), reading(MIDNIGHT + HOUR))
    assert store.seal(MIDNIGHT + HOUR) == 1
    assert store.seal(MIDNIGHT + HOUR) == 0
    assert len(store.columns("T1", MIDNIGHT, LATER)) == 2


def test_a_repeat_of_a_sealed_reading_is_ignored(store: LocalStore) -> None:
    append(store, reading())
    store.seal(LATER)
    append(store, reading())
    assert [(b.stored, b.repeated, b.conflicting) for b in store.balance()] == [(1, 1, 0)]


def test_what_contradicts_a_sealed_reading_is_a_conflict_with_both_values(store: LocalStore) -> None:
    append(store, reading())
    store.seal(LATER)
    append(store, reading(value=21.5))
    (conflict,) = store.conflicts()
    assert (conflict.source, conflict.kept_value, conflict.offered) == ("s", 20.0, reading(value=21.5))
    assert store.columns("T1", MIDNIGHT, LATER).value.tolist() == [20.0]


def test_a_late_reading_of_a_sealed_day_is_stored(store: LocalStore) -> None:
    append(store, reading(MIDNIGHT), reading(MIDNIGHT + HOUR))
    store.seal(LATER)
    append(store, reading(MIDNIGHT + SECOND))
    store.seal(LATER)
    assert store.columns("T1", MIDNIGHT, LATER).time.tolist() == [MIDNIGHT, MIDNIGHT + SECOND, MIDNIGHT + HOUR]


def test_sealing_does_not_pass_the_slowest_follower(store: LocalStore) -> None:
    quick, slow = store.follow("quick"), store.follow("slow")
    for hour in range(3):
        append(store, reading(MIDNIGHT + hour * HOUR))
    quick.passed(3)
    slow.passed(1)
    assert store.seal(LATER) == 1
    slow.passed(3)
    assert store.seal(LATER) == 2


def test_a_slow_follower_still_gets_every_commit_after_a_seal(store: LocalStore, path: Path) -> None:
    store.follow("slow")
    for hour in range(3):
        append(store, reading(MIDNIGHT + hour * HOUR))
    store.seal(LATER)
    elsewhere = LocalStore.open(path, lambda: MIDNIGHT)
    follower = elsewhere.follow("slow")
    commits = [follower.next(0) for _ in range(3)]
    assert [commit.readings[0].time for commit in commits if commit] == [MIDNIGHT + h * HOUR for h in range(3)]
    elsewhere.close()


def test_a_follower_that_asks_for_sealed_commits_is_told_so(store: LocalStore) -> None:
    append(store, reading())
    store.seal(LATER)
    with pytest.raises(CommitsSealedError, match="asks for commit 1; commits up to 1 are sealed"):
        store.follow("engine", after=0)


def test_a_follower_can_join_after_everything_is_sealed(store: LocalStore) -> None:
    append(store, reading())
    store.seal(LATER)
    follower = store.follow("engine", after=1)
    append(store, reading(MIDNIGHT + 1))
    commit = follower.next(0)
    assert commit is not None
    assert commit.number == 2


def test_damaged_bytes_are_noticed_and_named(store: LocalStore, path: Path) -> None:
    append(store, reading(value=1.0), reading(MIDNIGHT + 1, 2.0))
    store.seal(LATER)
    connection = sqlite.connect(path)
    (blob,) = connection.execute("SELECT value FROM chunk").fetchone()
    connection.execute("UPDATE chunk SET value = ?", (blob[:-1] + bytes([blob[-1] ^ 1]),))
    connection.commit()
    connection.close()
    with pytest.raises(DamagedChunkError, match=r"point number 1, day 2026-11-22: .* checksum"):
        store.raw("T1", MIDNIGHT, LATER)


def test_two_sealers_and_a_writer_do_not_harm_each_other(
    store: LocalStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "SLICE", 20)
    elsewhere = LocalStore.open(path, lambda: MIDNIGHT)
    written = threading.Event()

    def keep_sealing(sealer: LocalStore) -> None:
        while not written.is_set():
            sealer.seal(LATER)

    sealers = [threading.Thread(target=keep_sealing, args=(sealer,)) for sealer in (store, elsewhere)]
    for sealer in sealers:
        sealer.start()
    times = [MIDNIGHT + i * 37 * 60 * SECOND for i in range(300)]
    for i in range(0, 300, 5):
        append(store, *(reading(time, float(time % 7)) for time in times[i : i + 5]))
    written.set()
    for sealer in sealers:
        sealer.join()
    store.seal(LATER)
    found = store.columns("T1", MIDNIGHT, LATER)
    assert found.time.tolist() == times
    assert found.value.tolist() == [float(time % 7) for time in times]
    assert store.envelope(["T1"], MIDNIGHT, LATER, 30)["n"].sum() == 300
    elsewhere.close()

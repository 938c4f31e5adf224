"""Followers get every commit once, in order, from memory or from disk, and hold up nobody."""

import math
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.limit import RoomState
from facility.plant_events import BatchStarted, PlantEvent, RoomStateSet
from facility.reading import Reading
from storage.samples.commit import Commit, Intake
from storage.samples.local import LocalStore

NOON = 1_795_348_800_000
SECONDS = 10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(path, lambda: NOON)
    yield store
    store.close()


def readings(count: int, start: int = NOON) -> list[Reading]:
    return [Reading(f"P{i % 7}", start + i // 7, i / 3, 0, start + 50) for i in range(count)]


def test_a_follower_is_handed_each_commit_in_order(store: LocalStore) -> None:
    follower = store.follow("engine")
    commits = [store.append([Intake("s", readings(3, NOON + i))]) for i in range(0, 30, 10)]
    assert [follower.next(SECONDS) for _ in commits] == commits
    assert follower.next(0) is None


def test_a_waiting_follower_is_woken_by_an_append(store: LocalStore) -> None:
    follower = store.follow("engine")
    got: list[Commit | None] = []
    waiting = threading.Thread(target=lambda: got.append(follower.next(SECONDS)))
    waiting.start()
    commit = store.append([Intake("s", readings(1))])
    waiting.join()
    assert got == [commit]


def test_a_commit_from_disk_equals_the_one_from_memory(store: LocalStore, path: Path) -> None:
    following = store.follow("engine", after=0)
    events: list[PlantEvent] = [
        RoomStateSet("B101", RoomState.AT_REST, NOON, "bms"),
        BatchStarted("X-1", "B101", NOON, "mes"),
    ]
    rich = Reading("A", NOON, 3520.0, 4, NOON + 1, sequence=9, count=100, volume=28.3)
    store.append([Intake("s", [*readings(20), rich], events)])
    elsewhere = LocalStore.open(path, lambda: NOON)
    assert elsewhere.follow("late riser", after=0).next(0) == following.next(0)
    elsewhere.close()


def test_a_reading_without_a_number_comes_back_from_disk_without_one(store: LocalStore, path: Path) -> None:
    store.append([Intake("s", [Reading("A", NOON, math.nan, 0x1000, NOON)])])
    elsewhere = LocalStore.open(path, lambda: NOON)
    commit = elsewhere.follow("engine", after=0).next(0)
    assert commit is not None
    assert math.isnan(commit.readings[0].value)
    elsewhere.close()


def test_a_follower_far_behind_gets_everything_all_the_same(store: LocalStore) -> None:
    follower = store.follow("slow")
    numbers = [store.append([Intake("s", readings(7_000, NOON + i * 1_000))]).number for i in range(4)]
    got = [follower.next(SECONDS) for _ in numbers]
    assert [commit.number for commit in got if commit] == numbers
    assert sum(len(commit.readings) for commit in got if commit) == 4 * 7_000


def test_a_follower_sees_what_another_process_wrote(store: LocalStore, path: Path) -> None:
    follower = store.follow("engine")
    elsewhere = LocalStore.open(path, lambda: NOON)
    elsewhere.append([Intake("s", readings(1))])
    store.append([Intake("s", readings(1, NOON + 1))])
    assert [commit.number for commit in (follower.next(SECONDS), follower.next(SECONDS)) if commit] == [1, 2]
    elsewhere.close()


def test_a_follower_goes_on_where_it_had_passed(store: LocalStore, path: Path) -> None:
    first = store.follow("publisher")
    for i in range(3):
        store.append([Intake("s", readings(1, NOON + i))])
        first.next(0)
    first.passed(2)
    store.close()
    again = LocalStore.open(path, lambda: NOON)
    commit = again.follow("publisher").next(0)
    assert commit is not None
    assert commit.number == 3
    again.close()


def test_a_new_follower_begins_with_the_next_commit(store: LocalStore) -> None:
    store.append([Intake("s", readings(1))])
    follower = store.follow("newcomer")
    assert follower.next(0) is None
    commit = store.append([Intake("s", readings(1, NOON + 1))])
    assert follower.next(0) == commit


def test_a_follower_from_the_future_is_refused(store: LocalStore) -> None:
    with pytest.raises(ValueError, match="the newest in the local store is 0"):
        store.follow("engine", after=12)

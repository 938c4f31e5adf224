"""History in bulk keeps the rules of single readings, and followers hear of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from facility.instants import DAY, HOUR
from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.commit import Intake, Stretch
from storage.samples.local import LocalStore, backfill
from tests.storage.sample_store_contract import MIDNIGHT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: MIDNIGHT)
    yield store
    store.close()


def history(*times: int, value: float = 20.0) -> Columns:
    return Columns.of_rows([(time, value, 0, time + 40, None, None, None) for time in times])


def single(time: int, value: float = 20.0) -> Intake:
    return Intake("s", [Reading("T1", time, value, 0, time + 40)])


def test_a_backfill_is_one_commit_that_names_its_stretches(store: LocalStore) -> None:
    follower = store.follow("engine")
    commit = store.backfill({"T2": history(5, 9), "T1": history(DAY, 3 * DAY)}, "history")
    assert commit.backfilled == (Stretch("T1", DAY, 3 * DAY), Stretch("T2", 5, 9))
    assert follower.next(0) == commit


def test_a_follower_in_another_process_hears_of_the_same_stretches(store: LocalStore, tmp_path: Path) -> None:
    commit = store.backfill({"T2": history(5, 9), "T1": history(DAY)}, "history")
    elsewhere = LocalStore.open(tmp_path / "store.db", lambda: MIDNIGHT)
    assert elsewhere.follow("engine", after=0).next(0) == commit
    elsewhere.close()


def test_history_need_not_be_in_order(store: LocalStore) -> None:
    store.backfill({"T1": history(7, 3, 5)}, "history")
    assert store.columns("T1", 0, 10).time.tolist() == [3, 5, 7]


def test_history_does_not_change_the_latest_reading(store: LocalStore) -> None:
    store.append([single(MIDNIGHT, 21.0)])
    store.backfill({"T1": history(MIDNIGHT - DAY)}, "history")
    assert store.latest(["T1"])["value"].tolist() == [21.0]
    assert store.extent(["T1"]) == (MIDNIGHT - DAY, MIDNIGHT)


def test_what_is_stored_wins_over_history(store: LocalStore) -> None:
    store.append([single(1), single(2)])
    commit = store.backfill({"T1": history(1, 3), "T2": history(1)}, "history")
    store.backfill({"T1": history(2, 3, value=99.0)}, "history")
    assert commit.backfilled == (Stretch("T1", 3, 3), Stretch("T2", 1, 1))
    assert store.columns("T1", 0, 10).value.tolist() == [20.0, 20.0, 20.0]
    balance = next(b for b in store.balance() if b.source == "history")
    assert (balance.received, balance.stored, balance.repeated, balance.conflicting) == (5, 2, 1, 2)
    assert [(c.kept_value, c.offered.value, c.offered.time) for c in store.conflicts()] == [
        (20.0, 99.0, 2),
        (20.0, 99.0, 3),
    ]


def test_readings_that_arrive_while_history_is_prepared_are_neither_lost_nor_doubled(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = backfill._plan
    arriving = iter([single(2, 21.0), single(3, 22.0), single(4, 23.0), single(5, 24.0)])

    def plan_while_readings_arrive(connection: object, offered: Mapping[str, Columns]) -> backfill._Plan:
        prepared = plan(connection, offered)
        if not store._database._lock.locked():
            store.append([next(arriving)])
        return prepared

    monkeypatch.setattr(backfill, "_plan", plan_while_readings_arrive)
    store.backfill({"T1": history(*range(10))}, "history")
    assert store.columns("T1", 0, 10).value.tolist() == [20.0, 20.0, 21.0, 22.0, 23.0, *[20.0] * 5]
    assert len(store.conflicts()) == 3


def test_a_long_history_is_summed_up_like_single_readings(store: LocalStore) -> None:
    times = MIDNIGHT + np.arange(0, 4 * DAY, 10_000)
    store.backfill({"T1": history(*times.tolist())}, "history")
    found = store.envelope(["T1"], MIDNIGHT, MIDNIGHT + 4 * DAY, 96)
    assert found["n"].tolist() == [360] * 96
    assert found["start"].tolist() == [MIDNIGHT + i * HOUR for i in range(96)]


def test_narrower_numbers_than_the_store_keeps_are_readable_afterwards(store: LocalStore) -> None:
    wide = history(1, 2, 3)
    narrow = Columns(
        wide.time, wide.value, wide.reasons.astype(int), wide.received, np.array([1, 2, 3], np.int16), wide.count,
        np.array([1.0, 2.0, 3.0], np.float32),
    )  # fmt: skip
    store.backfill({"T1": narrow}, "history")
    assert store.columns("T1", 0, 10).sequence.tolist() == [1, 2, 3]
    assert store.columns("T1", 0, 10).volume.tolist() == [1.0, 2.0, 3.0]

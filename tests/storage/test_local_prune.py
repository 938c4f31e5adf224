"""Days that somebody else has go after a time; what is owed, and the newest of each point, stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.instants import DAY, HOUR, Instant
from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from storage.samples.local import Backlog, LocalStore
from tests.storage.sample_store_contract import MIDNIGHT

LATER = MIDNIGHT + 100 * DAY


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: MIDNIGHT)
    yield store
    store.close()


def append(store: LocalStore, *times: Instant, point: str = "T1") -> None:
    store.append([Intake("s", [Reading(point, time, 20.0, 0, time + 40) for time in times])])
    store.seal(LATER)


def forward(backlog: Backlog) -> None:
    while portion := backlog.newest(1_000) or backlog.owed(1_000):
        backlog.settle(portion)
    while due := backlog.whole_hours(LATER, 1_000):
        backlog.finish(due)


def times(store: LocalStore, point: str = "T1") -> list[Instant]:
    kept: list[Instant] = store.columns(point, 0, LATER).time.tolist()
    return kept


def test_old_days_go_when_they_are_forwarded(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + HOUR, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    forward(backlog)
    assert store.prune(MIDNIGHT + DAY + HOUR) == 2
    assert times(store) == [MIDNIGHT + DAY, MIDNIGHT + 2 * DAY]
    assert store.extent(["T1"]) == (MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    assert store.envelope(["T1"], 0, LATER, 10)["n"].sum() == 2


def test_what_is_not_forwarded_stays_however_old_it_is(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT)
    forward(backlog)
    append(store, MIDNIGHT + DAY, MIDNIGHT + 2 * DAY)
    assert store.prune(LATER) == 1
    assert times(store) == [MIDNIGHT + DAY, MIDNIGHT + 2 * DAY]


def test_a_day_stays_until_the_sums_of_its_hours_are_told(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + DAY)
    while portion := backlog.owed(1_000):
        backlog.settle(portion)
    assert store.prune(LATER) == 0
    forward(backlog)
    assert store.prune(LATER) == 1


def test_without_anybody_who_has_the_readings_everything_stays(store: LocalStore) -> None:
    append(store, MIDNIGHT, MIDNIGHT + DAY)
    assert store.prune(LATER) == 0


def test_the_newest_reading_of_a_silent_point_stays(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + DAY)
    append(store, MIDNIGHT + 50 * DAY, point="T2")
    forward(backlog)
    store.prune(LATER)
    assert store.latest(["T1", "T2"])["time"].tolist() == [MIDNIGHT + DAY, MIDNIGHT + 50 * DAY]


def test_history_in_bulk_stays_until_every_follower_has_read_it(store: LocalStore) -> None:
    backlog, engine = store.backlog("influx"), store.follow("engine")
    history = Columns.of_rows([(MIDNIGHT + i * DAY, 1.0, 0, MIDNIGHT, None, None, None) for i in range(3)])
    commit = store.backfill({"T1": history}, "import")
    forward(backlog)
    assert store.prune(LATER) == 0
    engine.passed(commit.number)
    engine.save()
    assert store.prune(LATER) == 2


def test_a_reading_of_a_pruned_day_is_stored_forwarded_and_known_as_such(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + DAY)
    forward(backlog)
    store.prune(LATER)
    append(store, MIDNIGHT + HOUR)
    portion = backlog.newest(1_000) or backlog.owed(1_000)
    assert portion is not None
    backlog.settle(portion)
    assert (len(portion), list(portion.pruned)) == (1, [("T1", MIDNIGHT + HOUR)])
    (hour,) = backlog.whole_hours(LATER, 1_000)
    assert (hour.start, hour.pruned) == (MIDNIGHT + HOUR, True)
    assert backlog.progress().waiting == 0
    assert store.extent(["T1"]) == (MIDNIGHT + HOUR, MIDNIGHT + DAY)

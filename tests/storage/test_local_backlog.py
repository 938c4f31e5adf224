"""A backlog may lag for as long as it likes: nothing waits for it, and nothing of what it has to take is lost."""

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.reading import Reading
from storage.samples.columns import Columns
from storage.samples.commit import Intake
from storage.samples.local import Backlog, LocalStore, Portion, Refused, seal
from storage.samples.local import backlog as backlog_module
from storage.sqlite import sqlite
from tests.storage.sample_store_contract import MIDNIGHT

LATER = MIDNIGHT + 30 * DAY
MANY = 1_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(path, lambda: MIDNIGHT)
    yield store
    store.close()


def append(store: LocalStore, *times: Instant, point: str = "T1") -> None:
    store.append([Intake("s", [Reading(point, time, 20.0, 0, time + 40) for time in times])])


def taken(portion: Portion | None) -> list[tuple[str, Instant]]:
    assert portion is not None
    of_hours = [(point, time) for point, columns in portion.columns for time in columns.time.tolist()]
    return [(reading.point, reading.time) for reading in portion.readings] + of_hours


def take_all(backlog: Backlog, limit: int = 5_000) -> Counter[tuple[str, Instant]]:
    """Take and settle until nothing waits."""
    found: Counter[tuple[str, Instant]] = Counter()
    while portion := backlog.newest(limit) or backlog.owed(limit):
        found.update(taken(portion))
        backlog.settle(portion)
    return found


def waiting(store: LocalStore) -> int:
    progress = store.progress("influx")
    assert progress is not None
    assert progress.stored == progress.taken + progress.refused + progress.waiting
    return progress.waiting


def test_new_readings_come_in_the_order_of_their_commits_and_wait_until_settled(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT + 2)
    append(store, MIDNIGHT + 1)
    for time in (MIDNIGHT + 2, MIDNIGHT + 1):
        portion = backlog.newest(1)
        assert taken(portion) == [("T1", time)] == taken(backlog.newest(1))
        assert portion is not None
        backlog.settle(portion)
    assert backlog.newest(1) is None
    assert waiting(store) == 0


def test_a_portion_holds_whole_commits(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, *range(MIDNIGHT, MIDNIGHT + 7))
    append(store, *range(MIDNIGHT + 10, MIDNIGHT + 17))
    assert len(taken(backlog.newest(5))) == 7
    assert len(taken(backlog.newest(10))) == 7
    assert len(taken(backlog.newest(14))) == 14


def test_sealing_goes_on_without_a_backlog_that_lags(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + MINUTE, MIDNIGHT + HOUR)
    assert store.seal(LATER) == 3
    assert backlog.newest(MANY) is None
    assert taken(backlog.owed(MANY)) == [("T1", MIDNIGHT), ("T1", MIDNIGHT + MINUTE), ("T1", MIDNIGHT + HOUR)]
    assert waiting(store) == 3


def test_what_was_settled_is_not_owed_when_it_is_sealed(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT)
    take_all(backlog)
    append(store, MIDNIGHT + HOUR)
    store.seal(LATER)
    assert taken(backlog.owed(MANY)) == [("T1", MIDNIGHT + HOUR)]


def test_owed_hours_come_day_by_day_and_of_a_day_point_by_point(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT + DAY, MIDNIGHT, MIDNIGHT + HOUR)
    append(store, MIDNIGHT + 2 * HOUR, MIDNIGHT + 1, point="T0")
    store.seal(LATER)
    expected = [
        ("T1", MIDNIGHT),
        ("T1", MIDNIGHT + HOUR),
        ("T0", MIDNIGHT + 1),
        ("T0", MIDNIGHT + 2 * HOUR),
        ("T1", MIDNIGHT + DAY),
    ]
    assert taken(backlog.owed(MANY)) == expected
    order = []
    while portion := backlog.owed(1):
        order += taken(portion)
        backlog.settle(portion)
    assert order == expected


def test_so_many_hours_at_most_are_owed_together(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog_module, "MOST_HOURS", 2)
    backlog = store.backlog("influx")
    append(store, *(MIDNIGHT + hour * HOUR for hour in (0, 1, 3, 30)))
    store.seal(LATER)
    first = backlog.owed(MANY)
    assert taken(first) == [("T1", MIDNIGHT), ("T1", MIDNIGHT + HOUR)]
    assert first is not None
    backlog.settle(first)
    assert taken(backlog.owed(MANY)) == [("T1", MIDNIGHT + 3 * HOUR), ("T1", MIDNIGHT + 30 * HOUR)]


def test_everything_stored_before_is_owed_to_a_new_backlog(store: LocalStore) -> None:
    append(store, MIDNIGHT)
    store.seal(LATER)
    append(store, MIDNIGHT + DAY)
    backlog = store.backlog("influx")
    assert waiting(store) == 2
    assert set(take_all(backlog)) == {("T1", MIDNIGHT), ("T1", MIDNIGHT + DAY)}
    assert waiting(store) == 0


def test_history_in_bulk_is_owed(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    times = [MIDNIGHT + i * 10 * MINUTE for i in range(300)]
    store.backfill({"T1": Columns.of_rows([(time, 1.0, 0, time, None, None, None) for time in times])}, "import")
    assert waiting(store) == 300
    assert take_all(backlog, 50) == Counter(("T1", time) for time in times)


def test_a_reading_that_came_while_its_hour_was_being_taken_is_not_settled(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT)
    store.seal(LATER)
    portion = backlog.owed(MANY)
    assert portion is not None
    append(store, MIDNIGHT + 1)
    store.seal(LATER)
    backlog.settle(portion)
    assert waiting(store) == 2  # the hour comes again, whole
    assert taken(backlog.owed(MANY)) == [("T1", MIDNIGHT), ("T1", MIDNIGHT + 1)]


def test_rows_sealed_while_they_were_being_taken_are_still_counted_once(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + HOUR)
    portion = backlog.newest(MANY)
    assert portion is not None
    store.seal(MIDNIGHT + 1)
    backlog.settle(portion)
    assert waiting(store) == 1
    take_all(backlog)
    assert waiting(store) == 0


def test_progress_says_what_waits_and_since_when(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT + 5 * MINUTE)
    append(store, MIDNIGHT + 3 * HOUR)
    progress = backlog.progress()
    assert (progress.waiting, progress.oldest, progress.passed) == (2, MIDNIGHT + 5 * MINUTE, 0)
    store.seal(MIDNIGHT + HOUR)
    assert backlog.progress().oldest == MIDNIGHT
    take_all(backlog)
    progress = backlog.progress()
    assert (progress.waiting, progress.oldest, progress.passed) == (0, None, 2)


def test_a_refused_reading_is_kept_with_its_reason_and_waits_no_longer(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + 1)
    portion = backlog.newest(MANY)
    assert portion is not None
    refused = Refused("T1", MIDNIGHT + 1, "field type conflict", "temperature value=1i")
    backlog.settle(portion, [refused])
    progress = backlog.progress()
    assert (progress.taken, progress.refused, progress.waiting) == (1, 1, 0)
    assert store.refused("influx") == [refused]


def test_a_refused_reading_that_is_accepted_later_is_no_longer_refused(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT)
    portion = backlog.newest(MANY)
    assert portion is not None
    backlog.settle(portion, [Refused("T1", MIDNIGHT, "field type conflict", "temperature value=1i")])
    assert backlog.owe_again(MIDNIGHT) == 1
    take_all(backlog)
    progress = backlog.progress()
    assert (progress.taken, progress.refused, progress.waiting) == (1, 0, 0)


def test_everything_since_an_hour_can_be_taken_again(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + HOUR)
    take_all(backlog)
    store.seal(MIDNIGHT + 90 * MINUTE)
    append(store, MIDNIGHT + HOUR + 1, MIDNIGHT + 2 * HOUR)
    take_all(backlog)
    append(store, MIDNIGHT + 3 * HOUR)
    assert backlog.owe_again(MIDNIGHT + HOUR) == 3
    assert waiting(store) == 4
    assert len(take_all(backlog)) == 4
    assert waiting(store) == 0


def test_an_hour_is_whole_when_it_has_ended_and_all_of_it_is_taken(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT, MIDNIGHT + 1, MIDNIGHT + HOUR)
    store.seal(LATER)
    assert backlog.whole_hours(LATER, MANY) == []
    take_all(backlog)
    (hour,) = backlog.whole_hours(MIDNIGHT + HOUR, MANY)
    assert (hour.point, hour.start) == ("T1", MIDNIGHT)
    backlog.finish([hour])
    assert backlog.whole_hours(MIDNIGHT + HOUR, MANY) == []
    assert backlog.progress().sums_due == 1


def test_a_late_reading_makes_its_hour_due_again(store: LocalStore) -> None:
    backlog = store.backlog("influx")
    append(store, MIDNIGHT)
    store.seal(LATER)
    take_all(backlog)
    (stale,) = backlog.whole_hours(LATER, MANY)
    append(store, MIDNIGHT + 1)
    store.seal(LATER)
    take_all(backlog)
    backlog.finish([stale])  # its sums were made without the late reading
    (hour,) = backlog.whole_hours(LATER, MANY)
    backlog.finish([hour])
    assert backlog.whole_hours(LATER, MANY) == []


def test_what_left_for_good_holds_nothing_back_and_begins_anew_when_it_returns(store: LocalStore) -> None:
    store.backlog("influx")
    store.follow("engine")
    append(store, MIDNIGHT)
    store.unfollow("engine")
    assert store.seal(LATER) == 1
    store.unfollow("influx")
    assert store.progress("influx") is None
    assert set(take_all(store.backlog("influx"))) == {("T1", MIDNIGHT)}


def test_random_histories_are_taken_whole_and_counted_exactly(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal, "SLICE", 7)
    chance = random.Random(20261122)
    stored: set[tuple[str, Instant]] = set()
    found: Counter[tuple[str, Instant]] = Counter()
    backlog = None
    for step in range(300):
        if step == 20:
            backlog = store.backlog("influx")
        times = {MIDNIGHT + chance.randrange(20) * 20 * MINUTE for _ in range(chance.randrange(6))}
        point = f"P{chance.randrange(3)}"
        append(store, *times, point=point)
        stored |= {(point, time) for time in times}
        if chance.random() < 0.1:
            store.seal(MIDNIGHT + chance.randrange(8) * HOUR)
        if backlog and chance.random() < 0.2:
            portion = (backlog.newest if chance.random() < 0.5 else backlog.owed)(chance.randrange(1, 20))
            if portion:
                found.update(taken(portion))
                if chance.random() < 0.3:
                    store.seal(MIDNIGHT + chance.randrange(8) * HOUR)
                backlog.settle(portion)
        if backlog:
            assert waiting(store) >= len(stored - set(found))
    assert backlog is not None
    found.update(take_all(backlog))
    assert set(found) == stored
    assert waiting(store) == 0


def test_a_file_of_the_first_schema_is_brought_up_to_date(store: LocalStore, path: Path) -> None:
    append(store, MIDNIGHT - 2 * DAY, MIDNIGHT - DAY)
    store.seal(MIDNIGHT)
    append(store, MIDNIGHT)
    store.close()
    connection = sqlite.connect(path)
    for table in ("backlog", "owed", "refused", "pruned", "stamps"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DROP INDEX chunk_number")
    for column in ("number", "first_number", "last_number"):
        connection.execute(f"ALTER TABLE chunk DROP COLUMN {column}")
    for column in ("n", "times"):
        connection.execute(f"ALTER TABLE stretch DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    with pytest.raises(FileNotFoundError, match="older Cleanwatch; the station brings it up to date"):
        LocalStore.open(path, lambda: MIDNIGHT, read_only=True)
    again = LocalStore.open(path, lambda: MIDNIGHT)
    backlog = again.backlog("influx")
    assert waiting(again) == 3
    assert set(take_all(backlog)) == {("T1", MIDNIGHT - 2 * DAY), ("T1", MIDNIGHT - DAY), ("T1", MIDNIGHT)}
    again.close()

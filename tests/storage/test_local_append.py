"""What becomes of a message: stored, repeated, conflicting, dead-lettered, and counted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.reading import Reading, Reason
from storage.samples.commit import DeadLetter, Intake
from storage.samples.local import LocalStore, NewerSchemaError
from storage.sqlite import sqlite

NOON = 1_795_348_800_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    store = LocalStore.open(tmp_path / "store.db", lambda: NOON)
    yield store
    store.close()


def reading(time: int = NOON, value: float = 20.0, point: str = "B101.T1", **rest: int | float) -> Reading:
    return Reading(point, time, value, **{"reasons": 0, "received": time + 40, **rest})  # type: ignore[arg-type]


def of(*readings: Reading, source: str = "gateway", epoch: int = 1, sequence: int | None = None) -> Intake:
    return Intake(source, readings, epoch=epoch, sequence=sequence)


def counted(store: LocalStore, source: str = "gateway") -> tuple[int, int, int, int, int]:
    found = next(b for b in store.balance() if b.source == source)
    return found.received, found.stored, found.repeated, found.conflicting, found.dead_lettered


def test_commits_are_numbered_from_one_without_gaps(store: LocalStore) -> None:
    assert [store.append([of(reading(NOON + i))]).number for i in range(3)] == [1, 2, 3]


def test_a_commit_holds_its_new_readings_by_time_and_point(store: LocalStore) -> None:
    a, b, c = reading(NOON + 1, point="A"), reading(NOON, point="B"), reading(NOON + 1, point="B")
    assert store.append([of(c, a), of(b, source="other")]).readings == (b, a, c)


def test_a_stamp_never_turns_back(tmp_path: Path) -> None:
    times = iter([NOON, NOON - 5_000, NOON + 1])
    store = LocalStore.open(tmp_path / "store.db", lambda: next(times))
    assert [store.append([of(reading(i))]).stamp for i in range(3)] == [NOON, NOON, NOON + 1]
    store.close()


def test_an_equal_repeat_is_ignored_and_counted(store: LocalStore) -> None:
    store.append([of(reading())])
    assert store.append([of(reading(received=NOON + 9_000))]).readings == ()
    assert counted(store) == (2, 1, 1, 0, 0)
    assert store.raw("B101.T1", NOON, NOON + 1)["received"].tolist() == [NOON + 40]


def test_a_repeat_without_a_number_equals_itself(store: LocalStore) -> None:
    store.append([of(reading(value=float("nan"), reasons=Reason.SENSOR_FAULT))])
    store.append([of(reading(value=float("nan"), reasons=Reason.SENSOR_FAULT))])
    assert counted(store) == (2, 1, 1, 0, 0)


def test_other_reasons_do_not_make_a_repeat_a_conflict(store: LocalStore) -> None:
    store.append([of(reading())])
    store.append([of(reading(reasons=Reason.CLOCK_AHEAD))])
    assert counted(store) == (2, 1, 1, 0, 0)


def test_the_same_message_twice_in_one_commit_is_stored_once(store: LocalStore) -> None:
    assert len(store.append([of(reading()), of(reading())]).readings) == 1
    assert counted(store) == (2, 1, 1, 0, 0)


def test_a_repeat_after_a_conflict_in_one_commit_is_still_a_repeat(store: LocalStore) -> None:
    store.append([of(reading(value=20.0))])
    store.append([of(reading(value=99.0), reading(value=20.0))])
    assert counted(store) == (3, 1, 1, 1, 0)


def test_a_plant_event_is_part_of_the_commit(store: LocalStore) -> None:
    event = RoomStateSet("B101", RoomState.CLEANING, NOON, "schedule")
    assert store.append([Intake("bms", events=[event])]).events == (event,)


def test_a_dead_letter_counts_for_the_readings_it_held(store: LocalStore) -> None:
    letter = DeadLetter(NOON, "gateway", "instruments/demo/gateway/readings", b"\xff{", "not JSON", readings=4)
    store.append([Intake("gateway", [reading()], dead_letters=[letter])])
    assert counted(store) == (5, 1, 0, 0, 4)


def test_sequences_are_acknowledged_up_to_the_first_gap(store: LocalStore) -> None:
    store.append([of(reading(i), sequence=i) for i in (1, 2, 4, 7)])
    assert store.acknowledged("gateway") == (1, 2)
    assert [(gap.first, gap.last) for gap in store.gaps("gateway")] == [(3, 3), (5, 6)]
    store.append([of(reading(3), sequence=3)])
    assert store.acknowledged("gateway") == (1, 4)


def test_nothing_is_acknowledged_while_the_first_message_is_missing(store: LocalStore) -> None:
    store.append([of(reading(), sequence=57)])
    assert store.acknowledged("gateway") == (1, 0)


def test_a_message_that_holds_only_events_or_dead_letters_is_acknowledged_too(store: LocalStore) -> None:
    event = RoomStateSet("B101", RoomState.CLEANING, NOON, "schedule")
    letter = DeadLetter(NOON, "gateway", "t", b"?", "not JSON")
    store.append([Intake("gateway", events=[event], epoch=1, sequence=1)])
    store.append([Intake("gateway", dead_letters=[letter], epoch=1, sequence=2)])
    assert store.acknowledged("gateway") == (1, 2)


def test_a_new_epoch_begins_its_own_numbering(store: LocalStore) -> None:
    store.append([of(reading(1), epoch=1, sequence=1), of(reading(2), epoch=2, sequence=1)])
    store.append([of(reading(3), epoch=1, sequence=2)])
    assert store.acknowledged("gateway") == (2, 1)


def test_a_source_that_does_not_number_is_not_acknowledged(store: LocalStore) -> None:
    store.append([of(reading())])
    assert store.acknowledged("gateway") is None


def test_the_latest_reading_is_the_newest_by_its_own_time(store: LocalStore) -> None:
    store.append([of(reading(NOON, 1.0), reading(NOON - 1_000, 2.0)), of(reading(NOON, 3.0, point="A"))])
    assert store.latest(["A", "B101.T1", "never seen"])["value"].to_dict() == {"A": 3.0, "B101.T1": 1.0}


def test_on_a_full_disk_nothing_of_a_commit_is_stored_and_it_can_be_tried_again(store: LocalStore) -> None:
    commit = [of(*(reading(NOON + i, point=f"P{i}") for i in range(500)), sequence=1)]
    writer = store._database._writer
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(sqlite.OperationalError, match="full"):
        store.append(commit)
    assert store.balance() == []
    writer.execute("PRAGMA max_page_count = 1000000")
    assert store.append(commit).number == 1
    assert counted(store) == (500, 500, 0, 0, 0)
    assert store.latest(["P499"])["time"].tolist() == [NOON + 499]


def test_a_store_of_a_newer_schema_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    LocalStore.open(path, lambda: NOON).close()
    connection = sqlite.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(NewerSchemaError, match="schema version 7; this Cleanwatch knows versions up to 4"):
        LocalStore.open(path, lambda: NOON)


def test_a_reader_is_told_where_the_store_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no local store at"):
        LocalStore.open(tmp_path / "store.db", lambda: NOON, read_only=True)


def test_a_reader_is_told_where_the_store_is_only_about_to_be_made(tmp_path: Path) -> None:
    (tmp_path / "store.db").touch()
    with pytest.raises(FileNotFoundError, match="holds no local store yet"):
        LocalStore.open(tmp_path / "store.db", lambda: NOON, read_only=True)


def test_a_store_can_be_opened_by_several_at_once_from_the_start(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(lambda _: LocalStore.open(tmp_path / "store.db", lambda: NOON), range(4)))
    assert [store.append([of(reading(NOON + i))]).number for i, store in enumerate(stores)] == [1, 2, 3, 4]
    for store in stores:
        store.close()


def test_a_reader_cannot_write(store: LocalStore, tmp_path: Path) -> None:
    reader = LocalStore.open(tmp_path / "store.db", lambda: NOON, read_only=True)
    store.append([of(reading())])
    assert len(reader.raw("B101.T1", NOON, NOON + 1)) == 1
    with pytest.raises(sqlite.OperationalError, match="readonly"):
        reader.append([of(reading(NOON + 1))])
    reader.close()

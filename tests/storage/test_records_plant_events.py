import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from facility.instants import MINUTE, Instant
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from storage.records import batches, room_states
from storage.records.batches import Run
from storage.records.database import Records
from storage.records.trail import audit
from tests.storage.conftest import NOON


def state(room: str, state: RoomState, minute: int, by: str = "BMS") -> RoomStateSet:
    return RoomStateSet(room, state, NOON + minute * MINUTE, by)


AT_REST = state("B101", RoomState.AT_REST, 0)
IN_OPERATION = state("B101", RoomState.IN_OPERATION, 10)
CLEANING = state("C201", RoomState.CLEANING, 5)


def record(records: Records, *events: RoomStateSet | BatchStarted | BatchEnded, at: Instant = NOON) -> list[bool]:
    with records.transaction() as connection:
        return [
            room_states.record(connection, event, at)
            if isinstance(event, RoomStateSet)
            else batches.record(connection, event, at)
            for event in events
        ]


def in_force(records: Records, minute: int) -> dict[str, RoomStateSet]:
    with records.reading() as connection:
        return room_states.in_force(connection, NOON + minute * MINUTE)


def test_the_latest_state_of_each_room_is_in_force(records: Records) -> None:
    record(records, AT_REST, IN_OPERATION, CLEANING)
    assert in_force(records, -1) == {}
    assert in_force(records, 0) == {"B101": AT_REST}
    assert in_force(records, 9) == {"B101": AT_REST, "C201": CLEANING}
    assert in_force(records, 10) == {"B101": IN_OPERATION, "C201": CLEANING}


def test_a_state_that_comes_late_holds_in_its_own_time_only(records: Records) -> None:
    record(records, AT_REST, IN_OPERATION)
    late = state("B101", RoomState.CLEANING, 5)
    record(records, late, at=NOON + 60 * MINUTE)
    assert in_force(records, 7) == {"B101": late}
    assert in_force(records, 10) == {"B101": IN_OPERATION}


def test_of_two_states_for_the_same_time_the_later_arrival_holds(records: Records) -> None:
    corrected = state("B101", RoomState.CLEANING, 0, by="Ann")
    record(records, AT_REST, corrected)
    assert in_force(records, 0) == {"B101": corrected}


def test_an_equal_repeat_of_a_room_state_writes_nothing(records: Records) -> None:
    assert record(records, AT_REST) == [True]
    assert record(records, AT_REST, at=NOON + 1) == [False]
    with records.reading() as connection:
        (row,) = audit.rows(connection, audit.AuditFilter(object="room B101"))
    assert (row.actor, row.action, row.at) == ("BMS", "room state set", NOON)
    assert row.data == ('{"changes":{"state":[null,"at rest"]},"from":"2025-11-22T08:27:40.000Z","zone":"UTC"}')


def test_a_timeline_begins_with_the_state_that_holds_at_its_start(records: Records) -> None:
    record(records, IN_OPERATION, AT_REST, CLEANING, state("D301", RoomState.AT_REST, 0))
    with records.reading() as connection:
        start, end = NOON + 2 * MINUTE, NOON + 11 * MINUTE
        assert room_states.timeline(connection, ["B101", "C201"], start, end) == [AT_REST, CLEANING, IN_OPERATION]
        assert room_states.timeline(connection, ["B101"], IN_OPERATION.time, end) == [IN_OPERATION]
        assert room_states.timeline(connection, ["B101"], start, IN_OPERATION.time) == [AT_REST]
        assert room_states.timeline(connection, [], start, end) == []


@pytest.mark.parametrize("table", ["room_states", "batch_events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET \"by\" = 'Eve'", "DELETE FROM {}"])
def test_plant_events_refuse_to_be_changed(records: Records, table: str, change: str) -> None:
    record(records, AT_REST, started(0))
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), records.transaction() as connection:
        connection.execute(text(change.format(table)))


def started(minute: int, batch: str = "CT-0042", room: str = "B101") -> BatchStarted:
    return BatchStarted(batch, room, NOON + minute * MINUTE, "MES")


def ended(minute: int, batch: str = "CT-0042", room: str = "B101") -> BatchEnded:
    return BatchEnded(batch, room, NOON + minute * MINUTE, "MES")


def run(start: int, end: int | None, batch: str = "CT-0042", room: str = "B101") -> Run:
    return Run(batch, room, NOON + start * MINUTE, None if end is None else NOON + end * MINUTE)


def running(records: Records, minute: int) -> list[Run]:
    with records.reading() as connection:
        return batches.running(connection, NOON + minute * MINUTE)


def overlapping(records: Records, rooms: list[str], start: int, end: int) -> list[Run]:
    with records.reading() as connection:
        return batches.overlapping(connection, rooms, NOON + start * MINUTE, NOON + end * MINUTE)


def test_a_batch_runs_from_its_start_until_its_end(records: Records) -> None:
    record(records, started(1), ended(5))
    assert running(records, 0) == []
    assert running(records, 1) == [run(1, 5)]
    assert running(records, 5) == []


def test_a_batch_without_an_end_is_still_running(records: Records) -> None:
    record(records, started(1))
    assert running(records, 1_000_000) == [run(1, None)]


def test_a_batch_may_come_back_to_a_room(records: Records) -> None:
    record(records, started(1), ended(5), started(1, room="C201"), started(10))
    assert overlapping(records, ["B101"], 0, 60) == [run(1, 5), run(10, None)]
    assert overlapping(records, ["B101", "C201"], 6, 9) == [run(1, None, room="C201")]


def test_a_start_repeated_while_the_batch_runs_changes_nothing(records: Records) -> None:
    record(records, started(1), started(3), ended(5))
    assert overlapping(records, ["B101"], 0, 60) == [run(1, 5)]


def test_an_end_counts_once_its_start_has_come_in_late(records: Records) -> None:
    record(records, ended(5))
    assert overlapping(records, ["B101"], 0, 60) == []
    record(records, started(1), at=NOON + 60 * MINUTE)
    assert overlapping(records, ["B101"], 0, 60) == [run(1, 5)]


def test_batches_overlap_a_time_that_they_touch(records: Records) -> None:
    record(records, started(1), ended(5), started(5, batch="CT-0043"))
    assert overlapping(records, ["B101"], 4, 5) == [run(1, 5)]
    assert overlapping(records, ["B101"], 5, 6) == [run(5, None, batch="CT-0043")]
    assert overlapping(records, ["B101"], 4, 6) == [run(1, 5), run(5, None, batch="CT-0043")]


def test_an_equal_repeat_of_a_batch_event_writes_nothing(records: Records) -> None:
    assert record(records, started(1), started(1), ended(1), ended(1)) == [True, False, True, False]
    with records.reading() as connection:
        rows = audit.rows(connection, audit.AuditFilter(object="batch CT-0042"))
    assert [row.action for row in rows] == ["batch ended", "batch started"]

from storage.records import engine_memory, outbox
from storage.records.database import Records
from storage.records.outbox import Outgoing
from tests.storage.conftest import NOON


def test_the_engine_remembers_what_it_saved_last_of_each_point(records: Records) -> None:
    with records.transaction() as connection:
        engine_memory.save(connection, {"B101.DP1": b"old", "B101.T1": b"\x00\xff"})
    with records.transaction() as connection:
        engine_memory.save(connection, {"B101.DP1": b"new"})
        engine_memory.save(connection, {})
    with records.reading() as connection:
        assert engine_memory.load(connection) == {"B101.DP1": b"new", "B101.T1": b"\x00\xff"}


def test_the_engine_begins_at_zero_and_remembers_how_far_it_is(records: Records) -> None:
    with records.transaction() as connection:
        assert engine_memory.checkpoint(connection) == 0
        engine_memory.set_checkpoint(connection, 17)
    with records.reading() as connection:
        assert engine_memory.checkpoint(connection) == 17


def test_messages_wait_in_their_order_until_they_are_sent(records: Records) -> None:
    with records.transaction() as connection:
        for number in range(4):
            outbox.add(connection, NOON + number, {f"topic/{number % 2}": b"%d" % number})
    with records.transaction() as connection:
        first, second, *_ = outbox.waiting(connection)
        assert second == Outgoing(2, NOON + 1, "topic/1", b"1")
        outbox.sent(connection, [first.id, second.id], NOON + 60)
    with records.reading() as connection:
        assert [message.payload for message in outbox.waiting(connection)] == [b"2", b"3"]
        assert [message.payload for message in outbox.waiting(connection, limit=1)] == [b"2"]


def test_a_message_of_a_transaction_that_fails_is_not_sent(records: Records) -> None:
    class FailureError(Exception):
        pass

    try:
        with records.transaction() as connection:
            outbox.add(connection, NOON, {"topic": b""})
            raise FailureError
    except FailureError:
        pass
    with records.reading() as connection:
        assert outbox.waiting(connection) == []

"""Sending what waits in the outbox: send, then mark as sent, so that a crash in between repeats and never forgets."""

from typing import Protocol

from facility.instants import Clock
from facility.site import MAIN
from storage.records import outbox
from storage.records.database import Records


class Publish(Protocol):
    """Hands a message over to the broker's client; False where it was not taken."""

    def __call__(self, topic: str, payload: bytes, *, retain: bool) -> bool: ...


def send_waiting(records: Records, publish: Publish, clock: Clock, station: str = MAIN) -> int:
    """Publish what waits of a station, oldest first, and mark it; how many that were.

    Stops at the first message that is not taken: the rest stays waiting in its order, for the next call.
    """
    with records.reading() as connection:
        waiting = outbox.waiting(connection, station)
    taken = []
    for message in waiting:
        if not publish(message.topic, message.payload, retain=True):
            break
        taken.append(message.id)
    if taken:
        with records.transaction() as connection:
            outbox.sent(connection, taken, clock())
    return len(taken)

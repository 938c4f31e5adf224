"""Who is called next for an alarm that nobody has answered, and when."""

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.escalation import OPEN, is_stuck, next_rung
from facility.instants import Instant
from storage.records.escalations import Escalation, State


@dataclass(frozen=True, slots=True)
class NextCall:
    """What an escalation does next. `at` is None where everybody was called and nobody has answered."""

    at: Instant | None
    whom: tuple[str, ...] = ()
    """Printed names; empty where the calls end then."""
    stuck: bool = False
    """It should have called long ago: the station that calls does not run."""


def next_call(escalation: Escalation, now: Instant) -> NextCall:
    """What an escalation that runs does next."""
    if escalation.state is State.EXHAUSTED or escalation.next_due is None:
        return NextCall(None)
    rung = next_rung(escalation)
    reached = () if rung is None else rung.recipients or escalation.snapshot.rungs[-1].recipients
    return NextCall(escalation.next_due, tuple(to.name for to in reached), is_stuck(escalation, now))


def next_calls(running: Iterable[Escalation], now: Instant) -> dict[str, NextCall]:
    """By the id of each alarm that waits for an answer."""
    return {
        alarm: next_call(escalation, now)
        for escalation in running
        for alarm, standing in escalation.alarms.items()
        if standing in OPEN
    }

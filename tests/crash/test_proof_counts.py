"""The proof can fail: what is lost, doubled, wrong or told twice is seen."""

from pathlib import Path

import pytest

from alerts.findings import Raised
from alerts.machine import Transition, raised, returned
from alerts.notices import alarm_notice, room_notice
from facility.alarm import Condition
from facility.instants import SECOND, text_of
from facility.limit import Severity
from facility.people import CLEANWATCH
from storage.records import alarms, outbox
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from tests.crash.proof import count, told
from tests.crash.proof.count import Kept
from tests.crash.proof.plan import Plan
from tests.records import open_records

PLAN = Plan(seed=1, points=50, numbers=40, start=1_795_330_000_000)
SENT = [(time, value) for time, value in zip(PLAN.times(0), PLAN.values(0), strict=True) if value is not None]


def test_what_was_sent_and_is_there_once_is_right() -> None:
    assert count.compare(PLAN, 0, SENT) == Kept(40, lost=0, twice=0, wrong=0)


def test_a_reading_that_is_not_there_is_lost() -> None:
    assert count.compare(PLAN, 0, SENT[1:]) == Kept(39, lost=1, twice=0, wrong=0)


def test_a_reading_that_is_there_two_times_is_stored_twice() -> None:
    assert count.compare(PLAN, 0, [*SENT, SENT[7]]) == Kept(41, lost=0, twice=1, wrong=0)


def test_another_value_and_a_reading_that_nobody_sent_are_wrong() -> None:
    (time, value), *others = SENT
    assert count.compare(PLAN, 0, [(time, value + 1), *others, (time + 1, value)]) == Kept(41, 0, 0, wrong=2)


def test_every_kind_of_alarm_is_expected_somewhere() -> None:
    expected = count.expected_alarms(Plan(seed=1, points=400, numbers=120, start=PLAN.start))
    kinds = {(condition, severity) for _, condition, severity, *_ in expected}
    assert kinds == {
        (Condition.HIGH, Severity.ALERT),
        (Condition.HIGH, Severity.ACTION),
        (Condition.LOW, Severity.ALERT),
        (Condition.LOW, Severity.ACTION),
        (Condition.INSTRUMENT_FAULT, Severity.ALERT),
    }
    assert all(returned is not None for *_, returned, _ in expected)


@pytest.fixture
def records(tmp_path: Path) -> Records:
    return open_records(tmp_path / "records.db", lambda: 0)


def test_an_alarm_that_is_told_again_unchanged_is_a_row_too_many(records: Records) -> None:
    now = PLAN.start
    point = PLAN.site.points["P0"]
    alarm = raised(point, Raised(Condition.LOW, Severity.ALERT, now, now, 9, 10, "<", 9, now))
    over = returned(alarm, now + SECOND)
    steps = [(Transition.RAISED, alarm), (Transition.RETURNED, over), (None, over)]
    for number, (transition, state) in enumerate(steps):
        with records.transaction() as connection:
            alarms.save(connection, [state])
            outbox.add(connection, now + number, {"cleanwatch/proof/alarms/P0/low": alarm_notice(state, "°C")})
            if transition is not None:
                audit.append(connection, now, [_entry(transition, state.id, state.state, state.returned)])
    found = told.outbox_found(records, rooms=1)
    assert (found.rows, found.expected, len(found.wrong)) == (3, 2, 1)
    with records.transaction() as connection:
        again = {
            "cleanwatch/proof/rooms/R0": room_notice("R0", None, []),
            "cleanwatch/proof/alarms/P0/low": alarm_notice(over, "°C"),
        }
        outbox.add(connection, now + 10, again)
    found = told.outbox_found(records, rooms=1)
    assert (found.rows, found.expected, len(found.wrong)) == (5, 4, 1), "after a start all is told again"
    records.close()


def test_a_transition_that_was_never_told_is_missed(records: Records) -> None:
    with records.transaction() as connection:
        audit.append(connection, PLAN.start, [_entry(Transition.RAISED, "P0/low/1", "unacknowledged", None)])
    (wrong,) = told.outbox_found(records, rooms=1).wrong
    assert wrong.startswith("never told: P0/low/1")
    records.close()


def _entry(transition: Transition, alarm: str, state: str, returned: int | None) -> AuditEntry:
    data = {"severity": "alert", "state": state, "returned": returned and text_of(returned)}
    return AuditEntry(CLEANWATCH, transition, f"alarm {alarm}", data)

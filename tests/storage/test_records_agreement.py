"""What stands beside the audit trail is compared with what the trail says of it, row by row."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Boolean, Connection, Table, Update, delete, inspect, not_, select, text, update

from facility.instants import text_of
from facility.limit import RoomState, Severity
from facility.people import Actor
from facility.plant_events import RoomStateSet
from storage.records import alarm_steps, alarms, append_only, room_states
from storage.records.alarm_steps import AlarmStep
from storage.records.connecting import patient_engine_for, url_of
from storage.records.database import Records
from storage.records.plain_text import Text
from storage.records.schema import metadata
from storage.records.trail import agreement, audit
from storage.records.trail.audit import AuditEntry
from storage.records.trail.kept import KEPT
from tests.storage.conftest import NOON, Tamper
from tests.storage.test_records_migrations import ALARM, fill

NOT_SAID = {
    "accounts": {"made"},
    "acknowledgements": {"number"},
    "alarm_steps": {"number", "station", "retrospective", "announced"},
    "alarms": {"worst", "worst_at", "retrospective"},
    "batch_events": {"id"},
    "change_steps": {"number"},
    "escalation_calls": {"number"},
    "room_states": {"id"},
}
"""Columns of which no audit row tells."""
CHECKED_ELSEWHERE = {"audit", "anchors", "day_digests", "engine_journal", "signatures"}
"""The engine's journal is held against what came of it: by living the past through again (`cleanwatch replay`)."""


@pytest.fixture
def full(records: Records) -> Records:
    """Records with rows in every table, and what the engine says of the alarm."""
    fill(records)
    told: dict[str, audit.JSON] = {
        "room": "B101",
        "severity": "action",
        "state": ALARM.state.value,
        "onset": "1970-01-01T00:00:00.001Z",
        "raised": "1970-01-01T00:00:00.002Z",
        "value": 9.5,
    }
    object = f"alarm {ALARM.id}"
    raised = AuditEntry(Actor("Ann"), "alarm raised", object, told)
    answered = AuditEntry(Actor("Ann"), "alarm acknowledged", object, told, reason="seen")
    step = AlarmStep(3, ALARM.id, "alarm acknowledged", Severity.ACTION, False, "Ann")
    with records.transaction() as connection:
        alarm_steps.add(connection, [step])
        audit.append_dated(connection, [(NOON, raised), (3, answered)])
    return records


def problems(records: Records) -> list[str]:
    with records.reading() as connection:
        return list(agreement.check(connection))


_MORE: dict[bool, str | int] = {True: "x", False: 1_000}


def edits(table: Table) -> list[tuple[str, Update]]:
    """Every column of which the trail tells, with a statement that changes it in one row."""
    key = next(iter(table.primary_key))
    found = []
    for column in table.columns:
        if column.name not in NOT_SAID.get(table.name, ()):
            other = (
                not_(column) if isinstance(column.type, Boolean) else column + _MORE[isinstance(column.type, Text)]
            )
            one = select(key).where(column.is_not(None)).limit(1).scalar_subquery()
            found.append((column.name, update(table).where(key == one).values({column: other})))
    return found


def test_every_append_only_table_is_compared_or_checked_in_its_own_way() -> None:
    compared = {kept.table.name for kept in KEPT}
    assert set(append_only.APPEND_ONLY) - compared == CHECKED_ELSEWHERE


def test_whatever_is_edited_beside_the_trail_is_told(full: Records, records_url: str, tamper: Tamper) -> None:
    assert problems(full) == []
    tamper()
    unseen = []
    with connected(records_url) as connection:
        unbind(connection)
        for kept in KEPT:
            for column, edit in edits(kept.table):
                with connection.begin() as transaction:
                    changed = connection.execute(edit).rowcount
                    if changed and not list(agreement.check(connection, [kept])):
                        unseen.append(f"{kept.table.name}.{column}")
                    transaction.rollback()
    assert unseen == []


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine = patient_engine_for(url_of(url))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def unbind(connection: Connection) -> None:
    """Take away what would stand against an edit: whoever owns the database can."""
    if connection.dialect.name == "postgresql":
        for table in metadata.tables:
            seen = inspect(connection)
            for found in [*seen.get_foreign_keys(table), *seen.get_check_constraints(table)]:
                connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {found['name']}")
        connection.commit()
    else:
        connection.rollback()
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        driver.execute("PRAGMA ignore_check_constraints = ON")


def test_the_row_is_named_and_what_is_other_in_it(full: Records, tamper: Tamper) -> None:
    tamper(
        "UPDATE acknowledgements SET comment = 'never seen'",
        "UPDATE room_states SET state = 'not_in_use', time = time + 1000",
        "UPDATE accounts SET role = 'administrator' WHERE account = 'j.moreau'",
    )
    account, answer, room = problems(full)
    assert account.startswith("the row of accounts with account j.moreau was altered: audit row ")
    assert account.endswith(" says another role")
    assert answer.startswith(f"the row of acknowledgements with alarm {ALARM.id}, number 1 was altered: audit row ")
    assert answer.endswith(" says another reason")
    assert room.endswith(" says another from, state")


def test_a_value_of_minus_nothing_is_the_nothing_that_sqlite_keeps(records: Records) -> None:
    alarm = replace(ALARM, value=-0.0)
    told: dict[str, audit.JSON] = {
        "room": alarm.room,
        "severity": "action",
        "state": alarm.state.value,
        "onset": text_of(alarm.onset),
        "raised": text_of(alarm.raised),
        "value": alarm.value,
    }
    with records.transaction() as connection:
        alarms.save(connection, [alarm])
        audit.append(connection, NOON, [AuditEntry(Actor("cleanwatch"), "alarm raised", f"alarm {alarm.id}", told)])
        assert '"value":-0.0' in audit.rows(connection)[0].data
    assert [problem for problem in problems(records) if "of alarms with" in problem] == []


def test_rows_that_were_put_in_or_taken_away_are_told(full: Records, tamper: Tamper) -> None:
    tamper(
        "DELETE FROM batch_events",
        "INSERT INTO room_states (room, state, time, by, recorded_at) VALUES ('B102', 'cleaning', 1, 'x', 1)",
    )
    room, batch = problems(full)
    assert room == "the row of room_states with id 2 was put in: no audit row tells of it"
    assert batch.startswith("a row of batch_events is missing or altered: audit row ")


def test_two_rows_alike_but_for_their_number_are_each_told_of(full: Records, tamper: Tamper) -> None:
    with full.transaction() as connection:
        for minute in range(3):
            event = RoomStateSet("B101", RoomState.CLEANING, NOON + minute, "BMS")
            room_states.record(connection, event, NOON)
    assert problems(full) == []
    tamper("DELETE FROM room_states WHERE id = 2")
    (told,) = problems(full)
    assert told.startswith("a row of room_states is missing or altered")


def test_all_rows_of_a_table_may_be_gone(full: Records, tamper: Tamper) -> None:
    tamper(str(delete(metadata.tables["refusals"])))
    (told,) = problems(full)
    assert told.startswith("a row of refusals is missing or altered: audit row ")


@pytest.mark.parametrize("records_url", ["sqlite"], indirect=True)
def test_an_audit_row_that_cannot_be_read_is_no_reason_to_stop(full: Records, tamper: Tamper) -> None:
    tamper("UPDATE audit SET data = '{' WHERE action = 'room state set'")
    with full.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM room_states")).scalar_one() == 1
        (told,) = agreement.check(connection)
    assert "room_states" in told

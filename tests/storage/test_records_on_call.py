"""Overrides are made and withdrawn, never changed; a calendar keeps one copy; an escalation is one row."""

from dataclasses import replace
from datetime import time

import pytest

from facility.escalation import Quiet
from facility.instants import HOUR, MINUTE
from facility.limit import Severity
from facility.roles import Role
from storage.records import escalations, on_call
from storage.records.database import Records
from storage.records.escalations import Call, Escalation, Rung, Snapshot, Standing, State
from storage.records.notifications import Recipient
from storage.records.on_call import CalendarCopy, OverrideRefusedError
from storage.records.people import accounts
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.people import ANN, MOREAU
from tests.storage.conftest import NOON

RUNG = Rung("rota first by sms", (Recipient("ann", "Ann", 1, "+41 79", (2,)),), 10 * MINUTE, "nobody in deputies")
SNAPSHOT = Snapshot("action", "Action limits", (RUNG,), 3, True, Quiet(time(22), time(6)), "Europe/Zurich")
ESCALATION = Escalation(
    0, "main", "E-2026-0042", Severity.ACTION, SNAPSHOT, {"a/low/1": Standing.OUTSIDE}, NOON, next_due=NOON
)


def test_an_override_is_on_record_with_who_made_it_and_is_withdrawn_with_a_reason(records: Records) -> None:
    with records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "s.brandt", name="S. Brandt", role=Role.QA)
        made = on_call.override(connection, NOON, MOREAU, "first", "s.brandt", NOON, NOON + HOUR, " dentist ")
        other = on_call.override(connection, NOON, MOREAU, "first", "s.brandt", NOON + HOUR, NOON + 2 * HOUR, "x")
        assert on_call.overrides(connection, NOON, NOON + HOUR) == [made]
        on_call.withdraw(connection, NOON + MINUTE, MOREAU, made.number, "not needed")
        assert on_call.overrides(connection, NOON, NOON + 2 * HOUR) == [other]
        ((gone, withdrawal),) = on_call.withdrawn(connection, NOON, NOON + HOUR)
        assert (gone, withdrawal.by, withdrawal.reason) == (made, MOREAU.account, "not needed")
        trail = audit.rows(connection, AuditFilter(object="rota first"), limit=10)
    assert [row.action for row in trail] == ["rota override withdrawn", "rota override made", "rota override made"]
    assert (made.reason, trail[2].actor) == ("dentist", MOREAU.account)


@pytest.mark.parametrize(
    ("account", "start", "end", "reason", "told"),
    [
        ("s.brandt", NOON, NOON, "x", "The end must lie after the beginning."),
        ("s.brandt", NOON - HOUR, NOON, "x", "This is over already"),
        ("nobody.else", NOON, NOON + HOUR, "x", "There is no account nobody.else."),
        ("s.brandt", NOON, NOON + HOUR, "  ", "Say why"),
    ],
)
def test_an_override_that_cannot_be_is_refused_in_words(
    records: Records, account: str, start: int, end: int, reason: str, told: str
) -> None:
    with records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "s.brandt", name="S. Brandt", role=Role.QA)
        with pytest.raises(OverrideRefusedError, match=told):
            on_call.override(connection, NOON, MOREAU, "first", account, start, end, reason)
        assert on_call.overrides(connection, 0, NOON + HOUR) == []


def test_what_is_over_or_withdrawn_is_not_withdrawn_again(records: Records) -> None:
    with records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "s.brandt", name="S. Brandt", role=Role.QA)
        made = on_call.override(connection, NOON, MOREAU, "first", "s.brandt", NOON, NOON + HOUR, "x")
        with pytest.raises(OverrideRefusedError, match="over already"):
            on_call.withdraw(connection, NOON + HOUR, MOREAU, made.number, "late")
        on_call.withdraw(connection, NOON, MOREAU, made.number, "x")
        with pytest.raises(OverrideRefusedError, match="withdrawn already"):
            on_call.withdraw(connection, NOON, MOREAU, made.number, "x")


def test_a_calendar_keeps_one_copy_a_rota(records: Records) -> None:
    copy = CalendarCopy("first", "https://calendar.example/a.ics", "BEGIN:VCALENDAR", NOON, NOON, "")
    with records.transaction() as connection:
        on_call.keep_calendar(connection, copy)
        on_call.keep_calendar(connection, replace(copy, tried=NOON + HOUR, problem="timed out"))
        assert on_call.calendars(connection) == {"first": replace(copy, tried=NOON + HOUR, problem="timed out")}


def test_an_escalation_is_read_as_it_was_written_and_found_while_it_runs(records: Records) -> None:
    with records.transaction() as connection:
        saved = escalations.save(connection, ESCALATION)
        assert (saved.number, escalations.find(connection, saved.number)) == (1, saved)
        assert escalations.due(connection, NOON) == escalations.running(connection) == [saved]
        assert escalations.overdue(connection, NOON) == [] == escalations.due(connection, NOON - 1)
        assert escalations.running(connection, "south") == []
    with records.reading() as connection:
        assert escalations.running(connection, None) == [saved]
    with records.transaction() as connection:
        over = replace(saved, state=State.ANSWERED, next_due=None, ended=NOON + 1, ended_by="ann", round=1)
        assert escalations.save(connection, over) == over
        assert escalations.running(connection, None) == []
        assert escalations.newest(connection, 5) == escalations.of_event(connection, "E-2026-0042") == [over]


def test_calls_are_kept_in_order(records: Records) -> None:
    calls = [Call(NOON, 0, 0, "ann", "Ann", False, "e/1"), Call(NOON, 0, 1, "bob", "Bob", True, "e/2")]
    with records.transaction() as connection:
        number = escalations.save(connection, ESCALATION).number
        escalations.add_calls(connection, {number: calls})
        assert escalations.calls(connection, [number]) == {number: calls}

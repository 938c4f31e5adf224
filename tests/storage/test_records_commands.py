import json

import pytest

from facility.limit import RoomState, Severity
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from storage.records import commands
from storage.records.commands import DONE, Acknowledge, Command, WaitingCommand
from storage.records.database import Records
from storage.records.trail import audit
from tests.people import ANN
from tests.storage.conftest import NOON

ACKNOWLEDGE = Acknowledge("B101.DP1/low/5", Severity.ACTION, "Door was open")


@pytest.mark.parametrize(
    ("command", "object"),
    [
        (ACKNOWLEDGE, "alarm B101.DP1/low/5"),
        (RoomStateSet("B101", RoomState.CLEANING, NOON, "Ann"), "room B101"),
        (BatchStarted("CT-0042", "B101", NOON, "Ann"), "batch CT-0042"),
        (BatchEnded("CT-0042", "B101", NOON, "Ann"), "batch CT-0042"),
    ],
)
def test_a_command_reaches_the_engine_and_its_outcome_comes_back(
    records: Records, command: Command, object: str
) -> None:
    with records.transaction() as connection:
        id = commands.submit(connection, NOON, ANN, command)
    with records.transaction() as connection:
        assert commands.outcome(connection, id) is None
        assert commands.waiting(connection) == [WaitingCommand(id, NOON, ANN, command)]
        commands.applied(connection, id, NOON + 5, DONE)
    with records.reading() as connection:
        assert commands.waiting(connection) == []
        assert commands.outcome(connection, id) == "done"
        rows = audit.rows(connection, audit.AuditFilter(object=object))
    assert [(row.action, row.actor, row.at) for row in reversed(rows)] == [
        ("command submitted", "ann", NOON),
        ("command applied", "cleanwatch", NOON + 5),
    ]


def test_the_audit_trail_has_the_words_of_the_person(records: Records) -> None:
    with records.transaction() as connection:
        id = commands.submit(connection, NOON, ANN, ACKNOWLEDGE)
        row = audit.rows(connection)[0]
    assert json.loads(row.data) == {
        "id": id,
        "command": {"type": "acknowledge", "alarm": "B101.DP1/low/5", "severity": 3, "comment": "Door was open"},
        "role": "QA",
        "origin": "test",
        "zone": "UTC",
    }


def test_commands_wait_in_the_order_they_were_submitted(records: Records) -> None:
    with records.transaction() as connection:
        ids = [commands.submit(connection, NOON, ANN, ACKNOWLEDGE) for _ in range(3)]
        commands.applied(connection, ids[1], NOON, "refused: the alarm is not on record")
        assert [waiting.id for waiting in commands.waiting(connection)] == [ids[0], ids[2]]
        assert commands.outcome(connection, ids[1]) == "refused: the alarm is not on record"


def test_a_command_has_one_outcome(records: Records) -> None:
    with records.transaction() as connection:
        id = commands.submit(connection, NOON, ANN, ACKNOWLEDGE)
        commands.applied(connection, id, NOON, DONE)
    with pytest.raises(ValueError, match=f"command {id} is not waiting"), records.transaction() as connection:
        commands.applied(connection, id, NOON, "refused")
    with records.reading() as connection:
        assert commands.outcome(connection, id) == DONE


def test_an_outcome_needs_its_command(records: Records) -> None:
    with pytest.raises(ValueError, match="command 5 is not waiting"), records.transaction() as connection:
        commands.applied(connection, 5, NOON, DONE)

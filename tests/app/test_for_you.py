"""What waits for a person stands on the first page: of each role what it answers for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.for_you import for_you
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY, datetime_of
from facility.limit import Severity
from facility.people import Person
from facility.roles import Role
from storage.records import alarms, annotations, escalations
from storage.records.annotations import About
from storage.records.people import accounts
from storage.records.people.accounts import AccountState
from tests.app.house import House, house
from tests.app.parts import NOON, site
from tests.app.test_standing import CALLING
from tests.people import ANN, MOREAU

BRANDT = Person("s.brandt", "S. Brandt", Role.QA, "test")
KELLER = Person("m.keller", "M. Keller", Role.ENGINEER, "test")
DAHL = Person("a.dahl", "A. Dahl", Role.ADMINISTRATOR, "test")
ROSSI = Person("l.rossi", "L. Rossi", Role.VIEWER, "test")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A suite with an alarm, a correction that waits, an account that is locked and an instrument that is overdue."""
    suite = site()
    overdue = datetime_of(NOON - 3 * DAY).date()
    instruments = {
        id: replace(one, calibration_due=overdue if id == "B102.T1" else None)
        for id, one in suite.instruments.items()
    }
    with house(tmp_path, replace(suite, instruments=instruments)) as found:
        raised = NOON - 1
        alarm = Alarm("B101.DP1", "B101", Condition.LOW, Severity.ACTION, AlarmState.UNACKNOWLEDGED, raised, raised)
        with found.records.transaction() as connection:
            alarms.save(connection, [alarm])
            annotations.correct(
                connection, NOON, MOREAU, About("point B102.T1", NOON, NOON), "1", "2", "typing error"
            )
            accounts.make(connection, NOON, ANN, "x.locked", name="X", role=Role.VIEWER)
            accounts.set_state(connection, NOON, ANN, "x.locked", AccountState.LOCKED, "tries")
        yield found


def waits(home: House, person: Person) -> list[str]:
    home.person = person
    return [task.words for task in for_you(home.context)]


def test_of_each_role_what_it_answers_for(home: House) -> None:
    alarm, channel = "1 alarm is not acknowledged", "Nobody is told of alarms by message: there is no channel yet"
    calibration = "1 instrument is overdue for calibration: B102.T1"
    assert waits(home, MOREAU) == [alarm]
    assert waits(home, BRANDT) == [alarm, "1 correction waits for a signature", calibration]
    assert waits(home, KELLER) == [alarm, calibration, channel]
    assert waits(home, DAHL) == [channel, "1 account is locked"]
    assert waits(home, ROSSI) == []


def test_nothing_of_another_area_waits(home: House) -> None:
    assert waits(home, replace(MOREAU, areas=frozenset())) == []


def test_who_was_called_reads_for_what_before_all_else(home: House) -> None:
    with home.records.transaction() as connection:
        running = escalations.save(connection, replace(CALLING, number=0))
        call = escalations.Call(NOON, 0, 0, KELLER.account, KELLER.name, False, "")
        escalations.add_calls(connection, {running.number: [call]})
    assert waits(home, KELLER)[0] == "You were called 13:00 for excursion E-2026-0042"
    assert not any("called" in words for words in waits(home, MOREAU))


def test_the_overview_begins_with_it(home: House) -> None:
    home.person = DAHL
    assert "1 account is locked" in home.page("/")
    home.person = ROSSI
    assert "for-you" in home.page("/") and "Nothing waits" not in home.page("/")

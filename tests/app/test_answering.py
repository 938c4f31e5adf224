"""Answering alarms by the link in a message: once, by the one whom it was for, with words, and on record."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.notifications import answer_links
from app import cookies
from app.answering.told import NO_COMMENT, RISEN
from app.sign_in.proof import WRONG
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, Held, HoldKind
from facility.excursion import Excursion, Move
from facility.instants import DAY, HOUR, MINUTE
from facility.limit import Severity
from facility.people import CLEANWATCH, Person
from facility.roles import Role
from storage.records import alarms, channels, commands, excursions, notifications
from storage.records.channels import Address
from storage.records.commands import DONE, Acknowledge, WaitingCommand
from storage.records.excursions import Moved
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.people import accounts
from storage.records.people.accounts import AccountState
from tests.app.door import Door
from tests.app.parts import NOON
from tests.people import ANN, MOREAU
from tests.signing_in import PASSWORD, session_cookie_for

ROSSI = Person("l.rossi", "Luca Rossi", Role.VIEWER, "test")
LOW = Alarm("B101.DP1", "B101", Condition.LOW, Severity.ALERT, AlarmState.UNACKNOWLEDGED, NOON - MINUTE, NOON, 39.0)
OTHER = replace(LOW, point="B109.DP1", room="B109", severity=Severity.ACTION)
SHELVED = Held(HoldKind.SHELVED, NOON, NOON + HOUR, "s.brandt", "known")
MORE = replace(LOW, point="B101.DP2", condition=Condition.LOW, onset=NOON)


class Phone:
    """Somebody's phone with a message that has a link, and an engine that applies what is sent from it."""

    def __init__(self, folder: Path) -> None:
        door = Door(folder)
        self.time, self.records, self.browser = door.time, door.records, door.browser()
        for person in (MOREAU, ROSSI):
            door.account(person)
        with self.records.transaction() as connection:
            sms = Address("sinch", "sinch://***", "sealed", personal=True, short=True)
            self.channel = channels.add(connection, NOON, ANN, "SMS", sms).id
        self.save(LOW, OTHER)
        self.applied: list[WaitingCommand] = []
        self._ended = threading.Event()
        self._engine = threading.Thread(target=self._apply)
        self._engine.start()

    def save(self, *changed: Alarm) -> None:
        with self.records.transaction() as connection:
            alarms.save(connection, changed)

    def link(self, to: Person = MOREAU) -> str:
        """The token of the link in a message to somebody about both alarms."""
        whom = Recipient(to.account, to.name, self.channel, "+41 79 000 00 00")
        words = ("Low", "Low", "Low", "http://localhost")
        about = Notification("m1", NOON, Purpose.NEW, Severity.ACTION, LOW.id, (LOW.id, OTHER.id), whom, *words, NOON)
        with self.records.transaction() as connection:
            notifications.queue(connection, [about])
            return answer_links.link(connection, self.time(), "m1").partition("#")[2]

    def one_event(self, *of: Alarm) -> None:
        """These alarms are one excursion."""
        self.save(*of)
        event = Excursion(f"excursion/{LOW.id}", {alarm.id: alarm for alarm in of})
        moved = [Moved(NOON, CLEANWATCH, Move(alarm.id, event.id, None, "by room")) for alarm in of]
        with self.records.transaction() as connection:
            excursions.save(connection, [event], moved, "UTC")

    def look(self, token: str) -> str:
        return self.browser.post("/answer/look", data={"link": token}).text

    def send(self, token: str, **fields: str) -> str:
        seen = {f"seen {alarm.id}": alarm.severity.name.lower() for alarm in (LOW, OTHER)}
        wanted = {"link": token, "password": PASSWORD, "phrase": "On my way", **seen, **fields}
        return self.browser.post("/answer/send", data=wanted).text

    def close(self) -> None:
        self._ended.set()
        self._engine.join()
        self.records.close()

    def _apply(self) -> None:
        while not self._ended.wait(0.01):
            with self.records.transaction() as connection:
                for command in commands.waiting(connection):
                    self.applied.append(command)
                    commands.applied(connection, command.id, NOON, DONE)


@pytest.fixture
def phone(tmp_path: Path) -> Iterator[Phone]:
    made = Phone(tmp_path)
    yield made
    made.close()


def test_the_link_shows_what_it_is_about_without_signing_in_and_does_nothing_yet(phone: Phone) -> None:
    token = phone.link()
    opened = phone.browser.get("/answer")
    assert opened.status_code == 200
    assert token not in opened.text
    words = phone.look(token)
    assert "B101 Aseptic processing 1" in words
    assert "Room pressure low" in words
    assert words.index("ACTION") < words.index("ALERT")
    assert phone.look(token) == words
    assert phone.applied == []


def test_whoever_it_was_for_acknowledges_all_of_it_with_the_password_and_a_few_words(phone: Phone) -> None:
    assert "Two alarms acknowledged as J. Moreau" in phone.send(phone.link())
    assert [(sent.command, sent.actor.name) for sent in phone.applied] == [
        (Acknowledge(alarm.id, alarm.severity, "On my way"), MOREAU.account) for alarm in (OTHER, LOW)
    ]


def test_what_has_joined_the_event_since_the_message_is_answered_with_it(phone: Phone) -> None:
    phone.one_event(LOW, OTHER, MORE)
    token = phone.link()
    assert "Step to B109" in phone.look(token)
    assert "Three alarms acknowledged" in phone.send(token, **{f"seen {MORE.id}": "alert"})
    assert {sent.command.alarm for sent in phone.applied if isinstance(sent.command, Acknowledge)} == {
        LOW.id, OTHER.id, MORE.id,
    }  # fmt: skip


def test_what_joins_while_somebody_looks_is_not_acknowledged_unseen(phone: Phone) -> None:
    token = phone.link()
    phone.look(token)
    phone.one_event(LOW, OTHER, MORE)
    words = phone.send(token)
    assert "Two alarms acknowledged" in words
    assert "Come since you looked, and not acknowledged: 1." in words
    assert len(phone.applied) == 2


def test_an_alarm_of_the_event_that_calls_nobody_is_not_part_of_the_answer(phone: Phone) -> None:
    phone.one_event(LOW, OTHER, replace(MORE, held=SHELVED))
    assert "Step to B109" not in phone.look(phone.link())


def test_of_many_alarms_a_few_stand_above_the_answer_and_the_others_are_a_touch_away(phone: Phone) -> None:
    many = [replace(MORE, onset=NOON + number) for number in range(5)]
    phone.one_event(LOW, OTHER, *many)
    words = phone.look(phone.link())
    assert "3 more of it" in words
    assert words.count('class="what"') == 7


def test_a_link_is_used_once_and_holds_for_a_day(phone: Phone) -> None:
    token = phone.link()
    phone.send(token)
    assert "holds no longer" in phone.look(token)
    late = phone.link()
    phone.time.now += DAY + HOUR
    assert "holds no longer" in phone.look(late)


def test_without_the_right_password_nothing_happens_and_the_link_still_holds(phone: Phone) -> None:
    token = phone.link()
    assert WRONG in phone.send(token, password="guessed")
    assert phone.applied == []
    assert "acknowledged as" in phone.send(token)


def test_whoever_is_signed_in_there_as_that_person_needs_no_password(phone: Phone) -> None:
    _, session = session_cookie_for(phone.records, phone.time, MOREAU.account)
    phone.browser.set_cookie(cookies.SESSION, session)
    assert 'type="password"' not in phone.look(token := phone.link())
    assert "acknowledged as" in phone.send(token, password="")


def test_an_answer_needs_words(phone: Phone) -> None:
    assert NO_COMMENT in phone.send(phone.link(), phrase="", comment="  ")
    assert phone.applied == []


def test_what_has_become_worse_since_is_looked_at_again(phone: Phone) -> None:
    token = phone.link()
    phone.save(replace(LOW, severity=Severity.ACTION))
    assert RISEN in phone.send(token)
    assert phone.applied == []


def test_whoever_may_not_acknowledge_cannot_by_a_link_either(phone: Phone) -> None:
    assert "you need the role" in phone.send(phone.link(ROSSI))
    assert phone.applied == []


def test_what_somebody_else_has_answered_is_told(phone: Phone) -> None:
    token = phone.link()
    answer = Acknowledgement("s.brandt", NOON, "Door closed.", Severity.ACTION)
    phone.save(*(replace(a, state=AlarmState.ACKNOWLEDGED, acknowledgements=(answer,)) for a in (LOW, OTHER)))
    words = phone.look(token)
    assert "Answered already" in words
    assert "s.brandt: Door closed." in words


def test_the_link_of_somebody_who_has_left_holds_no_longer(phone: Phone) -> None:
    token = phone.link()
    with phone.records.transaction() as connection:
        accounts.set_state(connection, NOON, ANN, MOREAU.account, AccountState.RETIRED, "left")
    assert "holds no longer" in phone.look(token)

"""The page of notifications, and one's own addresses: what is shown to whom, and what can be done."""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.channels.opening import opened
from alerts.channels.sealing import Seals
from alerts.notifications.sender import Sender
from app import notification_acts
from app.guard import NotAllowedError
from app.notification_acts import NotDoneError
from facility.limit import Severity
from facility.people import Person
from facility.roles import Role
from storage.records import notifications
from storage.records.notifications import Notification, Purpose, Recipient
from storage.records.people import accounts
from tests.app.house import House, house
from tests.app.parts import NOON, site
from tests.people import ANN, MOREAU

KELLER = Person("m.keller", "M. Keller", Role.ENGINEER, "test")
DAHL = Person("a.dahl", "A. Dahl", Role.ADMINISTRATOR, "test")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, site()) as found:
        found.context = replace(found.context, seals=Seals(tmp_path / "channels.key"))
        with found.records.transaction() as connection:
            for person in (MOREAU, KELLER, DAHL):
                accounts.make(connection, NOON, ANN, person.account, name=person.name, role=person.role)
        yield found


def page(here: House, person: Person) -> str:
    here.person = person
    return here.page("/notifications")


def test_without_a_channel_the_page_says_that_nobody_is_told_and_what_to_do(here: House) -> None:
    shown = page(here, KELLER)
    assert "Nobody is told of alarms. Add a channel" in shown
    assert "No address" in shown


def test_a_channel_is_added_reaches_somebody_and_is_tried_and_retired(here: House, tmp_path: Path) -> None:
    here.person = KELLER
    mail = notification_acts.add(here.context, "Mail", "mailbox://{to}", "")
    here.person = MOREAU
    with pytest.raises(NotDoneError, match="Save an address first"):
        notification_acts.try_me(here.context, mail.id)
    notification_acts.reach_me(here.context, mail.id, " j.moreau@example.org ")
    message = notification_acts.try_me(here.context, mail.id)
    words = notification_acts.outcome_words(here.context, message, patience=0)
    assert words == f"Message {message.number}: waiting to be sent by the station."
    assert "Not proven" in page(here, KELLER)
    seals = here.context.seals
    sender = Sender(here.records, lambda kept: opened(kept, seals, tmp_path), lambda: NOON, "main", random.Random())
    here.time.now = NOON
    sender.step()
    sender.close()
    words = notification_acts.outcome_words(here.context, message, patience=0)
    assert words.endswith("and sent nowhere.")
    shown = page(here, KELLER)
    assert "Not proven" not in shown
    assert "Mail j\\u2026@example.org" in shown
    assert message.number in shown
    assert "j.moreau@example.org" not in shown
    with pytest.raises(NotDoneError, match="Say why"):
        notification_acts.retire(here.context, mail.id, " ")
    notification_acts.retire(here.context, mail.id, "another one")
    assert "No channel yet" in page(here, KELLER)


def test_what_a_service_says_of_a_test_ends_with_one_full_stop(here: House) -> None:
    here.person = KELLER
    hook = notification_acts.add(here.context, "Hook", "json://127.0.0.1:1/hook", "")
    message = notification_acts.try_channel(here.context, hook.id, "")
    with here.records.transaction() as connection:
        notifications.sent(connection, [message.id], NOON, "Sent JSON POST notification.")
    words = notification_acts.outcome_words(here.context, message, patience=0)
    assert words.endswith("the service says: Sent JSON POST notification.")


def test_who_may_not_is_refused(here: House) -> None:
    here.person = MOREAU
    with pytest.raises(NotAllowedError, match="say by which channels people are told"):
        notification_acts.add(here.context, "Mail", "mailbox://{to}", "")
    here.person = KELLER
    mail = notification_acts.add(here.context, "Mail", "mailbox://{to}", "")
    with pytest.raises(NotAllowedError):
        notification_acts.reach(here.context, "j.moreau", mail.id, "j.moreau@example.org")
    here.person = DAHL
    notification_acts.reach(here.context, "j.moreau", mail.id, "j.moreau@example.org")
    with pytest.raises(NotAllowedError):
        notification_acts.reach_me(here.context, mail.id, "a.dahl@example.org")


def test_a_button_is_there_for_those_who_may_press_it_and_for_nobody_else(here: House) -> None:
    """When the page is drawn anew, its callback is asked again, with the right of whoever looks."""
    buttons = {person.role: [id in page(here, person) for id in ("channel-new-open", "reach-open")]
               for person in (MOREAU, KELLER, DAHL)}  # fmt: skip
    assert buttons == {Role.OPERATOR: [False, False], Role.ENGINEER: [True, False], Role.ADMINISTRATOR: [True, True]}


def test_what_is_wrong_with_an_address_is_told_and_its_secret_is_not(here: House) -> None:
    here.person = KELLER
    with pytest.raises(NotDoneError, match="'mailz' is unknown") as refused:
        notification_acts.add(here.context, "Mail", "mailz://u:hunter2@mail.example.org", "")
    assert "hunter2" not in str(refused.value)
    mail = notification_acts.add(here.context, "Mail", "mailtos://u:hunter2@mail.example.org?to={to}", "long")
    with pytest.raises(NotDoneError, match="'J' is no address that this channel can send to"):
        notification_acts.try_channel(here.context, mail.id, "J")
    shown = page(here, KELLER)
    assert "mailtos://***@mail.example.org" in shown
    assert "hunter2" not in shown


def test_who_sees_some_areas_only_sees_no_message_to_others(here: House) -> None:
    here.person = KELLER
    chat = notification_acts.add(here.context, "Chat", "mailbox://", "")
    with here.records.transaction() as connection:
        recipient = Recipient("", "Chat", chat.id, "")
        notifications.queue(
            connection,
            [
                Notification(
                    "E-1", NOON, Purpose.NEW, Severity.ALERT, "E-1", (), recipient, "far away", "", "", "", NOON
                )
            ],
        )
    assert "far away" in page(here, MOREAU)
    assert "far away" not in page(here, replace(MOREAU, areas=frozenset({"A"})))
    assert "far away" not in page(here, replace(MOREAU, role=Role.VIEWER))

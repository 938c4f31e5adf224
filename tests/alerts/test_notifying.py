"""From the steps of alarms to what a channel is handed: queued, sent, tried again, told by another channel."""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.channels.sealing import KeyNotUsableError
from alerts.notifications import answer_links
from alerts.notifications.audience import everybody
from alerts.notifications.delivering import LEASE, deliver
from alerts.notifications.follower import Follower
from alerts.notifications.sender import Sender
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import Severity
from storage.records import channels, notifications
from storage.records.channels import Channel as Kept
from storage.records.database import Records
from storage.records.notifications import Delivery, Purpose
from tests.alerts.telling import (
    SITE,
    START,
    PermanentFailureError,
    Scripted,
    TemporaryFailureError,
    alone,
    by_nobody,
    happens,
    person,
    pressure,
    returned,
)
from tests.records import open_records


@dataclass
class Desk:
    """A station that notifies, with a clock that is set by hand."""

    records: Records
    now: Instant = START

    def __post_init__(self) -> None:
        address = "https://cw.example"
        self.follower = Follower(
            *(self.records, lambda: SITE, "main", lambda: self.now, everybody, alone, by_nobody), address=address
        )

    def follow(self, at: Instant) -> list[Delivery]:
        """What has been queued by a moment."""
        self.now = at
        self.follower.step()
        with self.records.reading() as connection:
            return sorted(notifications.newest(connection, 100), key=lambda one: one.notification.at)

    def deliver(self, name: str, channel: Scripted, at: Instant) -> None:
        """Send whatever is due by a channel."""
        self.now = at
        while deliver(self.records, self.kept(name), channel, lambda: self.now, "main", 0.0):
            pass

    def kept(self, name: str) -> Kept:
        with self.records.reading() as connection:
            return channels.by_name(connection, name)

    def found(self) -> dict[str, Delivery]:
        """The messages to Ann, by channel: she has one about each."""
        with self.records.reading() as connection:
            names = channels.names(connection)
            newest = notifications.newest(connection, 100)
        return {names[one.notification.recipient.channel]: one for one in newest}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    records = open_records(tmp_path / "records.sqlite", lambda: START)
    yield Desk(records)
    records.close()


def told(found: list[Delivery]) -> list[tuple[str, Purpose]]:
    return [(one.notification.recipient.account, one.notification.purpose) for one in found]


def test_whoever_may_acknowledge_and_has_a_contact_is_told_of_an_alarm_once(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    person(desk.records, "bob")
    happens(desk.records, START, pressure())
    assert told(desk.follow(START)) == [("ann", Purpose.NEW)]
    assert told(desk.follow(START + SECOND)) == [("ann", Purpose.NEW)]


def test_the_story_of_one_event_is_four_messages(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, pressure(Severity.ALERT))
    desk.follow(START)
    happens(desk.records, START, pressure(), step="alarm rose")
    desk.follow(START + 2 * MINUTE)
    happens(desk.records, START, returned(pressure()), step="alarm returned")
    desk.follow(START + 2 * MINUTE + SECOND)
    assert len(desk.follow(START + 3 * MINUTE - 1)) == 2
    found = desk.follow(START + 3 * MINUTE)
    assert [purpose for _, purpose in told(found)] == [Purpose.NEW, Purpose.WORSE, Purpose.RETURNED]


def test_a_flood_is_one_message(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, *(pressure(onset=START + n) for n in range(5_000)))
    [one] = desk.follow(START)
    assert one.notification.purpose is Purpose.SUMMARY
    assert one.notification.subject.startswith("ACTION: 5000 alarms in 1 room")
    assert len(desk.follow(START + SECOND)) == 1


def test_without_channels_nothing_is_queued_and_nothing_comes_later(desk: Desk) -> None:
    happens(desk.records, START, pressure())
    assert desk.follow(START) == []
    person(desk.records, "ann", mail="ann@example.org")
    assert desk.follow(START + DAY) == []


def test_the_link_to_answer_is_in_the_message_that_is_sent_and_in_no_record(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, pressure())
    [kept] = desk.follow(START)
    mail = Scripted()
    desk.deliver("mail", mail, START)
    [(_, message)] = mail.taken
    [token] = re.findall("https://cw.example/answer#([A-Za-z0-9_-]{22})", message.text)
    with desk.records.reading() as connection:
        assert answer_links.notification_of(connection, START, token) == kept.notification.id
        assert token not in desk.found()["mail"].notification.body


def test_what_was_taken_is_marked_with_what_the_service_said(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, pressure())
    desk.follow(START)
    mail = Scripted()
    desk.deliver("mail", mail, START + SECOND)
    [(address, message)] = mail.taken
    assert address == "ann@example.org"
    assert message.subject.startswith("ACTION N1 Filling")
    assert (desk.found()["mail"].sent, desk.found()["mail"].receipt) == (START + SECOND, "250 queued")


def test_a_permanent_failure_is_told_by_the_next_channel_at_once(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org", sms="+4915112345678")
    happens(desk.records, START, pressure())
    desk.follow(START)
    desk.deliver("mail", Scripted(PermanentFailureError("550 no such user")), START)
    sms = Scripted()
    desk.deliver("sms", sms, START)
    assert [address for address, _ in sms.taken] == ["+4915112345678"]
    assert desk.found()["mail"].failed == START
    assert desk.found()["mail"].error == "550 no such user"


def test_a_failure_that_lasts_is_told_by_the_next_channel_once_and_tried_on(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org", sms="+4915112345678")
    happens(desk.records, START, pressure())
    desk.follow(START)
    mail, sms = Scripted(*[TemporaryFailureError("connection refused")] * 6), Scripted()
    for second in (0, 5, 15, 35):
        desk.deliver("mail", mail, START + second * SECOND)
        desk.deliver("sms", sms, START + second * SECOND)
    assert sms.taken == []
    for second in (75, 155):
        desk.deliver("mail", mail, START + second * SECOND)
        desk.deliver("sms", sms, START + second * SECOND)
    assert len(sms.taken) == 1
    assert desk.found()["mail"].waiting
    desk.deliver("mail", mail, START + 315 * SECOND)
    assert desk.found()["mail"].sent == START + 315 * SECOND


def test_a_failure_without_a_reason_is_given_up_after_some_tries(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, pressure())
    desk.follow(START)
    mail = Scripted(*[TemporaryFailureError("?", known=False)] * 100)
    for minute in range(60):
        desk.deliver("mail", mail, START + minute * MINUTE)
    assert desk.found()["mail"].attempts == 8
    assert desk.found()["mail"].failed is not None


def test_what_a_killed_sender_had_is_sent_again_by_its_successor_and_by_others_after_the_lease(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    happens(desk.records, START, pressure())
    desk.follow(START)
    killed = Scripted(KeyboardInterrupt())  # type: ignore[arg-type]  # as good as a kill: nothing catches it
    with pytest.raises(KeyboardInterrupt):
        desk.deliver("mail", killed, START)
    mail = Scripted()
    desk.deliver("mail", mail, START + LEASE - 1)
    assert mail.taken == []
    sender = Sender(desk.records, lambda kept: mail, lambda: desk.now, "main", random.Random(1))
    sender.step()
    sender.close()
    assert len(mail.taken) == 1


def test_a_channel_whose_address_cannot_be_opened_says_so_and_the_next_one_is_told(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org", sms="+4915112345678")
    happens(desk.records, START, pressure())
    desk.follow(START)
    sms = Scripted()

    def open(kept: Kept) -> Scripted:
        if kept.name == "mail":
            raise KeyNotUsableError("there is no key")
        return sms

    for at in (START, START + MINUTE, START + MINUTE):
        desk.now = at
        sender = Sender(desk.records, open, lambda: desk.now, "main", random.Random(1))
        sender.step()
        sender.close()
        if at == START:
            assert sender.problems == {desk.kept("mail").id: "there is no key"}
    assert len(sms.taken) == 1


def test_channels_are_opened_before_there_is_anything_to_send(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    opened_before: list[str] = []

    def open(kept: Kept) -> Scripted:
        opened_before.append(kept.name)
        return Scripted()

    sender = Sender(desk.records, open, lambda: desk.now, "main", random.Random(1))
    sender.step()
    sender.close()
    assert opened_before == ["mail"]


def test_a_flood_of_messages_reaches_an_address_as_a_handful(desk: Desk) -> None:
    person(desk.records, "ann", mail="ann@example.org")
    mail = Scripted()
    for second in range(10):
        happens(desk.records, START, *(pressure(onset=START + 100 * second + n) for n in range(2)))
        desk.follow(START + second * SECOND)
        desk.deliver("mail", mail, START + second * SECOND)
    assert len(mail.taken) == 3
    desk.deliver("mail", mail, START + HOUR)
    assert len(mail.taken) == 4
    assert mail.taken[-1][1].subject.startswith("16 messages, the most severe")

"""The outbox of messages to people, the channels and the contacts, on every kind of database."""

from dataclasses import replace

import pytest

from facility.instants import DAY, MINUTE, SECOND
from facility.limit import Severity
from facility.roles import Role
from storage.records import channels, contacts, notifications, told_alarms
from storage.records.channels import Address, ChannelError
from storage.records.database import Records
from storage.records.notifications import Notification, Purpose, Recipient, number_of
from storage.records.people import accounts
from storage.records.told_alarms import Told
from storage.records.trail import audit
from tests.people import ANN
from tests.storage.conftest import NOON

MAIL = Address("mailtos", "mailtos://***@mail.example.org", "sealed", personal=True, short=False)


def message(id: str = "E-1/new/ann/1", severity: Severity = Severity.ALERT) -> Notification:
    return Notification(
        id=id,
        at=NOON,
        purpose=Purpose.NEW,
        severity=severity,
        event="E-1",
        alarms=("B101.DP1/low/1",),
        recipient=Recipient("ann", "Ann", 1, "ann@example.org", (2,)),
        subject="ALERT B101",
        body="Pressure 8.2 Pa",
        short="ALERT B101 8.2 Pa",
        link="https://cleanwatch.example/alarms",
        due=NOON,
    )


@pytest.fixture
def channel(records: Records) -> int:
    with records.transaction() as connection:
        accounts.make(connection, NOON, ANN, "ann", name="Ann", role=Role.OPERATOR)
        return channels.add(connection, NOON, ANN, "E-mail", MAIL).id


def test_a_message_is_queued_once_however_often_it_is_asked_for(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        assert notifications.queue(connection, [message()]) == 1
        assert notifications.queue(connection, [message(), message()]) == 0
        assert [d.notification for d in notifications.due(connection, channel, NOON)] == [message()]


def test_a_leased_message_is_nobody_elses_until_its_lease_is_over_or_released(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        notifications.queue(connection, [message()])
        notifications.lease(connection, [message().id], "north", NOON, NOON + MINUTE)
        assert notifications.due(connection, channel, NOON + SECOND) == []
        assert len(notifications.due(connection, channel, NOON + MINUTE)) == 1
        notifications.release(connection, "south")
        assert notifications.due(connection, channel, NOON + SECOND) == []
        notifications.release(connection, "north")
        [delivery] = notifications.due(connection, channel, NOON + SECOND)
    assert (delivery.attempts, delivery.first_attempt) == (1, NOON)


def test_the_most_severe_message_comes_first(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        notifications.queue(connection, [message("a"), message("b", Severity.ACTION)])
        assert [d.notification.id for d in notifications.due(connection, channel, NOON)] == ["b", "a"]


def test_what_was_sent_failed_or_is_to_be_tried_again_says_so(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        notifications.queue(connection, [message("a"), message("b"), message("c"), message("d")])
        notifications.sent(connection, ["a", "b"], NOON + SECOND, "250 queued as 7")
        notifications.fail(connection, ["c"], NOON + SECOND, "550 no such user")
        notifications.try_again(connection, ["d"], NOON + MINUTE, "421 try later")
        assert notifications.due(connection, channel, NOON + SECOND) == []
        found = {id: notifications.find(connection, id) for id in "abcd"}
        handed_over = notifications.handed_over(connection, channel, ["ann@example.org"], NOON)
        assert handed_over == [("ann@example.org", Severity.ALERT, NOON + SECOND)]
        assert notifications.handed_over(connection, channel, ["bob@example.org"], NOON) == []
        assert notifications.counts(connection) == {(1, "waiting"): 1, (1, "sent"): 2, (1, "failed"): 1}
        [trouble] = notifications.troubles(connection, NOON + MINUTE, NOON)
        assert (trouble.failed, trouble.error) == (1, "550 no such user")
        assert notifications.troubles(connection, NOON + 2 * DAY, NOON + DAY) == []
    a, b, c, d = found.values()
    assert a and b and c and d
    assert (a.sent, b.sent_with, b.receipt) == (NOON + SECOND, "a", "250 queued as 7")
    assert (c.failed, c.error, c.waiting) == (NOON + SECOND, "550 no such user", False)
    assert (d.next_attempt, d.error, d.waiting) == (NOON + MINUTE, "421 try later", True)


def test_a_channel_that_cannot_be_reached_for_a_minute_is_in_trouble(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        notifications.queue(connection, [message()])
        notifications.lease(connection, [message().id], "north", NOON, NOON + MINUTE)
        notifications.try_again(connection, [message().id], NOON + 5 * SECOND, "cannot be reached")
        assert notifications.troubles(connection, NOON + 59 * SECOND, NOON) == []
        [trouble] = notifications.troubles(connection, NOON + MINUTE, NOON)
    assert (trouble.channel, trouble.waiting, trouble.error) == (channel, 1, "cannot be reached")


def test_a_message_has_a_number_that_people_can_read_out() -> None:
    assert number_of("E-1/new/ann/1") == message().number == "NB5PV8"
    assert number_of("E-1/new/ann/2") != message().number


def test_changes_of_channels_are_on_record_without_their_secrets(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        other = replace(MAIL, shown="mailtos://***@post.example.org", sealed="sealed too")
        channels.change(connection, NOON, ANN, channel, name="Post", address=other)
        channels.retire(connection, NOON, ANN, channel, "another provider")
        rows = audit.rows(connection, limit=3)
        assert channels.in_use(connection) == []
        assert channels.names(connection) == {channel: "Post"}
        with pytest.raises(ChannelError, match="The channel Post is retired"):
            channels.existing(connection, channel)
    assert [row.action for row in rows] == ["channel retired", "channel changed", "channel added"]
    assert not any("sealed" in row.data for row in rows)
    assert '"address":["mailtos://***@mail.example.org","mailtos://***@post.example.org"]' in rows[1].data


def test_a_channel_may_be_tried_first(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        chat = channels.add(connection, NOON, ANN, "Texts", MAIL)
        assert [one.name for one in channels.in_use(connection)] == ["E-mail", "Texts"]
        channels.change(connection, NOON, ANN, chat.id, first=True)
        assert [one.name for one in channels.in_use(connection)] == ["Texts", "E-mail"]


def test_a_channels_name_is_given_only_once(records: Records, channel: int) -> None:
    with records.transaction() as connection:
        with pytest.raises(ChannelError, match="There is or was a channel E-mail already"):
            channels.add(connection, NOON, ANN, " e-MAIL ", MAIL)
        with pytest.raises(ChannelError, match="Give the channel a name"):
            channels.add(connection, NOON, ANN, " ", MAIL)
        with pytest.raises(ChannelError, match="There is no channel 'sms' in use\\. There are: E-mail"):
            channels.by_name(connection, "sms")
        assert channels.by_name(connection, "e-mail").id == channel


def test_a_contact_is_set_and_taken_out_and_the_trail_tells_the_address_in_part(
    records: Records, channel: int
) -> None:
    with records.transaction() as connection:
        contacts.set(connection, NOON, ANN, "ann", channel, "ann@example.org")
        assert contacts.all(connection) == {"ann": {channel: "ann@example.org"}}
        contacts.set(connection, NOON, ANN, "ann", channel, "")
        contacts.set(connection, NOON, ANN, "ann", channel, "")
        assert contacts.of(connection, "ann") == {}
        rows = audit.rows(connection, limit=2)
    assert [row.action for row in rows] == ["contact set", "contact set"]
    assert '"channel 1":[null,"a…@example.org"]' in rows[1].data
    assert contacts.partly("+4915112345678") == "+49…78"
    assert contacts.partly("12345") == "…"


def test_what_was_told_of_an_alarm_is_remembered(records: Records) -> None:
    told = Told(Severity.ACTION, True, NOON, NOON + MINUTE, True)
    with records.transaction() as connection:
        told_alarms.save(connection, [("a", Told(due=NOON)), ("b", told)])
        assert told_alarms.of(connection, ["a", "b", "c"]) == {"a": Told(due=NOON), "b": told}
        assert told_alarms.due(connection, NOON) == ["a"]
        assert told_alarms.next_due(connection) == NOON
        assert told_alarms.due(connection, NOON + MINUTE, "south") == []

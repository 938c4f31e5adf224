"""The daily test of the ways to people: once a day, by every channel, by the clocks on the wall."""

from datetime import UTC, datetime, time

from alerts import daily_test
from alerts.daily_test import last_due
from facility.instants import DAY, HOUR, MINUTE, instant_of
from storage.records import notifications
from storage.records.database import Records
from storage.records.notifications import Purpose
from tests.alerts.telling import SITE, START, person

NINE = time(9)


def moment(*parts: int) -> int:
    return instant_of(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type, misc]  # year, month, day, hour


def test_it_is_due_at_the_same_hour_on_the_wall_in_summer_and_winter() -> None:
    zone = "Europe/Zurich"
    assert last_due(NINE, zone, moment(2026, 3, 28, 12)) == moment(2026, 3, 28, 8)
    assert last_due(NINE, zone, moment(2026, 3, 29, 12)) == moment(2026, 3, 29, 7)
    assert last_due(NINE, zone, moment(2026, 3, 29, 6)) == moment(2026, 3, 28, 8)


def test_every_channel_is_tried_once_a_day(records: Records) -> None:
    person(records, "ann", mail="ann@example.org", sms="+41790000000")
    person(records, "ben", mail="ben@example.org")
    due = last_due(NINE, SITE.timezone, START)
    with records.transaction() as connection:
        assert daily_test.queue(connection, SITE, NINE, due + MINUTE) == 2
        assert daily_test.queue(connection, SITE, NINE, due + 2 * MINUTE) == 0
        assert daily_test.queue(connection, SITE, NINE, due + DAY) == 2
        tried = notifications.newest(connection, 10)
    assert {one.notification.purpose for one in tried} == {Purpose.TEST}
    assert len({one.notification.recipient.channel for one in tried}) == 2


def test_a_test_that_is_hours_late_is_left_out(records: Records) -> None:
    person(records, "ann", mail="ann@example.org")
    due = last_due(NINE, SITE.timezone, START)
    with records.transaction() as connection:
        assert daily_test.queue(connection, SITE, NINE, due + HOUR) == 0


def test_a_channel_is_proven_by_the_last_message_that_it_took(records: Records) -> None:
    person(records, "ann", mail="ann@example.org", sms="+41790000000")
    due = last_due(NINE, SITE.timezone, START)
    with records.transaction() as connection:
        daily_test.queue(connection, SITE, NINE, due)
        assert notifications.last_proven(connection) == {}
        first = notifications.newest(connection, 10)[0].notification
        notifications.sent(connection, [first.id], due + MINUTE, "250 queued")
        assert notifications.last_proven(connection) == {first.recipient.channel: due + MINUTE}

"""What the overview and the system page say of the ways to people."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from alerts.daily_test import PROVEN_FOR
from app.components.proven import NO_CHANNEL, proven_line, proven_table
from app.context import AppContext
from app.live.hub import Hub
from facility.limit import Severity
from storage.records import channels, notifications
from storage.records.channels import Address
from storage.records.notifications import Notification, Purpose, Recipient
from tests.app.parts import NOON, NoSamples, Time, site
from tests.app.test_room_parts import text
from tests.people import ANN, MOREAU
from tests.records import open_records


@pytest.fixture
def context(tmp_path: Path) -> Iterator[AppContext]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    yield AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: MOREAU, time)
    records.close()


def channel(context: AppContext, name: str) -> int:
    with context.records.transaction() as connection:
        return channels.add(connection, NOON, ANN, name, Address(name, f"{name}://", "", False, False)).id


def took(context: AppContext, channel: int, at: int) -> None:
    words = ("Test", "Test", "Test", "")
    to = Recipient("", "", channel, "")
    test = Notification(f"test/{channel}", at, Purpose.TEST, Severity.ADVISORY, "daily test", (), to, *words, at)
    with context.records.transaction() as connection:
        notifications.queue(connection, [test])
        notifications.sent(connection, [test.id], at, "250 queued")


def test_without_a_channel_it_is_said_that_nobody_is_told(context: AppContext) -> None:
    assert NO_CHANNEL in text(proven_line(context))
    assert NO_CHANNEL in text(proven_table(context))


def test_the_way_is_as_good_as_the_channel_that_was_proven_longest_ago(context: AppContext) -> None:
    mail, chat = channel(context, "mail"), channel(context, "chat")
    took(context, mail, NOON)
    assert "Way to people by chat: never yet" in text(proven_line(context))
    took(context, chat, NOON - PROVEN_FOR)
    assert "Way to people last proven" in text(proven_line(context))
    assert text(proven_table(context)).count("Not proven") == 0


def test_what_was_proven_long_ago_is_not_proven(context: AppContext) -> None:
    took(context, channel(context, "mail"), NOON - PROVEN_FOR - 1)
    assert "Not proven" in text(proven_line(context))
    assert "Not proven" in text(proven_table(context))

"""What is sent to one address in a flood of messages."""

from dataclasses import replace

from alerts.notifications.pacing import MOST, WINDOW, message, next_messages
from facility.instants import Instant
from facility.limit import Severity
from storage.records.notifications import Delivery, Notification, Purpose, Recipient

NOW: Instant = 10**12
ALERT, ACTION = Severity.ALERT, Severity.ACTION


def waits(id: str, severity: Severity = ACTION, to: str = "ann", purpose: Purpose = Purpose.NEW) -> Delivery:
    recipient = Recipient(to, to, 1, to)
    notification = Notification(
        id, NOW, purpose, severity, id, (), recipient, f"subject {id}", f"body {id}", f"short {id}", "", NOW
    )
    return Delivery(notification, NOW, 0, None, "", None, None, "", None)


def picked(waiting: list[Delivery], handed_over: list[tuple[str, Severity, Instant]]) -> list[str]:
    return [notification.id for notification in next_messages(waiting, handed_over, NOW)]


def test_few_messages_go_one_by_one() -> None:
    assert picked([waits("a"), waits("b")], []) == ["a"]


def test_when_one_more_is_allowed_all_that_wait_go_as_one() -> None:
    sent = [("ann", ACTION, NOW - 1)] * (MOST - 1)
    assert picked([waits("a"), waits("b"), waits("c")], sent) == ["a", "b", "c"]


def test_after_three_messages_in_a_minute_the_next_waits_and_nobody_else_does() -> None:
    sent = [("ann", ACTION, NOW - WINDOW + 1)] * MOST
    assert picked([waits("a"), waits("b", to="bob")], sent) == ["b"]
    assert picked([waits("a")], [("ann", ACTION, NOW - WINDOW)] * MOST) == ["a"]


def test_alerts_never_keep_an_action_waiting() -> None:
    sent = [("ann", ALERT, NOW - 1)] * MOST
    assert picked([waits("a"), waits("b", ALERT)], sent) == ["a"]
    assert picked([waits("b", ALERT)], sent) == []


def test_a_test_goes_by_itself_and_at_once() -> None:
    sent = [("ann", ACTION, NOW - 1)] * MOST
    assert picked([waits("t", purpose=Purpose.TEST), waits("a")], sent) == ["t"]


def test_many_messages_as_one_name_each_and_tell_the_first_in_full() -> None:
    notifications = [replace(waits(f"m{n}").notification, link=f"https://cw/{n}") for n in range(30)]
    long, short = message(notifications, short=False), message(notifications, short=True)
    assert long.subject == "30 messages, the most severe: subject m0"
    assert "- subject m24\n  https://cw/24" in long.text
    assert "- and 5 more" in long.text
    assert long.text.endswith("body m0")
    assert short.text == f"30 alarm messages. First: short m0 https://cw/0 #{notifications[0].number}"
    assert long.id == "m0"

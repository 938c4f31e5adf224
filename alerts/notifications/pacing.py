"""What is handed to a channel next, so that no flood of messages buries the one that matters.

To one address go at most three messages in a minute. What waits when only one of these is left goes as one message.
Less severe messages never keep a more severe one waiting. Trying a channel counts as nothing.
"""

from collections.abc import Sequence

from alerts.channels.channel import Message
from alerts.notifications.gsm import fitted
from facility.instants import MINUTE, Instant, Span
from facility.limit import Severity
from storage.records.notifications import Delivery, Notification, Purpose

WINDOW: Span = MINUTE
MOST = 3
LISTED = 25
"""Messages that are listed in one that stands for many."""


def next_messages(
    waiting: Sequence[Delivery], handed_over: Sequence[tuple[str, Severity, Instant]], now: Instant
) -> list[Notification]:
    """Those of the messages waiting at a channel that are sent next, as one; none where all have to wait.

    `handed_over` are addresses, severities and times of what was sent last.
    """
    for first in (delivery.notification for delivery in waiting):
        if first.purpose is Purpose.TEST:
            return [first]
        address = first.recipient.address
        counted = sum(
            to == address and severity >= first.severity and now - at < WINDOW for to, severity, at in handed_over
        )
        if counted >= MOST:
            continue
        together = [
            delivery.notification
            for delivery in waiting
            if delivery.notification.recipient.address == address
            and delivery.notification.purpose is not Purpose.TEST
        ]
        return together if len(together) > MOST - counted else [first]
    return []


def message(notifications: Sequence[Notification], short: bool) -> Message:
    """The message that these are sent as, in its short or long form."""
    first = notifications[0]
    if len(notifications) == 1:
        return Message(first.id, first.number, first.subject, first.short if short else first.body)
    subject = f"{len(notifications)} messages, the most severe: {first.subject}"
    if short:
        end, link = f" #{first.number}", f" {first.link}" if first.link else ""
        said = first.short.removesuffix(end).replace(link, "")
        text = fitted([f"{len(notifications)} alarm messages. First: {said}"], link, (), end)
        return Message(first.id, first.number, subject, text)
    listed = [f"- {one.subject}\n  {one.link}".rstrip() for one in notifications[:LISTED]]
    if len(notifications) > LISTED:
        listed.append(f"- and {len(notifications) - LISTED} more, in the list of alarms")
    text = f"{len(notifications)} messages are sent as one, the most severe first.\n\n" + "\n".join(listed)
    return Message(first.id, first.number, subject, f"{text}\n\n--\nThe first of them in full:\n\n{first.body}")

"""Handing one message over: lease, send, then mark. Killed in between, it is sent twice and never lost.

A failure that is permanent, or lasts, tells the person by the next channel that is named for it.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from alerts.channels.apprise_channel import SECONDS
from alerts.channels.channel import Channel, PermanentFailureError, TemporaryFailureError
from alerts.notifications import answer_links, back_off, pacing
from facility.instants import MINUTE, SECOND, Clock, Instant, Span
from storage.records import channels, contacts, notifications
from storage.records.database import Records
from storage.records.notifications import Delivery, Notification

LEASE: Span = int(SECONDS) * SECOND + 2 * MINUTE
"""Longer than any attempt, so that no two send the same message."""


def deliver(records: Records, kept: channels.Channel, channel: Channel, clock: Clock, by: str, jitter: float) -> bool:
    """Send one message of a channel, which may stand for many; is there reason to go on with the next?

    Raises RecordsAwayError; then what was sent is sent again once its lease is over.
    """
    now = clock()
    with records.transaction() as connection:
        waiting = notifications.due(connection, kept.id, now)
        picked = _picked(connection, waiting, kept.id, now)
        notifications.lease(connection, _ids(picked), by, now, now + LEASE)
        messages = [_with_link(connection, delivery.notification, now) for delivery in picked]
    if not picked:
        return False
    sending = pacing.message(messages, kept.address.short)
    try:
        receipt = channel.send(picked[0].notification.recipient.address, sending)
    except PermanentFailureError as failure:
        _write_down(records, picked, clock(), failure, jitter)
        return True
    except TemporaryFailureError as failure:
        _write_down(records, picked, clock(), failure, jitter)
        return False
    with records.transaction() as connection:
        notifications.sent(connection, _ids(picked), clock(), receipt.words)
    return True


def fail(connection: Connection, failed: Sequence[Delivery], now: Instant, words: str) -> None:
    """These will not be sent any more: each person is told by the next channel."""
    notifications.fail(connection, _ids(failed), now, words)
    for delivery in failed:
        _tell_otherwise(connection, delivery, now)


def _with_link(connection: Connection, notification: Notification, now: Instant) -> Notification:
    """The message with the link by which its recipient answers: it is made here, and no record has it."""
    if answer_links.PLACE not in notification.link:
        return notification
    link = notification.link.replace(answer_links.PLACE, answer_links.link(connection, now, notification.id))
    body, short = (text.replace(notification.link, link) for text in (notification.body, notification.short))
    return replace(notification, body=body, short=short, link=link)


def _picked(connection: Connection, waiting: Sequence[Delivery], channel: int, now: Instant) -> list[Delivery]:
    if not waiting:
        return []
    addresses = {delivery.notification.recipient.address for delivery in waiting}
    handed_over = notifications.handed_over(connection, channel, addresses, now - pacing.WINDOW)
    wanted = {notification.id for notification in pacing.next_messages(waiting, handed_over, now)}
    return [delivery for delivery in waiting if delivery.notification.id in wanted]


def _write_down(
    records: Records,
    picked: Sequence[Delivery],
    now: Instant,
    failure: PermanentFailureError | TemporaryFailureError,
    jitter: float,
) -> None:
    words = str(failure)
    with records.transaction() as connection:
        for delivery in picked:
            attempts, since = delivery.attempts + 1, delivery.first_attempt or now
            if isinstance(failure, PermanentFailureError) or back_off.is_over(attempts, failure.known, since, now):
                fail(connection, [delivery], now, words)
                continue
            notifications.try_again(
                connection, [delivery.notification.id], now + back_off.wait(attempts, jitter), words
            )
            if back_off.falls_over(since, now):
                _tell_otherwise(connection, delivery, now)


def _tell_otherwise(connection: Connection, delivery: Delivery, now: Instant) -> None:
    """Queue the same message on the next channel that the person has an address for, once."""
    notification, to = delivery.notification, delivery.notification.recipient
    addresses = contacts.of(connection, to.account) if to.else_by else {}
    for place, channel in enumerate(to.else_by):
        if channel in addresses:
            other = replace(to, channel=channel, address=addresses[channel], else_by=to.else_by[place + 1 :])
            again = replace(notification, id=f"{notification.id}>{channel}", at=now, due=now, recipient=other)
            notifications.queue(connection, [again])
            return


def _ids(deliveries: Sequence[Delivery]) -> list[str]:
    return [delivery.notification.id for delivery in deliveries]

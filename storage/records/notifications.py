"""The outbox of messages to people, which is also the record of them: written with what they tell of, sent later.

A message is leased, handed over to its channel, and only then marked as sent. So one whose sender was killed in
between is sent again, and none is forgotten. Rows are never deleted.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, or_, select, update

from facility.instants import MINUTE, Instant
from facility.limit import Severity
from storage.records.schema import notifications as table

NUMBER_LENGTH = 6


class Purpose(StrEnum):
    """Why a message is sent."""

    NEW = "new"
    WORSE = "worse"
    MORE = "more"
    UNANSWERED = "unanswered"
    """It is told again, to the next person, since nobody has answered."""
    RETURNED = "returned"
    SUMMARY = "summary"
    TEST = "test"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told, and where. `account` is empty for a channel that many read; `else_by` are the channels by which
    the same person is told if this one fails, in order."""

    account: str
    name: str
    channel: int
    address: str
    else_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Notification:
    """One message to one recipient. Two with the same `id` are one: the second is not queued.

    `event` is what it is about, the number of an excursion or the id of an alarm; `due` is the earliest moment to
    send it. `short` has at most 160 characters of the GSM alphabet.
    """

    id: str
    at: Instant
    purpose: Purpose
    severity: Severity
    event: str
    alarms: tuple[str, ...]
    recipient: Recipient
    subject: str
    body: str
    short: str
    link: str
    due: Instant

    @property
    def number(self) -> str:
        """What people see of the id: at the end of a text, and in the list of messages."""
        return number_of(self.id)


def number_of(id: str) -> str:
    """Six characters for an id of any length, without those that are easily mistaken."""
    digest = int.from_bytes(sha256(id.encode()).digest()[:8], "big")
    return "".join(_LETTERS[(digest >> (5 * place)) % 32] for place in range(NUMBER_LENGTH))


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and what has come of it: waiting while neither `sent` nor `failed`."""

    notification: Notification
    next_attempt: Instant | None
    attempts: int
    first_attempt: Instant | None
    error: str
    sent: Instant | None
    sent_with: str | None
    receipt: str
    failed: Instant | None

    @property
    def waiting(self) -> bool:
        return self.sent is None and self.failed is None


def queue(connection: Connection, notifications: Sequence[Notification]) -> int:
    """Have messages sent once the caller's transaction has committed; how many of them are new."""
    wanted = {notification.id: notification for notification in notifications}
    if not wanted:
        return 0
    known = set(connection.execute(select(table.c.id).where(table.c.id.in_(wanted))).scalars())
    rows = [_row(notification) for id, notification in wanted.items() if id not in known]
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def channels_due(connection: Connection, now: Instant) -> list[int]:
    """The channels with messages that are to be tried now and that nobody is trying."""
    query = select(table.c.channel).where(table.c.due <= now, _free(now)).distinct()
    return sorted(connection.execute(query).scalars())


def due(connection: Connection, channel: int, now: Instant, limit: int = 1000) -> list[Delivery]:
    """The messages of a channel that are to be tried now and that nobody is trying, the most severe first."""
    query = select(table).where(table.c.due <= now, table.c.channel == channel, _free(now))
    query = query.order_by(table.c.severity.desc(), table.c.at, table.c.id).limit(limit)
    return [_delivery(row) for row in connection.execute(query.with_for_update(skip_locked=True))]


def lease(connection: Connection, ids: Sequence[str], by: str, now: Instant, until: Instant) -> None:
    """`by` tries these now; nobody else does before `until`."""
    first = func.coalesce(table.c.first_attempt, now)
    values = {"leased_by": by, "leased_until": until, "attempts": table.c.attempts + 1, "first_attempt": first}
    connection.execute(update(table).where(table.c.id.in_(ids)).values(**values))


def release(connection: Connection, by: str) -> None:
    """Whoever tried under this name has ended without a word: what it had is to be tried at once."""
    mine = (table.c.leased_by == by, table.c.due.is_not(None))
    connection.execute(update(table).where(*mine).values(leased_by=None, leased_until=None))


def sent(connection: Connection, ids: Sequence[str], at: Instant, receipt: str) -> None:
    """They were taken, as one message where they are several; `receipt` is what the service said."""
    values = {"sent": at, "sent_with": ids[0], "receipt": receipt, "due": None, "failed": None}
    connection.execute(update(table).where(table.c.id.in_(ids), table.c.sent.is_(None)).values(**values, **_UNLEASED))


def try_again(connection: Connection, ids: Sequence[str], at: Instant, error: str) -> None:
    """They were not taken, and may be later: at `at`."""
    open = (table.c.id.in_(ids), table.c.due.is_not(None))
    connection.execute(update(table).where(*open).values(due=at, error=error, **_UNLEASED))


def fail(connection: Connection, ids: Sequence[str], at: Instant, error: str) -> None:
    """They were not taken, and will not be: nobody tries again."""
    open = (table.c.id.in_(ids), table.c.due.is_not(None))
    connection.execute(update(table).where(*open).values(due=None, failed=at, error=error, **_UNLEASED))


_UNLEASED: dict[str, None] = {"leased_by": None, "leased_until": None}


def find(connection: Connection, id: str) -> Delivery | None:
    """The message of this id, and what has come of it."""
    row = connection.execute(select(table).where(table.c.id == id)).first()
    return _delivery(row) if row else None


def newest(connection: Connection, limit: int, channels: Collection[int] | None = None) -> list[Delivery]:
    """The newest messages, of some channels or all."""
    query = select(table) if channels is None else select(table).where(table.c.channel.in_(channels))
    return [_delivery(row) for row in connection.execute(query.order_by(table.c.at.desc(), table.c.id).limit(limit))]


def of_event(connection: Connection, event: str) -> list[Delivery]:
    """The messages about an excursion or alarm, oldest first."""
    query = select(table).where(table.c.event == event).order_by(table.c.at, table.c.id)
    return [_delivery(row) for row in connection.execute(query)]


def events_with_failures(connection: Connection, since: Instant) -> set[str]:
    """The excursions and alarms of which a message queued since then has failed for good."""
    query = select(table.c.event).where(table.c.failed.is_not(None), table.c.at >= since).distinct()
    return set(connection.execute(query).scalars())


def told_between(connection: Connection, start: Instant, end: Instant) -> list[tuple[str, Instant]]:
    """Which accounts were sent something in `[start, end)`, and when; tests are left out."""
    own = (table.c.sent >= start, table.c.sent < end, table.c.account != "", table.c.purpose != Purpose.TEST)
    return [(row.account, row.sent) for row in connection.execute(select(table.c.account, table.c.sent).where(*own))]


def handed_over(
    connection: Connection, channel: int, addresses: Collection[str], since: Instant
) -> list[tuple[str, Severity, Instant]]:
    """To which of these addresses a channel was handed messages since then, how severe, when: each message once."""
    own = (table.c.channel == channel, table.c.sent > since, table.c.purpose != Purpose.TEST)
    query = select(table.c.address, func.max(table.c.severity).label("severity"), table.c.sent)
    query = query.where(*own, table.c.address.in_(addresses))
    rows = connection.execute(query.group_by(table.c.address, table.c.sent_with, table.c.sent))
    return [(row.address, Severity(row.severity), row.sent) for row in rows]


@dataclass(frozen=True, slots=True)
class Trouble:
    """A channel whose messages are late or have failed, and what it says."""

    channel: int
    waiting: int
    failed: int
    error: str


def troubles(connection: Connection, now: Instant, since: Instant) -> list[Trouble]:
    """The channels with messages that wait for more than a minute after a failure, or have failed since then."""
    late = (table.c.due.is_not(None), table.c.first_attempt <= now - MINUTE, table.c.error != "")
    found: dict[int, Trouble] = {}
    columns = (table.c.channel, table.c.failed, table.c.error, table.c.first_attempt)
    for condition in (late, (table.c.failed > since,)):
        for row in connection.execute(select(*columns).where(*condition).order_by(table.c.first_attempt)):
            before = found.get(row.channel, Trouble(row.channel, 0, 0, ""))
            failed = row.failed is not None
            found[row.channel] = Trouble(
                row.channel, before.waiting + (not failed), before.failed + failed, row.error
            )
    return list(found.values())


def last_proven(connection: Connection) -> dict[int, Instant]:
    """When each channel took a message last, of whatever kind; a channel that never did is left out."""
    taken = select(table.c.channel, func.max(table.c.sent).label("at")).where(table.c.sent.is_not(None))
    return {row.channel: row.at for row in connection.execute(taken.group_by(table.c.channel))}


def counts(connection: Connection) -> dict[tuple[int, str], int]:
    """How many messages of each channel wait, were sent, or failed for good."""
    numbers = {
        "waiting": (table.c.due.is_not(None),),
        "sent": (table.c.sent.is_not(None),),
        "failed": (table.c.failed.is_not(None),),
    }
    return {
        (row.channel, state): row.number
        for state, condition in numbers.items()
        for row in connection.execute(
            select(table.c.channel, func.count().label("number")).where(*condition).group_by(table.c.channel)
        )
    }


def _free(now: Instant) -> ColumnElement[bool]:
    return or_(table.c.leased_until.is_(None), table.c.leased_until <= now)


def _row(notification: Notification) -> dict[str, object]:
    to = notification.recipient
    return {
        "id": notification.id,
        "at": notification.at,
        "purpose": notification.purpose.value,
        "severity": int(notification.severity),
        "event": notification.event,
        "alarms": json.dumps(notification.alarms),
        "account": to.account,
        "name": to.name,
        "channel": to.channel,
        "address": to.address,
        "else_by": json.dumps(to.else_by),
        "subject": notification.subject,
        "body": notification.body,
        "short": notification.short,
        "link": notification.link,
        "due": notification.due,
        "attempts": 0,
        "error": "",
        "receipt": "",
    }


def _delivery(row: Row[Any]) -> Delivery:
    recipient = Recipient(row.account, row.name, row.channel, row.address, tuple(json.loads(row.else_by)))
    notification = Notification(
        row.id,
        row.at,
        Purpose(row.purpose),
        Severity(row.severity),
        row.event,
        tuple(json.loads(row.alarms)),
        recipient,
        row.subject,
        row.body,
        row.short,
        row.link,
        row.at if row.due is None else row.due,
    )
    return Delivery(
        notification,
        row.due,
        row.attempts,
        row.first_attempt,
        row.error,
        row.sent,
        row.sent_with,
        row.receipt,
        row.failed,
    )

"""The daily test: once a day each channel carries a message to whoever is on call, the very way that alarms go.

A way that is used only when something has gone wrong is found broken just then. When a channel took a message last is
when it was last proven to work (`notifications.last_proven`).
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from alerts import whom
from alerts.notifications.texts import Words, addressed
from facility.instants import HOUR, Instant, Span, datetime_of, instant_of
from facility.language import _
from facility.limit import Severity
from facility.site import Site
from storage.records import notifications
from storage.records.notifications import Notification, Purpose, Recipient

PROVEN_FOR: Span = 26 * HOUR
"""So long after the last message that was taken a channel counts as proven: a day, and what a test may be late."""


def last_due(at: time, timezone: str, now: Instant) -> Instant:
    """The newest moment, now or before, at which the daily test was due, by the clocks on the wall there."""
    zone = ZoneInfo(timezone)
    today = datetime_of(now).astimezone(zone).date()
    due = [instant_of(datetime.combine(today - timedelta(days=back), at, zone)) for back in (0, 1)]
    return next(moment for moment in due if moment <= now)


def tests(connection: Connection, site: Site, due: Instant, now: Instant) -> list[Notification]:
    """The test messages of a day: by each channel one, to whoever is on call, or has an address there."""
    reach = whom.gather(connection, site, now)
    first = [step for policy in site.on_call.policies for step in policy.steps[:1]]
    found: dict[int, Recipient] = {}
    for step in (*first, whom.EVERYBODY):
        for recipient in _by_every_channel(whom.recipients(step, reach, ())[0], reach):
            found.setdefault(recipient.channel, recipient)
    return [_message(site, recipient, due, now) for recipient in found.values()]


def queue(connection: Connection, site: Site, at: time, now: Instant) -> int:
    """Queue the tests that are due and were not yet; how many are new. One that is hours late is left out."""
    due = last_due(at, site.timezone, now)
    return notifications.queue(connection, tests(connection, site, due, now)) if now - due < HOUR else 0


def _by_every_channel(recipients: Sequence[Recipient], reach: whom.Reach) -> list[Recipient]:
    """The same people by each channel that they have an address for; a failure is to be seen, not made up for."""
    ways = []
    for one in recipients:
        if not one.account:
            ways.append(one)
            continue
        addresses = reach.contacts.get(one.account, {})
        ways += [
            Recipient(one.account, one.name, channel.id, addresses[channel.id])
            for channel in reach.channels
            if channel.address.personal and channel.id in addresses
        ]
    return ways


def _message(site: Site, to: Recipient, due: Instant, now: Instant) -> Notification:
    words = Words(
        _("Daily test of Cleanwatch, {name}: nothing has happened", name=site.name),
        _(
            "This is the daily test of the way by which alarms reach you. Nothing has happened, and nothing has to "
            "be done. If one day it does not come, say so: then alarms may not come either."
        ),
        (_("Daily test of Cleanwatch, {name}: nothing has happened.", name=site.name),),
        (" " + _("If it does not come one day, say so."),),
    )
    return addressed(
        words,
        id=f"daily test/{due}/{to.channel}",
        at=now,
        purpose=Purpose.TEST,
        severity=Severity.ADVISORY,
        event="daily test",
        alarms=(),
        recipient=to,
        site=site,
    )

"""Who is told what comes of an event once people have been called for it: those who were called.

The first message about an event, and that it got worse, are calls, which the escalator makes.
"""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from alerts import whom
from alerts.notifications.audience import Listener, Who, everybody
from alerts.notifications.follower import Audience
from alerts.notifications.telling import Telling
from facility.instants import Clock, Instant
from facility.site import Site
from storage.records import escalations, notifications
from storage.records.notifications import Purpose
from storage.records.people import accounts

CALLS = frozenset({Purpose.NEW, Purpose.WORSE})


def informed(site: Callable[[], Site], clock: Clock) -> Audience:
    """The audience of a station whose alarms escalate."""

    def of(connection: Connection) -> Who:
        now = clock()

        def who(telling: Telling) -> Sequence[Listener]:
            if telling.purpose in CALLS:
                return ()
            if telling.purpose is Purpose.SUMMARY:
                return _of_the_past(connection, site(), now) or everybody(connection)(telling)
            return _called(connection, telling.event, but_at=now)

        return who

    return of


def _called(connection: Connection, event: str, but_at: Instant) -> list[Listener]:
    """Everybody who was called for an event, once; without those who are being called at this moment."""
    numbers = [one.number for one in escalations.of_event(connection, event)]
    calls = [call for made in escalations.calls(connection, numbers).values() for call in made]
    fresh = {call.account for call in calls if call.at == but_at}
    areas = {one.account: one.areas for one in accounts.all(connection)}
    found: dict[tuple[str, str], Listener] = {}
    for call in calls:
        sent = notifications.find(connection, call.notification)
        if sent is not None and call.account not in fresh:
            found[call.account, call.name] = Listener(sent.notification.recipient, areas.get(call.account))
    return list(found.values())


def _of_the_past(connection: Connection, site: Site, now: Instant) -> list[Listener]:
    """Whom the site file names for alarms that late readings tell of."""
    rule = site.on_call.retrospective
    if rule is None:
        return []
    found, _ = whom.recipients(rule.to, whom.gather(connection, site, now), ())
    areas = {one.account: one.areas for one in accounts.all(connection)}
    return [Listener(to, areas.get(to.account)) for to in found]

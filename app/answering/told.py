"""Who was told of which alarms by a message, and what of them still waits for an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from alerts.escalation import calls
from alerts.notifications import answer_links
from alerts.notifications.audience import visible
from alerts.notifications.telling import by_weight
from app.areas import admitted_to_alarm
from app.components.acknowledge import NO_ANSWER
from app.context import AppContext
from app.guard import needs
from app.sign_in.origin import origin
from app.submitting import submit
from facility.alarm import Alarm, AlarmState
from facility.instants import Instant
from facility.language import N_, _
from facility.limit import Severity
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from storage.records import alarms, excursions, notifications
from storage.records.commands import Acknowledge
from storage.records.people import accounts
from storage.records.people.accounts import AccountState

WAITING = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED})
RISEN = N_("Since you looked this has become worse. Look again, then acknowledge it.")
NO_COMMENT = N_("Say what you see or what you do; an acknowledgement needs a comment.")


@dataclass(frozen=True, slots=True)
class Told:
    """The person that a message was for, and the alarms as they are now, what is outside and most severe first."""

    person: Person
    alarms: tuple[Alarm, ...]

    @property
    def waiting(self) -> tuple[Alarm, ...]:
        """Those that nobody has answered yet."""
        return tuple(alarm for alarm in self.alarms if alarm.state in WAITING)


def told(connection: Connection, site: Site, now: Instant, token: str) -> Told | None:
    """What the message was about that a link is from, and what else of the same events calls by now: whoever answers
    means all of it. None where the link does not hold, or the person is gone.
    """
    id = answer_links.notification_of(connection, now, token)
    delivery = notifications.find(connection, id) if id else None
    if delivery is None:
        return None
    account = accounts.find(connection, delivery.notification.recipient.account)
    if account is None or account.state is not AccountState.ACTIVE:
        return None
    person = Person(account.account, account.name, account.role, origin(), account.areas)
    about = delivery.notification.alarms
    events = excursions.members(connection, set(excursions.of_alarms(connection, about).values()))
    others = {id for members in events.values() for id in members} - set(about)
    joined = visible(site, [alarm for alarm in alarms.several(connection, others) if calls(alarm)], account.areas)
    return Told(person, by_weight([*alarms.several(connection, about), *joined]))


def acknowledge(
    context: AppContext, found: Told, seen: Mapping[str, Severity], comment: str, token: str
) -> str | None:
    """Acknowledge what the person has seen waiting, as that person, who has proven to be it. None when done, else in
    words why not.

    `seen` is how severe each alarm was when the person looked; what has joined since goes on calling. Uses the link
    up; raises NotAllowedError where the person's role or areas do not allow it.
    """
    if not comment.strip():
        return _(NO_COMMENT)
    answered = [alarm for alarm in found.waiting if alarm.id in seen]
    if not answered or any(alarm.severity > seen[alarm.id] for alarm in answered):
        return _(RISEN)
    mine = replace(context, person=lambda: found.person)
    needs(mine, Right.ACKNOWLEDGE)
    for alarm in answered:
        admitted_to_alarm(mine, alarm)
    with context.records.transaction() as connection:
        if not answer_links.use(connection, context.clock(), token, origin()):
            return _("This link was used in the meantime.")
    outcomes = [submit(mine, Acknowledge(alarm.id, seen[alarm.id], comment), NO_ANSWER) for alarm in answered]
    return next((words for words in outcomes if words is not None), None)

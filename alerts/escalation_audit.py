"""Looks after escalations: is any stuck, has it reached nobody, did it never begin? It tells, and goes on with them.

Every station looks at those of all stations: what one cannot do any more another does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from alerts.escalation import STUCK, calls, is_stuck
from alerts.escalator import Escalator, happened, policy_of
from alerts.notifications.follower import Events
from facility.instants import HOUR, Instant, Span
from facility.site_part import watches
from facility.site_words import duration
from storage.records import alarms, escalations, notifications
from storage.records.escalations import Call, Escalation, State
from storage.records.notifications import Delivery
from storage.records.trail import audit
from storage.records.trail.audit import JSON

TOLD_FOR: Span = HOUR
"""So long it is told that something had to be put right."""


@dataclass(slots=True)
class EscalationAudit:
    """Use it from one thread: `step` every half minute."""

    escalator: Escalator
    events: Events
    _put_right: dict[str, Instant] = field(default_factory=dict)

    def step(self) -> list[str]:
        """Go on with what is stuck; what had to be put right, and what nobody has answered. RecordsAwayError."""
        now, records = self.escalator.clock(), self.escalator.records
        with records.reading() as connection:
            running = escalations.running(connection, None)
            unreached = _unreached(connection, running)
            forgotten = self._forgotten(connection, running, now)
        for one in running:
            if is_stuck(one, now):
                self._go_on(one, now)
        for one in unreached:
            self._hurry(one, now)
        if forgotten:
            with records.transaction() as connection:
                self.escalator.follow(connection, now, forgotten, self.events(connection, forgotten))
            self._tell(f"{', '.join(forgotten)} had called nobody; it is made up for", now)
        self._put_right = {text: at for text, at in self._put_right.items() if now - at < TOLD_FOR}
        return [*(unanswered(one) for one in running if one.state is State.EXHAUSTED), *self._put_right]

    def _go_on(self, stuck: Escalation, now: Instant) -> None:
        late = duration((now - (stuck.next_due or now)) // 1000 * 1000)
        with self.escalator.records.transaction() as connection:
            if self.escalator.advance(connection, stuck.number, now):
                told: dict[str, JSON] = {"late": late, "by": self.escalator.station}
                audit.append(connection, now, [happened("escalation continued", stuck, told)])
        self._tell(f"escalation {stuck.number} of station {stuck.station} was stuck for {late}; it goes on", now)

    def _hurry(self, unreached: Escalation, now: Instant) -> None:
        """Nobody was reached by the last step: the next one is due now."""
        with self.escalator.records.transaction() as connection:
            found = escalations.find(connection, unreached.number)
            if found != unreached:
                return
            escalations.save(connection, replace(found, next_due=now))
            told: dict[str, JSON] = {"because": "no message of the last call was taken"}
            audit.append(connection, now, [happened("escalation hurried", found, told)])
        self._tell(f"no message of the last call of escalation {unreached.number} was taken; the next is called", now)

    def _forgotten(self, connection: Connection, running: Sequence[Escalation], now: Instant) -> list[str]:
        known = {id for one in running for id in one.alarms}
        site = self.escalator.site()
        return [
            alarm.id
            for alarm in alarms.standing(connection)
            if alarm.id not in known
            and alarm.raised < now - STUCK
            and watches(site, alarm.point)
            and calls(alarm, policy_of(site, alarm).goes_on)
        ]

    def _tell(self, text: str, now: Instant) -> None:
        self._put_right[text] = now


def unanswered(escalation: Escalation) -> str:
    """What is told of one that nobody has answered."""
    rounds = escalation.snapshot.rounds
    return (
        f"nobody has answered {escalation.event}: everybody of policy {escalation.snapshot.name} was called "
        f"{'once' if rounds == 1 else f'{rounds} times'}. Acknowledge it, and see to it that somebody goes there"
    )


def _unreached(connection: Connection, running: Sequence[Escalation]) -> list[Escalation]:
    """Those of which every message of the last call has failed for good, while the next call is still to come."""
    calling = [one for one in running if one.state is State.CALLING]
    calls = escalations.calls(connection, [one.number for one in calling])
    failures = notifications.events_with_failures(connection, min((one.started for one in calling), default=0))
    found = []
    for one in calling:
        made = calls[one.number]
        if not made or made[-1].at == one.next_due:
            continue
        last = [call for call in made if (call.round, call.step) == (made[-1].round, made[-1].step)]
        if one.event not in failures and any(call.notification for call in last):
            continue
        of_event = notifications.of_event(connection, one.event)
        if all(_failed(of_event, call) for call in last):
            found.append(one)
    return found


def _failed(deliveries: Sequence[Delivery], call: Call) -> bool:
    """Has a call failed, by every channel that it was tried by?"""
    tried = list(_tried(deliveries, call.notification))
    return not tried or all(delivery.failed is not None for delivery in tried)


def _tried(deliveries: Sequence[Delivery], id: str) -> Iterator[Delivery]:
    for delivery in deliveries:
        if id and (delivery.notification.id == id or delivery.notification.id.startswith(f"{id}>")):
            yield delivery

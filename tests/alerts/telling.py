"""Alarms, messages and channels that the tests of notifications speak of."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from alerts.channels.channel import Channel, Message, PermanentFailureError, Receipt, TemporaryFailureError
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import Severity
from facility.roles import Role
from facility.site_file import parse_site
from storage.records import alarm_steps, alarms, channels, contacts
from storage.records.channels import Address
from storage.records.database import Records
from storage.records.people import accounts
from tests.facility.sites import SMALL
from tests.people import ANN

SITE = parse_site(SMALL, "site.yaml")
START: Instant = 1_763_863_950_000
"""03:12:30 on 23 Nov 2025 in the zone of the site."""


def by_nobody(_c: Connection, _at: Instant, _alarms: Collection[str], _events: Mapping[str, Sequence[Alarm]]) -> None:
    """Nobody is called a second time."""


def alone(connection: Connection, ids: Collection[str]) -> Mapping[str, Sequence[Alarm]]:
    """Each alarm is an event of its own."""
    return {alarm.id: (alarm,) for alarm in alarms.several(connection, ids)}


def pressure(severity: Severity = Severity.ACTION, onset: Instant = START, room: str = "N1", **rest: object) -> Alarm:
    """Pressure of a room below a limit."""
    alarm = Alarm(
        point=f"{room}.DP1",
        room=room,
        condition=Condition.LOW,
        severity=severity,
        state=AlarmState.UNACKNOWLEDGED,
        onset=onset,
        raised=onset + 30 * SECOND,
        value=8.2,
        limit=10.0,
        operator="<",
        worst=7.9,
    )
    return replace(alarm, **rest)  # type: ignore[arg-type]  # passed on as they are


def returned(alarm: Alarm, after: int = 5 * MINUTE) -> Alarm:
    """The same, back inside and not answered."""
    return replace(alarm, state=AlarmState.RETURNED, returned=alarm.onset + after)


def answered(alarm: Alarm) -> Alarm:
    """The same, acknowledged."""
    state = AlarmState.ACKNOWLEDGED if alarm.returned is None else AlarmState.NORMAL
    seen = Acknowledgement("ann", alarm.raised + MINUTE, "on my way", alarm.severity)
    return replace(alarm, state=state, acknowledgements=(seen,))


def happens(records: Records, at: Instant, *changed: Alarm, step: str = "alarm raised") -> None:
    """The engine puts alarms and their steps on record."""
    with records.transaction() as connection:
        alarms.save(connection, changed)
        steps = [alarm_steps.AlarmStep(at, a.id, step, a.severity, a.retrospective, "Cleanwatch") for a in changed]
        alarm_steps.add(connection, steps)


def person(records: Records, account: str, **addresses: str) -> None:
    """Somebody who may acknowledge, with an address for each channel named; channels are added where missing."""
    with records.transaction() as connection:
        accounts.make(connection, START, ANN, account, name=account.title(), role=Role.OPERATOR)
        for name, address in addresses.items():
            known = {channel.name: channel.id for channel in channels.in_use(connection)}
            if name not in known:
                known[name] = channels.add(
                    connection, START, ANN, name, Address(name, f"{name}://", "", True, False)
                ).id
            contacts.set(connection, START, ANN, account, known[name], address)


class Scripted(Channel):
    """Does what it is told to, and keeps what it is handed."""

    def __init__(self, *outcomes: Exception) -> None:
        self.outcomes = list(outcomes)
        self.taken: list[tuple[str, Message]] = []

    def send(self, address: str, message: Message) -> Receipt:
        if self.outcomes:
            raise self.outcomes.pop(0)
        self.taken.append((address, message))
        return Receipt("250 queued")


__all__ = ["SITE", "START", "PermanentFailureError", "Scripted", "TemporaryFailureError", "pressure", "returned"]

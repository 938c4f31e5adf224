"""A time line with people: who is called when, by the real engine, the real records and the real escalation."""

from dataclasses import replace
from pathlib import Path
from typing import Self

from typing_extensions import override

from alerts.escalator import Escalator
from alerts.informed import informed
from alerts.notifications.follower import Follower
from facility.escalation import OnCall, Policy, Step
from facility.instants import MINUTE, SECOND
from facility.on_call import Rota
from facility.people import Actor
from facility.roles import Role
from facility.site import Point
from storage.records import channels, contacts, escalations, notifications
from storage.records.channels import Address
from storage.records.escalations import Escalation
from storage.records.people import accounts
from tests.acceptance.story import MIDNIGHT, Story, instant
from tests.alerts.telling import alone

SETUP = Actor("setup")
PEOPLE = {"anna": "Anna", "ben": "Ben", "cleo": "Cleo"}
STEP = 30 * SECOND
"""Time goes on in steps of this, from full minutes on."""


def calls(*people: str, wait: int = 10 * MINUTE) -> Step:
    """A step that calls these people."""
    return Step(people=people, wait=wait)


class OnCallStory(Story):
    """Anna, Ben and Cleo may answer, and have a telephone."""

    def __init__(
        self, folder: Path, *points: Point, policies: tuple[Policy, ...] = (), rotas: tuple[Rota, ...] = ()
    ) -> None:
        super().__init__(folder, *points)
        self.site = replace(self.site, on_call=OnCall({rota.id: rota for rota in rotas}, policies))
        self.engine.use_site(self.site)
        with self.records.transaction() as connection:
            sms = channels.add(connection, self.now, SETUP, "sms", Address("sms", "sms://", "x", True, True))
            for number, (account, name) in enumerate(PEOPLE.items()):
                accounts.make(connection, self.now, SETUP, account, name=name, role=Role.OPERATOR)
                contacts.set(connection, self.now, SETUP, account, sms.id, f"+4179{number:07}")
        self.begin()

    def begin(self) -> None:
        """The part of the station that calls people begins, with nothing but the records."""
        self.escalator = Escalator(self.records, lambda: self.site, "main", self.clock)
        self.follower = Follower(
            self.records,
            lambda: self.site,
            "main",
            self.clock,
            informed(lambda: self.site, self.clock),
            alone,
            escalate=self.escalator.follow,
        )

    def tell(self) -> Self:
        self.follower.step()
        self.escalator.step()
        return self

    @override
    def at(self, moment: str) -> Self:
        until = instant(moment)
        while self.now < until:
            self.now = min(until, self.now - self.now % STEP + STEP)
            self.engine.step(0)
            self.tell()
        return self

    @override
    def reads(self, value: float, point: str | None = None, *, stamped: str | None = None, reasons: int = 0) -> Self:
        super().reads(value, point, stamped=stamped, reasons=reasons)
        return self.tell()

    def answers(self, comment: str = "on my way", by: str = "Anna") -> Self:
        """A person acknowledges every alarm that waits for it."""
        for alarm in self.alarms():
            if alarm.state.value in ("unacknowledged", "returned, not acknowledged"):
                self.acknowledges(alarm, comment, by)
        return self.tell()

    @property
    def called(self) -> list[str]:
        """Who was told, when and why: `00:12 Ben unanswered`."""
        with self.records.reading() as connection:
            sent = sorted(
                notifications.newest(connection, 100), key=lambda one: (one.notification.at, one.notification.id)
            )
        return [
            f"{_clock(one.notification.at)} {one.notification.recipient.name} {one.notification.purpose}"
            for one in sent
        ]

    def escalation(self) -> Escalation:
        """The newest one."""
        with self.records.reading() as connection:
            running = escalations.running(connection, None)
            return running[-1] if running else escalations.newest(connection, 1)[0]


def _clock(at: int) -> str:
    minutes, rest = divmod((at - MIDNIGHT) // SECOND, 60)
    return f"{minutes:02}:{rest:02}"

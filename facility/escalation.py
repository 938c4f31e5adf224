"""Whom an alarm calls, one after the other, until somebody answers: policies, as the site file says them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from facility.instants import MINUTE, Instant, Span, datetime_of
from facility.limit import Severity
from facility.on_call import Rota, local


@dataclass(frozen=True, slots=True)
class Step:
    """Who is called, by which channels, and how long an answer is waited for before the next step.

    Of the channels each person is called by the first that the person has an address for, and by the next one where
    that fails for good; without channels in the person's own order.
    """

    rotas: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    everybody: bool = False
    """Everybody who may acknowledge and sees the room."""
    channels: tuple[str, ...] = ()
    wait: Span = 10 * MINUTE


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of the day in which nobody is called, by the clock of the site; they may go over midnight."""

    begins: time
    ends: time

    def until(self, at: Instant, timezone: str) -> Instant | None:
        """When the quiet hours end in which `at` lies; None where it lies in none."""
        zone = ZoneInfo(timezone)
        now = datetime_of(at).astimezone(zone)
        for days in (-1, 0):
            day = now.date() + timedelta(days=days)
            end_day = day + timedelta(days=int(self.ends <= self.begins))
            end = local(datetime.combine(end_day, self.ends), zone)
            if local(datetime.combine(day, self.begins), zone) <= at < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class Policy:
    """For which alarms it is, whom they call, how often all of it is gone through.

    `areas` and `grades` None: all of them, also rooms without a grade. `goes_on` says whether calling goes on where
    all has returned to normal and nobody has answered.
    """

    id: str
    name: str
    severities: frozenset[Severity]
    steps: tuple[Step, ...]
    areas: tuple[str, ...] | None = None
    grades: frozenset[str] | None = None
    rounds: int = 3
    quiet: Quiet | None = None
    goes_on: bool = True

    def covers(self, severity: Severity, areas: Collection[str], grades: Collection[str]) -> bool:
        """Is it for an alarm this severe, of rooms of these areas and grades?"""
        return (
            severity in self.severities
            and (self.areas is None or any(area in self.areas for area in areas))
            and (self.grades is None or any(grade in self.grades for grade in grades))
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """Who is told, once a day, of alarms that were found in readings that came late. They call nobody."""

    at: time
    to: Step

    def following(self, after: Instant, timezone: str) -> Instant:
        """The first moment to tell them that is not before this one."""
        zone = ZoneInfo(timezone)
        today = datetime_of(after).astimezone(zone).date()
        moments = (local(datetime.combine(today + timedelta(days=days), self.at), zone) for days in (0, 1, 2))
        return next(moment for moment in moments if moment >= after)


@dataclass(frozen=True, slots=True)
class OnCall:
    """All that the site file says of it."""

    rotas: dict[str, Rota] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    retrospective: Summary | None = None


EVERYBODY = Policy(
    "everybody",
    "Everybody who may acknowledge",
    frozenset({Severity.ALERT, Severity.ACTION}),
    (Step(everybody=True),),
)
"""Where the site file has no policy for an alarm."""


def at_any_hour(policy: Policy) -> Policy:
    """The same without quiet hours; under another id, as what may wait does not hold up what may not."""
    return policy if policy.quiet is None else replace(policy, id=f"{policy.id}, at any hour", quiet=None)


def policy_for(
    policies: Iterable[Policy], severity: Severity, areas: Collection[str], grades: Collection[str]
) -> Policy:
    """The first that covers it; everybody is called where none does."""
    return next((policy for policy in policies if policy.covers(severity, areas, grades)), EVERYBODY)

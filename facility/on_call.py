"""Who is on call: weekly rotas, calendars, overrides. One answer at every moment, which may be that it is nobody.

All of it follows the wall clock of the rota's zone: a week is seven local days, also where the clock is changed. A
moment that the clock leaves out comes as much later as it leaves out; of one that it shows twice the first counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from facility.instants import Instant, datetime_of, instant_of

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shift:
    """A part of every day: from when on, and who has it, each for a week, in turn (accounts)."""

    begins: time
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Weekly:
    """A week for each in turn, from a first handover on (local, without a zone). The first shift begins with it."""

    first: datetime
    shifts: tuple[Shift, ...]


@dataclass(frozen=True, slots=True)
class Calendar:
    """An iCalendar feed: an https address or a file, and the account of each name or address that it writes."""

    address: str
    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Rota:
    """Who is on call when, by plan, in the time of a zone."""

    id: str
    name: str
    timezone: str
    plan: Weekly | Calendar


@dataclass(frozen=True, slots=True)
class Override:
    """Somebody else has the call from `start` to `end` (itself not in it)."""

    number: int
    rota: str
    account: str
    start: Instant
    end: Instant
    reason: str
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Duty:
    """A stretch of time, `end` not in it, and who has it, None where nobody does; the override where one says so."""

    start: Instant
    end: Instant
    account: str | None
    override: Override | None = None


def who(rota: Rota, overrides: Iterable[Override], at: Instant, planned: Sequence[Duty] = ()) -> Duty:
    """The duty of one moment. `planned` is what the calendar of the rota says, where it has one."""
    return duties(rota, overrides, at, at + 1, planned)[0]


def duties(
    rota: Rota, overrides: Iterable[Override], start: Instant, end: Instant, planned: Sequence[Duty] = ()
) -> list[Duty]:
    """Every duty in `[start, end)`, one after the other without a gap. Of overrides the one made last holds."""
    plan = _weekly(rota, start, end) if isinstance(rota.plan, Weekly) else planned
    own = sorted((o for o in overrides if o.rota == rota.id), key=lambda override: -override.number)
    changes = [edge for duty in plan for edge in (duty.start, duty.end)]
    changes += [edge for override in own for edge in (override.start, override.end)]
    edges = {start, *(edge for edge in changes if start < edge < end)}
    found: list[Duty] = []
    for since, until in pairwise([*sorted(edges), end]):
        duty = _at(plan, own, since, until)
        if found and (found[-1].account, found[-1].override) == (duty.account, duty.override):
            found[-1] = replace(found[-1], end=until)
        else:
            found.append(duty)
    return found


def _at(plan: Sequence[Duty], overrides: Sequence[Override], since: Instant, until: Instant) -> Duty:
    """Who has a stretch in which nothing changes. Of duties that overlap in a calendar the one that began last."""
    for override in overrides:
        if override.start <= since < override.end:
            return Duty(since, until, override.account, override)
    holding = [duty for duty in plan if duty.start <= since < duty.end]
    last = max(holding, key=lambda duty: (duty.start, -duty.end, duty.account or ""), default=None)
    return Duty(since, until, None if last is None else last.account)


def _weekly(rota: Rota, start: Instant, end: Instant) -> list[Duty]:
    """The shifts of a weekly rota that lie in `[start, end)` or reach into it."""
    assert isinstance(rota.plan, Weekly)
    zone, plan = ZoneInfo(rota.timezone), rota.plan
    day = datetime_of(start).astimezone(zone).date() - timedelta(days=2)
    last = datetime_of(end).astimezone(zone).date() + timedelta(days=2)
    begins: list[tuple[Instant, datetime, str]] = []
    while day <= last:
        for shift in plan.shifts:
            moment = datetime.combine(day, shift.begins)
            if moment >= plan.first:
                turn = (moment - plan.first) // WEEK
                begins.append((local(moment, zone), moment, shift.people[turn % len(shift.people)]))
        day += timedelta(days=1)
    begins.sort()
    return [Duty(this[0], following[0], this[2]) for this, following in pairwise(begins)]


def local(moment: datetime, zone: ZoneInfo) -> Instant:
    """The instant at which clocks of a zone show this."""
    return instant_of(moment.replace(tzinfo=zone))

"""The keys of `on_call` in a site file: rotas and policies; what may stand in them, and what becomes of them."""

import re
from datetime import datetime, time
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from facility.escalation import OnCall, Policy, Quiet, Step, Summary
from facility.instants import MINUTE
from facility.language import _
from facility.limit import Severity
from facility.on_call import Calendar, Rota, Shift, Weekly
from facility.site_errors import quoted
from facility.site_values import Duration, Entry, Id, IsoDate, Name, Timezone

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LONGEST_WAIT = 24 * 60 * MINUTE
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _time(text: object) -> time:
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise ValueError(_("{written} is no time of day; write hours and minutes, like 08:00", written=quoted(text)))
    return time.fromisoformat(text)


def _handover(text: object) -> tuple[int, time]:
    day, _space, clock = text.partition(" ") if isinstance(text, str) else ("", "", "")
    if day not in DAYS or not _TIME.fullmatch(clock):
        raise ValueError(
            _("{written} is no handover; write a day and a time, like Monday 08:00", written=quoted(text))
        )
    return DAYS.index(day), time.fromisoformat(clock)


TimeOfDay = Annotated[time, BeforeValidator(_time)]
Handover = Annotated[tuple[int, time], BeforeValidator(_handover)]
People = Annotated[list[Name], Field(min_length=1, max_length=100)]


class ShiftEntry(Entry):
    begins: TimeOfDay
    people: People


class RotaEntry(Entry):
    id: Id
    name: Name
    timezone: Timezone | None = None
    handover: Handover | None = None
    since: IsoDate | None = None
    people: People | None = None
    shifts: Annotated[list[ShiftEntry], Field(min_length=1, max_length=12)] | None = None
    calendar: Name | None = None
    accounts: dict[Name, Name] = {}


class WhomEntry(Entry):
    rota: Name | None = None
    people: People | None = None
    everybody: bool = False
    channels: list[Name] = []


class StepEntry(WhomEntry):
    wait: Annotated[Duration, Field(ge=0, le=LONGEST_WAIT)] = 10 * MINUTE


class SummaryEntry(WhomEntry):
    at: TimeOfDay


class QuietEntry(Entry):
    begins: TimeOfDay
    ends: TimeOfDay


class PolicyEntry(Entry):
    id: Id
    name: Name
    severities: Annotated[list[Literal["alert", "action"]], Field(min_length=1)]
    areas: Annotated[list[Name], Field(min_length=1)] | None = None
    grades: Annotated[list[Literal["A", "B", "C", "D"]], Field(min_length=1)] | None = None
    steps: Annotated[list[StepEntry], Field(min_length=1, max_length=20)]
    rounds: Annotated[int, Field(ge=1, le=20)] = 3
    quiet: QuietEntry | None = None
    when_returned: Literal["go on", "stop"] = "go on"


class OnCallEntry(Entry):
    rotas: list[RotaEntry] = []
    policies: list[PolicyEntry] = []
    retrospective: SummaryEntry | None = None


def on_call(entry: OnCallEntry, timezone: str) -> OnCall:
    """What an entry without mistakes says. `timezone` is the site's, for rotas that say none."""
    return OnCall(
        {rota.id: Rota(rota.id, rota.name, rota.timezone or timezone, _plan(rota)) for rota in entry.rotas},
        tuple(map(_policy, entry.policies)),
        None if entry.retrospective is None else Summary(entry.retrospective.at, _step(entry.retrospective)),
    )


def _plan(rota: RotaEntry) -> Weekly | Calendar:
    if rota.calendar is not None:
        return Calendar(rota.calendar, tuple(rota.accounts.items()))
    assert rota.handover is not None and rota.since is not None
    begins = rota.handover[1]
    shifts = rota.shifts or [ShiftEntry.model_construct(begins=begins, people=rota.people or [])]
    return Weekly(
        datetime.combine(rota.since, begins), tuple(Shift(shift.begins, tuple(shift.people)) for shift in shifts)
    )


def _policy(policy: PolicyEntry) -> Policy:
    return Policy(
        policy.id,
        policy.name,
        frozenset(Severity[name.upper()] for name in policy.severities),
        tuple(map(_step, policy.steps)),
        None if policy.areas is None else tuple(policy.areas),
        None if policy.grades is None else frozenset(policy.grades),
        policy.rounds,
        None if policy.quiet is None else Quiet(policy.quiet.begins, policy.quiet.ends),
        policy.when_returned == "go on",
    )


def _step(entry: WhomEntry) -> Step:
    wait = entry.wait if isinstance(entry, StepEntry) else 0
    rotas = () if entry.rota is None else (entry.rota,)
    return Step(rotas, tuple(entry.people or ()), entry.everybody, tuple(entry.channels), wait)

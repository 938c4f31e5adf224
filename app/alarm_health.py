"""What the page of alarm health is about: a period, and all that is on record of its alarms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts import whom
from alerts.answers import Answer, answers
from alerts.health import TEN_MINUTES, Health, calls, health
from alerts.shifts import Shift, shifts
from app.alarm_query import alarm_query
from app.areas import rooms_of, seen
from app.context import AppContext
from facility.instants import DAY, Instant
from storage.records import alarm_steps, alarms, notifications
from storage.records.alarms import AlarmFilter
from storage.records.trail import audit, verification
from storage.records.trail.audit import AuditFilter
from storage.records.trail.verification import Result

USUAL_DAYS = 30
ALL = 1 << 31


@dataclass(frozen=True, slots=True)
class Found:
    """The figures of a period; `answers` by time. `wanted` is what was asked for, where that begins earlier.

    `verified` is the newest verification of what is on record, None before the first: it tells of whatever was
    suppressed or changed by no one who may.
    """

    start: Instant
    end: Instant
    wanted: Instant
    health: Health
    answers: tuple[Answer, ...]
    verified: Result | None
    shifts: tuple[Shift, ...]


def period(query: Mapping[str, Sequence[str]], timezone: str, now: Instant) -> tuple[Instant, Instant]:
    """The period that a query string means, by days in the site's zone; the last thirty days without one."""
    wanted = alarm_query(query).filter(timezone)
    end = min(now, wanted.end or now)
    start = wanted.start if wanted.start is not None and wanted.start < end else end - USUAL_DAYS * DAY
    return start, end


def gather(context: AppContext, start: Instant, end: Instant) -> Found | None:
    """The figures of the alarms that the person may see; None where nothing was watched in all that time."""
    with context.records.reading() as connection:
        first = audit.rows(connection, AuditFilter(before=2), limit=1)
        earliest = min(
            (at for at in (alarm_steps.first_at(connection), *(row.at for row in first)) if at is not None),
            default=end,
        )
        begin = max(start, earliest)
        if end - begin < TEN_MINUTES:
            return None
        steps = alarm_steps.between(connection, begin, end)
        stood = alarms.history(connection, AlarmFilter(start=begin, end=end, within=rooms_of(context)), ALL)
        others = {step.alarm for step in steps} - {alarm.id for alarm in stood}
        known = {alarm.id: alarm for alarm in seen(context, [*stood, *alarms.several(connection, others)])}
        newest = verification.newest(connection)
        duties = whom.duties(connection, context.whole(), begin, end)
        messages = notifications.told_between(connection, begin, end)
    told = [step for step in steps if step.alarm in known]
    given = answers(told, known)
    return Found(
        start=begin,
        end=end,
        wanted=start,
        health=health(calls(told, known), list(known.values()), begin, end),
        answers=tuple(given),
        verified=newest[0] if newest else None,
        shifts=tuple(shifts(duties, messages, given)),
    )

"""What waits for the person who looks: of alarms, excursions, changes and what else their role answers for."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from alerts import whom
from alerts.daily_test import PROVEN_FOR
from app import formats
from app.areas import rooms_of
from app.context import AppContext
from app.putting_aside import put_aside
from app.status import UNANSWERED, overdue_by
from facility.alarm import HoldKind
from facility.change_states import Step, next_step
from facility.instants import DAY
from facility.language import _, _n
from facility.people import Person
from facility.roles import Right
from storage.records import (
    alarms,
    annotations,
    changes,
    channels,
    escalations,
    excursion_search,
    notifications,
)
from storage.records.alarms import AlarmFilter
from storage.records.excursion_search import ExcursionFilter
from storage.records.people import accounts
from storage.records.people.accounts import AccountState
from storage.records.trail import trail_reviews


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits, and where it is done. What is `urgent` stands first and is marked."""

    words: str
    href: str
    urgent: bool = False


def for_you(context: AppContext) -> list[Task]:
    """What waits for the person who asks, the urgent first; nothing where nobody is signed in.

    Raises RecordsAwayError.
    """
    person = context.person()
    if person is None:
        return []
    with context.records.reading() as connection:
        found = [
            *_calls(context, connection, person),
            *_alarms(context, connection, person),
            *_excursions(context, connection, person),
            *_holds(context, person),
            *_changes(context, connection, person),
            *_corrections(connection, person),
            *_trail(context, connection, person),
            *_calibration(context, person),
            *_channels(context, connection, person),
            *_accounts(connection, person),
            *_duty(context, connection, person),
        ]
    return sorted(found, key=lambda task: not task.urgent)


def _calls(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    running = {one.number: one for one in escalations.running(connection, None)}
    for number, calls in escalations.calls(connection, list(running)).items():
        mine = [call for call in calls if call.account == person.account]
        if mine:
            at = formats.moment(mine[-1].at, context.site().timezone, context.clock())
            event = running[number].event
            if event.startswith("E-"):
                words = _("You were called {moment} for excursion {number}", moment=at, number=event)
                yield Task(words, f"/excursions/{event}", urgent=True)
            else:
                yield Task(_("You were called {moment} for an alarm", moment=at), "/alarms", urgent=True)


def _alarms(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    if not person.may(Right.ACKNOWLEDGE):
        return
    waiting = AlarmFilter(states=tuple(UNANSWERED), within=rooms_of(context), held=False)
    if n := alarms.count(connection, waiting):
        states = "&".join(f"state={state.value.replace(' ', '+')}" for state in UNANSWERED)
        words = _n("{n} alarm is not acknowledged", "{n} alarms are not acknowledged", n, n=formats.decimal(n, 0))
        yield Task(words, f"/alarms?{states}", urgent=True)


def _excursions(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    if not person.may(Right.CLOSE):
        return
    over = ExcursionFilter(standing=False, closed=False, within=rooms_of(context))
    if n := excursion_search.count(connection, over):
        words = _n("{n} excursion is over and not closed", "{n} excursions are over and not closed", n, n=n)
        yield Task(words, "/excursions?state=returned")


def _holds(context: AppContext, person: Person) -> Iterator[Task]:
    if not person.may(Right.APPROVE_SHELVING):
        return
    now, found = context.clock(), list(put_aside(context))
    if n := sum(hold.waits and hold.asked_by != person.account for hold in found):
        yield Task(_n("{n} shelving waits for approval", "{n} shelvings wait for approval", n, n=n), "/alarms")
    back = [hold for hold in found if hold.kind is HoldKind.OUT_OF_SERVICE and (hold.until or now) < now]
    if n := len(back):
        words = _n("{n} thing should be back in service", "{n} things should be back in service", n, n=n)
        yield Task(words, "/alarms")


def _changes(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    if context.areas is not None or not person.may(Right.DRAFT):
        return
    steps = [
        (one, next_step(one.state, one.controlled))
        for one in changes.all(connection)
        if one.author != person.account and all(taken.by != person.account for taken in one.steps)
    ]
    if n := sum(step is Step.REVIEW for _change, step in steps):
        yield Task(_n("{n} change waits for review", "{n} changes wait for review", n, n=n), "/changes")
    if person.may(Right.APPROVE) and (n := sum(step is Step.PUT_IN_FORCE for _change, step in steps)):
        yield Task(_n("{n} change waits for approval", "{n} changes wait for approval", n, n=n), "/changes")


def _corrections(connection: Connection, person: Person) -> Iterator[Task]:
    if not person.may(Right.APPROVE):
        return
    if n := sum(one.by != person.account for one in annotations.waiting(connection)):
        words = _n("{n} correction waits for a signature", "{n} corrections wait for a signature", n, n=n)
        yield Task(words, "/corrections")


def _trail(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    days = context.trail_review_days
    if context.areas is not None or not days or not person.may(Right.REVIEW_TRAIL):
        return
    oldest = min((one.start for one in trail_reviews.unreviewed(connection)), default=None)
    if oldest is not None and context.clock() - oldest > days * DAY:
        since = formats.date(oldest, context.site().timezone)
        yield Task(_("The audit trail was not reviewed since {day}", day=since), "/audit")


def _calibration(context: AppContext, person: Person) -> Iterator[Task]:
    if not person.may(Right.OUT_OF_SERVICE):
        return
    found = [
        one
        for one in context.site().instruments.values()
        if overdue_by(one, context.clock(), context.site().timezone) is not None
    ]
    if found:
        n, names = len(found), ", ".join(one.id for one in found[:3])
        words = _n(
            "{n} instrument is overdue for calibration: {names}",
            "{n} instruments are overdue for calibration: {names}",
            n,
            n=n,
            names=names if n <= 3 else f"{names}, …",
        )
        yield Task(words, f"/rooms/{found[0].room}")


def _channels(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    if not person.may(Right.MANAGE_CHANNELS):
        return
    taken, now = notifications.last_proven(connection), context.clock()
    used = channels.in_use(connection)
    if not used:
        yield Task(_("Nobody is told of alarms by message: there is no channel yet"), "/notifications")
    names = [one.name for one in used if now - taken.get(one.id, 0) > PROVEN_FOR]
    if n := len(names):
        words = _n(
            "{n} channel is not proven: {names}",
            "{n} channels are not proven: {names}",
            n,
            n=n,
            names=", ".join(names),
        )
        yield Task(words, "/notifications")


def _accounts(connection: Connection, person: Person) -> Iterator[Task]:
    if not person.may(Right.MANAGE_ACCOUNTS):
        return
    if n := sum(one.state is AccountState.LOCKED for one in accounts.all(connection)):
        yield Task(_n("{n} account is locked", "{n} accounts are locked", n, n=n), "/accounts")


def _duty(context: AppContext, connection: Connection, person: Person) -> Iterator[Task]:
    site, now = context.whole(), context.clock()
    for rota, duties in whom.duties(connection, site, now, now + DAY).items():
        mine = next((duty for duty in duties if duty.account == person.account), None)
        if mine is None:
            continue
        name = site.on_call.rotas[rota].name
        if mine.start <= now:
            until = formats.moment(mine.end, site.timezone, now)
            yield Task(_("You are on call until {moment}: {rota}", moment=until, rota=name), "/on-call")
        else:
            since = formats.moment(mine.start, site.timezone, now)
            yield Task(_("You are on call from {moment}: {rota}", moment=since, rota=name), "/on-call")

"""What the page of who is on call shows: duties, escalations that run, those that are over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts import on_call_feed, whom
from alerts.escalation import is_stuck
from alerts.on_call_gaps import Gap, gaps
from alerts.whom import Reach
from app.context import AppContext
from facility.alarm import room_of, source_of
from facility.instants import DAY, Instant, Span
from facility.language import _
from facility.on_call import Duty, Override
from facility.people import Person
from facility.site import Site
from storage.records import escalations, on_call
from storage.records.escalations import Call, Escalation
from storage.records.on_call import CalendarCopy, Withdrawal

AHEAD: Span = 14 * DAY
BEHIND: Span = 14 * DAY
MOST_PAST = 50


@dataclass(frozen=True, slots=True)
class OnCallView:
    """All that the page shows, as of `now`."""

    now: Instant
    site: Site
    duties: Mapping[str, Sequence[Duty]]
    reach: Reach
    gaps: Sequence[Gap]
    calendars: Mapping[str, CalendarCopy]
    troubles: Mapping[str, Sequence[str]]
    """What is wrong with the calendar of each rota that has one."""
    withdrawn: Sequence[tuple[Override, Withdrawal]]
    running: Sequence[Escalation]
    past: Sequence[Escalation]
    calls: Mapping[int, Sequence[Call]]

    def name(self, account: str | None) -> str:
        """The printed name of an account."""
        if account is None:
            return _("Nobody")
        person = self.reach.people.get(account)
        return account if person is None else person.name

    def stuck(self, escalation: Escalation) -> bool:
        return is_stuck(escalation, self.now)


def look(context: AppContext) -> OnCallView:
    """How it stands now, as far as the person who asks may see it. Raises RecordsAwayError."""
    site, now, person = context.whole(), context.clock(), context.person()
    with context.records.reading() as connection:
        duties = whom.duties(connection, site, now, now + AHEAD)
        reach = whom.gather(connection, site, now)
        running = [one for one in escalations.running(connection, None) if _sees(context.site(), person, one)]
        past = [one for one in escalations.newest(connection, MOST_PAST) if _sees(context.site(), person, one)]
        copies = on_call.calendars(connection)
        return OnCallView(
            now,
            site,
            duties,
            reach,
            list(gaps(site, duties, reach, now)),
            copies,
            {
                rota.id: list(on_call_feed.troubles(rota, copies.get(rota.id), now))
                for rota in on_call_feed.with_calendars(site)
            },
            on_call.withdrawn(connection, now - BEHIND, now + AHEAD),
            running,
            past,
            escalations.calls(connection, [one.number for one in (*running, *past)]),
        )


def _sees(site: Site, person: Person | None, escalation: Escalation) -> bool:
    """Is any of its alarms of a room that the person may see? What is of no room is seen by who sees everything."""
    if person is None or person.areas is None:
        return person is not None
    of = (id.split("/")[0] for id in escalation.alarms)
    return any(name in site.points or room_of(name) in site.rooms for name in of if source_of(name) is None)

"""What an iCalendar feed (RFC 5545) says of who is on call: an event is a duty, its attendee or summary whose."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import Event
from recurring_ical_events import BadRuleStringFormat, InvalidCalendar, PeriodEndBeforeStart

from facility.instants import Instant, datetime_of, instant_of
from facility.language import N_
from facility.on_call import Calendar, Duty, Rota


class CalendarError(ValueError):
    """This is no calendar that can be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Planned:
    """The duties that a calendar says, by their beginning, and the names in it that stand for no account."""

    duties: tuple[Duty, ...]
    unknown: tuple[str, ...] = ()


def planned(rota: Rota, text: str, start: Instant, end: Instant) -> Planned:
    """What a calendar says of `[start, end)`; times without a zone are of the rota's. Raises CalendarError."""
    assert isinstance(rota.plan, Calendar)
    accounts = {name.casefold(): account for name, account in rota.plan.people}
    zone, found, unknown = ZoneInfo(rota.timezone), [], set()
    for event in _events(text, start, end):
        names = list(_names(event))
        account = next((accounts[name.casefold()] for name in names if name.casefold() in accounts), None)
        if account is None:
            unknown.add(names[0] if names else "an event without a name")
            continue
        since, until = _instant(event.start, zone), _instant(event.end, zone)
        if since < until:
            found.append(Duty(since, until, account))
    return Planned(tuple(sorted(found, key=lambda duty: (duty.start, duty.end))), tuple(sorted(unknown)))


def check(text: str) -> None:
    """Raises CalendarError where a text is no calendar."""
    _calendar(text)


def _calendar(text: str) -> icalendar.Calendar:
    try:
        calendar = icalendar.Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise CalendarError(N_("is no iCalendar: {error}").format(error=error)) from error
    if not isinstance(calendar, icalendar.Calendar):
        raise CalendarError(N_("is no iCalendar: it does not begin with BEGIN:VCALENDAR"))
    return calendar


def _events(text: str, start: Instant, end: Instant) -> Iterator[Event]:
    """Every event of a stretch of time, with those that repeat; none that is called off."""
    calendar = _calendar(text)
    try:
        found = recurring_ical_events.of(calendar, components=["VEVENT"]).between(
            datetime_of(start), datetime_of(end)
        )
    except (InvalidCalendar, BadRuleStringFormat, PeriodEndBeforeStart, ValueError) as error:
        raise CalendarError(N_("has an event that cannot be read: {error}").format(error=error)) from error
    for event in found:
        if isinstance(event, Event) and str(event.get("STATUS", "")).upper() != "CANCELLED":
            yield event


def _names(event: Event) -> Iterator[str]:
    """Whom an event may be about: attendees by address and by name, then the summary."""
    attendees = event.get("ATTENDEE", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        yield str(attendee).removeprefix("mailto:").removeprefix("MAILTO:").strip()
        if "CN" in attendee.params:
            yield str(attendee.params["CN"]).strip()
    if "SUMMARY" in event:
        yield str(event["SUMMARY"]).strip()


def _instant(moment: date | datetime, zone: ZoneInfo) -> Instant:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return instant_of(moment if moment.tzinfo is not None else moment.replace(tzinfo=zone))

"""The site's calendar: when its days begin, and on which of them people work."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from facility.instants import HOUR, MINUTE, Instant, Span, datetime_of, instant_of
from facility.site import Site


def is_workday(day: date) -> bool:
    """Monday to Friday. (So no work falls on the days when the clocks change.)"""
    return day.weekday() < 5


def day_of(site: Site, moment: Instant) -> date:
    """The day in the site's zone."""
    return datetime_of(moment).astimezone(ZoneInfo(site.timezone)).date()


def instant_at(site: Site, day: date, moment: time) -> Instant:
    """A time of day in the site's zone."""
    return instant_of(datetime.combine(day, moment, ZoneInfo(site.timezone)))


def midnight(site: Site, day: date) -> Instant:
    """When a day begins in the site's zone."""
    return instant_at(site, day, time())


def since_midnight(moment: time) -> Span:
    """A time of day as a span."""
    return moment.hour * HOUR + moment.minute * MINUTE


def days_before(day: date, number: int, workdays: bool) -> date:
    """The day so many days, or workdays, before another."""
    while number:
        day -= timedelta(days=1)
        number -= is_workday(day) or not workdays
    return day

"""How numbers, times and ages are written on the pages. Ages also tick in the browser: assets/formats.js agrees."""

import math
import re
from datetime import datetime
from zoneinfo import ZoneInfo

from facility import writing
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span, instant_of
from facility.language import N_, _
from facility.limit import Side
from facility.quantities import MEASURES, Quantity
from facility.site import Point
from facility.writing import MINUS

NARROW = "\u202f"
"""The narrow no-break space before a unit."""
NO_NUMBER = "?"

NUMBER_WORDS = (
    N_("no"),
    N_("one"),
    N_("two"),
    N_("three"),
    N_("four"),
    N_("five"),
    N_("six"),
    N_("seven"),
    N_("eight"),
    N_("nine"),
    N_("ten"),
    N_("eleven"),
    N_("twelve"),
)


def decimal(value: float | None, decimals: int) -> str:
    """A number with thousands separated and a true minus; "?" where there is none."""
    if value is None or not math.isfinite(value):
        return NO_NUMBER
    return writing.decimal(value, decimals)


def number(value: float | None, quantity: Quantity) -> str:
    """A value with the digits of its quantity, without unit."""
    return decimal(value, MEASURES[quantity].decimals)


def with_unit(value: float | None, quantity: Quantity) -> str:
    """A value with its unit: 611,400 /m³."""
    return f"{number(value, quantity)}{NARROW}{MEASURES[quantity].unit}"


def percent(fraction: float | None) -> str:
    """A part of one as whole percent: 78 %."""
    return f"{decimal(fraction if fraction is None else fraction * 100, 0)}{NARROW}%"


def age(span: Span) -> str:
    """How long ago, or for how long: 0.8 s, 42 s, 14 min, 20 h, 3 days."""
    span = max(0, span)
    if span < 2 * SECOND:
        return f"{writing.decimal(span // 100 / 10, 1)} s"
    if span < MINUTE:
        return f"{span // SECOND} s"
    if span < HOUR:
        return f"{span // MINUTE} min"
    if span < 2 * DAY:
        return f"{span // HOUR} h"
    return _("{n} days", n=span // DAY)


def in_zone(instant: Instant, timezone: str) -> datetime:
    """The instant as a datetime in the site's zone."""
    return datetime.fromtimestamp(instant / 1000, ZoneInfo(timezone))


def hour_minute(instant: Instant, timezone: str) -> str:
    """10:18"""
    return in_zone(instant, timezone).strftime("%H:%M")


def with_seconds(instant: Instant, timezone: str) -> str:
    """10:18:42, as records are written."""
    return in_zone(instant, timezone).strftime("%H:%M:%S")


def date(instant: Instant, timezone: str) -> str:
    """17 Nov 2026"""
    return writing.dated(in_zone(instant, timezone), "yMMMd")


def day(instant: Instant, timezone: str) -> str:
    """Tue 17 Nov"""
    return writing.dated(in_zone(instant, timezone), "MMMEd")


def short_date(instant: Instant, timezone: str) -> str:
    """17 Nov"""
    return writing.dated(in_zone(instant, timezone), "MMMd")


def moment(instant: Instant, timezone: str, now: Instant) -> str:
    """10:18 if that is today, else 17 Nov 2026 10:18."""
    time = hour_minute(instant, timezone)
    day = date(instant, timezone)
    return time if day == date(now, timezone) else f"{day} {time}"


def exactly(instant: Instant, timezone: str, now: Instant) -> str:
    """10:18:42 if that is today, else 17 Nov 2026 10:18:42."""
    time, day = with_seconds(instant, timezone), date(instant, timezone)
    return time if day == date(now, timezone) else f"{day} {time}"


def in_site_time(text: str, timezone: str, now: Instant) -> str:
    """A text with the instants in it (UTC, as logs have them) as clocks on the wall show them: 10:18:42."""

    def shown(found: re.Match[str]) -> str:
        return exactly(instant_of(datetime.fromisoformat(found[0])), timezone, now)

    return re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", shown, text)


def zone_name(instant: Instant, timezone: str) -> str:
    """The zone as people there call it at that instant: CET; by its distance from UTC where it has no name."""
    name = in_zone(instant, timezone).tzname() or ""
    return name if name.isalpha() else offset(instant, timezone)


def offset(instant: Instant, timezone: str) -> str:
    """The zone's distance from UTC at that instant: UTC+1, UTC+5:30."""
    delta = in_zone(instant, timezone).utcoffset()
    minutes = 0 if delta is None else round(delta.total_seconds() / 60)
    sign = "+" if minutes >= 0 else MINUS
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def size(micrometres: float) -> str:
    """Particles of that size and larger: ≥ 0.5 µm."""
    return f"≥ {writing.significant(micrometres, 6)} µm"


def what(point: Point) -> str:
    """What a point measures, in few words: its name, or particles with their size."""
    if point.quantity is Quantity.PARTICLES and point.size is not None:
        return _("Particles {size}", size=size(point.size))
    return point.name


def brief(point: Point) -> str:
    """What a point measures where room is scarce: ≥ 0.5 µm, Temperature."""
    if point.quantity is Quantity.PARTICLES and point.size is not None:
        return size(point.size)
    return point.name


def beyond(value: float, limit: float, side: Side, quantity: Quantity) -> str:
    """How far outside: "1.7 times the limit of 352,000" for particles, "0.9 under the limit of 4.0 %" for others."""
    if quantity is Quantity.PARTICLES and limit > 0:
        return _("{n} times the limit of {limit}", n=decimal(value / limit, 1), limit=number(limit, quantity))
    depth, held = number(abs(value - limit), quantity), with_unit(limit, quantity)
    if side is Side.HIGH:
        return _("{depth} over the limit of {limit}", depth=depth, limit=held)
    return _("{depth} under the limit of {limit}", depth=depth, limit=held)


def yes_or_no(value: bool) -> str:
    """Yes, no."""
    return _("Yes") if value else _("No")


def words(n: int) -> str:
    """A count as people say it, by a word up to twelve: no, one, twelve, 13."""
    return _(NUMBER_WORDS[n]) if n < len(NUMBER_WORDS) else decimal(n, 0)


def count(n: int, one: str, many: str | None = None) -> str:
    """A number with its noun, for the command line: one alert, 3 rooms. Numbers up to twelve are words."""
    noun = one if n == 1 else (many or f"{one}s")
    return f"{NUMBER_WORDS[n] if n < len(NUMBER_WORDS) else n} {noun}"


def sentence(text: str) -> str:
    """The text with its first letter large."""
    return text[:1].upper() + text[1:]

"""Time on the axis of a trend: moments in the site's zone, for an axis that counts milliseconds of UTC.

The plotting library knows no zones, so it is given the places of the ticks and their words. An axis in UTC has no
hour twice, and none missing, when clocks change.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias
from zoneinfo import ZoneInfo

from app.formats import in_zone
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant, Span
from facility.language import _
from facility.writing import dated
from storage.samples.columns import Array

STEPS: tuple[Span, ...] = (
    *(s * SECOND for s in (1, 2, 5, 10, 15, 30)),
    *(m * MINUTE for m in (1, 2, 5, 10, 15, 30)),
    *(h * HOUR for h in (1, 2, 3, 6, 12)),
    *(d * DAY for d in (1, 2, 7)),
)
MONTHS = (1, 3, 6, 12, 24, 60, 120, 240)
MONTH: Span = 30 * DAY

Moments: TypeAlias = Callable[[Array, Span], list[str]]
"""What `moment_words` says of times that last so long."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis and what stands there; the second line is the day, where it begins or is first named."""

    at: Instant
    text: str
    day: str = ""


def time_ticks(start: Instant, end: Instant, timezone: str, most: int = 9) -> list[Tick]:
    """At most about `most` ticks between two moments, at round times of the site's zone."""
    step = next((step for step in STEPS if (end - start) / step <= most), None)
    if step is None:
        return _months(start, end, timezone, most)
    if step >= DAY:
        days = step // DAY
        return [
            Tick(at, _day(day))
            for day, at in _midnights(start, end, timezone)
            if day.toordinal() % days == (1 if days == 7 else 0)  # every week on its Monday
        ]
    return list(_with_days(_within_days(start, end, timezone, step), timezone, step))


def moments_in(timezone: str) -> Moments:
    """`moment_words` in this zone, said once for times that several points share."""
    known: dict[tuple[bytes, Span], list[str]] = {}

    def said(times: Array, lasting: Span) -> list[str]:
        key = times.tobytes(), lasting
        if key not in known:
            known[key] = moment_words(times, lasting, timezone)
        return known[key]

    return said


def moment_words(times: Array, lasting: Span, timezone: str) -> list[str]:
    """Each moment, or with `lasting` each stretch from it: "Tue 17 Nov 10:14:30", "Tue 17 Nov 10:10 to 10:20"."""
    zone = ZoneInfo(timezone)
    begins = [datetime.fromtimestamp(time / SECOND, zone) for time in times.tolist()]
    if lasting == 0:
        return [f"{_day(begin)} {begin.hour:02}:{begin.minute:02}:{begin.second:02}" for begin in begins]
    ends = [datetime.fromtimestamp((time + lasting) / SECOND, zone) for time in times.tolist()]
    until = _clock if lasting < DAY else _day_and_clock
    words = _("{start} to {end}")
    return [
        words.format(start=_day_and_clock(begin), end=until(end)) for begin, end in zip(begins, ends, strict=True)
    ]


def _clock(moment: datetime) -> str:
    return f"{moment.hour:02}:{moment.minute:02}"


def _day_and_clock(moment: datetime) -> str:
    return f"{_day(moment)} {_clock(moment)}"


def _day(moment: date) -> str:
    """Tue 17 Nov"""
    return dated(moment, "MMMEd")


def _instant(moment: datetime) -> Instant:
    return round(moment.timestamp()) * SECOND


def _midnights(start: Instant, end: Instant, timezone: str) -> Iterator[tuple[date, Instant]]:
    zone = ZoneInfo(timezone)
    day = in_zone(start, timezone).date()
    while (at := _instant(datetime(day.year, day.month, day.day, tzinfo=zone))) <= end:
        if at >= start:
            yield day, at
        day += timedelta(days=1)


def _within_days(start: Instant, end: Instant, timezone: str, step: Span) -> Iterator[Instant]:
    """Multiples of a step since midnight by the wall clock: a skipped time not at all, a repeated one twice."""
    zone, pace = ZoneInfo(timezone), timedelta(milliseconds=step)
    walls = sorted(in_zone(at, timezone).replace(tzinfo=None) for at in (start, end))
    midnight = walls[0].replace(hour=0, minute=0, second=0, microsecond=0)
    wall = midnight + (walls[0] - midnight) // pace * pace
    found: set[Instant] = set()
    while wall <= walls[1]:
        for fold in (0, 1):
            at = _instant(wall.replace(tzinfo=zone, fold=fold))
            if in_zone(at, timezone).replace(tzinfo=None) == wall and start <= at <= end:
                found.add(at)
        wall += pace
    yield from sorted(found)


def _with_days(times: Iterator[Instant], timezone: str, step: Span) -> Iterator[Tick]:
    named: date | None = None
    for at in times:
        moment = in_zone(at, timezone)
        first = moment.date() != named
        named = moment.date()
        time = f"{moment:%H:%M:%S}" if step < MINUTE else f"{moment:%H:%M}"
        yield Tick(at, time, _day(moment) if first else "")


def _months(start: Instant, end: Instant, timezone: str, most: int) -> list[Tick]:
    months = next((m for m in MONTHS if (end - start) / (m * MONTH) <= most), MONTHS[-1])
    zone = ZoneInfo(timezone)
    first = in_zone(start, timezone)
    ticks = []
    number = first.year * 12 + first.month - 1
    while (at := _instant(datetime(number // 12, number % 12 + 1, 1, tzinfo=zone))) <= end:
        if at >= start and number % months == 0:
            moment = in_zone(at, timezone)
            ticks.append(Tick(at, dated(moment, "yMMM") if months < 12 else f"{moment:%Y}"))
        number += 1
    return ticks

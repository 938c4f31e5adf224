"""Which days could be archived away, when and why: by the rule of the site file, and by the batches made then."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from facility.instants import DAY, datetime_of
from facility.retention import Retention
from storage.records.archived import Archive
from storage.records.batches import Run


@dataclass(frozen=True, slots=True)
class DayKept:
    """One day of readings: how many, until when it is kept (None: no end yet), and what for."""

    day: date
    readings: int
    until: date | None
    why: str
    archive: str | None
    """The file of an archive that has it."""


def days_kept(
    rule: Retention | None, readings: Mapping[int, int], runs: Sequence[Run], archives: Sequence[Archive]
) -> list[DayKept]:
    """Every sealed day, in order; `readings` says how many each has."""
    found = []
    for number in sorted(readings):
        start, end = number * DAY, (number + 1) * DAY
        day = _date(start)
        made_then = [run for run in runs if run.start < end and (run.end is None or run.end >= start)]
        archive = next((one.file for one in archives if one.first <= day.isoformat() <= one.last), None)
        found.append(DayKept(day, readings[number], *_until(rule, day, made_then), archive))
    return found


def report(days: Sequence[DayKept], today: date) -> Iterator[str]:
    """The days in words, those of one fate together."""

    def fate(day: DayKept) -> tuple[object, ...]:
        return day.until is not None and day.until <= today, day.why, day.archive

    for (due, why, archive), group in groupby(days, fate):
        several = list(group)
        first, last = several[0], several[-1]
        span = f"{first.day}" if first is last else f"{first.day} to {last.day}"
        kept = f"in {archive}" if archive else "in no archive yet"
        fate_words = "could be archived away" if due else _kept_words(last)
        yield f"{span}: {sum(day.readings for day in several):,} readings {fate_words}; {why}; {kept}"


def _until(rule: Retention | None, day: date, runs: Sequence[Run]) -> tuple[date | None, str]:
    if rule is None:
        return None, "the site file has no rule (docs/site-file.md, retention)"
    ends: Mapping[str, date | None] = {run.batch: None if run.end is None else _date(run.end) for run in runs}
    until = rule.kept_until(day, ends.values())
    plain = rule.kept_until(day, ())
    if until is None:
        running = sorted(batch for batch, end in ends.items() if end is None)
        return None, f"batch {', '.join(running)} has no end yet"
    if until == plain:
        return until, f"{rule.years} years by the site file"
    latest = max(ends.items(), key=lambda item: item[1] or day)
    return until, f"{rule.batch_years} years after batch {latest[0]}, which ended on {latest[1]}"


def _kept_words(day: DayKept) -> str:
    return "are kept for good" if day.until is None else f"are kept to {day.until - timedelta(days=1)}"


def _date(instant: int) -> date:
    return datetime_of(instant).date()

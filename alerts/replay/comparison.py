"""Alarms before and after, side by side: how many, for how long, and what would no longer have been seen."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.replay.overlaps import Overlaps
from facility.alarm import Alarm
from facility.instants import Instant, Span
from facility.limit import Severity


class Fate(StrEnum):
    """What becomes of an alarm by the other limits."""

    HIDDEN = "hidden"
    """Nobody would have been called at all."""
    MILDER = "milder"
    """It would not have become as severe."""
    LATER = "later"
    """It would have called later."""


@dataclass(frozen=True, slots=True)
class Lost:
    """An alarm of before that would have been hidden, milder or later; `by` is how much later, a span, else 0."""

    alarm: Alarm
    fate: Fate
    lasted: Span
    by: Span = 0

    @property
    def depth(self) -> float | None:
        """How far its worst value was beyond its limit, in the point's unit; None where no limit is behind it."""
        if self.alarm.worst is None or self.alarm.limit is None:
            return None
        return abs(self.alarm.worst - self.alarm.limit)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many alarms of one severity (the highest they reached), and for how long in all."""

    before: int
    after: int
    time_before: Span
    time_after: Span


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another limit makes of the alarms of one point in a period."""

    point: str
    readings: int
    tallies: dict[Severity, Tally]
    lost: tuple[Lost, ...]
    """By onset."""
    new: tuple[Alarm, ...]
    """Alarms where there was none before, by onset."""

    @property
    def hidden(self) -> tuple[Lost, ...]:
        return tuple(lost for lost in self.lost if lost.fate is Fate.HIDDEN)


def compare(
    point: str, readings: int, before: Sequence[Alarm], after: Sequence[Alarm], start: Instant, end: Instant
) -> Comparison:
    """Put the alarms of both sides beside each other; what stood before or after the period counts within it."""
    severities = sorted({alarm.severity for alarm in (*before, *after)}, reverse=True)
    tallies = {
        severity: Tally(
            *(sum(alarm.severity is severity for alarm in side) for side in (before, after)),
            *(_time(side, severity, start, end) for side in (before, after)),
        )
        for severity in severities
    }
    known = Overlaps(before)
    new = tuple(alarm for alarm in after if not known.of(alarm))
    return Comparison(point, readings, tallies, tuple(_lost(before, after, start, end)), new)


def longest(lost: Iterable[Lost]) -> Lost | None:
    """The one that lasted longest."""
    return max(lost, key=lambda one: one.lasted, default=None)


def deepest(lost: Iterable[Lost]) -> Lost | None:
    """The one whose value was farthest beyond its limit, as a share of it: points have different units."""
    return max(lost, key=_relative_depth, default=None)


def _lost(before: Sequence[Alarm], after: Sequence[Alarm], start: Instant, end: Instant) -> Iterator[Lost]:
    left = Overlaps(after)
    for alarm in sorted(before, key=lambda alarm: alarm.onset):
        lasted = _within(alarm, start, end)
        same = left.of(alarm)
        if not same:
            yield Lost(alarm, Fate.HIDDEN, lasted)
        elif max(other.severity for other in same) < alarm.severity:
            yield Lost(alarm, Fate.MILDER, lasted)
        elif (by := min(other.raised for other in same) - alarm.raised) > 0:
            yield Lost(alarm, Fate.LATER, lasted, by)


def _relative_depth(lost: Lost) -> float:
    if lost.depth is None:
        return -1.0
    return lost.depth / (abs(lost.alarm.limit or 0.0) or 1.0)


def _time(alarms: Sequence[Alarm], severity: Severity, start: Instant, end: Instant) -> Span:
    return sum(_within(alarm, start, end) for alarm in alarms if alarm.severity is severity)


def _within(alarm: Alarm, start: Instant, end: Instant) -> Span:
    until = end if alarm.returned is None else min(alarm.returned, end)
    return max(0, until - max(alarm.onset, start))

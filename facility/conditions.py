"""What is judged of a point beside its limits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from facility.instants import Instant, Span, instant_of
from facility.limit import Limit, Severity

FEWEST_READINGS = 10
"""So many readings at least say that a value is frozen."""


def shortest_frozen(interval: Span) -> Span:
    """After which time at the earliest that is said of an instrument that reads every `interval`: one may be missing
    between two, and none is ever quite on time.
    """
    return 2 * FEWEST_READINGS * interval


@dataclass(frozen=True, slots=True)
class Frozen:
    """Frozen is a value that for `after` has not moved by more than `within`, in the point's unit."""

    after: Span
    within: float = 0.0

    @property
    def longest_pause(self) -> Span:
        """Without a reading for longer than this it may have moved and come back."""
        return self.after // FEWEST_READINGS


@dataclass(frozen=True, slots=True)
class Rate:
    """Too fast is a value that has changed by more than `change`, in the point's unit, `within` a while."""

    change: float
    within: Span
    severity: Severity


@dataclass(frozen=True, slots=True)
class Invalid:
    """Too many are so many invalid `readings` `within` a while, in more than one go.

    One long fault is an instrument fault and no more.
    """

    readings: int
    within: Span


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions of one point, None for those that are not judged there.

    `range` is what its instrument can measure, or the quantity can be: a reading outside it is invalid. `reversal` is
    the limit at 0 that a pressure between rooms must not pass. What belongs to an instrument is judged at the first
    of its points alone: `clock`, whether its clock is ahead, and `overdue_from`, when its calibration is overdue.
    """

    range: tuple[float, float] | None = None
    frozen: Frozen | None = None
    rate: Rate | None = None
    invalid: Invalid | None = None
    reversal: Limit | None = None
    clock: bool = False
    overdue_from: Instant | None = None


NONE = Conditions()
"""Nothing beside limits, silence and faults."""


def overdue_from(due: date, zone: ZoneInfo) -> Instant:
    """When a calibration that is due on a day is overdue: from the end of that day at the site."""
    return instant_of(datetime.combine(due + timedelta(days=1), time_of_day(), zone))

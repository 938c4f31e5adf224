"""How well the alarms serve those who must answer them: the figures of a period, each against its target.

An alarm that calls too often is not heard any more. The figures are those of ISA-18.2 and EEMUA 191 for one operator;
what counts is each time that people are called: an alarm is raised, rises, comes back, or stands when its hold ends.
What late readings tell of the past, and advisories, call nobody.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from alerts.machine import Transition
from facility.alarm import Alarm
from facility.instants import DAY, MINUTE, Instant, Span
from facility.limit import Severity
from storage.records.alarm_steps import AlarmStep

TEN_MINUTES: Span = 10 * MINUTE
WINDOW_MOST = 10
"""So many calls in ten minutes are the most that anybody can answer; more are a flood."""
FLOOD_ENDS = 5
CHATTERING, CHATTERING_WITHIN = 3, MINUTE
"""An alarm chatters when it calls so often in this time."""
FLEETING: Span = MINUTE
"""An alarm that is over so soon, with nobody's doing, was gone before anyone could look."""
STALE: Span = DAY
TOP = 10
ENOUGH_DAYS = 30
"""Over fewer days the figures are shown, and not judged (ISA-18.2)."""

CALLS = frozenset({Transition.RAISED, Transition.ROSE, Transition.CAME_BACK, Transition.HOLD_ENDED})

Times: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Call:
    """People are called for an alarm. `source` is its point (or source, or room) with the condition."""

    at: Instant
    alarm: str
    source: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Offender:
    """One alarm of one point, and how much of the load it makes; `share` is from 0 to 1."""

    source: str
    calls: int
    share: float
    chattering: int
    fleeting: int


@dataclass(frozen=True, slots=True)
class Health:
    """The figures of a period of `days`. Shares are from 0 to 1; what cannot be said of no calls is None.

    `per_ten_minutes` is the average, `most` the largest number in any ten minutes, wherever they begin.
    `stale` is the largest number of alarms that had stood for more than a day, at the end of any day.
    `severities` are shares of advisory, alert and action.
    """

    days: float
    calls: int
    per_ten_minutes: float
    over_ten: float
    most: int
    flood: float
    top_share: float | None
    offenders: tuple[Offender, ...]
    chattering: int
    fleeting: int
    stale: int
    severities: Mapping[Severity, float]
    by_day: tuple[int, ...]
    """Calls of each day of 24 hours from the start."""

    @property
    def judged(self) -> bool:
        """Is the period long enough for a verdict?"""
        return self.days >= ENOUGH_DAYS


def calls(steps: Sequence[AlarmStep], alarms: Mapping[str, Alarm]) -> list[Call]:
    """Whenever people were called, in order of time; `alarms` are those that the steps are of, by id."""
    found = [
        Call(step.at, step.alarm, step.alarm.rpartition("/")[0], step.severity)
        for step in steps
        if step.step in CALLS
        and step.announced
        and not step.retrospective
        and not (step.step == Transition.HOLD_ENDED and _is_over(alarms.get(step.alarm), step.at))
    ]
    return sorted(found, key=lambda call: call.at)


def health(made: Sequence[Call], alarms: Sequence[Alarm], start: Instant, end: Instant) -> Health:
    """The figures of `[start, end)`. `made` are the calls in it, by time, `alarms` all that stood at any time in it.

    `start` must not be before anything was watched: quiet that nobody could have heard is no quiet.
    """
    loud = [call for call in made if call.severity > Severity.ADVISORY]
    times = np.array([call.at for call in loud], dtype=np.int64)
    by_source = Counter(call.source for call in loud)
    chattering = _chattering(loud)
    fleeting = Counter(alarm.id.rpartition("/")[0] for alarm in alarms if _is_fleeting(alarm, start, end))
    offenders = tuple(
        Offender(source, number, number / len(loud), chattering[source], fleeting[source])
        for source, number in by_source.most_common(TOP)
    )
    severities = Counter(call.severity for call in made)
    windows = -(-(end - start) // TEN_MINUTES)
    in_windows = np.bincount((times - start) // TEN_MINUTES, minlength=windows) if len(times) else np.zeros(windows)
    return Health(
        days=(end - start) / DAY,
        calls=len(loud),
        per_ten_minutes=len(loud) / ((end - start) / TEN_MINUTES),
        over_ten=float((in_windows > WINDOW_MOST).mean()),
        most=_most(times, TEN_MINUTES),
        flood=sum(stop - begin for begin, stop in floods(times, end)) / (end - start),
        top_share=sum(offender.share for offender in offenders) if loud else None,
        offenders=offenders,
        chattering=len(chattering),
        fleeting=fleeting.total(),
        stale=max((_stale(alarms, at) for at in _ends_of_days(start, end)), default=0),
        severities={severity: severities[severity] / len(made) for severity in Severity} if made else {},
        by_day=tuple(int(n) for n in np.bincount((times - start) // DAY, minlength=-(-(end - start) // DAY))),
    )


def floods(times: Times, until: Instant) -> Iterator[tuple[Instant, Instant]]:
    """Begin and end of each flood: from more than ten calls in ten minutes until fewer than five."""
    begun: Instant | None = None
    count = 0
    moves = sorted([*((int(at), 1) for at in times), *((int(at) + TEN_MINUTES, -1) for at in times)])
    for at, change in moves:
        if at >= until:
            break
        count += change
        if begun is None and count > WINDOW_MOST:
            begun = at
        elif begun is not None and count < FLOOD_ENDS:
            yield begun, at
            begun = None
    if begun is not None:
        yield begun, until


def _most(times: Times, span: Span) -> int:
    """The largest number of these in any span of this length."""
    if not len(times):
        return 0
    return int((np.searchsorted(times, times + span, side="left") - np.arange(len(times))).max())


def _chattering(made: Sequence[Call]) -> Counter[str]:
    """How often each alarm called, of those that chattered."""
    by_source: dict[str, list[Instant]] = {}
    for call in made:
        by_source.setdefault(call.source, []).append(call.at)
    return Counter(
        {
            source: len(times)
            for source, times in by_source.items()
            if _most(np.array(times, dtype=np.int64), CHATTERING_WITHIN) >= CHATTERING
        }
    )


def _is_fleeting(alarm: Alarm, start: Instant, end: Instant) -> bool:
    if alarm.retrospective or alarm.severity is Severity.ADVISORY or alarm.returned is None:
        return False
    answered = any(answer.at <= alarm.returned for answer in alarm.acknowledgements)
    return start <= alarm.raised < end and alarm.returned - alarm.raised < FLEETING and not answered


def _stale(alarms: Sequence[Alarm], at: Instant) -> int:
    return sum(
        alarm.raised + STALE < at and not _is_over(alarm, at)
        for alarm in alarms
        if not alarm.retrospective and alarm.severity > Severity.ADVISORY
    )


def _is_over(alarm: Alarm | None, at: Instant) -> bool:
    return alarm is not None and alarm.returned is not None and alarm.returned <= at


def _ends_of_days(start: Instant, end: Instant) -> Iterator[Instant]:
    yield from range(start + DAY, end, DAY)
    yield end

"""What of an event people have to be told now, given what they were told before: a pure decision.

It looks at how things are, not at what happened one after the other: so whatever was missed is made up for, and
nothing is told twice. An event is an excursion, or an alarm that is in none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from facility.alarm import Alarm, AlarmState
from facility.instants import MINUTE, Instant, Span
from facility.limit import Severity
from storage.records.notifications import Purpose
from storage.records.told_alarms import NOTHING, Told

APART: Span = MINUTE
"""Between two messages about one event, unless it got worse."""
LATE_WAIT: Span = 15 * MINUTE
"""Alarms that late readings tell of are gathered for so long, into one summary."""

UNANSWERED = frozenset({AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED})


@dataclass(frozen=True, slots=True)
class Telling:
    """What is to be told of one event: now, or at `due`. `gathered` goes into a summary with others."""

    purpose: Purpose
    event: str
    alarms: tuple[Alarm, ...]
    """Those that it is about, the one that counts most first."""
    due: Instant
    gathered: bool = False

    @property
    def severity(self) -> Severity:
        """The highest of its alarms."""
        return max(alarm.severity for alarm in self.alarms)


def telling(event: str, members: Sequence[Alarm], told: Mapping[str, Told], now: Instant) -> Telling | None:
    """What is to be told at once of an event with these alarms; None where nothing is."""
    calling = [alarm for alarm in members if alarm.severity > Severity.ADVISORY]
    live = [alarm for alarm in calling if alarm.announced]
    before = {alarm.id: told.get(alarm.id, NOTHING) for alarm in members}
    known = [one for one in before.values() if one.severity is not None]
    last = max((one.at for one in known), default=0)
    unanswered = by_weight(alarm for alarm in live if alarm.state in UNANSWERED)
    if unanswered:
        highest = max((one.severity for one in known if one.severity is not None), default=None)
        if highest is None:
            return Telling(Purpose.NEW, event, unanswered, now)
        if unanswered[0].severity > highest:
            return Telling(Purpose.WORSE, event, unanswered, now)
        more = by_weight(alarm for alarm in unanswered if _is_news(alarm, before[alarm.id]))
        if more:
            return Telling(Purpose.MORE, event, more, max(now, last + APART))
    told_of = by_weight(alarm for alarm in live if before[alarm.id].severity is not None)
    if told_of and not any(alarm.returned is None for alarm in live) and any(one.standing for one in known):
        return Telling(Purpose.RETURNED, event, told_of, max(now, last + APART))
    return None


def telling_late(event: str, members: Sequence[Alarm], told: Mapping[str, Told], now: Instant) -> Telling | None:
    """What is to be told of its alarms that late readings tell of, whatever else is told of the event meanwhile."""
    before = {alarm.id: told.get(alarm.id, NOTHING) for alarm in members}
    late = by_weight(
        alarm
        for alarm in members
        if alarm.severity > Severity.ADVISORY
        and alarm.retrospective
        and alarm.held is None
        and before[alarm.id].severity is None
    )
    if not late:
        return None
    begun = min(before[alarm.id].at or now for alarm in late)
    return Telling(Purpose.SUMMARY, event, late, max(now, begun + LATE_WAIT), gathered=True)


def _is_news(alarm: Alarm, before: Told) -> bool:
    """Was it not told of, or told of as over, or as less severe?"""
    if before.severity is None or alarm.severity > before.severity:
        return True
    return alarm.returned is None and not before.standing


def by_weight(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Those that are outside first, then the most severe, then what began first."""
    return tuple(sorted(alarms, key=lambda a: (a.returned is not None, -a.severity, a.onset, a.id)))

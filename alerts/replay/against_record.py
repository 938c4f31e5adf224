"""Where readings judged in instrument time tell otherwise than what is on record, and whether they came late."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerts.replay.overlaps import Overlaps
from facility.alarm import Alarm, Condition
from facility.instants import Instant, Span

BY_READINGS = frozenset(Condition) - {
    Condition.NO_DATA,
    Condition.SOURCE_LOST,
    Condition.CLOCK_SKEW,
    Condition.CALIBRATION_OVERDUE,
    Condition.STILL_OUT_OF_SERVICE,
    Condition.ROOM_STATE_UNKNOWN,
}
"""The conditions that readings alone tell of; the others come of silence, of sources, of clocks or of people."""


class Kind(StrEnum):
    """In what way record and instrument time differ."""

    NOT_ON_RECORD = "not on record"
    ONLY_ON_RECORD = "only on record"
    RAISED = "raised at another time"
    RETURNED = "returned at another time"
    SEVERITY = "another severity"


@dataclass(frozen=True, slots=True)
class Difference:
    """One alarm that is told otherwise. `late` is the longest that one of its readings was under way, a span.

    `recorded` and `judged` are the two, where there are two; of several stretches that one alarm on record spans the
    first.
    """

    kind: Kind
    recorded: Alarm | None
    judged: Alarm | None
    late: Span

    @property
    def alarm(self) -> Alarm:
        """The one on record, if there is one."""
        alarm = self.recorded or self.judged
        assert alarm is not None
        return alarm


def against_record(
    judged: Sequence[Alarm], on_record: Sequence[Alarm], end: Instant, delay: Callable[[Instant, Instant], Span]
) -> Iterator[Difference]:
    """What is told otherwise of a point in a period up to `end`. `delay` says how late readings of a stretch came."""
    by_judging, by_record = Overlaps(judged), Overlaps(on_record)
    for recorded in on_record:
        for kind, other in _told_otherwise(recorded, by_judging.of(recorded), end):
            yield Difference(kind, recorded, other, delay(recorded.onset, _end(recorded, end)))
    for alarm in judged:
        if not by_record.of(alarm):
            yield Difference(Kind.NOT_ON_RECORD, None, alarm, delay(alarm.onset, _end(alarm, end)))


def _told_otherwise(recorded: Alarm, same: Sequence[Alarm], end: Instant) -> Iterator[tuple[Kind, Alarm | None]]:
    if not same:
        yield Kind.ONLY_ON_RECORD, None
        return
    first, last = same[0], same[-1]
    if first.raised != recorded.raised:
        yield Kind.RAISED, first
    if _end(last, end) != _end(recorded, end):
        yield Kind.RETURNED, last
    if max(alarm.severity for alarm in same) != recorded.severity:
        yield Kind.SEVERITY, max(same, key=lambda alarm: alarm.severity)


def _end(alarm: Alarm, end: Instant) -> Instant:
    return end if alarm.returned is None else min(alarm.returned, end)

"""Which of many alarms of a point stood at the same time as another."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import accumulate
from math import inf

from facility.alarm import Alarm, Condition


class Overlaps:
    """Alarms of one point by condition and time; a year of a chattering limit has tens of thousands."""

    def __init__(self, alarms: Iterable[Alarm]) -> None:
        self._alarms: dict[Condition, list[Alarm]] = defaultdict(list)
        for alarm in sorted(alarms, key=lambda alarm: alarm.onset):
            self._alarms[alarm.condition].append(alarm)
        self._onsets = {kind: [alarm.onset for alarm in found] for kind, found in self._alarms.items()}
        self._ends = {kind: list(accumulate(map(until, found), max)) for kind, found in self._alarms.items()}

    def of(self, alarm: Alarm) -> list[Alarm]:
        """Those of the same condition that stood while this one did, by onset."""
        kind = alarm.condition
        if kind not in self._onsets:
            return []
        first = bisect_left(self._ends[kind], alarm.onset)
        last = bisect_right(self._onsets[kind], until(alarm))
        return [other for other in self._alarms[kind][first:last] if until(other) >= alarm.onset]


def until(alarm: Alarm) -> float:
    """When it returned; for ever, where it has not."""
    return inf if alarm.returned is None else alarm.returned

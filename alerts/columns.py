"""Many readings of one point judged at once: what `point_judge.judge` says of one after the other, far quicker.

While a point is quiet, nothing is to be looked at but the next reading that may change that. Where those are is
worked out for all readings in one go; what a rule remembers meanwhile is made up when one of them is reached.
"""

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from alerts.beside import CLOCK_AHEAD, NOTHING_RECENT, Recent, Still, with_reading
from alerts.findings import Finding
from alerts.point_judge import SPECIAL, InForce, PointState, judge
from alerts.volume import Volume
from facility.conditions import Frozen, Rate
from facility.limit import RollingVolume, Side
from facility.units import CUBIC_METRE, MICROLITRES
from storage.samples.columns import NO_NUMBER, Columns

Truths: TypeAlias = npt.NDArray[np.bool_]


def judge_columns(force: InForce, state: PointState, readings: Columns) -> tuple[PointState, list[Finding]]:
    """The state and the findings after many readings in order of time, each later than what led to `state`."""
    conditions = force.conditions
    inside = (readings.value > force.low) & (readings.value < force.high)
    if force.rolling is not None:
        inside = readings.value > force.low
    worth_a_look = ~inside | (readings.reasons & (SPECIAL | (CLOCK_AHEAD if conditions.clock else 0)) != 0)
    remembered: list[_Rolled | _Stood | _Changed] = []
    if force.rolling is not None:
        remembered.append(_Rolled(force, force.rolling, state.volume, readings))
    if conditions.frozen is not None:
        remembered.append(_Stood(conditions.frozen, state.still, readings))
    if conditions.rate is not None:
        remembered.append(_Changed(conditions.rate, state.recent, readings))
    for memory in remembered:
        worth_a_look |= memory.worth_a_look
    looks = np.flatnonzero(worth_a_look)
    findings: list[Finding] = []
    position, number = 0, len(readings)
    while position < number:
        if state.quiet:
            following = np.searchsorted(looks, position)
            position = int(looks[following]) if following < len(looks) else number
            for memory in remembered:
                state = memory.as_of(state, position)
            if position == number:
                break
        count, litres = int(readings.count[position]), float(readings.volume[position])
        state, found = judge(
            force,
            state,
            int(readings.time[position]),
            float(readings.value[position]),
            int(readings.reasons[position]),
            None if count == NO_NUMBER else count,
            None if np.isnan(litres) else litres,
        )
        findings += found
        position += 1
    return state, findings


class _Rolled:
    """The rolling volume at every reading, beginning with the samples that there were before them.

    `worth_a_look` is where it is not surely inside.
    """

    def __init__(self, force: InForce, rule: RollingVolume, before: Volume, readings: Columns) -> None:
        judged = readings.judged
        whole = rule.microlitres
        value, counted, litres = (column[judged] for column in (readings.value, readings.count, readings.volume))
        told = (counted != NO_NUMBER) & (litres > 0)
        counts = np.where(told, counted, np.rint(value * whole / (CUBIC_METRE * MICROLITRES)))
        drawn = np.where(told, np.rint(litres * MICROLITRES), whole)
        self._counts = np.concatenate([before.counts, counts]).astype(np.int64)
        self._drawn = np.concatenate([before.drawn, drawn]).astype(np.int64)
        count, total = (np.concatenate([[0], np.cumsum(sizes)]) for sizes in (self._counts, self._drawn))
        first = np.searchsorted(total, total[1:] - whole, side="right") - 1
        self._first = np.maximum(first, 0)
        self._known = len(before.counts)
        self._judged_before = np.concatenate([[0], np.cumsum(judged)])
        summed = np.maximum(total[1:] - total[self._first], whole)
        rolled = ((count[1:] - count[self._first]) * (CUBIC_METRE * MICROLITRES) / summed)[self._known :]
        highs = [limit for limit in force.limits.values() if limit.side is Side.HIGH]
        on_volume = min(limit.value for limit in highs if isinstance(limit.rule, RollingVolume))
        by_itself = min((limit.value for limit in highs if not isinstance(limit.rule, RollingVolume)), default=np.inf)
        self.worth_a_look = ~(readings.value < by_itself)
        self.worth_a_look[judged] |= rolled >= on_volume

    def as_of(self, state: PointState, position: int) -> PointState:
        """The state with the samples before the reading at a position."""
        judged = int(self._judged_before[position])
        if judged == 0:
            return state
        end = self._known + judged
        start = int(self._first[end - 1])
        counts, drawn = self._counts[start:end].tolist(), self._drawn[start:end].tolist()
        return msgspec.structs.replace(state, volume=Volume(tuple(counts), tuple(drawn), sum(counts), sum(drawn)))


class _Stood:
    """Since when the value had not moved, at every reading. `worth_a_look` is where it is frozen."""

    def __init__(self, frozen: Frozen, before: Still | None, readings: Columns) -> None:
        judged = readings.judged
        self._time, self._value = readings.time[judged], readings.value[judged]
        if before is not None:
            self._time = np.concatenate([[before.last], self._time])
            self._value = np.concatenate([[before.value], self._value])
        self._known = 0 if before is None else 1
        self._judged_before = np.concatenate([[0], np.cumsum(judged)])
        moved = np.diff(self._time) > frozen.longest_pause
        if frozen.within == 0:
            moved |= np.diff(self._value) != 0
        else:
            moved |= _left(self._value.tolist(), moved.tolist(), frozen.within)
        begins = np.concatenate([[0], np.flatnonzero(moved) + 1])
        self._begin = begins[np.searchsorted(begins, np.arange(len(self._time)), side="right") - 1]
        self._since = self._time[self._begin]
        if before is not None:
            self._since[self._begin == 0] = before.since
        self.worth_a_look = np.zeros(len(readings), bool)
        self.worth_a_look[judged] = (self._time - self._since >= frozen.after)[self._known :]

    def as_of(self, state: PointState, position: int) -> PointState:
        """The state with what there was before the reading at a position."""
        newest = int(self._judged_before[position]) + self._known - 1
        if newest < self._known:
            return state
        value, since = float(self._value[self._begin[newest]]), int(self._since[newest])
        return msgspec.structs.replace(state, still=Still(value, since, int(self._time[newest])))


def _left(values: list[float], paused: list[bool], within: float) -> Truths:
    """Which readings but the first are farther from where a stretch began than it allows: these begin another."""
    left = np.zeros(len(paused), bool)
    begin = values[0] if values else 0.0
    for place, value in enumerate(values[1:]):
        if paused[place] or abs(value - begin) > within:
            left[place] = True
            begin = value
    return left


class _Changed:
    """What a value may have changed from, at every reading. `worth_a_look` is where it may be too much.

    Whatever lies within a while of a reading is in the same stretch of that length as the reading, or in the one
    before.
    """

    def __init__(self, rate: Rate, before: Recent, readings: Columns) -> None:
        judged = readings.judged
        self._rate, self._before = rate, before
        known = sorted({*before.highest, *before.lowest}, key=lambda one: one.time)
        self._time, self._value = readings.time[judged], readings.value[judged]
        self._judged_before = np.concatenate([[0], np.cumsum(judged)])
        times = np.concatenate([[one.time for one in known], self._time]).astype(np.int64)
        values = np.concatenate([[one.value for one in known], self._value])
        self.worth_a_look = np.zeros(len(readings), bool)
        if not len(times):
            return
        stretches, begins = np.unique((times - times[0]) // rate.within, return_index=True)
        highest, lowest = np.maximum.reduceat(values, begins), np.minimum.reduceat(values, begins)
        after_another = np.diff(stretches) == 1
        higher, lower = highest.copy(), lowest.copy()
        higher[1:][after_another] = np.maximum(highest[1:], highest[:-1])[after_another]
        lower[1:][after_another] = np.minimum(lowest[1:], lowest[:-1])[after_another]
        in_stretch = np.repeat(higher - lower > rate.change, np.diff([*begins, len(times)]))
        self.worth_a_look[judged] = in_stretch[len(known) :]

    def as_of(self, state: PointState, position: int) -> PointState:
        """The state with what there was before the reading at a position."""
        end = int(self._judged_before[position])
        if end == 0:
            return state
        begin = int(np.searchsorted(self._time, self._time[end - 1] - self._rate.within))
        recent = self._before if begin == 0 else NOTHING_RECENT
        times, values = self._time[begin:end].tolist(), self._value[begin:end].tolist()
        for time, value in zip(times, values, strict=True):
            recent = with_reading(recent, self._rate.within, time, value)
        return msgspec.structs.replace(state, recent=recent)

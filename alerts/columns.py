"""Many readings of one point judged at once: what `point_judge.judge` says of one after the other, far quicker.

While a point is quiet, nothing is to be looked at but the next reading that may change that. Where those are is
worked out for all readings in one go; what a rule remembers meanwhile is made up when one of them is reached.
"""

from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from alerts.findings import Finding
from alerts.point_judge import SPECIAL, LimitsInForce, PointState, judge
from alerts.volume import Volume
from facility.limit import RollingVolume, Severity
from facility.units import CUBIC_METRE, MICROLITRES
from storage.samples.columns import NO_NUMBER, Columns

Positions: TypeAlias = npt.NDArray[np.intp]
Whole: TypeAlias = npt.NDArray[np.int64]


def judge_columns(
    force: LimitsInForce, fault: Severity, state: PointState, readings: Columns
) -> tuple[PointState, list[Finding]]:
    """The state and the findings after many readings in order of time, each later than what led to `state`."""
    inside = (readings.value > force.low) & (readings.value < force.high)
    worth_a_look = ~inside | (readings.reasons & SPECIAL != 0)
    rolled = None
    if force.rolling is not None:
        rolled = _Rolled(force.rolling, state.volume, readings)
        highest = min(limit.value for limit in force.limits.values() if isinstance(limit.rule, RollingVolume))
        worth_a_look |= rolled.concentrations >= highest
    looks = np.flatnonzero(worth_a_look)
    findings: list[Finding] = []
    position, number = 0, len(readings)
    while position < number:
        if state.quiet:
            following = np.searchsorted(looks, position)
            position = int(looks[following]) if following < len(looks) else number
            if rolled is not None:
                state = msgspec.structs.replace(state, volume=rolled.before(position))
            if position == number:
                break
        count, litres = int(readings.count[position]), float(readings.volume[position])
        state, found = judge(
            force,
            fault,
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
    """The rolling volume at every reading, beginning with the samples that there were before them."""

    def __init__(self, rule: RollingVolume, before: Volume, readings: Columns) -> None:
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
        self._before = before
        self._known = len(before.counts)
        self._judged_before = np.concatenate([[0], np.cumsum(judged)])
        self.concentrations = np.full(len(readings), -np.inf)
        """After each reading that is judged."""
        summed = np.maximum(total[1:] - total[self._first], whole)
        rolled = (count[1:] - count[self._first]) * (CUBIC_METRE * MICROLITRES) / summed
        self.concentrations[judged] = rolled[self._known :]

    def before(self, position: int) -> Volume:
        """The samples before the reading at a position."""
        end = self._known + int(self._judged_before[position])
        if end == self._known:
            return self._before
        start = int(self._first[end - 1])
        counts, drawn = self._counts[start:end].tolist(), self._drawn[start:end].tolist()
        return Volume(tuple(counts), tuple(drawn), sum(counts), sum(drawn))

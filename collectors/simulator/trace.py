"""Time passes in the plant: changes happen when they are due, and its state is written down from tick to tick."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from collectors.simulator.changes import Change
from collectors.simulator.plant import Plant
from collectors.simulator.suite import Floats
from facility.instants import SECOND, Instant, Span


@dataclass(frozen=True, slots=True)
class Trace:
    """The state of the plant at a row of times: one line for each, in the suite's columns."""

    times: NDArray[np.int64]
    states: Floats
    exposures: Floats

    def at(self, times: NDArray[np.int64], column: int) -> Floats:
        """A state at each of these times (at the tick before where there is none)."""
        found: Floats = self.states[self._rows(times), column]
        return found

    def mean(self, times: NDArray[np.int64], span: Span, column: int) -> Floats:
        """The mean of a state over the span that ends at each of these times."""
        exposures = self.exposures[:, column]
        mean: Floats = (exposures[self._rows(times)] - exposures[self._rows(times - span)]) / (span / SECOND)
        return mean

    def then(self, later: "Trace", keep: Span) -> "Trace":
        """This trace's last `keep` and a later one in one."""
        first = int(np.searchsorted(self.times, self.times[-1] - keep))
        return Trace(
            np.concatenate([self.times[first:], later.times]),
            np.concatenate([self.states[first:], later.states]),
            np.concatenate([self.exposures[first:], later.exposures]),
        )

    def _rows(self, times: NDArray[np.int64]) -> NDArray[np.intp]:
        return np.maximum(np.searchsorted(self.times, times, side="right") - 1, 0)


def record(plant: Plant, changes: "Coming[Change]", end: Instant, tick: Span) -> Trace:
    """Let the plant run until `end`, and write its state down at every multiple of `tick` on the way."""
    times = np.arange(plant.now - plant.now % tick + tick, end + 1, tick, dtype=np.int64)
    states = np.empty((len(times), len(plant.state)))
    exposures = np.empty_like(states)
    for row, time in enumerate(times.tolist()):
        for change in changes.until(time):
            plant.advance(change.time)
            plant.apply(change)
        plant.advance(time)
        states[row], exposures[row] = plant.state, plant.exposure
    return Trace(times, states, exposures)


class Timed(Protocol):
    """Anything that happens at a time."""

    @property
    def time(self) -> Instant: ...


Due = TypeVar("Due", bound=Timed)


class Coming(Generic[Due]):
    """What will happen, in the order of time (it may have no end), taken as it falls due."""

    def __init__(self, happenings: Iterable[Due]) -> None:
        self._happenings = iter(happenings)
        self._next = next(self._happenings, None)

    def until(self, time: Instant) -> Iterator[Due]:
        """What is due at a time and was not taken before."""
        while self._next is not None and self._next.time <= time:
            yield self._next
            self._next = next(self._happenings, None)

"""Time passes in the plant: changes happen when they are due, and its state is written down from tick to tick."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collectors.simulator.changes import Change
from collectors.simulator.plant import Floats, Plant
from facility.instants import Instant, Span


@dataclass(frozen=True, slots=True)
class Trace:
    """The state of the plant at a row of times: one line for each, in the columns of `Plant.columns`."""

    times: NDArray[np.int64]
    states: Floats


def record(plant: Plant, changes: Iterator[Change], end: Instant, tick: Span) -> Trace:
    """Let the plant run until `end`, and write its state down at every multiple of `tick` on the way.

    `changes` come in the order of time; those after `end` are lost.
    """
    times = np.arange(plant.now - plant.now % tick + tick, end + 1, tick, dtype=np.int64)
    states = np.empty((len(times), len(plant.state)))
    due = next(changes, None)
    for row, time in enumerate(times.tolist()):
        while due is not None and due.time <= time:
            plant.advance(due.time)
            plant.apply(due)
            due = next(changes, None)
        plant.advance(time)
        states[row] = plant.state
    return Trace(times, states)

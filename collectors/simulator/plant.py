"""The suite as physics: every quantity nears an equilibrium that people, doors and air handlers set.

Each state x obeys x' = sum of r (x_k - x) + s: air that comes at a rate r with the value x_k, and a source s. So it
nears (sum of r x_k + s) / (sum of r) at the rate of the sum, and a step of any length is exact while nothing changes.
Only where one state takes in another (through an open door, from a room into its workstation) the other is held for
the step, so steps should be 10 s or shorter.
"""

import numpy as np

from collectors.simulator.balance import COARSE_SHARE, Balance
from collectors.simulator.changes import Burst, Change
from collectors.simulator.conditions import Conditions
from collectors.simulator.suite import Floats, Suite
from facility.instants import SECOND, Instant


class Plant:
    """The whole suite at one moment: one number for each place and trait, in the suite's columns."""

    def __init__(self, suite: Suite, now: Instant) -> None:
        self.suite = suite
        self.now = now
        self._conditions = Conditions(suite)
        self._balance = Balance(suite, self._conditions)
        self.state: Floats = np.zeros(len(suite.columns))
        self.exposure: Floats = np.zeros(len(suite.columns))
        """The sum of the state over all seconds: what an instrument has met that samples without a pause."""
        self._decay, self._decay_of = np.ones_like(self.state), 0.0
        """The share of a deviation that is left after so many seconds, under the present balance."""
        for _ in range(2):  # the second time with what the first has brought to the rooms that others take in
            self.state = self._balance.equilibrium(self.state)

    def apply(self, change: Change) -> None:
        """Let something change now."""
        if isinstance(change, Burst):
            place = self.suite.places[change.room]
            concentration = change.particles / self.suite.volume[place]
            self.state[self.suite.fine][place] += concentration
            self.state[self.suite.coarse][place] += COARSE_SHARE * concentration
        else:
            self._conditions.apply(change)
            self._balance.changed(change)

    def advance(self, until: Instant) -> None:
        """Let time pass; nothing happens where `until` is not later than now."""
        seconds = (until - self.now) / SECOND
        if seconds <= 0:
            return
        redrawn = self._balance.redraw()
        rate = self._balance.rate + self._balance.exchange
        if redrawn or seconds != self._decay_of:
            self._decay, self._decay_of = np.exp(-rate * seconds), seconds
        equilibrium = self._balance.equilibrium(self.state)
        lost = (self.state - equilibrium) * (1 - self._decay)
        self.exposure += equilibrium * seconds + lost / rate
        self.state = self.state - lost
        self.now = until

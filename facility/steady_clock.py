"""A clock that tells this machine's time and is not thrown by it being set.

Set forward, it goes along at once, and tells so before anybody hears the new time. Set back, it does not follow: it
goes on at nine tenths of its speed until the machine's clock has caught up. So stamps never decrease, delays run out
(a tenth late at most) and silence is noticed, whatever somebody does to the machine's clock.
"""

import threading
import time
from collections.abc import Callable

import msgspec

from facility.instants import SECOND, Clock, Instant, Span, system_clock

JUMP: Span = 2 * SECOND
"""The machine's clock has been set when it moves by so much against the monotonic one. Time servers that keep a clock
right move it by milliseconds, and correct a second slowly."""
PACE_WHILE_AHEAD = 0.9
STEADY_READ = 0.1
"""Seconds that reading two clocks one after the other may take; a thread that was put aside meanwhile reads again."""


class Jump(msgspec.Struct, frozen=True):
    """The machine's clock said `before` and was set to `after`."""

    before: Instant
    after: Instant

    @property
    def span(self) -> Span:
        """Forward is positive."""
        return self.after - self.before


class SteadyClock:
    """Call it for the time. Any thread may.

    `wall` is the machine's clock in milliseconds, `elapsed` one that counts seconds and cannot be set. `on_jump` is
    called in the thread that notices, before the call that noticed it returns.
    """

    def __init__(
        self,
        wall: Clock = system_clock,
        elapsed: Callable[[], float] = time.monotonic,
        on_jump: Callable[[Jump], None] = lambda _: None,
    ) -> None:
        self._read_wall, self._read_elapsed, self.on_jump = wall, elapsed, on_jump
        self._lock = threading.RLock()
        self._elapsed, self._wall = self._read_steadily()
        self._told = float(self._wall)

    def __call__(self) -> Instant:
        with self._lock:
            elapsed, wall = self._read_elapsed(), self._read_wall()
            passed = (elapsed - self._elapsed) * 1000
            if not -JUMP < wall - self._wall - passed < JUMP:
                elapsed, wall = self._read_steadily()
                passed = (elapsed - self._elapsed) * 1000
            expected = self._wall + passed
            self._wall, self._elapsed = wall, elapsed
            self._told = max(wall, self._told + passed * PACE_WHILE_AHEAD)
            if not -JUMP < wall - expected < JUMP:
                self.on_jump(Jump(round(expected), wall))
            return int(self._told)

    def begin_after(self, instant: Instant) -> None:
        """Tell no time before this one: something is on record that was stamped so.

        Where the machine's clock is behind it, it has been set back while nobody looked.
        """
        with self._lock:
            now = self()
            if instant - now >= JUMP:
                self.on_jump(Jump(instant, now))
            self._told = max(self._told, float(instant))

    @property
    def ahead(self) -> Span:
        """How far it is ahead of the machine's clock, which was set back."""
        with self._lock:
            return max(0, self() - self._wall)

    def _read_steadily(self) -> tuple[float, Instant]:
        """Both clocks, at the same moment."""
        while True:
            elapsed = self._read_elapsed()
            wall = self._read_wall()
            if self._read_elapsed() - elapsed < STEADY_READ:
                return elapsed, wall

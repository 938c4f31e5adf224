"""How far the clocks of instruments are off: received minus time, the least of their last live readings.

The least delay is the one with the least transport in it. A reading that waited in an outbox says nothing of a clock;
it is known by its long delay, and by having come sooner after the one before it than it was taken after it.
"""

from collections import deque
from collections.abc import Iterable, Sequence

from facility.instants import SECOND, Instant, Span
from facility.reading import Reading

WINDOW = 30
"""Live readings that an offset rests on. With transport of 0.3 s on average and one reading in twenty 5 to 60 s late
this is right within 0.1 s (simulated)."""
SET_BACK_BY: Span = 5 * SECOND
SET_BACK_READINGS = 3
"""A clock was set back when so many live readings in a row come later than all before them by so much more."""
LIVE_PACE = 0.5
"""A reading is live when at least this part of the time between it and the one before lay between their arrivals."""

Arrival = tuple[Instant, Instant]
"""When a reading was taken, by its instrument's clock, and when it was received."""


class PointClock:
    """What one point's readings tell of its instrument's clock. `heard` in one thread, `ahead` in any."""

    __slots__ = ("_delays", "_last")

    def __init__(self) -> None:
        self._delays: deque[Span] = deque(maxlen=WINDOW)
        self._last: Arrival | None = None

    def heard(self, time: Instant, received: Instant) -> None:
        """A reading has come."""
        last, self._last = self._last, (time, received)
        delay, delays = received - time, self._delays
        live = last is None or received - last[1] >= LIVE_PACE * (time - last[0])
        if live or delay <= min(delays, default=delay) + SET_BACK_BY:
            delays.append(delay)

    @property
    def newest(self) -> Instant:
        """When it was heard last."""
        return 0 if self._last is None else self._last[1]

    def ahead(self) -> tuple[Span, int] | None:
        """How far the clock is ahead of ours, and how many readings that rests on; None before the first."""
        return ahead(tuple(self._delays))


def ahead(delays: Sequence[Span]) -> tuple[Span, int] | None:
    """The same of delays of live readings, oldest first.

    A clock that was set forward shows at once, as the least delay; one that was set back shows when so many readings
    in a row are far from it, and then only these count.
    """
    if not delays:
        return None
    least = min(delays)
    near = max(index for index, delay in enumerate(delays) if delay <= least + SET_BACK_BY)
    since_set_back = delays[near + 1 :]
    if len(since_set_back) >= SET_BACK_READINGS:
        return ahead(since_set_back)
    return -least, len(delays)


class InstrumentClocks:
    """The clocks of everything that sends."""

    def __init__(self) -> None:
        self._points: dict[str, PointClock] = {}

    def heard(self, readings: Iterable[Reading]) -> None:
        """Readings have come, all of one message. From one thread."""
        points = self._points
        for reading in readings:
            clock = points.get(reading.point)
            if clock is None:
                clock = points[reading.point] = PointClock()
            clock.heard(reading.time, reading.received)

    def ahead(self, points: Iterable[str]) -> tuple[Span, int] | None:
        """How far the clock of the instrument with these points is ahead of ours, by the point heard last."""
        known = [clock for point in points if (clock := self._points.get(point)) is not None]
        return max(known, key=lambda clock: clock.newest).ahead() if known else None

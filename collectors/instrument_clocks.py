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

OFTEN_ENOUGH: Span = SECOND
"""Readings of a point that come sooner after one another are passed over: they say the same, and cost."""


class PointClock:
    """What one point's readings tell of its instrument's clock. `heard` in one thread, `ahead` in any."""

    __slots__ = ("_delays", "_time", "received")

    def __init__(self, time: Instant, received: Instant) -> None:
        self._time = time
        self.received = received
        """When it was heard last."""
        self._delays: deque[Span] = deque([received - time], maxlen=WINDOW)

    def heard(self, time: Instant, received: Instant) -> None:
        """A further reading has come."""
        delay, delays = received - time, self._delays
        live = received - self.received >= LIVE_PACE * (time - self._time)
        if live or delay <= min(delays) + SET_BACK_BY:
            delays.append(delay)
        self._time, self.received = time, received

    def ahead(self) -> tuple[Span, int]:
        """How far the clock is ahead of ours, and how many readings that rests on."""
        return ahead(tuple(self._delays))


def ahead(delays: Sequence[Span]) -> tuple[Span, int]:
    """The same of delays of live readings, oldest first.

    A clock that was set forward shows at once, as the least delay; one that was set back shows when so many readings
    in a row are far from it, and then only these count.
    """
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
                points[reading.point] = PointClock(reading.time, reading.received)
            elif reading.received - clock.received >= OFTEN_ENOUGH:
                clock.heard(reading.time, reading.received)

    def ahead(self, points: Iterable[str]) -> tuple[Span, int] | None:
        """How far the clock of the instrument with these points is ahead of ours, by the point heard last."""
        known = [clock for point in points if (clock := self._points.get(point)) is not None]
        return max(known, key=lambda clock: clock.received).ahead() if known else None

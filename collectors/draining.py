"""What is said in the log while InfluxDB is away and while it is filled up, and how fast that goes."""

import logging
from collections import deque

from facility.instants import text_of
from storage.samples.local import Progress

log = logging.getLogger(__name__)

TELL_SECONDS = 10.0
"""How often the log says how far it is; the rate is that of this time."""
WORTH_TELLING = 50_000
"""Where at least so many readings wait after a start, it is said that they are being forwarded."""


class Draining:
    """One line when an outage begins or its cause changes, a line now and then while what waits is forwarded, one at
    the end. `now` is in seconds, by any clock that does not jump."""

    def __init__(self) -> None:
        self.problem: str | None = None
        self._sent: deque[tuple[float, int]] = deque()
        self._began: float | None = None
        self._told = 0.0
        self._total = 0
        self.taken = 0
        """Readings since the start."""

    def failed(self, problem: str) -> None:
        """InfluxDB did not take readings."""
        if problem != self.problem:
            log.warning("%s. Readings are kept in the local store until then", problem.rstrip("."))
        self.problem = problem

    def took(self, readings: int, now: float) -> None:
        """InfluxDB has taken so many readings."""
        self.taken += readings
        self._sent.append((now, readings))
        while self._sent[0][0] < now - TELL_SECONDS:
            self._sent.popleft()
        if self._began is not None:
            self._total += readings

    def progress(self, progress: Progress, now: float) -> None:
        """InfluxDB answers, and this is what waits: say so when it is news."""
        if self.problem is not None or (self._began is None and progress.waiting >= WORTH_TELLING):
            words = "InfluxDB takes readings again" if self.problem else "InfluxDB is being filled up"
            since = f", the oldest of {text_of(progress.oldest)}" if progress.oldest is not None else ""
            log.info("%s: %s readings wait%s", words, f"{progress.waiting:,}", since)
            self.problem = None
            self._began, self._told, self._total = now, now, 0
        elif self._began is not None and now - self._told >= TELL_SECONDS:
            self._told = now
            left = self.seconds_left(progress, now)
            log.info(
                "forwarding to InfluxDB: %s readings wait, %s a second%s",
                f"{progress.waiting:,}",
                f"{self.rate(now):,.0f}",
                "" if left is None else f", about {left:,.0f} s to go",
            )

    def caught_up(self, now: float) -> None:
        """Nothing waits but what has just come."""
        if self._began is not None:
            log.info("InfluxDB has everything again: %s readings in %.0f s", f"{self._total:,}", now - self._began)
            self._began = None

    def rate(self, now: float) -> float:
        """Readings a second of late."""
        sent = [(at, readings) for at, readings in self._sent if at >= now - TELL_SECONDS]
        if not sent:
            return 0.0
        return sum(readings for _, readings in sent) / max(1.0, now - sent[0][0])

    def seconds_left(self, progress: Progress, now: float) -> float | None:
        """How long it takes until nothing waits, at this rate; None where nothing moves."""
        rate = self.rate(now)
        return progress.waiting / rate if rate else None

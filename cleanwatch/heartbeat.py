"""The heartbeat to a watcher outside: it comes while the station is well; when it stops the watcher tells somebody.

The dead man's switch of healthchecks and its like: a request to an address of its own, every minute. While something
keeps alarms from being judged or told, `/fail` is put after the address, with what is wrong.
"""

from collections.abc import Callable
from pathlib import Path

import requests

from cleanwatch.problems import Finding
from facility.instants import MINUTE, Clock, Instant, Span
from facility.language import N_

PART = "watcher"
EVERY: Span = MINUTE
PATIENCE_SECONDS = 10.0
TOLD_AFTER: Span = 5 * MINUTE
"""A watcher waits about as long before it tells somebody."""


class Heartbeat:
    """Of one station. Use it from one thread; without a file it does nothing."""

    def __init__(self, file: Path | None, ill: Callable[[], str | None], clock: Clock) -> None:
        """`ill` says in words what keeps alarms from being judged or told, None while nothing does."""
        self._url = file.read_text().strip().rstrip("/") if file is not None else ""
        self._ill = ill
        self._clock = clock
        self._next: Instant = 0
        self._failing: tuple[Instant, str] | None = None

    def step(self) -> list[Finding]:
        """Beat where it is time; what is wrong with the way to the watcher, in words."""
        now = self._clock()
        if self._url and now >= self._next:
            self._next = now + EVERY
            self._beat(now)
        if self._failing is None or now - self._failing[0] < TOLD_AFTER:
            return []
        text = N_("the watcher outside does not take the heartbeat: {why}").format(why=self._failing[1])
        return [Finding(PART, text, advisory=True)]

    def _beat(self, now: Instant) -> None:
        words = self._ill()
        try:
            if words is None:
                answer = requests.get(self._url, timeout=PATIENCE_SECONDS)
            else:
                answer = requests.post(f"{self._url}/fail", data=words.encode(), timeout=PATIENCE_SECONDS)
            answer.raise_for_status()
        except requests.RequestException as error:
            # The address is a secret: whoever knows it can beat in our place. The library's words would tell it.
            why = f"it answers {error.response.status_code}" if error.response is not None else type(error).__name__
            self._failing = (self._failing[0] if self._failing else now, why)
        else:
            self._failing = None

"""Where the app takes history from when there is an InfluxDB: from there, or for a while from the local store."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from facility.instants import MINUTE, SECOND, Clock, Instant, Span
from facility.language import N_, retold
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore
from storage.samples.store import HistoryAwayError, SampleStore

T = TypeVar("T")

BACKLOG = "influxdb"
"""What the local store calls what it keeps for InfluxDB."""
BEHIND: Span = 2 * MINUTE
"""Where readings have waited for so long to be forwarded, InfluxDB would show a gap that is none."""
ASK_AGAIN: Span = 5 * SECOND
"""After a question that InfluxDB did not answer, it is left alone this long: a page asks twenty questions at once."""


@dataclass(frozen=True, slots=True)
class Substitute:
    """History comes from the local store for now: why, since when, and from when on it has everything (0: always)."""

    problem: str
    since: Instant | None
    kept_from: Instant


class History:
    """Answers as a `SampleStore`. Raises HistoryAwayError where nobody can. Any thread may use it.

    `local` gives the local store where station and app share a data folder. The newest readings always come from
    there, then: they are there first.
    """

    def __init__(self, influx: InfluxStore, local: Callable[[], LocalStore | None], clock: Clock) -> None:
        self._influx = influx
        self._local = local
        self._clock = clock
        self._away: HistoryAwayError | None = None
        self._asked: Instant = 0

    def substitute(self) -> Substitute | None:
        """Whether answers come from the local store in place of InfluxDB now, in words; None where they do not."""
        local = self._local()
        if local is None:
            return None
        if self._away is not None:
            return Substitute(str(self._away), self._away.since, local.complete_since())
        waiting = self._missing_there(local)
        if waiting:
            words = N_("InfluxDB is being filled up; {n} readings are not there yet").format(n=f"{waiting:,}")
            return Substitute(words, None, local.complete_since())
        return None

    def look(self, point: str) -> None:
        """Ask InfluxDB something small, so that it is known how it is while nobody looks at a picture.

        With one that hangs this takes as long as any question.
        """
        with suppress(HistoryAwayError):
            self._ask_influx(lambda store: store.latest([point]))

    def away(self) -> HistoryAwayError | None:
        """Why InfluxDB could not be asked the last time, and since when; None where it answered."""
        return self._away

    def latest(self, points: Sequence[str]) -> pd.DataFrame:
        """See `SampleStore`."""
        local = self._local()
        return self._ask(lambda store: store.latest(points)) if local is None else local.latest(points)

    def raw(self, point: str, start: Instant, end: Instant) -> pd.DataFrame:
        """See `SampleStore`."""
        return self._ask(lambda store: store.raw(point, start, end))

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        """See `SampleStore`."""
        return self._ask(lambda store: store.envelope(points, start, end, buckets))

    def count_outside(self, point: str, start: Instant, end: Instant, low: float | None, high: float | None) -> int:
        """See `SampleStore`."""
        return self._ask(lambda store: store.count_outside(point, start, end, low, high))

    def extent(self, points: Sequence[str]) -> tuple[Instant, Instant] | None:
        """See `SampleStore`."""
        return self._ask(lambda store: store.extent(points))

    def _ask(self, question: Callable[[SampleStore], T]) -> T:
        local, now = self._local(), self._clock()
        if local is not None and (self._left_alone(now) or self._missing_there(local)):
            return question(local)
        if self._away is not None and self._left_alone(now):
            raise _told(self._away)
        try:
            return self._ask_influx(question)
        except HistoryAwayError:
            if local is None:
                raise
            return question(local)

    def _ask_influx(self, question: Callable[[SampleStore], T]) -> T:
        try:
            answer = question(self._influx)
        except InfluxError as error:
            self._asked = now = self._clock()
            since = now if self._away is None else self._away.since
            self._away = HistoryAwayError(str(error), since)
            raise _told(self._away) from error
        self._away = None
        return answer

    def _left_alone(self, now: Instant) -> bool:
        return self._away is not None and now < self._asked + ASK_AGAIN

    def _missing_there(self, local: LocalStore) -> int:
        """How many readings InfluxDB lacks, if the oldest of them has waited for long."""
        progress = local.progress(BACKLOG)
        if progress is None or progress.oldest is None or progress.oldest >= self._clock() - BEHIND:
            return 0
        return progress.waiting


def _told(away: HistoryAwayError) -> HistoryAwayError:
    """For whoever asks, in the language that is spoken there."""
    return HistoryAwayError(retold(str(away), "storage/samples/"), away.since)

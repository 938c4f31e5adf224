"""The forwarder: takes what the local store holds to InfluxDB, and knows at any moment what is not there yet.

Two queues, each oldest first, are served in turn: commits that have not been forwarded, and hours that sealing has
overtaken during an outage. So after a long outage the past is filled up from its oldest hour on, while what comes in
now is there within seconds. A reading is written again where it is not certain that it was taken; it says the same.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from collectors.draining import Draining
from facility.instants import DAY, HOUR, MINUTE, Clock, Instant
from facility.language import N_
from storage.samples.columns import Columns
from storage.samples.history import BACKLOG
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore, Portion, Progress, Refused

log = logging.getLogger(__name__)

PORTION = 20_000
"""About so many readings are written and settled together."""
GATHER_SECONDS = 1.0
"""Readings that come in now are gathered this long: few large writes cost InfluxDB less than many small ones."""
FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
"""Seconds between attempts while InfluxDB does not take anything: the first, and the longest after doubling."""
SUMS_SECONDS = 5.0
"""How often it is looked for hours that can be summed up."""
FEWEST_SUMS, MOST_SUMS = 100, 10_000
"""So many hours are summed up together: more of them where InfluxDB takes less than `QUICK` seconds, fewer where it
takes longer than `SLOW` or does not answer in time, since an hour may have one reading or 36,000."""
QUICK, SLOW = 2.0, 10.0
SUMS_AFTER = HOUR + 15 * MINUTE
"""An hour is summed up so long after its end: it is sealed by then, and most late readings have come."""
STOP_SECONDS = 5.0
"""So long an end waits for a write under way; what it wrote is then written again at the next start."""

Identity: TypeAlias = tuple[str, Instant]


@dataclass(frozen=True, slots=True)
class Forwarding:
    """How forwarding goes. `problem` says in words why InfluxDB takes nothing, `refusals` what it refused."""

    connected: bool
    problem: str | None
    refusals: str | None
    warnings: tuple[str, ...]
    """What will be missing with this InfluxDB, in words, as it was found at the start."""
    progress: Progress
    written: int
    """Readings since the start."""
    rate: float
    """Readings a second, of late."""
    seconds_left: float | None
    """Until nothing waits; None where nothing moves."""


class Forwarder:
    """Forwards the readings of one station, in a thread of its own."""

    def __init__(self, influx: InfluxStore, store: LocalStore, clock: Clock) -> None:
        self._influx = influx
        self._store = store
        self._clock = clock
        self._backlog = store.backlog(BACKLOG)
        self._draining = Draining()
        self._connected = False
        self._warnings: tuple[str, ...] | None = None
        self._delay = FIRST_DELAY
        self._sums_at = 0.0
        self._sums = FEWEST_SUMS
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="forwarder", daemon=True)

    def start(self) -> None:
        """Begin to forward what waits."""
        self._thread.start()

    def stop(self) -> None:
        """End; what waits is forwarded after the next start."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)

    @property
    def target(self) -> str:
        """What people know the server by."""
        return f"InfluxDB at {self._influx.url}"

    def health(self) -> Forwarding:
        """How forwarding goes, and what waits."""
        progress = self._backlog.progress()
        now = time.monotonic()
        return Forwarding(
            connected=self._connected,
            problem=self._draining.problem,
            refusals=self._refusals(progress),
            warnings=self._warnings or (),
            progress=progress,
            written=self._draining.taken,
            rate=self._draining.rate(now),
            seconds_left=self._draining.seconds_left(progress, now) if progress.waiting else 0.0,
        )

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._warnings is None:
                    self._warnings = self._checked()
                more = self._turn()
            except InfluxError as error:
                self._failed(str(error), error.wait)
            except Exception as error:
                if not self._stopping.is_set():
                    log.debug("forwarding failed", exc_info=True)
                    self._failed(
                        N_("forwarding to InfluxDB failed and is tried again: {error}").format(error=repr(error)),
                        None,
                    )
            else:
                self._delay = FIRST_DELAY
                if not more:
                    self._draining.caught_up(time.monotonic())
                    self._stopping.wait(GATHER_SECONDS)

    def _failed(self, problem: str, asked: float | None) -> None:
        self._connected = False
        self._draining.failed(problem)
        self._stopping.wait(min(LONGEST_DELAY, max(self._delay, asked or 0.0)))
        self._delay = min(LONGEST_DELAY, self._delay * 2)

    def _checked(self) -> tuple[str, ...]:
        """Ask InfluxDB whether it is fit for us. Raises InfluxError where it is not, or does not answer."""
        found = self._influx.check()
        for finding in found:
            if finding.severity == "problem":
                raise InfluxError(finding.words)
        self._connected = True
        log.info("%s", "; ".join(finding.words for finding in found if finding.severity == "fine"))
        return tuple(finding.words for finding in found if finding.severity == "warning")

    def _turn(self) -> bool:
        """Forward a portion of each queue; whether more waits than what has just come in."""
        newest = self._backlog.newest(PORTION)
        if newest is not None:
            self._forward(newest)
        owed = self._backlog.owed(PORTION)
        if owed is not None:
            self._forward(owed)
        self._sum_up()
        return owed is not None or (newest is not None and len(newest) >= PORTION)

    def _forward(self, portion: Portion) -> None:
        """Write a portion; settled only when InfluxDB has taken it."""
        self._influx.reopen(_hours(portion))
        lines = self._influx.lines()
        made = lines.of_readings(portion.readings)
        for point, columns in portion.columns:
            made += lines.of_columns(point, columns)
        there, refused = self._known_there(portion, made) if portion.pruned else (set(), {})
        to_write = [line for line in made if line not in refused and line not in there]
        refused |= {one.line: one.reason for one in self._influx.write(to_write)}
        self._connected = True
        self._draining.progress(self._backlog.progress(), time.monotonic())
        self._backlog.settle(portion, list(_refused(portion, made, refused)) if refused else ())
        self._draining.took(len(portion), time.monotonic())

    def _known_there(self, portion: Portion, made: list[bytes]) -> tuple[set[bytes], dict[bytes, str]]:
        """Lines of readings that InfluxDB holds already, and lines that would change what it holds, with why not.

        The local store sees to it that a reading never changes, as long as it knows the reading. Of days that it has
        pruned, InfluxDB is asked. A repeat is not written either: it has a time of arrival of its own.
        """
        line_of = dict(zip(_identities(portion), made, strict=True))
        there: set[bytes] = set()
        reasons = {}
        for point, offered in _of_pruned_days(portion):
            held = self._influx.columns(point, int(offered.time[0]), int(offered.time[-1]) + 1)
            _, ours, theirs = np.intersect1d(offered.time, held.time, return_indices=True)
            offered, held = offered.take(ours), held.take(theirs)
            for place, same in enumerate(offered.same(held).tolist()):
                line = line_of[point, int(offered.time[place])]
                if same:
                    there.add(line)
                else:
                    value = f"{held.value[place]:g}"
                    reasons[line] = f"InfluxDB already holds {value} for this point and time; a reading never changes"
        return there, reasons

    def _sum_up(self) -> None:
        """Have hours summed up that are complete, now and then."""
        if time.monotonic() < self._sums_at:
            return
        hours = self._backlog.whole_hours(self._clock() - SUMS_AFTER, self._sums)
        if hours:
            began = time.monotonic()
            try:
                self._influx.roll_up((hour.point, hour.start) for hour in hours)
            finally:
                self._sums = sums_at_once(self._sums, time.monotonic() - began)
            self._backlog.finish(hours)
        self._sums_at = time.monotonic() + SUMS_SECONDS

    def _refusals(self, progress: Progress) -> str | None:
        if not progress.refused:
            return None
        (newest,) = self._store.refused(BACKLOG, limit=1)
        return N_(
            "InfluxDB has refused {n} readings for good, one of them of {point}: {reason}. The local store keeps "
            "them; see: cleanwatch forward refused"
        ).format(n=progress.refused, point=newest.point, reason=newest.reason)


def sums_at_once(hours: int, seconds: float) -> int:
    """How many hours are summed up together the next time, if so many took so long."""
    if seconds < QUICK:
        return min(MOST_SUMS, hours * 2)
    return max(FEWEST_SUMS, hours // 2) if seconds > SLOW else hours


def _hours(portion: Portion) -> set[Identity]:
    """Points and hours of the readings of a portion."""
    hours = {(reading.point, reading.time // HOUR * HOUR) for reading in portion.readings}
    return hours | {(hour.point, hour.start) for hour in portion.hours}


def _refused(portion: Portion, written: list[bytes], reasons: dict[bytes, str]) -> Iterator[Refused]:
    """Which readings those of the lines are that were refused."""
    for (point, instant), line in zip(_identities(portion), written, strict=True):
        if line in reasons:
            yield Refused(point, instant, reasons[line], line.decode())


def _of_pruned_days(portion: Portion) -> Iterator[tuple[str, Columns]]:
    """The readings of a portion whose days the local store has pruned, of a point and day each."""
    pruned = {(point, start // DAY) for point, start in portion.pruned}
    rows: defaultdict[tuple[str, int], list[Sequence[object]]] = defaultdict(list)
    for one in portion.readings:
        key = one.point, one.time // DAY
        if key in pruned:
            rows[key].append((one.time, one.value, one.reasons, one.received, one.sequence, one.count, one.volume))
    for (point, _), of_day in rows.items():
        yield point, Columns.of_rows(of_day).ordered()
    for point, columns in portion.columns:
        if len(columns) and (point, int(columns.time[0]) // DAY) in pruned:
            yield point, columns


def _identities(portion: Portion) -> Iterator[Identity]:
    """Point and time of each reading, in the order in which lines are made."""
    for reading in portion.readings:
        yield reading.point, reading.time
    for point, columns in portion.columns:
        for instant in columns.time.tolist():
            yield point, instant

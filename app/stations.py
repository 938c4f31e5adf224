"""How the stations are, as far as the app can know: from their reports in the records and, retained, at the broker.

Either way may fail: a station that the broker does not let in still reports to the records, and one whose records
have no room still reports to the broker. How old a report is, is measured from its arrival here, by a clock that
nobody can set.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from app import formats
from facility.instants import SECOND, Clock, Instant, Span
from facility.language import N_, _n
from storage.records import reports
from storage.records.database import Records
from storage.records.errors import RecordsError
from storage.records.station_report import Problem, StationReport
from storage.samples.history import Substitute
from storage.samples.store import HistoryAwayError

SILENT_AFTER: Span = 45 * SECOND
"""A station reports every other second; a database that hangs may hold it up twice for 20 s. When it is dead, its
heartbeat tells sooner."""


TELLERS = ("alerts/on_call", "app/stations.py", "bus/", "cleanwatch/", "collectors/", "storage/")
"""Whoever may tell a problem, in English: reports come over MQTT and are kept. Pages find the texts again there."""
STATES = (N_("running"), N_("silent"), N_("ended"), N_("failed"))
"""How a station can be, in one word, as `StationHealth.state` says it."""


@dataclass(frozen=True, slots=True)
class StationHealth:
    """One station: its newest report, and for how long nothing newer has come."""

    report: StationReport
    silent_for: Span

    @property
    def state(self) -> str:
        """In one word: running, silent, ended or failed."""
        if self.report.state != "running":
            return self.report.state
        return "silent" if self.silent_for > SILENT_AFTER else "running"


@dataclass(frozen=True, slots=True)
class SystemHealth:
    """Everything that is known of the system now. `problems` are of all stations and the app, the worst first."""

    stations: tuple[StationHealth, ...]
    problems: tuple[tuple[str, Problem], ...]
    """Each with the station that has it; "" for the app's own."""

    @property
    def troubles(self) -> int:
        """How many of the problems are more than a task for somebody."""
        return sum(not problem.advisory for _unused, problem in self.problems)

    @property
    def words(self) -> str:
        """For the bar of every page; empty while nothing is wrong."""
        return (
            formats.sentence(
                _n("{n} system problem", "{n} system problems", self.troubles, n=formats.words(self.troubles))
            )
            if self.troubles
            else ""
        )


class Stations:
    """What has been heard of the stations. Any thread may call it."""

    def __init__(self, clock: Clock, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._newest: dict[str, tuple[StationReport, float]] = {}
        """Of each station its newest report, and since when (by `elapsed`) there is none newer."""
        self._own: dict[str, Problem] = {}
        """What the app itself finds wrong with a part."""

    def look(self, records: Records) -> None:
        """Take what is on record."""
        try:
            with records.reading() as connection:
                found = reports.all(connection)
        except RecordsError as error:
            text = N_("{error} History, alarms and what is decided here cannot be shown or kept; live values go on.")
            self._tell("records", text.format(error=error))
        else:
            self._tell("records", None)
            self._hear(found)

    def take(self, payload: bytes) -> None:
        """Take a report from the broker. Raises MsgspecError or UnicodeDecodeError for what is none."""
        if payload:
            self._hear([msgspec.json.decode(payload, type=StationReport)])

    def history_is(self, away: HistoryAwayError | None, substitute: Substitute | None) -> None:
        """How the app gets at history: in trouble where nobody can tell it, a task where the local store does."""
        if substitute is not None:
            text = (
                N_(
                    "{problem}. History is read from the local store meanwhile, which does not have the older "
                    "readings any more"
                )
                if substitute.kept_from
                else N_("{problem}. History is read from the local store meanwhile")
            )
            self._tell("history", text.format(problem=substitute.problem.rstrip(".")), advisory=True)
        elif away is not None:
            text = N_("{problem}. Trends cannot be shown; live values, alarms and what is stored go on")
            self._tell("history", text.format(problem=away))
        else:
            self._tell("history", None)

    def now(self) -> SystemHealth:
        """How it all is now."""
        with self._lock:
            newest, own = list(self._newest.values()), list(self._own.values())
        elapsed = self._elapsed()
        stations = [
            StationHealth(report, max(0, round((elapsed - since) * 1000)))
            for report, since in sorted(newest, key=lambda entry: entry[0].station)
        ]
        problems = [("", problem) for problem in own]
        for station in stations:
            problems += [(station.report.station, problem) for problem in self._problems(station)]
        problems.sort(key=lambda entry: (entry[1].advisory, entry[1].since))
        return SystemHealth(tuple(stations), tuple(problems))

    def time_ahead(self) -> Instant:
        """The time of the stations that are ahead of their machine's clock, which was set back; 0 where none is."""
        reports = [station.report for station in self.now().stations]
        return max((report.at for report in reports if report.clocks.ahead_of_machine > 0), default=0)

    def _problems(self, station: StationHealth) -> Iterable[Problem]:
        report = station.report
        if station.state == "running":
            return report.problems
        since = self._clock() - station.silent_for
        if station.state == "failed":
            return report.problems
        if station.state == "ended":
            text = N_(
                "the station has ended as it was told to. Nothing is stored or judged until it is started again"
            )
        else:
            text = N_("the station is silent. Nothing may be stored or judged; start it, or look at its log")
        return (Problem("station", text, since), *(p for p in report.problems if not p.advisory))

    def _tell(self, part: str, problem: str | None, advisory: bool = False) -> None:
        with self._lock:
            before = self._own.pop(part, None)
            if problem is not None:
                since = self._clock() if before is None else before.since
                self._own[part] = Problem(part, problem, since, advisory)

    def _hear(self, found: Iterable[StationReport]) -> None:
        with self._lock:
            for report in found:
                known = self._newest.get(report.station)
                if known is None:
                    ago = self._clock() - report.at
                    self._newest[report.station] = report, self._elapsed() - max(0, ago) / 1000
                elif _is_newer(report, known[0]):
                    self._newest[report.station] = report, self._elapsed()


def _is_newer(report: StationReport, known: StationReport) -> bool:
    """Within one run of a station its time never goes back; of two runs the one with another start is the newer."""
    if report.started == known.started:
        return (report.at, report.state != "running") > (known.at, known.state != "running")
    return report.at > known.at

"""What the parts of a station do again and again, each piece of work in a thread of its own."""

import threading
from collections.abc import Callable
from contextlib import suppress

from alerts.escalation_audit import EscalationAudit
from alerts.events import by_excursion
from alerts.on_call_feed import Calendars
from alerts.outbox import send_waiting
from cleanwatch.claim import not_watched
from cleanwatch.day_sealing import DaySealing
from cleanwatch.forwarding import tidy
from cleanwatch.heartbeat import Heartbeat
from cleanwatch.notifying import Notifying
from cleanwatch.on_call_work import OnCallWork
from cleanwatch.problems import Finding, Problems
from cleanwatch.proving import Proving
from cleanwatch.report import Parts, Reporter
from cleanwatch.self_test import BrokerSelfTest
from cleanwatch.settings import Settings
from cleanwatch.site_loading import waiting_words
from cleanwatch.threads import again_and_again
from cleanwatch.trail_keeping import TrailKeeper
from collectors.gap_watch import GapWatch
from facility.instants import SECOND, Span
from facility.site_part import NoSuchStationError
from facility.steady_clock import Jump, SteadyClock
from storage.records.changes import Change
from storage.records.errors import RecordsAwayError
from storage.records.station_claims import ClaimLostError

STEP_SECONDS = 0.05
"""How long the engine waits for a commit before it looks for commands, timers and revisions."""
LOOK_FOR_REVISION_SECONDS = 0.25
REPORT_SECONDS = 2.0
ASK_FOR_TIME_SECONDS = 32.0
SELF_TEST_SECONDS = 15.0
LOOK_FOR_GAPS_SECONDS = 5.0
LOOK_FOR_CHANGE_SECONDS = 2.0
TIDY_SECONDS = 600.0
LOOK_AFTER_TRAIL_SECONDS = 60.0
SEAL_DAYS_SECONDS = 1.0
PUBLISH_AGAIN: Span = SECOND // 4
"""How long it takes at most until what the broker did not take is handed over again; what is new is at once."""
NOTIFY_SECONDS = 0.25
"""How long it takes at most until what is due by time, or comes from another process, is told; alarms are at once."""
LOOK_AFTER_CHANNELS_SECONDS = 2.0
LOOK_AFTER_ON_CALL_SECONDS = 10.0
PROVE_SECONDS = 10.0
BEAT_SECONDS = 5.0
JUDGES_EVERY: Span = 30 * SECOND
"""An engine that has not come round for so long is stuck, and no alarm may come of it."""


class StationWork:
    """The work of one station, from `begin` to `end`."""

    def __init__(
        self,
        settings: Settings,
        station: str,
        parts: Parts,
        problems: Problems,
        clock: SteadyClock,
        stopping: threading.Event,
        waiting: Change | None = None,
    ) -> None:
        """`waiting` is the change that the station's site file is waiting as, if it is not in force."""
        self._settings = settings
        self._station = station
        self._parts = parts
        self._problems = problems
        self._clock = clock
        self._stopping = stopping
        self._waiting = waiting
        self._gaps = GapWatch(station, parts.store, parts.records, clock)
        self._day_sealing = DaySealing(station, parts.store, parts.records, clock)
        self._self_test = BrokerSelfTest(settings.broker, parts.in_force.site, station, problems)
        self._reporter = Reporter(station, parts, self._self_test, problems, clock)
        self._trail = TrailKeeper(settings, parts.records, lambda: parts.in_force.site, clock, problems, stopping)
        self._notifying = Notifying(settings, station, parts.records, lambda: parts.in_force.site, clock)
        self._on_call = OnCallWork(
            *(parts.records, lambda: parts.in_force.site, clock),
            EscalationAudit(self._notifying.escalator, by_excursion),
            Calendars(parts.records, lambda: parts.in_force.site, clock),
        )
        self._proving = Proving(settings, parts.records, lambda: parts.in_force.site, clock)
        self._heartbeat = Heartbeat(settings.heartbeat_url_file, self._ill, clock)
        self._steps_taken = threading.Event()
        parts.engine.on_steps = self._steps_taken.set
        self._came_round = self._published_at = clock()
        self.not_ours: Exception | None = None
        """Why this process is the station no longer, if it had to end for that."""

    def begin(self) -> list[threading.Thread]:
        """Start every thread."""
        work: list[tuple[str, Callable[[], object], float]] = [
            ("engine", self._while_ours(self._judge), 0),
            ("revision", self._while_ours(self._take_over_revision), LOOK_FOR_REVISION_SECONDS),
            ("notifications", self._notify, 0),
            ("on call", self._look_after_on_call, LOOK_AFTER_ON_CALL_SECONDS),
            ("channels in trouble", self._look_after_channels, LOOK_AFTER_CHANNELS_SECONDS),
            ("proof", self._prove, PROVE_SECONDS),
            ("heartbeat", self._beat, BEAT_SECONDS),
            ("tidy", self._tidy, TIDY_SECONDS),
            ("sealed days", self._seal_days, SEAL_DAYS_SECONDS),
            ("time server", self._parts.clocks.ask, ASK_FOR_TIME_SECONDS),
            ("gaps", self._look_for_gaps, LOOK_FOR_GAPS_SECONDS),
            ("change", self._look_for_change, LOOK_FOR_CHANGE_SECONDS),
            ("self-test", self._self_test, SELF_TEST_SECONDS),
            ("audit trail", self._trail, LOOK_AFTER_TRAIL_SECONDS),
            ("report", self._report, 0),
        ]
        return [again_and_again(part, what, pause, self._problems, self._stopping) for part, what, pause in work]

    def end(self, threads: list[threading.Thread]) -> None:
        """Wait for every thread, now that all is to stop, and report a last time."""
        self._problems.changed.set()
        self._steps_taken.set()
        for thread in threads:
            thread.join()
        self._notifying.close()
        if self.not_ours is None:
            with suppress(RecordsAwayError):
                self._reporter.ended()

    def clock_set(self, jump: Jump) -> None:
        """The machine's clock was set; told before anyone hears the new time."""
        self._parts.engine.clock_set_forward(jump.after)
        self._parts.clocks.noticed(jump)
        self._problems.changed.set()

    def _judge(self) -> None:
        parts = self._parts
        written = parts.engine.written
        parts.engine.step(STEP_SECONDS)
        self._came_round = self._clock()
        if parts.engine.written != written or self._came_round - self._published_at >= PUBLISH_AGAIN:
            send_waiting(parts.records, parts.publisher.send, self._clock, self._station)
            self._published_at = self._came_round
        parts.publisher.report(parts.in_force.number, parts.engine.judged)

    def _take_over_revision(self) -> None:
        parts = self._parts
        if parts.in_force.refresh():
            parts.collector.use(parts.in_force.site)
            parts.publisher.use(parts.in_force.site)
            parts.engine.use_site(parts.in_force.site)

    def _tidy(self) -> None:
        tidy(self._settings, self._parts.store, self._clock, self._day_sealing.unsealed)

    def _seal_days(self) -> None:
        self._day_sealing.step()
        self._problems.tell("damaged readings", self._day_sealing.damage)

    def _look_for_gaps(self) -> None:
        self._gaps.look()
        self._problems.tell_all("not watched", not_watched(self._parts.records, self._station, self._clock()))

    def _notify(self) -> None:
        self._steps_taken.wait(NOTIFY_SECONDS)
        self._steps_taken.clear()
        self._notifying.step()

    def _look_after_on_call(self) -> None:
        self._problems.tell_all("on-call duty", self._on_call.step())

    def _look_after_channels(self) -> None:
        self._problems.tell_all("channels", self._notifying.findings())

    def _prove(self) -> None:
        self._problems.tell_all("app", self._proving.step())

    def _beat(self) -> None:
        self._problems.tell_all("watcher", self._heartbeat.step())

    def _ill(self) -> str | None:
        """What keeps alarms from being judged or put on record, in words."""
        behind = self._clock() - self._came_round
        if behind <= JUDGES_EVERY:
            return None
        away = self._parts.records.health().problem
        return away or f"the engine has not come round for {behind // SECOND} s"

    def _look_for_change(self) -> None:
        if self._waiting is not None:
            words = waiting_words(self._parts.records, self._waiting.number)
            self._problems.tell_all("site file", [Finding("site file", words, advisory=True)] if words else [])

    def _report(self) -> None:
        self._problems.changed.wait(REPORT_SECONDS)
        self._problems.changed.clear()
        self._reporter.report()

    def _while_ours(self, work: Callable[[], None]) -> Callable[[], None]:
        """The same work; once it says that this process is this station no longer, that is the end."""

        def attempt() -> None:
            try:
                work()
            except (ClaimLostError, NoSuchStationError) as error:
                self.not_ours = error
                self._stopping.set()

        return attempt

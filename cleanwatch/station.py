"""The station process: its parts put together, until it is told to end."""

import getpass
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress

from alerts.engine import Engine
from alerts.outbox import send_waiting
from cleanwatch.claim import claimed_station, not_watched
from cleanwatch.clock_watch import ClockWatch
from cleanwatch.folder import claimed
from cleanwatch.forwarding import forwarding, tidy
from cleanwatch.opening import wait_for_records
from cleanwatch.problems import Problems
from cleanwatch.report import Parts, Reporter, last_words
from cleanwatch.revisions import PartInForce, load_revision
from cleanwatch.self_test import BrokerSelfTest
from cleanwatch.settings import Settings
from cleanwatch.threads import again_and_again
from collectors.gap_watch import GapWatch
from collectors.ingest import Collector
from collectors.publisher import Publisher
from facility.site_errors import SiteFileError
from facility.site_part import NoSuchStationError
from facility.steady_clock import Jump, SteadyClock
from storage.records import revisions
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.records.station_claims import ClaimLostError
from storage.samples.local import LocalStore
from storage.sqlite import sqlite_warning

log = logging.getLogger(__name__)

STEP_SECONDS = 0.05
"""How long the engine waits for a commit before it looks for commands, timers and revisions."""
LOOK_FOR_REVISION_SECONDS = 0.25
REPORT_SECONDS = 2.0
ASK_FOR_TIME_SECONDS = 32.0
SELF_TEST_SECONDS = 15.0
LOOK_FOR_GAPS_SECONDS = 5.0
TIDY_SECONDS = 600.0
SWITCH_SECONDS = 0.0005
"""How long a thread may compute while another wants to. Python's own 5 ms would be waited for at every read from the
broker's socket, several times a message."""


class StationEndedError(Exception):
    """The station had to end by itself; the message says why, and what would be right."""


def run_station(settings: Settings, stopping: threading.Event) -> None:
    """Collect, store, judge and publish until `stopping` is set.

    Raises FolderInUseError where another station has the data folder, NoSiteError where there is no site file,
    NoSuchStationError where the site does not have this station, StationEndedError when it is it no longer.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    clock = SteadyClock()
    problems = Problems(clock)
    problems.tell("SQLite", sqlite_warning())
    ended: list[Exception] = []
    with ExitStack() as stack:
        stack.enter_context(claimed(settings.data, "station"))
        opened = wait_for_records(settings, clock, stopping)
        if opened is None:
            return
        records = stack.enter_context(closing(opened))
        _load_site_file(settings, records, problems, clock)
        in_force = PartInForce(records, settings.station)
        station = in_force.site.share.station
        claim = stack.enter_context(
            claimed_station(
                records, station, settings.data, clock, stopping, lambda text: problems.tell("station", text)
            )
        )
        if claim is None:
            return
        stack.push(lambda _kind, error, _trace: last_words(records, station, clock, error))
        store = stack.enter_context(closing(LocalStore.open(settings.samples_path, clock)))
        clocks = ClockWatch(clock, records, station, settings.ntp_server)
        clock.on_jump = clocks.noticed
        clock.begin_after(store.newest()[1])
        engine = Engine(in_force.site, store, records, clock, claim)
        publisher = Publisher(settings.broker, in_force.site, store, clock)
        collector = Collector(settings.broker, in_force.site, store, clock)
        forwarder = stack.enter_context(forwarding(settings, store, lambda: in_force.site, clock))
        parts = Parts(settings.data, records, in_force, store, engine, collector, publisher, forwarder, clocks)
        reporter = Reporter(station, parts, problems, clock)
        self_test = BrokerSelfTest(settings.broker, in_force.site, station, problems)
        gaps = GapWatch(station, store, records, clock)

        def while_ours(work: Callable[[], None]) -> Callable[[], None]:
            """The same work; once it says that this process is this station no longer, that is the end."""

            def attempt() -> None:
                try:
                    work()
                except (ClaimLostError, NoSuchStationError) as error:
                    ended.append(error)
                    stopping.set()

            return attempt

        def look_for_gaps() -> None:
            gaps.look()
            problems.tell_all("not watched", not_watched(records, station, clock()))

        def clock_set(jump: Jump) -> None:
            engine.clock_set_forward(jump.after)
            clocks.noticed(jump)
            problems.changed.set()

        def judge() -> None:
            engine.step(STEP_SECONDS)
            send_waiting(records, publisher.send, clock, station)
            publisher.report(in_force.number, engine.judged)

        def take_over_revision() -> None:
            if in_force.refresh():
                collector.use(in_force.site)
                publisher.use(in_force.site)
                engine.use_site(in_force.site)

        def report() -> None:
            problems.changed.wait(REPORT_SECONDS)
            problems.changed.clear()
            reporter.report()

        clock.on_jump = clock_set
        threads = [
            again_and_again("engine", while_ours(judge), 0, problems, stopping),
            again_and_again(
                "revision", while_ours(take_over_revision), LOOK_FOR_REVISION_SECONDS, problems, stopping
            ),
            again_and_again("tidy", lambda: tidy(settings, store, clock), TIDY_SECONDS, problems, stopping),
            again_and_again("time server", clocks.ask, ASK_FOR_TIME_SECONDS, problems, stopping),
            again_and_again("gaps", look_for_gaps, LOOK_FOR_GAPS_SECONDS, problems, stopping),
            again_and_again("self-test", self_test, SELF_TEST_SECONDS, problems, stopping),
            again_and_again("report", report, 0, problems, stopping),
        ]
        publisher.start()
        collector.start()
        points = len(in_force.site.points)
        log.info("site %s, station %s, revision %s: %s points", in_force.site.id, station, in_force.number, points)
        stopping.wait()
        problems.changed.set()
        collector.stop()
        for thread in threads:
            thread.join()
        if not ended:
            with suppress(RecordsAwayError):
                reporter.ended()
        publisher.stop()
    if ended:
        raise StationEndedError(str(ended[0]))


def _load_site_file(settings: Settings, records: Records, problems: Problems, clock: SteadyClock) -> None:
    """Put the site file in force. One with mistakes must not end the watch: then the revision on record goes on."""
    if settings.site_file is None:
        return
    try:
        loaded = load_revision(
            records, settings.site_file, getpass.getuser(), "loaded when the station started", clock
        )
    except SiteFileError as error:
        with records.reading() as connection:
            if revisions.newest_number(connection) == 0:
                raise
        problems.tell(
            "site file", f"{settings.site_file} has mistakes; the site revision on record goes on:\n{error}"
        )
    else:
        if loaded:
            log.info("site revision %s: %s", loaded.number, "; ".join(loaded.differences))

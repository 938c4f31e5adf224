"""The station process: its parts put together, until it is told to end."""

import logging
import sys
import threading
from contextlib import ExitStack, closing

from alerts.engine import Engine
from cleanwatch import file_permissions
from cleanwatch.claim import claimed_station
from cleanwatch.clock_watch import ClockWatch
from cleanwatch.folder import claimed
from cleanwatch.forwarding import forwarding
from cleanwatch.lifetime import settled
from cleanwatch.on_record import on_record
from cleanwatch.opening import wait_for_records
from cleanwatch.problems import Problems
from cleanwatch.report import Parts, last_words
from cleanwatch.revisions import PartInForce
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from cleanwatch.site_loading import load_at_start
from cleanwatch.station_work import StationWork
from collectors.ingest import Collector
from collectors.publisher import Publisher
from facility.site_errors import SiteFileError
from facility.steady_clock import SteadyClock
from storage.records import revisions
from storage.records.changes import Change, ChangeRefusedError
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from storage.samples.local import LocalStore
from storage.sqlite import sqlite_warning

log = logging.getLogger(__name__)

SWITCH_SECONDS = 0.0005
"""How long a thread may compute while another wants to. Python's own 5 ms would be waited for at every read from the
broker's socket, several times a message."""


class StationEndedError(Exception):
    """The station had to end by itself; the message says why, and what would be right."""


def run_station(settings: Settings, stopping: threading.Event) -> None:
    """Collect, store, judge and publish until `stopping` is set.

    Raises NotPrivateError where a secret is open to others, FolderInUseError where another station has the data
    folder, NoSiteError where there is no site file, NoSuchStationError where the site does not have this station,
    StationEndedError when it is it no longer.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    clock = SteadyClock()
    problems = Problems(clock)
    problems.tell("SQLite", sqlite_warning())
    problems.tell("file permissions", file_permissions.check(settings))
    with ExitStack() as stack:
        stack.enter_context(claimed(settings.data, "station"))
        opened = wait_for_records(settings, clock, stopping)
        if opened is None:
            return
        records = stack.enter_context(closing(opened))
        waiting = _load_site_file(settings, records, problems, clock)
        in_force = PartInForce(records, settings.station, clock)
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
        stack.enter_context(on_record(records, f"station {station}", settings, clock))
        engine = Engine(in_force.site, store, records, clock, claim)
        publisher = Publisher(settings.broker, in_force.site, store, clock)
        collector = Collector(settings.broker, in_force.site, store, clock)
        forwarder = stack.enter_context(forwarding(settings, store, lambda: in_force.site, clock))
        parts = Parts(settings.data, records, in_force, store, engine, collector, publisher, forwarder, clocks)
        work = StationWork(settings, station, parts, problems, clock, stopping, waiting)
        clock.on_jump = work.clock_set
        settled()
        threads = work.begin()
        collector.start()  # before the first heartbeat: whoever hears that may send
        publisher.start()
        points = len(in_force.site.points)
        log.info("site %s, station %s, revision %s: %s points", in_force.site.id, station, in_force.number, points)
        stopping.wait()
        collector.stop()
        work.end(threads)
        publisher.stop()
    if work.not_ours is not None:
        raise StationEndedError(str(work.not_ours))


def _load_site_file(settings: Settings, records: Records, problems: Problems, clock: SteadyClock) -> Change | None:
    """Put the first site file in force, or make a draft of a changed one: that is returned, and waits for people.

    A file that cannot be used must not end the watch: then the revision on record goes on.
    """
    if settings.site_file is None:
        return None
    try:
        loaded = load_at_start(records, settings.site_file, shell_user(), clock)
    except SiteFileError as error:
        with records.reading() as connection:
            if revisions.newest_number(connection) == 0:
                raise
        words = f"{settings.site_file} has mistakes; the site revision on record goes on:\n{error}"
    except ChangeRefusedError as error:
        words = f"{settings.site_file}: {error} The site revision on record goes on."
    else:
        log.info("site file %s: %s", settings.site_file, loaded.words)
        return loaded.waiting
    problems.tell("site file", words)
    entry = AuditEntry(shell_user(), "site file refused", f"site file {settings.site_file}", reason=words)
    with records.transaction() as connection:
        audit.append(connection, clock(), [entry])
    return None

"""The station process: collector, local store, engine and publisher put together, until it is told to end."""

import getpass
import logging
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing

from alerts.engine import Engine
from alerts.outbox import send_waiting
from cleanwatch.folder import claimed
from cleanwatch.revisions import SiteInForce, load_revision
from cleanwatch.settings import Settings
from collectors.ingest import Collector
from collectors.publisher import Publisher
from facility.instants import HOUR, system_clock
from facility.site_errors import SiteFileError
from storage.records import revisions
from storage.records.database import Records
from storage.samples.local import LocalStore
from storage.sqlite import sqlite_warning

log = logging.getLogger(__name__)

STEP_SECONDS = 0.05
"""How long the engine waits for a commit before it looks for commands, timers and revisions."""
LOOK_FOR_REVISION_SECONDS = 0.25
SEAL_SECONDS = 600.0
SEAL_BEFORE = HOUR
"""Readings stay as rows for this long; older ones are sealed into day chunks."""
PAUSE_AFTER_FAILURE = 1.0
SWITCH_SECONDS = 0.0005
"""How long a thread may compute while another wants to. Python's own 5 ms would be waited for at every read from the
broker's socket, several times a message."""


def run_station(settings: Settings, stopping: threading.Event) -> None:
    """Collect, store, judge and publish until `stopping` is set.

    Raises FolderInUseError where another station has the data folder, NoSiteError where there is no site file.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    if warning := sqlite_warning():
        log.warning("%s", warning)
    with ExitStack() as stack:
        stack.enter_context(claimed(settings.data, "station"))
        records = stack.enter_context(closing(Records.open(settings.records_path, system_clock)))
        _load_site_file(settings, records)
        in_force = SiteInForce(records)
        store = stack.enter_context(closing(LocalStore.open(settings.samples_path, system_clock)))
        engine = Engine(in_force.site, store, records, system_clock)
        publisher = Publisher(settings.broker, in_force.site, store, system_clock)
        collector = Collector(settings.broker, in_force.site, store, system_clock)

        def judge() -> None:
            engine.step(STEP_SECONDS)
            send_waiting(records, publisher.send, system_clock)
            publisher.report(in_force.number, engine.judged)

        def take_over_revision() -> None:
            if in_force.refresh():
                collector.use(in_force.site)
                publisher.use(in_force.site)
                engine.use_site(in_force.site)

        threads = [
            _again_and_again("engine", judge, 0, stopping),
            _again_and_again("revision", take_over_revision, LOOK_FOR_REVISION_SECONDS, stopping),
            _again_and_again("seal", lambda: store.seal(system_clock() - SEAL_BEFORE), SEAL_SECONDS, stopping),
        ]
        publisher.start()
        collector.start()
        log.info("site %s, revision %s: %s points", in_force.site.id, in_force.number, len(in_force.site.points))
        stopping.wait()
        collector.stop()
        for thread in threads:
            thread.join()
        publisher.stop()


def _load_site_file(settings: Settings, records: Records) -> None:
    """Put the site file in force. One with mistakes must not end the watch: then the revision on record goes on."""
    if settings.site_file is None:
        return
    try:
        loaded = load_revision(
            records, settings.site_file, getpass.getuser(), "loaded when the station started", system_clock
        )
    except SiteFileError as error:
        with records.reading() as connection:
            if revisions.newest_number(connection) == 0:
                raise
        log.error("%s has mistakes; the site revision on record goes on:\n%s", settings.site_file, error)
    else:
        if loaded:
            log.info("site revision %s: %s", loaded.number, "; ".join(loaded.differences))


def _again_and_again(
    name: str, work: Callable[[], object], pause: float, stopping: threading.Event
) -> threading.Thread:
    """Do something in a thread of its own until the end; whatever it raises is logged, and it is tried again."""

    def loop() -> None:
        while not stopping.wait(pause):
            try:
                work()
            except Exception:
                log.exception("%s failed and is tried again", name)
                stopping.wait(PAUSE_AFTER_FAILURE)

    thread = threading.Thread(target=loop, name=name)
    thread.start()
    return thread

"""The app process: the stores, the live hub and the web server put together, until it is told to end."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from uuid import uuid4

from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.server import Server, create_app
from app.stations import Stations
from bus import topics
from bus.client import Client
from cleanwatch.opening import wait_for_records
from cleanwatch.revisions import NoSiteError, SiteInForce
from cleanwatch.settings import Settings
from facility.instants import system_clock
from facility.steady_clock import SteadyClock
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.samples.local import LocalStore

log = logging.getLogger(__name__)

LOOK_FOR_REVISION_SECONDS = 1.0
LOOK_FOR_STATION_SECONDS = 0.25
COMPARE_SECONDS = 5.0
"""How often the live values are compared with the stores: what came in bulk, or while the broker was away, is on no
clean topic."""


def run_app(settings: Settings, stopping: threading.Event) -> None:
    """Serve the dashboard until `stopping` is set. Waits for a station that has not yet begun its data folder."""
    with ExitStack() as stack:
        opened = wait_for_records(settings, system_clock, stopping)
        if opened is None:
            return
        records = stack.enter_context(closing(opened))
        in_force = _wait_for_site(records, stopping)
        samples = _wait_for_samples(settings, stopping)
        if in_force is None or samples is None:
            return
        stack.enter_context(closing(samples))
        clock, stations = SteadyClock(), Stations(system_clock)
        stations.look(records)
        hub = Hub(lambda: in_force.site, clock, settings.viewers)
        client = Client(
            settings.broker,
            f"cleanwatch-{in_force.site.id}-app-{uuid4().hex[:12]}",
            filters=[topics.everything_clean(in_force.site.id)],
            on_message=lambda message: hub.take(message.topic, message.payload),
        )
        context = AppContext(lambda: in_force.site, samples, records, hub, settings.user, clock, stations)
        server = Server(create_app(context), context, settings.web_port, settings.web_host)
        hub.start()
        client.start()
        with suppress(RecordsAwayError):
            hub.begin_with(beginning(in_force.site, samples, records, clock))
        with _serving(server):
            log.info("the dashboard answers at http://%s:%s", settings.web_host, settings.web_port)
            looked = time.monotonic()
            while not stopping.wait(LOOK_FOR_REVISION_SECONDS):
                stations.look(records)
                hub.say(stations.now().words)
                with suppress(RecordsAwayError):  # the records have said so themselves
                    if in_force.refresh() or time.monotonic() - looked >= COMPARE_SECONDS:
                        looked = time.monotonic()
                        hub.begin_with(beginning(in_force.site, samples, records, clock))
        client.stop()


@contextmanager
def _serving(server: Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve, name="web")
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


def _wait_for_site(records: Records, stopping: threading.Event) -> SiteInForce | None:
    told = False
    while not stopping.is_set():
        try:
            return SiteInForce(records)
        except NoSiteError as error:
            if not told:
                log.warning("%s", error)
                told = True
            stopping.wait(LOOK_FOR_STATION_SECONDS)
        except RecordsAwayError:
            stopping.wait(LOOK_FOR_STATION_SECONDS)
    return None


def _wait_for_samples(settings: Settings, stopping: threading.Event) -> LocalStore | None:
    told = False
    while not stopping.is_set():
        try:
            return LocalStore.open(settings.samples_path, system_clock, read_only=True)
        except FileNotFoundError:
            if not told:
                log.warning("there is no local store in %s yet; waiting for the station", settings.data)
                told = True
            stopping.wait(LOOK_FOR_STATION_SECONDS)
    return None

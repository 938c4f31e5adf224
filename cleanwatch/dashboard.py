"""The app process: the stores, the live hub and the web server put together, until it is told to end."""

import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from msgspec import MsgspecError

from alerts.channels.sealing import Seals
from app import asking
from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.server import Server, create_app
from app.sign_in import entering
from app.sign_in.desk import Desk
from app.sign_in.let_in import TRUSTED_SECONDS
from app.stations import Stations
from bus import topics
from bus.client import Client, Message
from cleanwatch import file_permissions
from cleanwatch.first_account import make_first_administrator
from cleanwatch.history import history
from cleanwatch.lifetime import settled
from cleanwatch.on_record import on_record
from cleanwatch.opening import wait_for_records
from cleanwatch.revisions import NoSiteError, SiteInForce
from cleanwatch.settings import Settings
from cleanwatch.sign_in_settings import breached, provider, sign_in_rules
from cleanwatch.station_absence import StationAbsence
from facility.instants import Clock, system_clock
from facility.language import speaking
from facility.steady_clock import SteadyClock
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.samples.history import History

log = logging.getLogger(__name__)

LOOK_FOR_REVISION_SECONDS = 1.0
LOOK_FOR_STATION_SECONDS = 0.25
LOOK_FOR_HISTORY_SECONDS = 10.0
COMPARE_SECONDS = 5.0
"""How often the live values are compared with the stores: what came in bulk, or while the broker was away, is on no
clean topic."""


def run_app(settings: Settings, stopping: threading.Event) -> None:
    """Serve the dashboard until `stopping` is set. Waits for a station that has not yet begun its data folder.

    Raises NotPrivateError where a secret is open to others.
    """
    file_permissions.check(settings)  # what is wrong with the data folder is the station's to tell
    with ExitStack() as stack:
        opened = wait_for_records(settings, system_clock, stopping)
        if opened is None:
            return
        records = stack.enter_context(closing(opened))
        in_force = _wait_for_site(records, system_clock, stopping)
        if in_force is None:
            return
        clock, stations = SteadyClock(), Stations(system_clock)
        samples = stack.enter_context(history(settings, lambda: in_force.site, clock, stopping))
        if samples is None:
            return
        stations.look(records)
        clock.begin_after(stations.time_ahead())
        what = f"app {socket.gethostname()}:{settings.web_port}"
        stack.enter_context(on_record(records, what, settings, clock))
        desk = Desk(sign_in_rules(settings), TRUSTED_SECONDS, provider(settings), breached(settings))
        make_first_administrator(records, system_clock, desk, f"http://{settings.web_host}:{settings.web_port}")
        hub = Hub(lambda: in_force.site, clock, settings.viewers)
        client = Client(
            settings.broker,
            f"cleanwatch-{in_force.site.id}-app-{uuid4().hex[:12]}",
            filters=[topics.everything_clean(in_force.site.id)],
            on_message=lambda message: hear(message, hub, stations),
        )
        substitute = samples.substitute if isinstance(samples, History) else lambda: None
        context = AppContext(
            lambda: in_force.site,
            samples,
            records,
            hub,
            lambda: asking.person(context),
            clock,
            stations,
            substitute,
            settings.proxies,
            desk=desk,
            watcher_token=_secret(settings.watcher_token_file),
            trail_review_days=settings.trail_review_days,
            seals=Seals(settings.channels_key),
        )
        absence = StationAbsence(settings, records, lambda: in_force.site, stations, clock)
        server = Server(create_app(context), context, settings.web_port, settings.web_host)
        hub.start()
        client.start()
        if isinstance(samples, History):
            stack.enter_context(_watching(samples, in_force, stations, stopping))
        with suppress(RecordsAwayError):
            hub.begin_with(beginning(in_force.site, samples, records, clock))
        settled()
        with _serving(server):
            log.info("the dashboard answers at http://%s:%s", settings.web_host, settings.web_port)
            looked = time.monotonic()
            while not stopping.wait(LOOK_FOR_REVISION_SECONDS):
                stations.look(records)
                away = records.health().problem is not None
                with speaking(in_force.site.language):
                    hub.say(stations.now().words, cut_off=not client.connected, without_records=away)
                with suppress(RecordsAwayError):  # the records have said so themselves
                    absence.step()
                    if in_force.refresh() or time.monotonic() - looked >= COMPARE_SECONDS:
                        looked = time.monotonic()
                        hub.begin_with(beginning(in_force.site, samples, records, clock))
                        entering.end_expired(context)
        client.stop()
        with suppress(RecordsAwayError):
            absence.end()


def _secret(file: Path | None) -> str:
    return file.read_text().strip() if file else ""


def hear(message: Message, hub: Hub, stations: Stations) -> None:
    """Take what comes on a clean topic; whatever it is, listening goes on."""
    if not topics.is_station_report(message.topic):
        hub.take(message.topic, message.payload)
        return
    try:
        stations.take(message.payload)
    except (MsgspecError, UnicodeDecodeError) as error:
        log.warning("the report on %s is not understood: %s", message.topic, error)


@contextmanager
def _watching(
    samples: History, in_force: SiteInForce, stations: Stations, stopping: threading.Event
) -> Iterator[None]:
    """See in a thread of its own how InfluxDB is: one that hangs must not hold up what the browsers are told."""

    def watch() -> None:
        told = False
        while not stopping.wait(LOOK_FOR_HISTORY_SECONDS):
            samples.look(next(iter(in_force.site.points)))
            away = samples.away()
            stations.history_is(away, samples.substitute())
            if away is not None and not told:
                log.error("history: %s", away)
            elif away is None and told:
                log.info("history is read from InfluxDB again")
            told = away is not None

    thread = threading.Thread(target=watch, name="history")
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextmanager
def _serving(server: Server) -> Iterator[None]:
    thread = threading.Thread(target=server.serve, name="web")
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join()


def _wait_for_site(records: Records, clock: Clock, stopping: threading.Event) -> SiteInForce | None:
    told = False
    while not stopping.is_set():
        try:
            return SiteInForce(records, clock)
        except NoSiteError as error:
            if not told:
                log.warning("%s", error)
                told = True
            stopping.wait(LOOK_FOR_STATION_SECONDS)
        except RecordsAwayError:
            stopping.wait(LOOK_FOR_STATION_SECONDS)
    return None

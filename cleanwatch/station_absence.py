"""The app's part of noticing who is gone: it beats on record, and has people told of a station that is silent.

The messages of a dead station, those about its absence among them, are sent by the app until it is back; leases in
the records keep two from sending the same one.
"""

import random
import socket
from collections.abc import Callable

from alerts import absence
from alerts.channels import mailbox
from alerts.channels.opening import opened
from alerts.channels.sealing import Seals
from alerts.notifications.sender import Sender
from app.stations import Stations
from cleanwatch.settings import Settings
from facility.instants import SECOND, Clock, Instant, Span
from facility.language import speaking
from facility.site import Site
from storage.records import app_beats
from storage.records.app_beats import AppBeat
from storage.records.database import Records

BEAT_EVERY: Span = 10 * SECOND


class StationAbsence:
    """Of one app. Use it from one thread."""

    def __init__(
        self, settings: Settings, records: Records, site: Callable[[], Site], stations: Stations, clock: Clock
    ) -> None:
        self._name = f"{socket.gethostname()}:{settings.web_port}"
        self._address = settings.public_url
        self._records = records
        self._site = site
        self._stations = stations
        self._clock = clock
        self._beaten: Instant = 0
        seals = Seals(settings.channels_key)
        mailboxes = settings.data / mailbox.FOLDER
        self._sender = Sender(
            records, lambda kept: opened(kept, seals, mailboxes), clock, f"app {self._name}", random.Random()
        )

    def step(self) -> None:
        """Beat; tell of stations that are silent, and send in their place. Raises RecordsAwayError."""
        now = self._clock()
        if not 0 <= now - self._beaten < BEAT_EVERY:
            self._beat(now, ended=False)
            self._beaten = now
        known = self._stations.now().stations
        gone = {one.report.station: (one.report.at, one.silent_for) for one in known if one.state in GONE}
        site = self._site()
        with speaking(site.language):
            missed = absence.missed_stations(gone)
            if missed:
                with self._records.transaction() as connection:
                    absence.tell(connection, now, site, self._address, missed)
        if missed:
            self._sender.step()

    def end(self) -> None:
        """The app ends as it was told to: nobody is to miss it. Raises RecordsAwayError."""
        self._sender.close()
        self._beat(self._clock(), ended=True)

    def _beat(self, now: Instant, *, ended: bool) -> None:
        with self._records.transaction() as connection:
            app_beats.beat(connection, AppBeat(self._name, now, ended))


GONE = frozenset({"silent", "failed"})
"""A station that has ended as it was told to is nobody's emergency."""

"""Proving every day that people can be reached, and noticing that the app is gone: the station's part.

The other part is the app's, which notices that a station is gone (`station_absence`).
"""

from collections.abc import Callable
from datetime import time

from alerts import absence, daily_test
from cleanwatch.problems import Finding
from cleanwatch.settings import Settings
from facility.instants import Clock
from facility.language import speaking
from facility.site import Site
from storage.records import app_beats
from storage.records.database import Records

PART = "app"


class Proving:
    """Of the station that leads its site; the others leave it to that one. Use it from one thread."""

    def __init__(self, settings: Settings, records: Records, site: Callable[[], Site], clock: Clock) -> None:
        self._at = time.fromisoformat(settings.daily_test_at) if settings.daily_test_at else None
        self._address = settings.public_url
        self._records = records
        self._site = site
        self._clock = clock

    def step(self) -> list[Finding]:
        """Queue what is due; what is missed, in words. Raises RecordsAwayError."""
        site, now = self._site(), self._clock()
        if not site.share.leads:
            return []
        with speaking(site.language), self._records.transaction() as connection:
            missed = absence.missed_apps(app_beats.all(connection), now)
            absence.tell(connection, now, site, self._address, missed)
            if self._at is not None:
                daily_test.queue(connection, site, self._at, now)
        return [Finding(PART, f"{one.what} is not heard any more. {one.meaning}", one.what) for one in missed]

"""Which site file is in force, and noticing another one while running."""

import logging

from typing_extensions import override

from facility.instants import Clock
from facility.site import Site
from facility.site_file import parse_site
from facility.site_part import part
from storage.records import revisions
from storage.records.database import Records
from storage.records.trail import audit

log = logging.getLogger(__name__)


class NoSiteError(Exception):
    """No site file has been loaded yet."""


class SiteInForce:
    """The site of the revision in force. `refresh` looks whether another one has taken force."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self.number, self.site = self._read()

    def refresh(self) -> bool:
        """Take over another revision; True where there was one. A cheap query where there is none."""
        with self._records.reading() as connection:
            in_force = revisions.number_in_force(connection, self._clock())
        if in_force == self.number:
            return False
        self.number, self.site = self._read()
        log.info("site revision %s is in force", self.number)
        return True

    def _read(self) -> tuple[int, Site]:
        with self._records.reading() as connection:
            revision = revisions.in_force_at(connection, self._clock())
        if revision is None:
            raise NoSiteError(
                "no site file is on record yet: the station puts the one there that CLEANWATCH_SITE_FILE names, "
                "or do it yourself: cleanwatch site apply FILE"
            )
        return revision.number, parse_site(revision.text, f"site revision {revision.number}")


class PartInForce(SiteInForce):
    """Of the site of the revision in force the part that one station watches.

    Without a name the only station there is. Raises NoSuchStationError where the site has no such station, or when
    `refresh` finds that it has it no longer.
    """

    def __init__(self, records: Records, station: str | None, clock: Clock) -> None:
        self._station = station
        super().__init__(records, clock)
        self._station = self.site.share.station

    @override
    def refresh(self) -> bool:
        """Take over another revision; the first station stamps the audit trail with its time zone from then on."""
        if not super().refresh():
            return False
        if self.site.share.leads:
            with self._records.transaction() as connection:
                audit.set_zone(connection, self.site.timezone)
        return True

    @override
    def _read(self) -> tuple[int, Site]:
        number, site = super()._read()
        return number, part(site, self._station)

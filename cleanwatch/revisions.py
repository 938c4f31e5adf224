"""Which site file is in force: making a changed file a revision on record, and noticing a new one while running."""

import logging
from pathlib import Path

from typing_extensions import override

from facility.instants import Clock, Instant
from facility.people import Actor
from facility.site import Site
from facility.site_changes import differences
from facility.site_file import parse_site, site_text
from facility.site_part import part
from storage.records import audit, revisions
from storage.records.database import Records
from storage.records.revisions import Revision

log = logging.getLogger(__name__)

BEGINNING: Instant = 0


class NoSiteError(Exception):
    """No site file has been loaded yet."""


def load_revision(records: Records, path: Path, author: Actor, reason: str, clock: Clock) -> Revision | None:
    """Put a site file in force from now on; None where it is in force already, to the letter.

    The first one also holds for all readings from before it, so that imported history is seen against its limits.

    Raises SiteFileError where the file has mistakes: then nothing changes. ValueError where the file describes
    another site than the one on record.
    """
    text = site_text(path)
    with records.reading() as connection:
        present = revisions.current(connection)
    if present and present.text == text:
        return None
    site = parse_site(text, str(path))
    with records.transaction() as connection:
        present = revisions.current(connection)
        if present and present.text == text:  # another process was quicker
            return None
        before = parse_site(present.text, f"site revision {present.number}") if present else None
        if before and before.id != site.id:
            raise ValueError(
                f"{path} describes the site {site.id!r}, but these records are of {before.id!r}; "
                "give another site a data folder of its own"
            )
        now = clock()
        audit.set_zone(connection, site.timezone)
        return revisions.add(
            connection,
            now,
            in_force_from=now if present else BEGINNING,
            author=author,
            reason=reason,
            text=site.text,
            differences=differences(before, site),
        )


class SiteInForce:
    """The site of the newest revision. `refresh` looks whether there is a newer one."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.number, self.site = self._read()

    def refresh(self) -> bool:
        """Take over a newer revision; True where there was one. A cheap query where there is none."""
        with self._records.reading() as connection:
            newest = revisions.newest_number(connection)
        if newest == self.number:
            return False
        self.number, self.site = self._read()
        log.info("site revision %s is in force", self.number)
        return True

    def _read(self) -> tuple[int, Site]:
        with self._records.reading() as connection:
            revision = revisions.current(connection)
        if revision is None:
            raise NoSiteError(
                "no site file is on record yet; name one in CLEANWATCH_SITE_FILE, or: cleanwatch site load FILE"
            )
        return revision.number, parse_site(revision.text, f"site revision {revision.number}")


class PartInForce(SiteInForce):
    """Of the site of the newest revision the part that one station watches.

    Without a name the only station there is. Raises NoSuchStationError where the site has no such station, or when
    `refresh` finds that it has it no longer.
    """

    def __init__(self, records: Records, station: str | None) -> None:
        self._station = station
        super().__init__(records)
        self._station = self.site.share.station

    @override
    def _read(self) -> tuple[int, Site]:
        number, site = super()._read()
        return number, part(site, self._station)

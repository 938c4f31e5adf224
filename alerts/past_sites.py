"""How the site described a point in the past: by the revisions that were in force then."""

from functools import lru_cache

from sqlalchemy import Connection

from alerts.retrospect import Described
from facility.instants import Instant
from facility.site import Point, Site
from facility.site_file import parse_site
from storage.records import revisions

KEPT = 8
"""So many sites of the past are kept: reading one takes up to a second, and all points are reviewed one by one."""


class PastSites:
    """The sites of revisions on record."""

    def __init__(self) -> None:
        self._parsed = lru_cache(maxsize=KEPT)(_site)

    def described(
        self, connection: Connection, present: Site, point: Point, start: Instant, end: Instant
    ) -> list[Described]:
        """The point as it was described over `[start, end)`, oldest first; at least one.

        For a time at which no revision had it, its first description afterwards holds, or the present one.
        """
        found: list[Described] = []
        for revision in revisions.between(connection, start, end):
            if revision.text == present.text:
                then = present.points.get(point.id)
            else:
                then = self._parsed(revision.text).points.get(point.id)
            if then is not None:
                # A newer revision in force from earlier on takes the place of the ones before it.
                found = [known for known in found if known[0] < revision.in_force_from]
                found.append((revision.in_force_from, then))
        return found or [(start, point)]

    def site(self, connection: Connection, number: int) -> Site:
        """The whole site of a revision on record."""
        revision = revisions.find(connection, number)
        if revision is None:
            raise LookupError(f"there is no site revision {number} on record")
        return self._parsed(revision.text)


def _site(text: str) -> Site:
    return parse_site(text, "a site revision on record")

"""Whether it is time for a backup of embedded data."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from cleanwatch.problems import Finding
from facility.instants import DAY, Instant, Span, datetime_of
from facility.language import N_
from storage.records import backups, revisions

DUE_AFTER: Span = 8 * DAY
"""One a week, and a day to notice that it did not come."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """When the last backup of a station was made, as far as is known, and since when there is anything to back up."""

    last: Instant | None
    since: Instant


def backed_up(connection: Connection, station: str) -> BackedUp | None:
    """What the records say; None before there is a site."""
    began, newest = revisions.began(connection), backups.newest(connection, station)
    return None if began is None else BackedUp(newest.at if newest else None, began)


def backup_due(known: BackedUp, now: Instant) -> Iterator[Finding]:
    """A task for somebody, where the last backup is too long ago."""
    if now - (known.last or known.since) < DUE_AFTER:
        return
    last = N_("none is known")
    if known.last:
        last = N_("the last known is of {day}").format(day=f"{datetime_of(known.last):%Y-%m-%d}")
    text = N_(
        "local store and records have had no backup for more than {days} days; {last}. Run cleanwatch backup, weekly "
        "at least (docs/operations.md)"
    )
    yield Finding("backup", text.format(days=DUE_AFTER // DAY - 1, last=last), advisory=True)

"""Opening what the settings name: the local store for a command, the records also when they come up after us."""

import logging
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from cleanwatch.settings import Settings
from facility.instants import Clock, system_clock
from storage.records import migrating
from storage.records.connecting import url_of
from storage.records.database import Records
from storage.records.errors import RecordsAwayError, RecordsError
from storage.samples.local import LocalStore

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0


@contextmanager
def local_store(read_only: bool) -> Iterator[LocalStore]:
    """The local store of a station that has run already, for a command; ClickException where there is none."""
    path = Settings().samples_path
    if not path.exists():
        raise click.ClickException(f"there is no local store at {path}; set CLEANWATCH_DATA to its folder")
    with closing(LocalStore.open(path, system_clock, read_only=read_only)) as store:
        yield store


def open_records(settings: Settings, clock: Clock) -> Records:
    """The records, open. Raises RecordsError in words."""
    return Records.open(settings.records_place, clock, settings.records_password_file)


def records_as_found(settings: Settings) -> Records:
    """The records as they are, also where what protects them is gone: for whoever finds out what was done to them.

    Nothing is migrated. Raises RecordsError for another schema than this program's.
    """
    records = Records(url_of(settings.records_place), system_clock, settings.records_password_file)
    with records.reading() as connection:
        present = migrating.present_revision(connection)
    if present != migrating.newest_revision():
        records.close()
        raise RecordsError(
            f"{records.place} has schema revision {present}; this program works with {migrating.newest_revision()}. "
            "Migrate it first: cleanwatch records migrate"
        )
    return records


def wait_for_records(settings: Settings, clock: Clock, stopping: threading.Event) -> Records | None:
    """The records as soon as their database answers; None where `stopping` was set before. Raises RecordsError."""
    told = None
    while not stopping.is_set():
        try:
            return open_records(settings, clock)
        except RecordsAwayError as error:
            if str(error) != told:
                log.error("%s Tried again until it works.", error)
                told = str(error)
            stopping.wait(TRY_AGAIN_SECONDS)
    return None

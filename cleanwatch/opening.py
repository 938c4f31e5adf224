"""Opening the records that the settings name, also when their database comes up later than we do."""

import logging
import threading

from cleanwatch.settings import Settings
from facility.instants import Clock
from storage.records.database import Records
from storage.records.errors import RecordsAwayError

log = logging.getLogger(__name__)

TRY_AGAIN_SECONDS = 1.0


def open_records(settings: Settings, clock: Clock) -> Records:
    """The records, open. Raises RecordsError in words."""
    return Records.open(settings.records_place, clock, settings.records_password_file)


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

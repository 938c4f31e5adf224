"""Starts and ends of the processes, in the audit trail: which version, where, with which settings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version

from sqlalchemy import Connection

from cleanwatch.claim import place
from cleanwatch.settings import Settings
from facility.instants import Clock
from facility.people import Actor
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter

STARTED, STOPPED = "system started", "system stopped"


@contextmanager
def on_record(records: Records, what: str, settings: Settings, clock: Clock) -> Iterator[None]:
    """Put on record that `what` (`station main`) runs, and when the block ends that it does no longer.

    One that was killed has said nothing: the next start says so. While the records are away nothing is said.
    """
    actor = Actor("cleanwatch", origin=place(settings.data))
    with suppress(RecordsAwayError), records.transaction() as connection:
        data: dict[str, JSON] = {
            "version": version("cleanwatch"),
            "process": os.getpid(),
            "settings": _settings(settings),
        }
        if _said_nothing(connection, what):
            data["the one before"] = "ended without a word"
        audit.append(connection, clock(), [AuditEntry(actor, STARTED, what, data)])
    try:
        yield
    finally:
        with suppress(RecordsAwayError), records.transaction() as connection:
            audit.append(connection, clock(), [AuditEntry(actor, STOPPED, what, {"process": os.getpid()})])


def _settings(settings: Settings) -> dict[str, JSON]:
    """Those that are not as they come. None holds a secret: secrets are in files that a setting names."""
    return {name: str(value) for name, value in settings.model_dump(exclude_defaults=True).items()}


def _said_nothing(connection: Connection, what: str) -> bool:
    """Is the last that was heard of it that it has started?"""
    rows = audit.rows(connection, AuditFilter(object=what, actions=(STARTED, STOPPED)), limit=1)
    return bool(rows) and rows[0].action == STARTED

"""Backups and restores, as the audit trail has them: who made which file of what, when, and its checksum."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from facility.instants import Instant
from facility.people import Actor
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry, AuditFilter

MADE, RESTORED = "backup made", "backup restored"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of one station's data that was found whole. `sha256` is that of the file.

    Without `records` these are in PostgreSQL, and only the local store is in the file.
    """

    station: str
    file: str
    sha256: str
    commits: int
    readings: int
    records: bool


@dataclass(frozen=True, slots=True)
class Made:
    """A backup, when it was made, and by whom."""

    at: Instant
    actor: str
    backup: Backup


def record_made(connection: Connection, at: Instant, actor: Actor, backup: Backup) -> None:
    """Put on record that a backup was made."""
    _append(connection, at, actor, MADE, backup)


def record_restored(connection: Connection, at: Instant, actor: Actor, backup: Backup) -> None:
    """Put on record that these data come from a backup."""
    _append(connection, at, actor, RESTORED, backup)


def newest(connection: Connection, station: str) -> Made | None:
    """The backup of a station that was made last; None where none is known."""
    for row in audit.rows(connection, AuditFilter(action=MADE, object=_object(station)), limit=1):
        backup = msgspec.convert({**msgspec.json.decode(row.data), "station": station}, Backup)
        return Made(row.at, row.actor, backup)
    return None


def _append(connection: Connection, at: Instant, actor: Actor, action: str, backup: Backup) -> None:
    data: dict[str, JSON] = {
        "file": backup.file,
        "sha256": backup.sha256,
        "commits": backup.commits,
        "readings": backup.readings,
        "records": backup.records,
    }
    audit.append(connection, at, [AuditEntry(actor, action, _object(backup.station), data)])


def _object(station: str) -> str:
    return f"backup {station}"

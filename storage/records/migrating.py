"""Bringing a records database to a schema revision, and refusing one that is newer than this program."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from facility.instants import Clock
from facility.people import CLEANWATCH
from storage.records import rights
from storage.records.connecting import patient_engine_for
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.trail import audit
from storage.records.troubles import AWAY, in_words, place

LOCK = 0x636C65616E  # "clean"
"""Of PostgreSQL's advisory locks the one that whoever migrates holds: creating tables twice at once fails in words
that say nothing. In SQLite there is one writer anyway."""

INSUFFICIENT_PRIVILEGE = "42501"


def newest_revision() -> str:
    """The schema revision that this program works with."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


@cache
def revisions() -> tuple[str, ...]:
    """Every schema revision, oldest first."""
    return tuple(script.revision for script in _scripts().walk_revisions())[::-1]


def present_revision(connection: Connection) -> str | None:
    """The schema revision of a database, None where it is empty.

    Raises RecordsError for a revision that this program does not know, and for a database of something else.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None and (tables := set(inspect(connection).get_table_names()) - {rights.VERSIONS}):
        raise RecordsError(
            f"This is not a records database of Cleanwatch: it has the tables {', '.join(sorted(tables))}, "
            "but no schema revision. Name another file, or one that does not exist yet."
        )
    if revision is not None and revision not in revisions():
        raise RecordsError(
            f"The records have schema revision {revision}; this program knows up to {newest_revision()}. "
            "They were written by a newer Cleanwatch: start that one, let it take them back "
            f"(cleanwatch records migrate --to {newest_revision()}), or restore the backup made before the upgrade. "
            "Nothing was changed."
        )
    return revision


def migrate(
    url: URL, clock: Clock, password_file: Path | None = None, to: str | None = None, grant_to: str | None = None
) -> tuple[str | None, str]:
    """Bring the database to a revision, the newest if none is named, in one transaction with its audit row.

    `grant_to` names the role that runs the program (PostgreSQL). Returns the revisions before and after. Raises
    RecordsError where that cannot be, and then nothing has changed.
    """
    target = to or newest_revision()
    if target not in revisions():
        raise RecordsError(f"There is no schema revision {target}; there are {', '.join(revisions())}.")
    engine = patient_engine_for(url, password_file)
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            before = present_revision(connection)
            move(connection, target)
            if before != target:
                entry = audit.AuditEntry(
                    CLEANWATCH, "schema migrated", "records", changes={"schema revision": (before, target)}
                )
                audit.append(connection, clock(), [entry])
            if grant_to is not None:
                rights.grant(connection, grant_to)
    except AWAY as error:
        raise RecordsAwayError(in_words(error, url)) from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != INSUFFICIENT_PRIVILEGE:
            raise
        raise RecordsError(
            f"The records {place(url)} have another schema revision than this program, {target}, and role "
            f"{url.username} may not migrate them. As the owner of the tables run: "
            f"cleanwatch records migrate --grant-to {url.username}"
        ) from error
    finally:
        engine.dispose()
    return before, target


def move(connection: Connection, target: str) -> None:
    """Run the migrations up or down to a revision ("base" is none at all), inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    known = revisions()
    present = MigrationContext.configure(connection).get_current_revision()
    if present is not None and (target == "base" or known.index(target) < known.index(present)):
        command.downgrade(config, target)
    else:
        command.upgrade(config, target)


@cache  # all scripts are read and run each time
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage.records:migrations")
    return config

"""Bringing a records database to the schema that this program knows, and refusing one that is newer."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect


class RecordsError(Exception):
    """The database is not one that this program may work with; the message says why and what to do."""


def newest_revision() -> str:
    """The schema revision that this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def present_revision(connection: Connection) -> str | None:
    """The schema revision of a database, None where it is empty.

    Raises RecordsError for a revision that this program does not know, and for a database of something else.
    """
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None and (tables := inspect(connection).get_table_names()):
        raise RecordsError(
            f"This is not a records database of Cleanwatch: it has the tables {', '.join(tables)}, "
            "but no schema revision. Name another file, or one that does not exist yet."
        )
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise RecordsError(
            f"The records have schema revision {revision}; this program knows up to {newest_revision()}. "
            "They were written by a newer Cleanwatch: start that one, or restore the backup made before the upgrade. "
            "Nothing was changed."
        )
    return revision


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, inside the caller's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "storage.records:migrations")
    return config

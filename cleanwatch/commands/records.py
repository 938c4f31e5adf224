"""`cleanwatch records`: bring the schema of the records to another revision."""

import click

from cleanwatch.settings import Settings
from facility.instants import system_clock
from storage.records import migrating
from storage.records.connecting import url_of


@click.group()
def records() -> None:
    """The records' database: its schema."""


@records.command()
@click.option("--to", "revision", help="The schema revision to go to, also back; the newest one, if not given.")
@click.option(
    "--grant-to", "role", help="The PostgreSQL role that station and app run as; gets no right to change records."
)
@click.option("--yes", is_flag=True, help="Go back to an older revision without asking.")
def migrate(revision: str | None, role: str | None, yes: bool) -> None:
    """Bring the records to the schema of this program, or of another one; as the role that owns the tables."""
    settings = Settings()
    if revision is not None and revision != migrating.newest_revision() and not yes:
        click.confirm(
            f"Going back to {revision} drops what only newer revisions can hold. Is there a backup?", abort=True
        )
    before, after = migrating.migrate(
        url_of(settings.records_place), system_clock, settings.records_password_file, revision, role
    )
    click.echo(
        f"The records have schema revision {after}" + (", as before." if before == after else f"; it was {before}.")
    )
    if role is not None:
        click.echo(f"Role {role} may read everything, add to what is append-only, and change the rest.")

"""`cleanwatch records`: bring the schema of the records to another revision, and verify the audit trail."""

from contextlib import closing

import click

from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from facility.instants import system_clock
from storage.records import audit, migrating
from storage.records.connecting import url_of


@click.group()
def records() -> None:
    """The records' database: its schema and its audit trail."""


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


@records.command()
def verify() -> None:
    """Check the whole audit trail: every row, their chain, and its head."""
    with closing(open_records(Settings(), system_clock)) as opened, opened.reading() as connection:
        newest = audit.rows(connection, limit=1)[0]
        problems = audit.verify(connection)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(
            "The audit trail was changed. Find out by whom; a backup tells what it was before."
        )
    click.echo(f"The audit trail is whole: {newest.seq} rows, the last one has the hash {newest.hash}")

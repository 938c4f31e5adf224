"""`cleanwatch backup` and `cleanwatch restore`: the embedded databases into one file, and back."""

from contextlib import closing
from pathlib import Path

import click
from rich.progress import Progress

from cleanwatch import archive
from cleanwatch import backup as backups
from cleanwatch.archive import BackupError
from cleanwatch.folder import FolderInUseError
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from facility.instants import system_clock
from facility.site import MAIN
from storage.records import engine_memory
from storage.records.connecting import url_of
from storage.samples.local.schema import NewerSchemaError

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
def backup(file: Path) -> None:
    """Copy local store and records into FILE, while everything is running; checked after it was written."""
    settings = Settings()
    url = url_of(settings.records_place)
    records = Path(str(url.database)) if url.get_backend_name() == "sqlite" else None
    if records is None:
        click.echo("The records are in PostgreSQL: back them up with pg_dump before this (docs/operations.md).")
    try:
        with Progress(transient=True) as bar:
            found = backups.Found(settings.samples_path, records, settings.station or MAIN)
            made = backups.back_up(found, file, system_clock, _shown(bar))
    except (BackupError, NewerSchemaError) as error:
        raise click.ClickException(f"no backup was made: {error}") from None
    click.echo(f"{file}: {made.samples.readings:,} readings up to commit {made.samples.commits}")
    if made.records is not None:
        click.echo(f"{made.records.audit_rows:,} audit rows, the last one has the hash {made.records.audit_head}")


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to restore into."
)
def restore(file: Path, data: Path) -> None:
    """Put the databases of a backup into a data folder that has none, after checking every one of them."""
    data.mkdir(parents=True, exist_ok=True)
    judged = _judged_in_postgresql(Settings())
    try:
        with Progress(transient=True) as bar:
            found = backups.restore(file, data, _shown(bar), judged)
    except (BackupError, NewerSchemaError, FolderInUseError) as error:
        raise click.ClickException(f"nothing was restored: {error}") from None
    click.echo(f"restored into {data} as it was on {found.made}: {found.samples.readings:,} readings")
    if found.records is not None:
        click.echo(f"{found.records.audit_rows:,} audit rows, the last one has the hash {found.records.audit_head}")
    if judged is not None and judged > found.samples.commits:
        lost = judged - found.samples.commits
        click.echo(f"{lost:,} commits came after the backup: they are judged, and their readings are not in it")
    click.echo(f"Start the station with CLEANWATCH_DATA={data}")


def _judged_in_postgresql(settings: Settings) -> int | None:
    """The newest commit that the records know, where they are not restored too."""
    if url_of(settings.records_place).get_backend_name() == "sqlite":
        return None
    with closing(open_records(settings, system_clock)) as records, records.reading() as connection:
        return engine_memory.checkpoint(connection, settings.station or MAIN)


def _shown(bar: Progress) -> archive.Progress:
    tasks = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what)
        bar.update(tasks[what], completed=done, total=of)

    return show

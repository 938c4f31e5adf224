"""`cleanwatch backup` and `cleanwatch restore`: the embedded databases into one file, and back."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
from rich.progress import Progress
from sqlalchemy import Connection

from cleanwatch import backup as backups
from cleanwatch import backup_file
from cleanwatch.backup_file import BackupError, Manifest
from cleanwatch.folder import FolderInUseError
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import Instant, system_clock
from facility.people import Actor
from facility.site import MAIN
from storage.records import engine_memory
from storage.records.backups import Backup, record_made, record_restored
from storage.records.connecting import url_of
from storage.records.database import Records
from storage.records.errors import RecordsError
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
    click.echo(f"SHA-256 {backup_file.sha256_of(file)}")
    if made.records is not None:
        click.echo(f"{made.records.audit_rows:,} audit rows, the last one has the hash {made.records.audit_head}")
    _put_on_record(settings, file, made, record_made, "the backup is whole")


@click.command()
@click.argument("file", type=FILE)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to restore into."
)
def restore(file: Path, data: Path) -> None:
    """Put the databases of a backup into a data folder that has none, after checking every one of them."""
    data.mkdir(parents=True, exist_ok=True)
    settings = Settings()
    judged = _judged_in_postgresql(settings)
    try:
        with Progress(transient=True) as bar:
            found = backups.restore(file, data, _shown(bar), judged)
    except (BackupError, NewerSchemaError, FolderInUseError) as error:
        raise click.ClickException(f"nothing was restored: {error}") from None
    click.echo(f"restored into {data} as it was on {found.made}: {found.samples.readings:,} readings")
    if found.records is not None:
        click.echo(f"{found.records.audit_rows:,} audit rows, the last one has the hash {found.records.audit_head}")
    restored = settings if found.records is None else settings.model_copy(update={"data": data, "records_url": None})
    _put_on_record(restored, file, found, record_restored, "everything is restored")
    if judged is not None and judged > found.samples.commits:
        lost = judged - found.samples.commits
        click.echo(f"{lost:,} commits came after the backup: they are judged, and their readings are not in it")
    click.echo(f"Start the station with CLEANWATCH_DATA={data}")


def _put_on_record(
    settings: Settings,
    file: Path,
    manifest: Manifest,
    record: Callable[[Connection, Instant, Actor, Backup], None],
    done: str,
) -> None:
    """Leave an audit row, also in records of an older schema: they are not migrated for that."""
    about = Backup(
        manifest.station,
        str(file.absolute()),
        backup_file.sha256_of(file),
        manifest.samples.commits,
        manifest.samples.readings,
        manifest.records is not None,
    )
    place = url_of(settings.records_place)
    with closing(Records(place, system_clock, settings.records_password_file)) as records:
        try:
            with records.transaction() as connection:
                record(connection, system_clock(), shell_user(), about)
        except RecordsError as error:
            raise click.ClickException(f"{done}, but not on record: {error}") from None


def _judged_in_postgresql(settings: Settings) -> int | None:
    """The newest commit that the records know, where they are not restored too."""
    if url_of(settings.records_place).get_backend_name() == "sqlite":
        return None
    with closing(open_records(settings, system_clock)) as records, records.reading() as connection:
        return engine_memory.checkpoint(connection, settings.station or MAIN)


def _shown(bar: Progress) -> backup_file.Progress:
    tasks = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what)
        bar.update(tasks[what], completed=done, total=of)

    return show

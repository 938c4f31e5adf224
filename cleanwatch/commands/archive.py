"""`cleanwatch archive`: make, check and restore archives of days."""

from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import Progress

from cleanwatch import period_archive
from cleanwatch.archive_file import ArchiveError, ArchiveManifest, sha256_of
from cleanwatch.opening import open_records
from cleanwatch.readings_verify import places_of
from cleanwatch.revisions import SiteInForce
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import DAY, instant_of, system_clock
from facility.site import MAIN
from storage.records import archived
from storage.records.archived import Archive
from storage.records.database import Records

FILE = click.Path(dir_okay=False, path_type=Path)
DATE = click.DateTime(["%Y-%m-%d"])


@click.group("archive")
def archive_group() -> None:
    """Days of readings with all that is on record about them, in one file that verifies itself."""


@archive_group.command()
@click.argument("file", type=FILE)
@click.option("--from", "first", type=DATE, required=True, help="The first day (UTC).")
@click.option("--to", "last", type=DATE, required=True, help="The last day (UTC).")
def make(file: Path, first: datetime, last: datetime) -> None:
    """Write the sealed days into FILE. Nothing is removed anywhere. Goes on record."""
    settings = Settings()
    if file.exists():
        raise click.ClickException(f"{file} is there already; nothing was written")
    station = settings.station or MAIN
    days = range(_day(first), _day(last) + 1)
    if not days:
        raise click.ClickException("the last day is before the first")
    with ExitStack() as stack:
        records = stack.enter_context(closing(open_records(settings, system_clock)))
        places = list(places_of(stack, settings, records, settings.influx is not None))
        site = SiteInForce(records, system_clock).site.name
        told = _shown(stack.enter_context(Progress(transient=True)))
        try:
            made = period_archive.make(file, records, places, site, station, days, system_clock, told)
        except ArchiveError as error:
            raise click.ClickException(f"no archive was made: {error}") from None
        about = _about(file, made)
        with records.transaction() as connection:
            archived.record_made(connection, system_clock(), shell_user(), about)
    click.echo(f"{file}: {made.readings:,} readings from {made.first} to {made.last}, as on record")
    click.echo(f"SHA-256 {about.sha256}")


@archive_group.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Check that FILE is whole, readable and as on record, as archived data are to be checked now and then."""
    with ExitStack() as stack:
        records = stack.enter_context(closing(open_records(Settings(), system_clock)))
        told = _shown(stack.enter_context(Progress(transient=True)))
        try:
            manifest, problems = period_archive.check(file, records, told)
        except ArchiveError as error:
            raise click.ClickException(str(error)) from None
        about = _about(file, manifest)
        with records.reading() as connection:
            known = {one.sha256 for one in archived.made(connection, manifest.station)}
        if about.sha256 not in known:
            problems.append("this very file is not among the archives on record")
        with records.transaction() as connection:
            archived.record_checked(connection, system_clock(), shell_user(), about, problems)
    for problem in problems:
        click.echo(problem)
    if problems:
        raise click.ClickException(f"{len(problems)} problems; this is on record.")
    click.echo(
        f"{file} is whole, readable and as on record: {manifest.readings:,} readings from {manifest.first} to "
        f"{manifest.last}. This check is on record."
    )


@archive_group.command()
@click.argument("file", type=FILE)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="A new folder to look at it; or a station's, whose local store is filled up with what it lacks.",
)
def restore(file: Path, data: Path) -> None:
    """Bring the days of FILE back, after checking it. Goes on record where the records are."""
    settings = Settings()
    data.mkdir(parents=True, exist_ok=True)
    samples, new_records = data / settings.samples_path.name, data / settings.records_path.name
    fresh = not samples.exists()
    with ExitStack() as stack:
        fresh_records: Records | None = None
        if fresh and not new_records.exists():
            fresh_records = stack.enter_context(closing(Records.open(new_records, system_clock)))
        told = _shown(stack.enter_context(Progress(transient=True)))
        try:
            restored = period_archive.restore(file, samples, fresh_records, system_clock, told)
        except ArchiveError as error:
            raise click.ClickException(f"{file}: {error}") from None
        target = fresh_records or stack.enter_context(closing(open_records(settings, system_clock)))
        with target.transaction() as connection:
            about = _about(file, restored)
            archived.record_restored(connection, system_clock(), shell_user(), about, str(data.absolute()))
    click.echo(
        f"{restored.readings:,} readings from {restored.first} to {restored.last} are in {samples}, as on record"
    )
    if fresh:
        click.echo(f"To look: CLEANWATCH_DATA={data} cleanwatch app. Start no station on it.")


def _day(date: datetime) -> int:
    return instant_of(date.replace(tzinfo=UTC)) // DAY


def _about(file: Path, manifest: ArchiveManifest) -> Archive:
    return Archive(
        str(file.absolute()), sha256_of(file), manifest.station, manifest.first, manifest.last, manifest.readings
    )


def _shown(bar: Progress) -> Callable[[str, int, int], None]:
    tasks = {}

    def show(what: str, done: int, of: int) -> None:
        if what not in tasks:
            tasks[what] = bar.add_task(what)
        bar.update(tasks[what], completed=done, total=of)

    return show

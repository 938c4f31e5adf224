"""`cleanwatch site`: check a site file, say what it would change, apply it, and print what was in force when."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from cleanwatch.site_loading import apply as apply_file
from facility.instants import Instant, instant_of, system_clock
from facility.site_advice import advice
from facility.site_changes import decides, differences, lines
from facility.site_errors import SiteFileError
from facility.site_file import load_site, parse_site
from facility.site_summary import render_problems, summary
from storage.records import revisions
from storage.records.changes import ChangeRefusedError

FILE = click.Path(dir_okay=False, path_type=Path)
SIGNATURES = (
    "It touches what decides about alarms, so it needs signatures: the review of somebody who has not written it, "
    "then QA's approval, by a third person."
)
NO_SIGNATURE = "It touches nothing that decides about alarms: it takes force without a signature."


@click.group()
def site() -> None:
    """Check a site file, compare it with what is in force, apply it, or print what was in force."""


@site.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Print every mistake in FILE, or its rooms, points and limits in force."""
    console = Console()
    try:
        checked = load_site(file)
    except SiteFileError as error:
        console.print(render_problems(error))
        raise SystemExit(1) from None
    for part in summary(checked):
        console.print(part)


@site.command()
@click.argument("file", type=FILE)
def diff(file: Path) -> None:
    """Print what FILE would change of the newest site revision, and which signatures that needs."""
    with closing(open_records(Settings(), system_clock)) as records:
        try:
            proposed = load_site(file)
        except SiteFileError as error:
            Console().print(render_problems(error))
            raise SystemExit(1) from None
        with records.reading() as connection:
            newest = revisions.newest(connection)
    before = parse_site(newest.text, f"site revision {newest.number}") if newest else None
    found = differences(before, proposed)
    if newest is None or before is None:
        click.echo("No site file is on record yet: this one would be the first, and take force at once.")
    elif not found:
        click.echo(f"Nothing is different from site revision {newest.number}.")
        return
    else:
        click.echo(f"Against site revision {newest.number}:")
    for line in lines(found):
        click.echo(f"  {line}")
    if before is not None and before.simulated and proposed.simulated:
        click.echo("The site is simulated: it takes force at once, without review.")
    elif before is not None:
        click.echo(SIGNATURES if decides(found) else NO_SIGNATURE)


@site.command()
@click.argument("file", type=FILE)
@click.option("--reason", required=True, help="Why it is changed; goes on record.")
@click.option("--rationale", default="", help="Why the numbers are right; goes on record.")
def apply(file: Path, reason: str, rationale: str) -> None:
    """Propose FILE as a change. What needs no signature takes force at once; station and app take it over."""
    with closing(open_records(Settings(), system_clock)) as records:
        try:
            loaded = apply_file(records, file, shell_user(), reason, rationale, system_clock)
        except SiteFileError as error:
            Console().print(render_problems(error))
            click.echo("Nothing has changed: the site in force stays as it is.")
            raise SystemExit(1) from None
        except ChangeRefusedError as error:
            raise click.ClickException(str(error)) from None
    click.echo(loaded.words)
    told = loaded.revision or loaded.waiting
    for line in told.differences if told else ():
        click.echo(f"  {line}")
    for sentence in advice(load_site(file)):
        click.echo(sentence)


@site.command()
@click.option("--at", "moment", help="As of when: 2026-11-22T08:35:00Z; left out: now.")
def show(moment: str | None) -> None:
    """Print the site file that is in force, or was at a moment."""
    try:
        at: Instant = system_clock() if moment is None else instant_of(datetime.fromisoformat(moment))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--at") from None
    with closing(open_records(Settings(), system_clock)) as records, records.reading() as connection:
        revision = revisions.in_force_at(connection, at)
    if revision is None:
        raise click.ClickException("No site file was in force then.")
    click.echo(revision.text, nl=False)
    click.echo(f"site revision {revision.number}, by {revision.author}: {revision.reason}", err=True)

"""`cleanwatch site`: check a site file, and put a changed one in force."""

import getpass
from pathlib import Path

import click
from rich.console import Console

from cleanwatch.opening import open_records
from cleanwatch.revisions import load_revision
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import system_clock
from facility.site_errors import SiteFileError
from facility.site_file import load_site
from facility.site_summary import render_problems, summary

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def site() -> None:
    """Check a site file, or put a changed one in force."""


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
@click.option("--reason", required=True, help="Why it is changed; goes on record.")
@click.option("--author", default=getpass.getuser, show_default="the user at this computer", help="Who changes it.")
def load(file: Path, reason: str, author: str) -> None:
    """Put FILE in force from now on, as a new revision on record. A running station and app take it over."""
    records = open_records(Settings(), system_clock)
    try:
        revision = load_revision(records, file, shell_user(author), reason, system_clock)
    except SiteFileError as error:
        Console().print(render_problems(error))
        click.echo("Nothing has changed: the site in force stays as it is.")
        raise SystemExit(1) from None
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    finally:
        records.close()
    if revision is None:
        click.echo("This file is in force already; nothing has changed.")
        return
    click.echo(f"Site revision {revision.number} is in force.")
    for difference in revision.differences:
        click.echo(f"  {difference}")

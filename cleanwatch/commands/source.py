"""`cleanwatch source`: which sources have announced themselves, and retiring one that will never come back."""

import getpass
import time
from contextlib import closing

import click
from rich.console import Console
from rich.table import Table

from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import system_clock, text_of
from storage.records import commands, source_gaps, sources
from storage.records.commands import DONE, RetireSource
from storage.records.database import Records

PATIENCE_SECONDS = 5.0
LOOK_SECONDS = 0.1
MOST_GAPS = 1_000


@click.group()
def source() -> None:
    """Gateways and other senders that say when they are online."""


@source.command("list")
def list_known() -> None:
    """List the sources that have announced themselves, and the gaps in what they sent that are still open."""
    with closing(open_records(Settings(), system_clock)) as records, records.reading() as connection:
        known = sources.all(connection)
        gaps = source_gaps.newest(connection, MOST_GAPS, closed=False)
    if not known:
        click.echo("No source has announced itself.")
    table = Table("Source", "Station", "State", "Since", "Points", "Messages missing", box=None)
    for one in known:
        missing = sum(gap.last - gap.first + 1 for gap in gaps if gap.source == one.source)
        state = "online" if one.online else "gone"
        table.add_row(one.source, one.station, state, text_of(one.since), str(len(one.points)), str(missing or ""))
    if known:
        Console().print(table)


@source.command()
@click.argument("name")
@click.option("--reason", required=True, help="Why it will never come back; goes on record.")
@click.option("--author", default=getpass.getuser, show_default="the user at this computer", help="Who says so.")
def retire(name: str, reason: str, author: str) -> None:
    """Say that a source which is gone will never come back: its alarm is closed. Its points are watched on."""
    with closing(open_records(Settings(), system_clock)) as records:
        with records.transaction() as connection:
            id = commands.submit(connection, system_clock(), shell_user(author), RetireSource(name, reason))
        outcome = _outcome(records, id)
    if outcome is None:
        click.echo("No station runs that hears it; this is on record, and done when it runs.")
    elif outcome == DONE:
        click.echo(f"Source {name} is retired.")
    else:
        raise click.ClickException(outcome)


def _outcome(records: Records, id: int) -> str | None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with records.reading() as connection:
            outcome = commands.outcome(connection, id)
        if outcome is not None or time.monotonic() > deadline:
            return outcome
        time.sleep(LOOK_SECONDS)

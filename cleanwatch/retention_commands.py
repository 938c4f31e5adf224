"""`cleanwatch retention`: what is kept how long, and what could be archived away. It removes nothing."""

from contextlib import closing

import click

from cleanwatch.opening import open_records
from cleanwatch.retention_report import days_kept, report
from cleanwatch.revisions import SiteInForce
from cleanwatch.settings import Settings
from facility.instants import datetime_of, system_clock
from storage.records import archived, batches, seals


@click.command()
def retention() -> None:
    """Tell which days of readings could be archived away, when and why. Nothing is removed."""
    with closing(open_records(Settings(), system_clock)) as records:
        rule = SiteInForce(records, system_clock).site.retention
        with records.reading() as connection:
            kept = seals.load(connection, -(1 << 31), 1 << 31)
            runs = batches.overlapping(connection, batches.rooms(connection), -(1 << 60), 1 << 60)
            archives = archived.made(connection)
            checked = archived.last_checked(connection)
    click.echo(f"Rule in force: {'everything is kept for good' if rule is None else rule}")
    for line in report(days_kept(rule, kept, runs, archives), datetime_of(system_clock()).date()):
        click.echo(line)
    click.echo(f"Last check of an archive: {archived.words_of(checked)}")
    click.echo("Nothing was removed: Cleanwatch keeps readings and records, also those that are archived.")

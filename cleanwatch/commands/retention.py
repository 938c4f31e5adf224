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
            stations = {name: seals.readings_by_day(connection, name) for name in seals.stations(connection)}
            runs = batches.overlapping(connection, batches.rooms(connection), -(1 << 60), 1 << 60)
            archives = {name: archived.made(connection, name) for name in stations}
            checked = {name: archived.last_checked(connection, name) for name in stations}
    today = datetime_of(system_clock()).date()
    click.echo(f"Rule in force: {'everything is kept for good' if rule is None else rule}")
    for name, kept in stations.items():
        click.echo(f"Station {name}, last check of an archive: {archived.words_of(checked[name])}")
        for line in report(days_kept(rule, kept, runs, archives[name]), today):
            click.echo(f"  {line}")
    click.echo("Nothing was removed: Cleanwatch keeps readings and records, also those that are archived.")

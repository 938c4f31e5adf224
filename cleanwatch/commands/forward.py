"""`cleanwatch forward`: what InfluxDB has refused, and taking readings there once more."""

from contextlib import closing
from datetime import UTC, datetime

import click

from cleanwatch.opening import local_store, open_records
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import instant_of, system_clock, text_of
from facility.site import MAIN
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry
from storage.samples.history import BACKLOG


@click.group()
def forward() -> None:
    """Readings on their way from the local store to InfluxDB."""


@forward.command()
@click.option("--most", default=100, show_default=True, help="How many are printed.")
def refused(most: int) -> None:
    """Print readings that InfluxDB will never take, with its reason. They stay in the local store."""
    with local_store(read_only=True) as store:
        found = store.refused(BACKLOG, most)
    for one in found:
        click.echo(f"{text_of(one.time)} {one.point}: {one.reason}\n  {one.line}")
    if not found:
        click.echo("InfluxDB has refused no reading.")


@forward.command()
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    required=True,
    help="UTC; the hour that it falls into is the first.",
)
def again(since: datetime) -> None:
    """Forward everything again that the local store keeps from then on: after InfluxDB was restored from a backup.

    What InfluxDB has already is not changed by it. A running station begins at once.
    """
    with local_store(read_only=False) as store:
        if store.progress(BACKLOG) is None:
            raise click.ClickException(
                "nothing was ever forwarded from here; set CLEANWATCH_INFLUX_URL and start the station"
            )
        added = store.backlog(BACKLOG).owe_again(instant_of(since.replace(tzinfo=UTC)))
        kept = store.complete_since()
    settings = Settings()
    entry = AuditEntry(
        shell_user(),
        "forwarding begun again",
        f"readings of station {settings.station or MAIN}",
        {"since": text_of(instant_of(since.replace(tzinfo=UTC))), "readings": added},
    )
    with closing(open_records(settings, system_clock)) as records, records.transaction() as connection:
        audit.append(connection, system_clock(), [entry])
    click.echo(f"{added:,} readings are forwarded again.")
    if instant_of(since.replace(tzinfo=UTC)) < kept:
        click.echo(f"The local store has everything only from {text_of(kept)} on; older days are in InfluxDB only.")

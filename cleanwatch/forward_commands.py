"""`cleanwatch forward`: what InfluxDB has refused, and taking readings there once more."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import click

from cleanwatch.settings import Settings
from facility.instants import instant_of, system_clock, text_of
from storage.samples.history import BACKLOG
from storage.samples.local import LocalStore


@click.group()
def forward() -> None:
    """Readings on their way from the local store to InfluxDB."""


@forward.command()
@click.option("--most", default=100, show_default=True, help="How many are printed.")
def refused(most: int) -> None:
    """Print readings that InfluxDB will never take, with its reason. They stay in the local store."""
    with _store(read_only=True) as store:
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
    with _store(read_only=False) as store:
        if store.progress(BACKLOG) is None:
            raise click.ClickException(
                "nothing was ever forwarded from here; set CLEANWATCH_INFLUX_URL and start the station"
            )
        added = store.backlog(BACKLOG).owe_again(instant_of(since.replace(tzinfo=UTC)))
        kept = store.complete_since()
    click.echo(f"{added:,} readings are forwarded again.")
    if instant_of(since.replace(tzinfo=UTC)) < kept:
        click.echo(f"The local store has everything only from {text_of(kept)} on; older days are in InfluxDB only.")


@contextmanager
def _store(read_only: bool) -> Iterator[LocalStore]:
    path = Settings().samples_path
    if not path.exists():
        raise click.ClickException(f"there is no local store at {path}; set CLEANWATCH_DATA to its folder")
    with closing(LocalStore.open(path, system_clock, read_only=read_only)) as store:
        yield store

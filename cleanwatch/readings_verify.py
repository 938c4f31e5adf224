"""`cleanwatch audit verify --readings`: every reading held against the digests in the audit trail."""

from collections.abc import Iterator
from contextlib import ExitStack, closing

import click
from rich.progress import Progress

from cleanwatch.places import InfluxPlace, LocalPlace, Place
from cleanwatch.readings_check import Checked, ReadingsCheck
from cleanwatch.revisions import SiteInForce
from cleanwatch.settings import Settings
from facility.instants import system_clock
from facility.site import MAIN
from storage.records import seals
from storage.records.database import Records
from storage.samples.influx.problems import InfluxError
from storage.samples.influx.store import InfluxStore
from storage.samples.local import LocalStore


def verify_readings(settings: Settings, records: Records, first: int, end: int, influx: bool) -> list[str]:
    """Check the local store of this data folder, if there is one, and InfluxDB where asked; print what is wrong.

    Days are counted from 1970. Raises ClickException where there is nothing to check, or InfluxDB does not answer.
    """
    with ExitStack() as stack:
        bar = stack.enter_context(Progress(transient=True))
        task = bar.add_task("checking readings")
        check = ReadingsCheck(records, first, end, lambda done, of: bar.update(task, completed=done, total=of))
        try:
            places = list(places_of(stack, settings, records, influx))
            if all(check.end(place) <= check.first for place in places):
                raise click.ClickException(
                    "no day is sealed in that time yet; a station seals each day two hours after its end (UTC)"
                )
            found = [check.check(place, _other(places, place)) for place in places]
        except InfluxError as error:
            raise click.ClickException(str(error)) from None
        problems = [problem for one in found for problem in one.problems]
    for place, one in zip(places, found, strict=True):
        _tell(one, check.first, check.end(place))
    for problem in problems:
        click.echo(problem)
    return problems


def places_of(stack: ExitStack, settings: Settings, records: Records, influx: bool) -> Iterator[Place]:
    """Where this installation keeps readings, open as long as the stack. Raises ClickException where nowhere."""
    local = None
    if settings.samples_path.exists():
        local = stack.enter_context(closing(LocalStore.open(settings.samples_path, system_clock, read_only=True)))
        yield LocalPlace(local, records, settings.station or MAIN, lets_go=settings.influx is not None)
    if influx:
        if settings.influx is None:
            raise click.ClickException("no InfluxDB is configured; set CLEANWATCH_INFLUX_URL")
        site = SiteInForce(records, system_clock)
        store = InfluxStore.open(settings.influx, lambda: site.site, system_clock)
        yield InfluxPlace(stack.enter_context(closing(store)), local, [one.id for one in site.site.stations])
    elif local is None:
        raise click.ClickException(
            f"there is no local store at {settings.samples_path}; set CLEANWATCH_DATA, or ask with --influx"
        )


def _other(places: list[Place], place: Place) -> Place | None:
    return next((other for other in places if other is not place), None)


def _tell(found: Checked, first: int, end: int) -> None:
    wrong = f"differences: {len(found.problems)}" if found.problems else "all as on record"
    days = f"from {seals.date_of(first)} to {seals.date_of(end - 1)}"
    click.echo(f"{found.place}: {found.readings:,} readings {days}, {wrong}")
    for note in found.notes:
        click.echo(f"  {note}")

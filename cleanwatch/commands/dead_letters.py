"""`cleanwatch dead-letters`: look at messages that could not be understood, and replay them after a fix."""

from contextlib import closing

import click
from rich.console import Console
from rich.table import Table

from cleanwatch.opening import local_store, open_records
from cleanwatch.revisions import NoSiteError, PartInForce
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from collectors.dead_letters import Replay, replay, replay_waiting, waiting
from facility.instants import system_clock, text_of
from facility.site import Site
from facility.site_part import NoSuchStationError
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


@click.group("dead-letters")
def dead_letters() -> None:
    """Messages that could not be understood: kept whole, with the reason."""


@dead_letters.command("list")
def list_waiting() -> None:
    """List the dead letters that wait for a fix, oldest first."""
    with local_store(read_only=True) as store:
        table = Table("No.", "Received", "Source", "Readings", "Reason", box=None)
        for found in waiting(store):
            letter = found.letter
            table.add_row(str(found.id), text_of(letter.received), letter.source, str(letter.readings), letter.reason)
    if table.row_count:
        Console().print(table)
    else:
        click.echo("No dead letter waits.")


@dead_letters.command()
@click.argument("number", type=int)
def show(number: int) -> None:
    """Print one dead letter whole."""
    with local_store(read_only=True) as store:
        found = store.dead_letter(number)
    if found is None:
        raise click.ClickException(f"there is no dead letter {number}; see: cleanwatch dead-letters list")
    letter = found.letter
    replayed = "no" if found.replayed is None else text_of(found.replayed)
    for name, value in (
        ("Number", found.id),
        ("Received", text_of(letter.received)),
        ("Source", letter.source),
        ("Topic", letter.topic),
        ("Reason", letter.reason),
        ("Readings", letter.readings),
        ("Replayed", replayed),
    ):
        click.echo(f"{name + ':':<10} {value}")
    click.echo(letter.payload.decode(errors="backslashreplace"))


@dead_letters.command("replay")
@click.argument("numbers", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Replay every dead letter that waits.")
def replay_some(numbers: tuple[int, ...], everything: bool) -> None:
    """Decode dead letters again by the site in force, and store what can be used now."""
    if bool(numbers) == everything:
        raise click.UsageError("name the dead letters by number, or say --all")
    with local_store(read_only=False) as store, closing(open_records(Settings(), system_clock)) as records:
        site = _site_in_force(records)
        try:
            for outcome in replay_waiting(store, site) if everything else (replay(store, site, n) for n in numbers):
                _put_on_record(records, site, outcome)
                click.echo(_told(outcome))
        except KeyError as error:
            raise click.ClickException(str(error.args[0])) from None


def _told(outcome: Replay) -> str:
    stored = f"{outcome.id}: {outcome.stored} stored, {outcome.known} known already, {outcome.events} events"
    return stored if outcome.refused is None else f"{stored}; still refused: {outcome.refused}"


def _put_on_record(records: Records, site: Site, outcome: Replay) -> None:
    data: dict[str, JSON] = {"stored": outcome.stored, "known": outcome.known, "events": outcome.events}
    letter = f"dead letter {outcome.id} of station {site.share.station}"
    entry = AuditEntry(shell_user(), "dead letter replayed", letter, data, reason=outcome.refused or "")
    with records.transaction() as connection:
        audit.append(connection, system_clock(), [entry])


def _site_in_force(records: Records) -> Site:
    try:
        return PartInForce(records, Settings().station, system_clock).site
    except (NoSiteError, NoSuchStationError) as error:
        raise click.ClickException(str(error)) from None

"""`cleanwatch notify`: the channels by which people are told of alarms, and trying them."""

import time
from contextlib import closing
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from alerts.channels import opening
from alerts.channels.opening import AddressError
from alerts.channels.sealing import KeyNotUsableError, Seals
from alerts.notifications.trying import try_out
from cleanwatch.opening import open_records
from cleanwatch.revisions import NoSiteError, SiteInForce
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from facility.instants import system_clock, text_of
from storage.records import channels, contacts, notifications
from storage.records.channels import ChannelError
from storage.records.contacts import partly
from storage.records.database import Records
from storage.records.notifications import Delivery
from storage.records.people import accounts

PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.1
reason = click.option("--reason", required=True, help="Why; goes on record.")


@click.group()
def notify() -> None:
    """Channels by which people are told of alarms. What is done here goes on record under this machine's user."""


@notify.command("channels")
def list_channels() -> None:
    """List the channels in use, in the order in which they are tried, and how many people each one reaches."""
    with closing(open_records(Settings(), system_clock)) as records, records.reading() as connection:
        kept, reached = channels.in_use(connection), contacts.all(connection)
        counts = notifications.counts(connection)
    if not kept:
        click.echo("There is no channel yet: cleanwatch notify add")
        return
    table = Table("Channel", "Address", "Form", "Reaches", "Sent", "Waiting", "Failed", box=None)
    for one in kept:
        people = sum(one.id in addresses for addresses in reached.values())
        table.add_row(
            one.name,
            one.address.shown,
            "short" if one.address.short else "long",
            f"{people} {'person' if people == 1 else 'people'}" if one.address.personal else "all together",
            *(str(counts.get((one.id, state), 0)) for state in ("sent", "waiting", "failed")),
        )
    Console(soft_wrap=True).print(table)


@notify.command()
@click.argument("name")
@click.option(
    "--url-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with the address."
)
@click.option("--form", type=click.Choice(["short", "long"]), help="Form of messages; none: as the service needs.")
def add(name: str, url_file: Path | None, form: str | None) -> None:
    """Add a channel. Its address, with its secrets, is asked for or read from a file: it is in no shell's history."""
    settings = Settings()
    entered = url_file.read_text() if url_file else click.prompt("Address (an Apprise URL)", hide_input=True)
    short = None if form is None else form == "short"
    with closing(open_records(settings, system_clock)) as records:
        try:
            address = opening.address(entered, Seals(settings.channels_key), short)
            with records.transaction() as connection:
                added = channels.add(connection, system_clock(), shell_user(), name, address)
        except (AddressError, KeyNotUsableError, ChannelError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"Channel {added.name} is added: {address.shown}. Try it: cleanwatch notify test {added.name!r}")


@notify.command()
@click.argument("name")
@click.option("--rename", default="", help="Another name.")
@click.option("--first", is_flag=True, help="Try it before all others.")
@click.option(
    "--url-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File with another address."
)
@reason
def change(name: str, rename: str, first: bool, url_file: Path | None, reason: str) -> None:
    """Change the name, turn or address of a channel; where people are reached by it stays."""
    settings = Settings()
    with closing(open_records(settings, system_clock)) as records:
        try:
            seals = Seals(settings.channels_key)
            address = None if url_file is None else opening.address(url_file.read_text(), seals)
            with records.transaction() as connection:
                kept = channels.by_name(connection, name)
                by, at = shell_user(), system_clock()
                channels.change(connection, at, by, kept.id, name=rename, address=address, first=first, reason=reason)
        except (AddressError, KeyNotUsableError, ChannelError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"Channel {rename or kept.name} is changed.")


@notify.command()
@click.argument("name")
@reason
def retire(name: str, reason: str) -> None:
    """Use a channel no longer, for ever. Its address is forgotten."""
    with closing(open_records(Settings(), system_clock)) as records:
        try:
            with records.transaction() as connection:
                channel = channels.by_name(connection, name)
                channels.retire(connection, system_clock(), shell_user(), channel.id, reason)
        except ChannelError as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"Channel {channel.name} is retired.")


@notify.command()
@click.argument("account")
@click.argument("channel")
@click.argument("address", required=False, default="")
def contact(account: str, channel: str, address: str) -> None:
    """Say at which address a channel reaches a person; without one, that it reaches the person no longer."""
    settings = Settings()
    with closing(open_records(settings, system_clock)) as records:
        try:
            with records.transaction() as connection:
                kept = channels.by_name(connection, channel)
                person = accounts.find(connection, account)
                if person is None:
                    raise click.ClickException(f"There is no account {account!r}; see: cleanwatch account list")
                if address:
                    opening.check(kept, Seals(settings.channels_key), address)
                contacts.set(connection, system_clock(), shell_user(), person.account, kept.id, address)
        except (ChannelError, AddressError, KeyNotUsableError) as error:
            raise click.ClickException(str(error)) from None
    click.echo(f"{person.name} is reached by {kept.name} at {partly(address) or 'no address'}.")


@notify.command()
@click.argument("channel")
@click.option("--to", "to", default="", help="Address to try, for a channel that takes the address of a person.")
def test(channel: str, to: str) -> None:
    """Send a test by a channel the way alarms are told, through the running station, and tell what came of it."""
    settings = Settings()
    with closing(open_records(settings, system_clock)) as records:
        try:
            site = SiteInForce(records, system_clock).site
            with records.transaction() as connection:
                kept = channels.by_name(connection, channel)
                if kept.address.personal and not to:
                    raise click.ClickException(f"{kept.name} takes the address of a person: say which with --to")
                if to:
                    opening.check(kept, Seals(settings.channels_key), to)
                message = try_out(connection, system_clock(), shell_user(), site, kept, to)
        except (ChannelError, AddressError, KeyNotUsableError, NoSiteError) as error:
            raise click.ClickException(str(error)) from None
        outcome = _outcome(records, message.id)
    if outcome.sent is not None:
        click.echo(f"Message {message.number} was sent: {outcome.receipt}")
        return
    if outcome.error:
        raise click.ClickException(f"message {message.number} was not taken: {outcome.error}")
    raise click.ClickException(
        f"message {message.number} is still waiting: does a station run? `cleanwatch status` tells. "
        "It is sent when one does."
    )


@notify.command("list")
@click.option("--last", default=20, show_default=True, help="How many messages.")
def list_messages(last: int) -> None:
    """List the newest messages, to whom they went, and what came of each."""
    with closing(open_records(Settings(), system_clock)) as records, records.reading() as connection:
        newest, names = notifications.newest(connection, last), channels.names(connection)
    if not newest:
        click.echo("No message has been sent yet.")
        return
    table = Table("At", "Message", "Channel", "To", "Subject", "What came of it", box=None)
    for one in newest:
        message = one.notification
        to = message.recipient
        whom = f"{to.name} {partly(to.address)}".strip()
        table.add_row(text_of(message.at), message.number, names[to.channel], whom, message.subject, _state(one))
    Console(soft_wrap=True).print(table)


def _outcome(records: Records, id: str) -> Delivery:
    """What has come of a message once it was tried, or after a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with records.reading() as connection:
            found = notifications.find(connection, id)
        assert found is not None
        if not found.waiting or found.error or time.monotonic() > deadline:
            return found
        time.sleep(LOOK_SECONDS)


def _state(delivery: Delivery) -> str:
    if delivery.sent is not None:
        return f"sent {text_of(delivery.sent)}: {delivery.receipt}"
    if delivery.failed is not None:
        return f"failed for good {text_of(delivery.failed)}: {delivery.error}"
    return f"waiting, after {delivery.attempts} attempts: {delivery.error}" if delivery.error else "waiting"

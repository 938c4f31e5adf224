"""`cleanwatch account`: for whoever can get in no other way; otherwise there is the accounts page."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from app.sign_in import one_time
from app.sign_in.desk import Desk
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.shell_user import shell_user
from cleanwatch.sign_in_settings import sign_in_rules
from facility.instants import system_clock, text_of
from facility.roles import Role
from storage.records.people import accounts, credentials
from storage.records.people.accounts import AccountError, AccountState

ROLES = [role.value for role in Role if role is not Role.WALL]
reason = click.option("--reason", required=True, help="Why; goes on record.")


@click.group()
def account() -> None:
    """Accounts of people. What is done here goes on record under the name of this machine's user."""


@account.command("list")
def list_all() -> None:
    """List every account there ever was, and how it stands."""
    with closing(open_records(Settings(), system_clock)) as records, records.reading() as connection:
        known = [(one, credentials.of(connection, one.account)) for one in accounts.all(connection)]
    if not known:
        click.echo("There is no account yet: the app makes the first one when it starts.")
        return
    table = Table("Account", "Name", "Role", "Areas", "State", "Since", "Failures", "Authenticator", box=None)
    for one, credential in known:
        failures = str(credential.failures or "") if credential else ""
        authenticator = "yes" if credential and credential.totp_since is not None else ""
        areas = "all" if one.areas is None else ", ".join(sorted(one.areas))
        table.add_row(
            one.account,
            one.name,
            one.role.value,
            areas,
            one.state.value,
            text_of(one.made)[:10],
            failures,
            authenticator,
        )
    Console(soft_wrap=True).print(table)


@account.command()
@click.argument("name")
@click.option("--printed", required=True, help="The person's name, as it is printed beside signatures.")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--area", "areas", multiple=True, help="An area whose rooms the person may see; several; none for all.")
@reason
def make(name: str, printed: str, role: str, areas: tuple[str, ...], reason: str) -> None:
    """Make an account, and print a password for the first sign-in."""
    desk = _desk()
    given = one_time.new(desk)
    with _changing() as connection:
        made = accounts.make(
            connection,
            system_clock(),
            shell_user(),
            name,
            name=printed,
            role=Role(role),
            areas=frozenset(areas) or None,
            reason=reason,
        )
        one_time.give(connection, system_clock(), shell_user(), made.account, given, desk)
    _show(made.account, given.password)


@account.command()
@click.argument("name")
@reason
def retire(name: str, reason: str) -> None:
    """Retire an account, for ever: nobody signs in with it again, and its name is not given to anybody else."""
    with _changing() as connection:
        done = accounts.set_state(connection, system_clock(), shell_user(), name, AccountState.RETIRED, reason)
    click.echo(f"The account {done.account} ({done.name}) is retired.")


@account.command()
@click.argument("name")
@reason
def unlock(name: str, reason: str) -> None:
    """Unlock an account after too many failures; its password stays what it is."""
    with _changing() as connection:
        done = accounts.set_state(connection, system_clock(), shell_user(), name, AccountState.ACTIVE, reason)
    click.echo(f"The account {done.account} ({done.name}) is unlocked.")


@account.command()
@click.argument("name")
@click.option("--without-authenticator", is_flag=True, help="Switch off the authenticator, too: it is lost.")
@reason
def reset(name: str, without_authenticator: bool, reason: str) -> None:
    """Unlock an account, end its sessions and API tokens, and print a password for the next sign-in."""
    desk, by = _desk(), shell_user()
    given = one_time.new(desk)
    with _changing() as connection:
        done = accounts.set_state(connection, system_clock(), by, name, AccountState.ACTIVE, reason)
        one_time.give(connection, system_clock(), by, done.account, given, desk)
        if without_authenticator:
            credentials.drop_totp(connection, system_clock(), by, done.account, reason)
    _show(done.account, given.password)


def _desk() -> Desk:
    return Desk(sign_in_rules(Settings()))


@contextmanager
def _changing() -> Iterator[Connection]:
    try:
        with closing(open_records(Settings(), system_clock)) as records, records.transaction() as connection:
            yield connection
    except AccountError as error:
        raise click.ClickException(str(error)) from None


def _show(account: str, password: str) -> None:
    click.echo(f"account   {account}\npassword  {password}\n\nIt is good for one sign-in, and is not shown again.")

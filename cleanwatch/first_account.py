"""The first start: where nobody has an account yet, one administrator gets one, with a password for one time."""

import click
from sqlalchemy.exc import IntegrityError

from app.sign_in import one_time
from app.sign_in.desk import Desk
from facility.instants import Clock
from facility.people import CLEANWATCH
from facility.roles import Role
from storage.records.database import Records
from storage.records.people import accounts

ACCOUNT = "administrator"


def make_first_administrator(records: Records, clock: Clock, desk: Desk, address: str) -> None:
    """Make it where there is none, and print its password: on the terminal only, once, and never again."""
    with records.reading() as connection:
        if accounts.exist(connection):
            return
    given = one_time.new(desk)
    try:
        with records.transaction() as connection:
            accounts.make(
                connection,
                clock(),
                CLEANWATCH,
                ACCOUNT,
                name="Administrator",
                role=Role.ADMINISTRATOR,
                reason="first start",
            )
            one_time.give(connection, clock(), CLEANWATCH, ACCOUNT, given, desk)
    except IntegrityError:  # another process of the same site was faster, and has told
        return
    click.echo(
        f"\nNobody has an account yet, so one was made. Its password is shown this once:\n\n"
        f"  address   {address}\n  account   {ACCOUNT}\n  password  {given.password}\n\n"
        "Sign in with it and set one of your own. Then make an account for each person who works with Cleanwatch:\n"
        "who did what is only known where nobody shares one. If this password is lost: cleanwatch account reset.\n"
    )

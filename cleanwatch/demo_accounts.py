"""The accounts of the demo, and of nothing else: one for each role, with a password that everybody may know.

Its channels reach nobody: what would be sent is written into files, a line of the welcome says where.

Run by the demo as a process of its own, so that the one that looks after the others stays small.
"""

import sys
from contextlib import closing

from sqlalchemy import Connection

from alerts.channels import opening
from alerts.channels.sealing import Seals
from app.sign_in.desk import Desk
from cleanwatch.demo_files import PASSWORD, PEOPLE
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.sign_in_settings import sign_in_rules
from facility.instants import system_clock
from facility.people import Actor
from facility.roles import RIGHTS, Right, Role
from storage.records import channels, contacts
from storage.records.errors import RecordsError
from storage.records.people import accounts, credentials

DEMO = Actor("demo", origin="the demo's start")


def main() -> None:
    """Make those that are not there yet."""
    settings = Settings()
    desk = Desk(sign_in_rules(settings))
    with closing(open_records(settings, system_clock)) as records:
        with records.reading() as connection:
            missing = [person for person in PEOPLE if accounts.find(connection, person[0]) is None]
        for account, name, role in missing:
            hash = desk.passwords.hash(PASSWORD)
            with records.transaction() as connection:
                accounts.make(connection, system_clock(), DEMO, account, name=name, role=Role(role), reason="demo")
                credentials.set_password(
                    connection, system_clock(), DEMO, account, hash, one_time=False, remember=desk.rules.remembered
                )
        with records.transaction() as connection:
            if not channels.names(connection):
                _add_channels(connection, Seals(settings.channels_key))


def _add_channels(connection: Connection, seals: Seals) -> None:
    """Texts, tried first, e-mail, and a chat for all; everybody whom alarms may call has an address at both."""
    at = system_clock()
    made = [
        channels.add(connection, at, DEMO, name, opening.address(entered, seals, short=short))
        for name, entered, short in (
            ("Texts to phones", "mailbox://{to}", True),
            ("E-mail", "mailbox://{to}", False),
            ("Chat of the suite", "mailbox://", False),
        )
    ]
    for number, (account, _, role) in enumerate(PEOPLE):
        if Right.ACKNOWLEDGE in RIGHTS[Role(role)]:
            contacts.set(connection, at, DEMO, account, made[0].id, f"+4155501{number:02}")
            contacts.set(connection, at, DEMO, account, made[1].id, f"{account}@example.org")


if __name__ == "__main__":
    try:
        main()
    except RecordsError as error:
        sys.exit(str(error))

"""The accounts of the demo, and of nothing else: one for each role, with a password that everybody may know.

Run by the demo as a process of its own, so that the one that looks after the others stays small.
"""

import sys
from contextlib import closing

from app.sign_in.desk import Desk
from cleanwatch.demo_files import PASSWORD, PEOPLE
from cleanwatch.opening import open_records
from cleanwatch.settings import Settings
from cleanwatch.sign_in_settings import sign_in_rules
from facility.instants import system_clock
from facility.people import Actor
from facility.roles import Role
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


if __name__ == "__main__":
    try:
        main()
    except RecordsError as error:
        sys.exit(str(error))

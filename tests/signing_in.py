"""Signing in, in tests: accounts with a cheap hash, and a session put straight into a browser or client."""

import re

import requests
from argon2 import Parameters
from argon2.low_level import Type

from app import cookies, csrf
from app.sign_in import session_cookie
from app.sign_in.desk import Desk
from app.sign_in.rules import SignInRules
from facility.instants import Clock
from facility.people import Actor, Person
from storage.records.database import Records
from storage.records.people import accounts, credentials, sessions
from storage.records.people.sessions import Stage

CHEAP = Parameters(Type.ID, version=19, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1)
"""Argon2id at its least: what takes 0.2 s in production is over at once."""
RULES = SignInRules(argon2=CHEAP, most_failures=10, told_failures=5)
PASSWORD = "seventeen grey tiles"
SETUP = Actor("setup", origin="test")


def make_account(
    records: Records, clock: Clock, person: Person, *, desk: Desk | None = None, one_time: bool = False
) -> None:
    """An account for this person, with `PASSWORD`."""
    hash = (desk or Desk(RULES)).passwords.hash(PASSWORD)
    with records.transaction() as connection:
        accounts.make(
            connection, clock(), SETUP, person.account, name=person.name, role=person.role, areas=person.areas
        )
        credentials.set_password(
            connection, clock(), SETUP, person.account, hash, one_time=one_time, remember=RULES.remembered
        )


def session_cookie_for(records: Records, clock: Clock, account: str) -> tuple[str, str]:
    """Name and value of the cookie of a new session of this account."""
    token = session_cookie.new_token()
    with records.transaction() as connection:
        sessions.begin(
            connection,
            clock(),
            account,
            session_cookie.token_hash(token),
            stage=Stage.SIGNED_IN,
            origin="test",
            browser="test",
        )
    return cookies.SESSION, token


def fill_in(browser: requests.Session, address: str, **fields: str) -> requests.Response:
    """What a person does on one of the plain pages: look at it, fill in its form, send it."""
    form = browser.get(address, timeout=60)
    token = re.search(f'name="{csrf.FIELD}" value="([^"]+)"', form.text)
    assert token, form.text
    return browser.post(form.url, data={csrf.FIELD: token.group(1), **fields}, timeout=60)

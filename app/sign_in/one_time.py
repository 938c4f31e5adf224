"""One-time passwords, for who is new or has forgotten theirs: good for setting another, and for nothing more."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy import Connection

from app.sign_in.desk import Desk
from app.sign_in.passwords import ALPHABET
from facility.instants import Instant
from facility.people import Actor
from storage.records.people import api_tokens, credentials, sessions

REPLACED = "one-time password set"
"""Why sessions and tokens end."""


@dataclass(frozen=True, slots=True)
class OneTime:
    """A password that is shown once, and its hash."""

    password: str = field(repr=False)
    hash: str = field(repr=False)


def new(desk: Desk) -> OneTime:
    """Five groups of four letters and digits, 99 bits. Hashing takes its time: before the transaction, not in it."""
    password = "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(5))
    return OneTime(password, desk.passwords.hash(password))


def give(connection: Connection, at: Instant, by: Actor, account: str, one_time: OneTime, desk: Desk) -> None:
    """It is the account's password from now on. Its sessions end, and its programs' tokens hold no longer: whoever
    had the account in the hand may have made them.
    """
    remember = desk.rules.remembered
    credentials.set_password(connection, at, by, account, one_time.hash, one_time=True, remember=remember)
    sessions.end_all(connection, at, by, account, REPLACED)
    api_tokens.revoke_all(connection, at, by, account, REPLACED)

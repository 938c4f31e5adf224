"""Tokens by which a person's program asks the API: named, limited in time and rights, revocable.

A token is 256 random bits, of which only the SHA-256 is stored. It never allows more than the person may at that
moment: role, areas and state of the account are asked for at every use. Making and revoking are on record.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from facility.instants import DAY, HOUR, Instant, Span
from facility.people import Actor
from facility.roles import Right
from storage.records.schema import api_tokens as table
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry

LONGEST: Span = 366 * DAY
"""How long a token may hold at most."""
PREFIX = "cleanwatch_"
"""By which programs that look for secrets in the wrong place know one."""


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token, without what is secret in it. `rights` are the most that it allows."""

    id: int
    account: str
    name: str
    rights: frozenset[Right]
    made_at: Instant
    expires: Instant
    revoked_at: Instant | None
    used_at: Instant | None
    """When it was last used, to the hour."""

    def holds(self, now: Instant) -> bool:
        """Can it be used?"""
        return self.revoked_at is None and now < self.expires


def make(
    connection: Connection,
    at: Instant,
    by: Actor,
    account: str,
    name: str,
    rights: Iterable[Right],
    expires: Instant,
) -> str:
    """A new token for an account's programs; there is no second way to learn it.

    Raises ValueError where it would hold for longer than `LONGEST`, or not at all.
    """
    if not at < expires <= at + LONGEST:
        raise ValueError(f"a token holds for up to {LONGEST // DAY} days from now")
    token = PREFIX + secrets.token_urlsafe(32)
    allowed = sorted(right.name for right in rights)
    values = {"account": account, "name": name, "rights": json.dumps(allowed), "made_at": at, "expires": expires}
    id = connection.execute(insert(table).values(digest=_digest(token), **values).returning(table.c.id)).scalar_one()
    data = {"token": id, "name": name, "rights": allowed, "expires": expires}
    audit.append(connection, at, [AuditEntry(by, "API token made", f"account {account}", data)])
    return token


def find(connection: Connection, token: str) -> ApiToken | None:
    """What this token is, also where it holds no longer; None where it never was one."""
    row = connection.execute(select(table).where(table.c.digest == _digest(token))).first()
    return _token(row) if row else None


def is_to_be_noted(token: ApiToken, at: Instant) -> bool:
    """Was it not used for an hour? Then `used` is called."""
    return token.used_at is None or at - token.used_at >= HOUR


def used(connection: Connection, at: Instant, token: ApiToken) -> None:
    """Keep when a token was last used."""
    connection.execute(update(table).where(table.c.id == token.id).values(used_at=at))


def of_account(connection: Connection, account: str) -> list[ApiToken]:
    """All tokens that an account ever had, newest first."""
    rows = connection.execute(select(table).where(table.c.account == account).order_by(table.c.id.desc()))
    return [_token(row) for row in rows]


def revoke(connection: Connection, at: Instant, by: Actor, account: str, id: int) -> bool:
    """Let a token of this account hold no longer; False where there is none, or it was revoked before."""
    return bool(_revoke(connection, at, by, account, "", table.c.id == id))


def revoke_all(connection: Connection, at: Instant, by: Actor, account: str, why: str) -> int:
    """Let no token of this account hold any longer; how many there were that still did."""
    return _revoke(connection, at, by, account, why, table.c.expires > at)


def _revoke(
    connection: Connection, at: Instant, by: Actor, account: str, why: str, which: ColumnElement[bool]
) -> int:
    revoking = (
        update(table)
        .where(table.c.account == account, table.c.revoked_at.is_(None), which)
        .values(revoked_at=at)
        .returning(table.c.id, table.c.name)
    )
    revoked = sorted((id, name) for id, name in connection.execute(revoking))
    told = [
        AuditEntry(by, "API token revoked", f"account {account}", {"token": id, "name": name}, reason=why)
        for id, name in revoked
    ]
    if told:
        audit.append(connection, at, told)
    return len(told)


def _token(row: Row[Any]) -> ApiToken:
    rights = frozenset(Right[name] for name in json.loads(row.rights) if name in Right.__members__)
    return ApiToken(row.id, row.account, row.name, rights, row.made_at, row.expires, row.revoked_at, row.used_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()

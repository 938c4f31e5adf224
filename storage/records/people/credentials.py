"""What an account signs in with: the hash of its password, of its earlier ones, and the secret of its authenticator.

Whatever changes them writes its audit row; neither a password nor a hash or a secret is ever in one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from facility.instants import Instant
from facility.people import Actor
from storage.records.schema import credentials as table
from storage.records.schema import earlier_passwords, recovery_codes
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


@dataclass(frozen=True, slots=True)
class Credential:
    """How an account signs in. A `one_time` password is only good for setting another.

    `failures` counts those in a row, the last of them at `failed_at`. An authenticator is on where `totp_since` says
    since when; `totp_step` is the 30-second step of the last code that was taken.
    """

    account: str
    hash: str
    set_at: Instant
    one_time: bool
    failures: int = 0
    failed_at: Instant | None = None
    totp_secret: str | None = None
    totp_since: Instant | None = None
    totp_step: int | None = None


def of(connection: Connection, account: str) -> Credential | None:
    """The credential of an account; None where it has no password, as one of single sign-on."""
    row = connection.execute(select(table).where(table.c.account == account)).first()
    return Credential(*row) if row else None


def set_password(
    connection: Connection, at: Instant, by: Actor, account: str, hash: str, *, one_time: bool, remember: int
) -> None:
    """Another password. The present one joins the earlier ones, of which `remember` are kept."""
    before = of(connection, account)
    values = {"hash": hash, "set_at": at, "one_time": one_time, "failures": 0, "failed_at": None}
    if before is None:
        connection.execute(insert(table).values(account=account, **values))
    else:
        connection.execute(update(table).where(table.c.account == account).values(**values))
        connection.execute(insert(earlier_passwords).values(account=account, hash=before.hash))
        _forget(connection, account, remember)
    _audit(connection, at, by, "one-time password set" if one_time else "password set", account)


def _forget(connection: Connection, account: str, remember: int) -> None:
    ids = connection.execute(
        select(earlier_passwords.c.id)
        .where(earlier_passwords.c.account == account)
        .order_by(earlier_passwords.c.id.desc())
    ).scalars()
    too_many = list(ids)[remember:]
    connection.execute(delete(earlier_passwords).where(earlier_passwords.c.id.in_(too_many)))


def earlier(connection: Connection, account: str) -> list[str]:
    """The hashes of the passwords that this account may not use again, but the present one."""
    return list(
        connection.execute(select(earlier_passwords.c.hash).where(earlier_passwords.c.account == account)).scalars()
    )


def hash_anew(connection: Connection, account: str, hash: str) -> None:
    """The same password, hashed by the parameters that hold now."""
    connection.execute(update(table).where(table.c.account == account).values(hash=hash))


def count_failure(connection: Connection, at: Instant, account: str) -> int:
    """One more failure in a row; how many there are now. The caller writes the audit row: it knows what failed."""
    counted = update(table).where(table.c.account == account).values(failures=table.c.failures + 1, failed_at=at)
    failures: int = connection.execute(counted.returning(table.c.failures)).scalar_one()
    return failures


def failing(connection: Connection, at_least: int) -> Mapping[str, int]:
    """The failures in a row of each account that has so many."""
    many = select(table.c.account, table.c.failures).where(table.c.failures >= at_least).order_by(table.c.account)
    return {row.account: row.failures for row in connection.execute(many)}


def forget_failures(connection: Connection, account: str) -> None:
    """Somebody has proven to be who they are, or an administrator has unlocked the account."""
    connection.execute(update(table).where(table.c.account == account).values(failures=0, failed_at=None))


def propose_totp(connection: Connection, account: str, secret: str) -> None:
    """A secret for an authenticator, which is not on before a code has confirmed it."""
    proposed = {"totp_secret": secret, "totp_since": None, "totp_step": None}
    connection.execute(update(table).where(table.c.account == account).values(**proposed))


def confirm_totp(
    connection: Connection, at: Instant, by: Actor, account: str, step: int, recovery: Sequence[str]
) -> None:
    """The authenticator is on from now, with these hashes of recovery codes."""
    connection.execute(update(table).where(table.c.account == account).values(totp_since=at, totp_step=step))
    set_recovery_codes(connection, account, recovery)
    _audit(connection, at, by, "authenticator switched on", account)


def drop_totp(connection: Connection, at: Instant, by: Actor, account: str, reason: str) -> None:
    """Without authenticator from now on."""
    nothing = {"totp_secret": None, "totp_since": None, "totp_step": None}
    connection.execute(update(table).where(table.c.account == account).values(**nothing))
    set_recovery_codes(connection, account, ())
    _audit(connection, at, by, "authenticator switched off", account, reason)


def take_totp_step(connection: Connection, account: str, step: int) -> bool:
    """Take the code of this step; False where this one or a later one was taken before."""
    later = table.c.totp_step.is_(None) | (table.c.totp_step < step)
    taken = connection.execute(update(table).where(table.c.account == account, later).values(totp_step=step))
    return taken.rowcount == 1


def set_recovery_codes(connection: Connection, account: str, hashes: Sequence[str]) -> None:
    """These recovery codes, and no earlier one."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    if hashes:
        connection.execute(insert(recovery_codes), [{"account": account, "hash": hash} for hash in hashes])


def take_recovery_code(connection: Connection, at: Instant, by: Actor, account: str, hash: str) -> bool:
    """Use up a recovery code; False where it is none of this account, or was used."""
    mine = (recovery_codes.c.account == account, recovery_codes.c.hash == hash)
    if connection.execute(delete(recovery_codes).where(*mine)).rowcount != 1:
        return False
    _audit(connection, at, by, "recovery code used", account, left=recovery_codes_left(connection, account))
    return True


def recovery_codes_left(connection: Connection, account: str) -> int:
    """How many recovery codes can still be used."""
    mine = select(recovery_codes.c.hash).where(recovery_codes.c.account == account)
    return len(connection.execute(mine).all())


def _audit(
    connection: Connection, at: Instant, by: Actor, action: str, account: str, reason: str = "", **data: JSON
) -> None:
    audit.append(connection, at, [AuditEntry(by, action, f"account {account}", data, reason=reason)])

"""Which account a person has whom a provider of single sign-on knows. Linked by an administrator, and on record."""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from facility.instants import Instant
from facility.language import _
from facility.people import Actor
from storage.records.schema import external_identities as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


class TakenError(ValueError):
    """This identity is linked to an account already; the message says to which."""


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """How a provider names a person: by its own address and a name that it never gives to anybody else."""

    issuer: str
    subject: str
    account: str
    linked_at: Instant


def link(
    connection: Connection, at: Instant, by: Actor, account: str, issuer: str, subject: str, reason: str
) -> None:
    """Let whom the provider calls `subject` in as this account. Raises TakenError."""
    if (taken := account_of(connection, issuer, subject)) is not None:
        raise TakenError(
            _(
                "{subject} at {issuer} is linked to the account {account} already.",
                subject=subject,
                issuer=issuer,
                account=taken,
            )
        )
    values = {"issuer": issuer, "subject": subject, "account": account, "linked_at": at}
    connection.execute(insert(table).values(**values))
    _audit(connection, at, by, "identity linked", account, issuer, subject, reason)


def unlink(
    connection: Connection, at: Instant, by: Actor, account: str, issuer: str, subject: str, reason: str
) -> bool:
    """Let that person in no longer by this provider; False where there was no such link."""
    gone = delete(table).where(table.c.issuer == issuer, table.c.subject == subject, table.c.account == account)
    if connection.execute(gone).rowcount != 1:
        return False
    _audit(connection, at, by, "identity unlinked", account, issuer, subject, reason)
    return True


def account_of(connection: Connection, issuer: str, subject: str) -> str | None:
    """The account that an identity is linked to."""
    mine = (table.c.issuer == issuer, table.c.subject == subject)
    return connection.execute(select(table.c.account).where(*mine)).scalar_one_or_none()


def of_account(connection: Connection, account: str) -> list[ExternalIdentity]:
    """The identities that are linked to an account."""
    rows = connection.execute(select(table).where(table.c.account == account).order_by(table.c.linked_at))
    return [ExternalIdentity(*row) for row in rows]


def _audit(
    connection: Connection, at: Instant, by: Actor, action: str, account: str, issuer: str, subject: str, reason: str
) -> None:
    data: dict[str, JSON] = {"issuer": issuer, "subject": subject}
    audit.append(connection, at, [AuditEntry(by, action, f"account {account}", data, reason=reason)])

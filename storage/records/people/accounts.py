"""Accounts: who may sign in, under which name and in which role. Never deleted, and a name is given only once.

Whatever changes an account writes its audit row. What an account signs in with is in `credentials`.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, func, insert, select, update

from facility.instants import Instant
from facility.language import N_, _
from facility.people import CLEANWATCH, Actor
from facility.roles import Role
from storage.records.people import credentials, sessions
from storage.records.schema import accounts as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

NOBODY = Actor("nobody")
"""Who fails to sign in, and so has proven no name."""
RESERVED = frozenset({CLEANWATCH.name, NOBODY.name})
NAMES = re.compile(r"[a-z0-9][a-z0-9._@-]{1,63}")


class AccountState(StrEnum):
    """Only an active account can sign in: a locked one when an administrator has unlocked it, a retired one never."""

    ACTIVE = "active"
    LOCKED = "locked"
    RETIRED = "retired"


class AccountError(ValueError):
    """What is asked cannot be; the message says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Account:
    """One person's account. `name` is printed beside signatures; `areas` None stands for all of them."""

    account: str
    name: str
    role: Role
    areas: frozenset[str] | None
    state: AccountState
    made: Instant

    @property
    def object(self) -> str:
        """As the audit trail names it."""
        return f"account {self.account}"


def canonical(typed: str) -> str:
    """The account's name for what somebody typed: capitals are no difference."""
    return typed.strip().lower()


def find(connection: Connection, account: str) -> Account | None:
    """The account of this name, however it is typed."""
    row = connection.execute(select(table).where(table.c.account == canonical(account).replace("\0", ""))).first()
    return account_of(*row) if row else None


def all(connection: Connection) -> list[Account]:
    """Every account there ever was, by name."""
    return [account_of(*row) for row in connection.execute(select(table).order_by(table.c.account))]


def names(connection: Connection) -> Mapping[str, str]:
    """The printed name of each account."""
    return {row.account: row.name for row in connection.execute(select(table.c.account, table.c.name))}


def exist(connection: Connection) -> bool:
    """Is there any account, also a retired one?"""
    return connection.execute(select(table.c.account).limit(1)).first() is not None


def make(
    connection: Connection,
    at: Instant,
    by: Actor,
    account: str,
    *,
    name: str,
    role: Role,
    areas: frozenset[str] | None = None,
    reason: str = "",
) -> Account:
    """A new account. Raises AccountError where there is or was one of that name, or where it is no proper name."""
    account, name = canonical(account), " ".join(name.split())
    if not NAMES.fullmatch(account):
        raise AccountError(
            _(
                "{name} cannot be an account's name: 2 to 64 letters a to z, digits, '.', '_', '-' or '@', beginning "
                "with a letter or digit.",
                name=repr(account[:64]),
            )
        )
    if account in RESERVED:
        raise AccountError(_("The name {account} is the program's own; choose another.", account=account))
    if (before := find(connection, account)) is not None:
        taken = (
            N_("There was an account {account} ({name}) already, and a name is given only once. Choose another.")
            if before.state is AccountState.RETIRED
            else N_("There is an account {account} ({name}) already, and a name is given only once. Choose another.")
        )
        raise AccountError(_(taken, account=account, name=before.name))
    made = Account(account, _printed(name), _personal(role), areas, AccountState.ACTIVE, at)
    connection.execute(insert(table).values(**_row(made)))
    changes: dict[str, tuple[JSON, JSON]] = {field: (None, value) for field, value in _told(made).items()}
    audit.append(connection, at, [AuditEntry(by, "account made", made.object, changes=changes, reason=reason)])
    return made


def change(
    connection: Connection,
    at: Instant,
    by: Actor,
    account: str,
    *,
    name: str,
    role: Role,
    areas: frozenset[str] | None,
    reason: str,
) -> Account:
    """Another printed name, role or areas. Raises AccountError where that would leave no administrator.

    With another role or other areas its sessions end: so each has one role, which its audit row `signed in` names.
    """
    before = _existing(connection, account)
    after = replace(before, name=_printed(" ".join(name.split())), role=_personal(role), areas=areas)
    return _change(connection, at, by, before, after, "account changed", reason)


def set_state(
    connection: Connection, at: Instant, by: Actor, account: str, state: AccountState, reason: str
) -> Account:
    """Lock, unlock or retire an account. Its sessions end; whoever is unlocked need not wait after failures either.

    Raises AccountError where it is retired already, or where no administrator would be left who is not retired.
    """
    before = _existing(connection, account)
    if state is AccountState.ACTIVE:
        credentials.forget_failures(connection, before.account)
    return _change(connection, at, by, before, replace(before, state=state), _ACTIONS[state], reason)


_ACTIONS = {
    AccountState.ACTIVE: "account unlocked",
    AccountState.LOCKED: "account locked",
    AccountState.RETIRED: "account retired",
}


def _change(
    connection: Connection, at: Instant, by: Actor, before: Account, after: Account, action: str, reason: str
) -> Account:
    if before.state is AccountState.RETIRED:
        raise AccountError(
            _("The account {account} is retired; that is for ever. Make another one.", account=before.account)
        )
    was, now = _told(before), _told(after)
    changes: dict[str, tuple[JSON, JSON]] = {
        field: (was[field], now[field]) for field in now if was[field] != now[field]
    }
    if not changes:
        return before
    if _administers(before) and not _administers(after) and _administrators(connection) == 1:
        raise AccountError(
            _(
                "{account} is the only administrator. Make another account an administrator first: without one "
                "nobody could manage accounts.",
                account=before.account,
            )
        )
    connection.execute(update(table).where(table.c.account == before.account).values(**_row(after)))
    if after.state is not AccountState.ACTIVE or (after.role, after.areas) != (before.role, before.areas):
        sessions.end_all(connection, at, by, before.account, action)
    audit.append(connection, at, [AuditEntry(by, action, before.object, changes=changes, reason=reason)])
    return after


def _existing(connection: Connection, account: str) -> Account:
    found = find(connection, account)
    if found is None:
        raise AccountError(_("There is no account {account}.", account=repr(canonical(account)[:64])))
    return found


def _administers(account: Account) -> bool:
    return account.role is Role.ADMINISTRATOR and account.state is not AccountState.RETIRED


def _administrators(connection: Connection) -> int:
    """How many there are who are not retired; one who is locked can be unlocked at the shell."""
    administrators = (table.c.role == Role.ADMINISTRATOR.value, table.c.state != AccountState.RETIRED.value)
    number: int = connection.execute(select(func.count()).where(*administrators)).scalar_one()
    return number


def _printed(name: str) -> str:
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise AccountError(
            _("A person's name is needed as it is to be printed beside signatures: 1 to 100 characters.")
        )
    return name


def _personal(role: Role) -> Role:
    if role is Role.WALL:
        raise AccountError(_("A wall display is no person: it gets a device token, not an account."))
    return role


def _row(account: Account) -> dict[str, object]:
    areas = None if account.areas is None else json.dumps(sorted(account.areas), ensure_ascii=False)
    return {
        "account": account.account,
        "name": account.name,
        "role": account.role.value,
        "areas": areas,
        "state": account.state.value,
        "made": account.made,
    }


def _told(account: Account) -> dict[str, JSON]:
    areas: JSON = "all" if account.areas is None else sorted(account.areas)
    return {"name": account.name, "role": account.role.value, "areas": areas, "state": account.state.value}


def account_of(account: str, name: str, role: str, areas: str | None, state: str, made: Instant) -> Account:
    """The account that a row of the table is."""
    allowed = None if areas is None else frozenset(json.loads(areas))
    return Account(account, name, Role(role), allowed, AccountState(state), made)

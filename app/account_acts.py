"""What an administrator does with accounts, sessions and wall displays: each with a reason, and on record.

Nobody manages the account of their own: what administrators may do is decided by another one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.context import AppContext
from app.guard import needs
from app.sign_in import invitations, one_time, walls
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right, Role
from facility.site_areas import Areas
from storage.records.people import accounts, credentials, displays, external_identities, sessions
from storage.records.people.accounts import Account, AccountError, AccountState, canonical

NO_REASON = N_("Say why; a change of who may do what needs a reason.")
OWN = N_("This is your own account. Another administrator changes it.")


class NotDoneError(Exception):
    """It was not done; the message says why."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What the form of an account says."""

    name: str
    role: Role
    areas: Areas


def fields_of(name: str | None, role: str | None, areas: Sequence[str] | None) -> Fields:
    """What was filled in; no area stands for all of them. Raises NotDoneError."""
    if role not in list(Role):
        raise NotDoneError(_("Choose a role."))
    return Fields(name or "", Role(role), frozenset(areas) if areas else None)


def make(context: AppContext, account: str, fields: Fields, reason: str) -> tuple[Account, str]:
    """A new account, and the address by which its person sets a password. Raises NotDoneError."""
    person, why = _asks(context, reason)
    at = context.clock()
    with context.records.transaction() as connection:
        try:
            made = accounts.make(
                connection,
                at,
                person.actor,
                account,
                name=fields.name,
                role=fields.role,
                areas=fields.areas,
                reason=why,
            )
        except AccountError as error:
            raise NotDoneError(str(error)) from None
        return made, invitations.invite(connection, at, person.actor, made.account)


def change(context: AppContext, account: str, fields: Fields, reason: str) -> None:
    """Another name, role or areas. Raises NotDoneError."""
    person, why = _asks(context, reason, of=account)
    with context.records.transaction() as connection:
        try:
            accounts.change(
                connection,
                context.clock(),
                person.actor,
                account,
                name=fields.name,
                role=fields.role,
                areas=fields.areas,
                reason=why,
            )
        except AccountError as error:
            raise NotDoneError(str(error)) from None


def retire(context: AppContext, account: str, reason: str) -> None:
    """Let nobody in as this account again, for ever. Raises NotDoneError."""
    _set_state(context, account, AccountState.RETIRED, reason)


def unlock(context: AppContext, account: str, reason: str) -> None:
    """Let the person try again with the same password. Raises NotDoneError."""
    _set_state(context, account, AccountState.ACTIVE, reason)


def reset(context: AppContext, account: str, without_authenticator: bool, reason: str) -> str:
    """End what the person signs in with, and give the address by which another password is set.

    Raises NotDoneError.
    """
    person, why = _asks(context, reason, of=account)
    at, given = context.clock(), one_time.new(context.desk)
    with context.records.transaction() as connection:
        try:
            accounts.set_state(connection, at, person.actor, account, AccountState.ACTIVE, why)
        except AccountError as error:
            raise NotDoneError(str(error)) from None
        one_time.give(connection, at, person.actor, account, given, context.desk)  # which nobody is told
        if without_authenticator:
            credentials.drop_totp(connection, at, person.actor, account, why)
        return invitations.invite(connection, at, person.actor, account)


def end_session(context: AppContext, id: int, reason: str) -> None:
    """Sign somebody out. Raises NotDoneError."""
    person, why = _asks(context, reason)
    with context.records.transaction() as connection:
        if not sessions.end(connection, context.clock(), person.actor, id, why):
            raise NotDoneError(_("This session has ended already."))


def link(context: AppContext, account: str, issuer: str, subject: str, reason: str) -> None:
    """Let whom a provider of single sign-on calls `subject` in as this account. Raises NotDoneError."""
    person, why = _asks(context, reason, of=account)
    if not subject.strip():
        raise NotDoneError(_("Say how the provider names the person: its claim `sub`."))
    with context.records.transaction() as connection:
        try:
            external_identities.link(connection, context.clock(), person.actor, account, issuer, subject.strip(), why)
        except external_identities.TakenError as error:
            raise NotDoneError(str(error)) from None


def unlink(context: AppContext, account: str, issuer: str, subject: str, reason: str) -> None:
    """Let the person in by the provider no longer. Raises NotDoneError."""
    person, why = _asks(context, reason, of=account)
    with context.records.transaction() as connection:
        if not external_identities.unlink(connection, context.clock(), person.actor, account, issuer, subject, why):
            raise NotDoneError(_("There is no such link any more."))


def make_display(context: AppContext, name: str, areas: Areas) -> str:
    """A new wall display, and the address that lets it in. Raises NotDoneError."""
    person = needs(context, Right.MANAGE_ACCOUNTS)
    with context.records.transaction() as connection:
        try:
            _unused, token = displays.make(connection, context.clock(), person.actor, name, areas)
        except ValueError as error:
            raise NotDoneError(str(error)) from None
    return f"{walls.WALL_IN}#{token}"


def revoke_display(context: AppContext, id: int, reason: str) -> None:
    """Show a display nothing any more. Raises NotDoneError."""
    person, why = _asks(context, reason)
    with context.records.transaction() as connection:
        if not displays.revoke(connection, context.clock(), person.actor, id, why):
            raise NotDoneError(_("This display is revoked already."))


def _set_state(context: AppContext, account: str, state: AccountState, reason: str) -> None:
    person, why = _asks(context, reason, of=account)
    with context.records.transaction() as connection:
        try:
            accounts.set_state(connection, context.clock(), person.actor, account, state, why)
        except AccountError as error:
            raise NotDoneError(str(error)) from None


def _asks(context: AppContext, reason: str, of: str = "") -> tuple[Person, str]:
    """Who asks for a change of an account, and why."""
    person, why = needs(context, Right.MANAGE_ACCOUNTS), reason.strip()
    if canonical(of) == person.account:
        raise NotDoneError(_(OWN))
    if not why:
        raise NotDoneError(_(NO_REASON))
    return person, why

"""Proving who somebody is: account and password, and the code of an authenticator where one is on.

Whatever fails is counted and on record. What was typed is not: people type passwords into the field for the name.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from app import formats
from app.context import AppContext
from app.sign_in import codes, lockout
from app.sign_in.origin import origin
from app.sign_in.rules import SignInRules
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.language import N_, _
from facility.people import CLEANWATCH, Actor
from storage.records.people import accounts, credentials
from storage.records.people.accounts import NOBODY, Account, AccountState
from storage.records.people.credentials import Credential
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

WRONG = N_("Account and password do not fit together.")
WRONG_CODE = N_("That code is not right, or was used already. Take the next one.")
LOCKED = N_("This account is locked. An administrator can unlock it.")
RETIRED = N_("This account is retired.")
EXPIRED = N_("This one-time password is too old. An administrator can give you another.")
TO_SIGN_IN = "sign in"
TO_SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Known:
    """Whose password it was."""

    account: Account
    credential: Credential


def prove(context: AppContext, account: str, password: str, code: str = "", *, to: str = TO_SIGN) -> str | None:
    """Are these the password and, where one is wanted, the code of this account? None if so, else in words why not.

    For who signs a record, or changes what signing in takes. Takes as long as hashing does, about 0.2 s.
    """
    found = know(context, account, password, to=to)
    if isinstance(found, str):
        return found
    if found.credential.totp_since is None:
        accept(context, found)
        return None
    return prove_code(context, found.account.account, code, to=to)


def know(context: AppContext, typed: str, password: str, *, to: str = TO_SIGN_IN) -> Known | str:
    """Whose password it is, or in words why nobody is let in. Failures are forgotten by `accept` only."""
    with context.desk.turn:
        return _know(context, typed, password, to)


def _know(context: AppContext, typed: str, password: str, to: str) -> Known | str:
    desk, now = context.desk, context.clock()
    with context.records.reading() as connection:
        account = accounts.find(connection, typed)
        credential = credentials.of(connection, account.account) if account else None
    name = accounts.canonical(typed)
    failures, failed_at = (credential.failures, credential.failed_at) if credential else desk.strangers.failures(name)
    if (words := _closed(desk.rules, failures, failed_at, now)) is not None:
        return _refuse(context, account, words, to)
    if not desk.passwords.fits(credential.hash if credential else None, password):
        return _count(context, account if credential else None, name, WRONG, to)
    assert account is not None and credential is not None  # nobody's password fits never
    if account.state is not AccountState.ACTIVE:
        return _refuse(context, account, LOCKED if account.state is AccountState.LOCKED else RETIRED, to)
    if credential.one_time and now - credential.set_at >= desk.rules.one_time_password:
        return _refuse(context, account, EXPIRED, to)
    if desk.passwords.is_old(credential.hash):
        anew = desk.passwords.hash(password)
        with context.records.transaction() as connection:
            credentials.hash_anew(connection, account.account, anew)
    return Known(account, credential)


def prove_code(context: AppContext, account: str, code: str, *, to: str = TO_SIGN_IN) -> str | None:
    """Is it the present code of the account's authenticator, or one of its recovery codes? None if so, else words."""
    with context.desk.turn:
        now = context.clock()
        with context.records.reading() as connection:
            found, credential = accounts.find(connection, account), credentials.of(connection, account)
        if found is None or credential is None or credential.totp_secret is None:
            return _(WRONG_CODE)
        words = _closed(context.desk.rules, credential.failures, credential.failed_at, now)
        if words is not None:
            return _refuse(context, found, words, to)
        by = Actor(found.account, found.role.value, origin())
        with context.records.transaction() as connection:
            if _take(connection, now, by, credential, code):
                credentials.forget_failures(connection, account)
                return None
        return _count(context, found, account, WRONG_CODE, to)


def _take(connection: Connection, now: Instant, by: Actor, credential: Credential, code: str) -> bool:
    assert credential.totp_secret is not None
    step = codes.step_of(credential.totp_secret, code, now)
    if step is not None:
        return credentials.take_totp_step(connection, credential.account, step)
    return credentials.take_recovery_code(connection, now, by, credential.account, codes.recovery_hash(code))


def _closed(rules: SignInRules, failures: int, failed_at: Instant | None, now: Instant) -> str | None:
    """Why nothing is tried now, in words; None where it is."""
    if lockout.is_too_many(rules, failures):
        return LOCKED
    until = lockout.waits_until(rules, failures, failed_at)
    if until is None or now >= until:
        return None
    return _("Too many tries. The next one is possible in {span}.", span=_for(until - now))


def accept(context: AppContext, known: Known) -> None:
    """Nothing more is wanted: the failures before this are forgotten."""
    if known.credential.failures:
        with context.records.transaction() as connection:
            credentials.forget_failures(connection, known.account.account)


def _count(context: AppContext, account: Account | None, name: str, words: str, to: str) -> str:
    """One more failure, on record; locks the account after too many."""
    rules, now = context.desk.rules, context.clock()
    with context.records.transaction() as connection:
        if account is None:
            failures = context.desk.strangers.count(name, now)
        else:
            failures = credentials.count_failure(connection, now, account.account)
        locks = lockout.is_too_many(rules, failures)
        if account is not None and locks and account.state is AccountState.ACTIVE:
            reason = f"{failures} failures in a row"
            accounts.set_state(connection, now, CLEANWATCH, account.account, AccountState.LOCKED, reason)
        _write(connection, now, account, words, to, {"failures in a row": failures})
    if locks:
        return _(LOCKED)
    span = lockout.wait(rules, failures)
    told = _(words)
    return _("{problem} The next try is possible in {span}.", problem=told, span=_for(span)) if span else told


def _refuse(context: AppContext, account: Account | None, words: str, to: str) -> str:
    with context.records.transaction() as connection:
        _write(connection, context.clock(), account, words, to, {})
    return _(words)


def _write(
    connection: Connection, at: Instant, account: Account | None, words: str, to: str, data: dict[str, JSON]
) -> None:
    whom = account.object if account else "account unknown"
    by = Actor(NOBODY.name, origin=origin())
    action = "sign-in failed" if to == TO_SIGN_IN else f"proof to {to} failed"
    audit.append(connection, at, [AuditEntry(by, action, whom, data, reason=words)])


def _for(span: Span) -> str:
    """Rounded up: nobody is told to come back too early."""
    unit = SECOND if span < MINUTE else MINUTE
    return formats.age(-(-span // unit) * unit)

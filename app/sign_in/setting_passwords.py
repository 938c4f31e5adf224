"""Setting a password of one's own."""

from app.context import AppContext
from app.sign_in import password_rules
from app.sign_in.breached import BreachedPasswords
from app.sign_in.let_in import SignedIn
from app.sign_in.origin import origin
from app.sign_in.rules import SignInRules
from facility.language import N_, _
from facility.people import Actor
from storage.records.people import credentials, sessions
from storage.records.people.accounts import Account

DIFFERENT = N_("The two are not the same. Type the new password twice.")
BREACHED = N_("This password was found in a breach, so whoever guesses tries it early. Take another.")
UNKNOWN = N_("It cannot be looked up now whether this password was found in a breach. Tell an administrator.")
USED = N_("You have used this password before. Take another.")


class NotTakenError(Exception):
    """A new password is not taken; the message says why."""


def words(rules: SignInRules) -> str:
    """What a new password must be like."""
    return _(
        "At least {shortest} characters, of any kind. A few words in a row are easy to remember. "
        "Refused are those that are often used, and your last {remembered}.",
        shortest=rules.shortest,
        remembered=rules.remembered,
    )


def set_new(context: AppContext, signed_in: SignedIn, new: str, again: str) -> str | None:
    """Set it; None when that is done, else in words why not. The person's other sessions end."""
    account, rules = signed_in.account, context.desk.rules
    try:
        hash = hash_of(context, account, new, again)
    except NotTakenError as error:
        return str(error)
    by = Actor(account.account, account.role.value, origin())
    with context.records.transaction() as connection:
        now = context.clock()
        credentials.set_password(
            connection, now, by, account.account, hash, one_time=False, remember=rules.remembered
        )
        sessions.end_all(connection, now, by, account.account, "password changed", but=signed_in.session.id)
    return None


def hash_of(context: AppContext, account: Account, new: str, again: str) -> str:
    """The hash of a new password that this account may have. Raises NotTakenError."""
    rules, desk = context.desk.rules, context.desk
    if new != again:
        raise NotTakenError(_(DIFFERENT))
    names = (account.account, account.name, context.whole().name, context.whole().id, "cleanwatch")
    if (refused := password_rules.problem(rules, new, names=names)) is not None:
        raise NotTakenError(refused)
    if desk.breached is not None and _was_breached(desk.breached, new):
        raise NotTakenError(_(BREACHED))
    with context.records.reading() as connection:
        present = credentials.of(connection, account.account)
        before = [*([present.hash] if present else []), *credentials.earlier(connection, account.account)]
    with desk.turn:
        if any(desk.passwords.fits(hash, new) for hash in before):
            raise NotTakenError(_(USED))
        return desk.passwords.hash(new)


def _was_breached(known: BreachedPasswords, new: str) -> bool:
    try:
        return known.has(new)
    except OSError:
        raise NotTakenError(_(UNKNOWN)) from None

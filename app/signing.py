"""Asking a person for a signature, and doing what depends on it: on the server, in one transaction.

What can be signed is a `Signable` of a page: from what the browser names, it reads from the records what is to be
signed, and says what is done with it. The browser shows it, and sends what the person types. Then everything is read
again: what the person saw has to be what is signed, and nothing of the proof is taken from the browser.

The first signature in a session needs account, password and, where one is on, the code of the authenticator; later
ones the password alone (21 CFR 11.200(a)(1)(i)). Another session begins anew (11.200(a)(1)(ii)).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dash.development.base_component import Component
from sqlalchemy import Connection

from app.context import AppContext
from app.guard import needs
from app.sign_in import proof
from facility.instants import Instant
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records import signatures
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts, credentials, sessions
from storage.records.people.sessions import Session
from storage.records.signatures import Meaning, NotToBeSignedError, Rule, content_hash
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

Act: TypeAlias = Callable[[Connection, Instant, Person], None]
CommentedAct: TypeAlias = Callable[[Connection, Instant, Person, str], None]

CHANGED = N_("It has changed since you opened this. Close it, look at it again, and sign what it is now.")
NOT_YOURS = N_("Sign with the account that you are signed in with.")
NO_PASSWORD = N_(
    "You sign in through another system, and have no password here to sign with. An administrator can give you one."
)
ENDED = N_("You have been signed out meanwhile, so nothing was signed. Sign in again.")
UNCERTAIN = N_("It is not known whether this is on record: look before you sign it again.")


@dataclass(frozen=True, slots=True)
class ToSign:
    """What is put before a person. `content` is what the signature is bound to, `title` and `words` say it to the
    person, and `act` is what is done in the same transaction, just before the signature is written.

    `commented` is done in place of `act` where the person may say something with the signature; it is handed that.
    """

    object: str
    meaning: Meaning
    content: JSON
    title: str
    act: Act = lambda _connection, _at, _person: None
    words: Sequence[str | Component] = ()
    rules: Sequence[Rule] = ()
    commented: CommentedAct | None = None


Prepare: TypeAlias = Callable[[AppContext, Connection, Person, str], ToSign]


@dataclass(frozen=True, slots=True)
class Signable:
    """One kind of thing that is signed. `prepare` reads what a subject that the browser has named is now; it raises
    NotToBeSignedError, with words, where there is nothing of that kind to be signed."""

    name: str
    right: Right
    prepare: Prepare


@dataclass(frozen=True, slots=True)
class Typed:
    """What the person typed: the proof, and what is to be known beside it."""

    account: str
    password: str
    code: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the dialog shows. `seen` is the hash of what is shown."""

    to_sign: ToSign
    seen: str
    first: bool
    """Is it this session's first signature, which needs all components?"""
    with_code: bool
    """Does the account have an authenticator?"""


def ask(context: AppContext, session: Session | None, signable: Signable, subject: str) -> Asked:
    """Read what is to be signed. Raises NotToBeSignedError where it is not for this person, or not now."""
    person = needs(context, signable.right)
    with context.records.reading() as connection:
        to_sign = signable.prepare(context, connection, person, subject)
        before = signatures.of(connection, to_sign.object)
        first = _is_first(connection, session, person)
        credential = credentials.of(connection, person.account)
    if words := signatures.problem(person, to_sign.meaning, to_sign.content, before, to_sign.rules):
        raise NotToBeSignedError(words)
    if credential is None:
        raise NotToBeSignedError(_(NO_PASSWORD))
    with_code = credential.totp_since is not None
    return Asked(to_sign, content_hash(to_sign.content), first, first and with_code)


def sign(
    context: AppContext, session: Session | None, signable: Signable, subject: str, seen: str, typed: Typed
) -> str | None:
    """Check the proof, then act and sign in one transaction. None when both are done, else in words why neither."""
    person = needs(context, signable.right)
    with context.records.reading() as connection:
        first = _is_first(connection, session, person)
    if words := _proven(context, person, typed, first):
        return words
    try:
        with context.records.transaction() as connection:
            to_sign = signable.prepare(context, connection, person, subject)
            if content_hash(to_sign.content) != seen:
                raise NotToBeSignedError(_(CHANGED))
            at = context.clock()
            if to_sign.commented is None:
                to_sign.act(connection, at, person)
            else:
                to_sign.commented(connection, at, person, typed.comment)
            signatures.sign(
                connection,
                at,
                person,
                to_sign.object,
                to_sign.meaning,
                to_sign.content,
                rules=to_sign.rules,
                session=session.id if session else None,
            )
            _check_still_signed_in(connection, session)
    except NotToBeSignedError as error:
        return str(error)
    except RecordsAwayError as error:
        return f"{error} {_(UNCERTAIN)}"
    return None


def _check_still_signed_in(connection: Connection, session: Session | None) -> None:
    """Proving takes its time, in which an administrator may have ended the session: by itself, or with another role
    or the end of the account. Asked last, when the trail is ours: then what ended it stands before us in the trail.
    """
    now = None if session is None else sessions.numbered(connection, session.id)
    if now is not None and now.ended is not None:
        raise NotToBeSignedError(_(ENDED))


def _is_first(connection: Connection, session: Session | None, person: Person) -> bool:
    return session is None or not signatures.signed_in(connection, session.id, person.account)


def _proven(context: AppContext, person: Person, typed: Typed, first: bool) -> str | None:
    """Is it this person who types? None if so, else in words why not."""
    if first:
        if accounts.canonical(typed.account) != person.account:
            return _refused(context, person)
        return proof.prove(context, person.account, typed.password, typed.code, to=proof.TO_SIGN)
    known = proof.know(context, person.account, typed.password, to=proof.TO_SIGN)
    if isinstance(known, str):
        return known
    proof.accept(context, known)
    return None


def _refused(context: AppContext, person: Person) -> str:
    """Somebody else's account was typed in this person's session: on record, without what was typed."""
    entry = AuditEntry(person.actor, "signature refused", f"account {person.account}", reason="another account typed")
    with context.records.transaction() as connection:
        audit.append(connection, context.clock(), [entry])
    return _(NOT_YOURS)

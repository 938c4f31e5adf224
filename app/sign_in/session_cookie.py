"""Whose session a request belongs to, by the random token in its cookie."""

import hashlib
import secrets
from dataclasses import dataclass

from flask import g, has_request_context, request

from app import cookies
from app.context import AppContext
from app.sign_in.origin import origin
from facility.people import Person
from storage.records import accounts, sessions
from storage.records.accounts import Account, AccountState
from storage.records.sessions import Session, Stage


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session and its account; how far somebody has come is the session's stage."""

    session: Session
    account: Account

    def person(self) -> Person | None:
        """Who it is; None before everything is proven that is wanted."""
        if self.session.stage is not Stage.SIGNED_IN:
            return None
        return Person(self.account.account, self.account.name, self.account.role, origin(), self.account.areas)


def person(context: AppContext) -> Person | None:
    """Who sends the present request; None where nobody is signed in. Raises RecordsAwayError."""
    found = present(context)
    return found.person() if found else None


def present(context: AppContext) -> SignedIn | None:
    """The session of the present request, at whatever stage; None where there is none, or it is over.

    The records are asked once a request. Raises RecordsAwayError.
    """
    if not has_request_context():
        return None
    if "signed_in" not in g:
        token = request.cookies.get(cookies.session_name())
        g.signed_in = _of(context, token_hash(token)) if token else None
    found: SignedIn | None = g.signed_in
    return found


def present_session() -> Session | None:
    """The session of who sends the present request, as the guard has found it; None where nobody is signed in."""
    found: SignedIn | None = g.get("signed_in") if has_request_context() else None
    return found.session if found is not None and found.session.stage is Stage.SIGNED_IN else None


def _of(context: AppContext, hash: str) -> SignedIn | None:
    with context.records.reading() as connection:
        session = sessions.find(connection, hash)
        account = accounts.find(connection, session.account) if session else None
    if session is None or account is None or account.state is not AccountState.ACTIVE:
        return None
    rules = context.desk.rules
    return None if session.over(context.clock(), rules.idle, rules.longest_session) else SignedIn(session, account)


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the records keep of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

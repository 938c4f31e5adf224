"""Whose session a request belongs to, by the random token in its cookie."""

import hashlib
import secrets

from flask import g, has_request_context, request
from sqlalchemy import Connection

from app import cookies
from app.context import AppContext
from app.sign_in.let_in import SignedIn
from facility.people import Person
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts, sessions
from storage.records.people.accounts import AccountState
from storage.records.people.sessions import Session, Stage


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


def again(context: AppContext, signed_in: SignedIn) -> SignedIn | None:
    """The same session as it is now; None where it is over. Raises RecordsAwayError."""
    with context.records.reading() as connection:
        return _good(context, connection, sessions.numbered(connection, signed_in.session.id))


def _of(context: AppContext, hash: str) -> SignedIn | None:
    let_in = context.desk.let_in
    fresh = let_in.fresh(hash)
    if fresh is not None and not _over(context, fresh.session):
        return fresh
    try:
        with context.records.reading() as connection:
            found = _good(context, connection, sessions.find(connection, hash))
    except RecordsAwayError:
        known = let_in.recall(hash)
        if known is None or _over(context, known.session):
            raise
        return known
    let_in.note(hash, found)
    return found


def _good(context: AppContext, connection: Connection, session: Session | None) -> SignedIn | None:
    """The session with its account, where both are good."""
    if session is None or _over(context, session):
        return None
    account = accounts.find(connection, session.account)
    return SignedIn(session, account) if account and account.state is AccountState.ACTIVE else None


def _over(context: AppContext, session: Session) -> bool:
    rules = context.desk.rules
    return session.over(context.clock(), rules.idle, rules.longest_session)


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the records keep of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()

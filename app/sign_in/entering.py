"""From a right password to a session: what is still wanted, one stage after the other."""

from flask import request

from app.context import AppContext
from app.sign_in import session_cookie
from app.sign_in.let_in import SignedIn
from app.sign_in.origin import origin
from app.sign_in.proof import Known
from app.sign_in.rules import SignInRules
from facility.instants import Instant
from facility.people import CLEANWATCH, Actor
from storage.records.people import credentials, sessions
from storage.records.people.accounts import Account
from storage.records.people.credentials import Credential
from storage.records.people.sessions import Session, Stage
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


def next_stage(rules: SignInRules, account: Account, credential: Credential, now: Instant, *, code: bool) -> Stage:
    """What is wanted next of somebody whose password was right, and `code` too where it says so."""
    if credential.totp_since is not None and not code:
        return Stage.CODE
    too_old = rules.password_age is not None and now - credential.set_at >= rules.password_age
    if credential.one_time or too_old:
        return Stage.NEW_PASSWORD
    if account.role in rules.second_factor and credential.totp_since is None:
        return Stage.SECOND_FACTOR
    return Stage.SIGNED_IN


def enter(context: AppContext, known: Known) -> tuple[str, Stage]:
    """Begin a session for whose password was right; its token, and what is wanted next."""
    now, token = context.clock(), session_cookie.new_token()
    stage = next_stage(context.desk.rules, known.account, known.credential, now, code=False)
    with context.records.transaction() as connection:
        if stage is not Stage.CODE:
            credentials.forget_failures(connection, known.account.account)
        session = sessions.begin(
            connection,
            now,
            known.account.account,
            session_cookie.token_hash(token),
            stage=stage,
            origin=origin(),
            browser=request.headers.get("User-Agent", ""),
        )
        if stage is Stage.SIGNED_IN:
            audit.append(connection, now, [_signed_in(known.account, session)])
    return token, stage


def enter_by_provider(context: AppContext, account: Account, issuer: str) -> str:
    """Begin a session for whom a provider of single sign-on vouches; its token. A second factor is its business."""
    now, token = context.clock(), session_cookie.new_token()
    with context.records.transaction() as connection:
        session = sessions.begin(
            connection,
            now,
            account.account,
            session_cookie.token_hash(token),
            stage=Stage.SIGNED_IN,
            origin=origin(),
            browser=request.headers.get("User-Agent", ""),
        )
        audit.append(connection, now, [_signed_in(account, session, issuer)])
    return token


def advance(context: AppContext, signed_in: SignedIn) -> tuple[str, Stage]:
    """What was wanted has been given: the session's new token, and what is wanted next."""
    now, token, account, session = context.clock(), session_cookie.new_token(), signed_in.account, signed_in.session
    with context.records.transaction() as connection:
        credential = credentials.of(connection, account.account)
        assert credential is not None
        stage = next_stage(context.desk.rules, account, credential, now, code=True)
        sessions.advance(connection, now, session.id, session_cookie.token_hash(token), stage)
        if stage is Stage.SIGNED_IN:
            audit.append(connection, now, [_signed_in(account, session)])
    return token, stage


def leave(context: AppContext, signed_in: SignedIn) -> None:
    """End the session of who signs out."""
    by = Actor(signed_in.account.account, signed_in.account.role.value, origin())
    with context.records.transaction() as connection:
        sessions.end(connection, context.clock(), by, signed_in.session.id, "signed out")


def end_expired(context: AppContext) -> None:
    """Put on record which sessions have ended by time; to be called now and then."""
    rules, now = context.desk.rules, context.clock()
    with context.records.reading() as connection:
        known = sessions.open_now(connection)
    if any(session.over(now, rules.idle, rules.longest_session) for session in known):
        with context.records.transaction() as connection:
            sessions.end_expired(connection, now, CLEANWATCH, rules.idle, rules.longest_session)


def _signed_in(account: Account, session: Session, issuer: str = "") -> AuditEntry:
    by = Actor(account.account, account.role.value, origin())
    proven: dict[str, JSON] = {"proven by": issuer} if issuer else {}
    data: dict[str, JSON] = {"session": session.id, "browser": session.browser, **proven}
    return AuditEntry(by, "signed in", account.object, data)

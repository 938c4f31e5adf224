"""Single sign-on by OpenID Connect: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0, 3.1).

The provider says who somebody is and nothing else. Which account that is, and what it may, is on record here: an
administrator has linked the provider's name for the person (`iss` and `sub`, which it never gives to anybody else).
"""

import logging
import secrets
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, make_response, redirect, request, session
from flask.blueprints import BlueprintSetupState
from flask.sessions import SecureCookieSessionInterface
from joserfc.errors import JoseError
from typing_extensions import override
from werkzeug.wrappers import Response as AnyResponse

from app import cookies
from app.context import AppContext
from app.guard import SIGN_IN, Access, requires
from app.sign_in import entering
from app.sign_in.origin import origin
from app.sign_in.pages import sign_in_page, wanted
from app.sign_in.provider import Provider
from app.sign_in.session_cookie import present
from facility.language import _
from facility.people import Actor
from storage.records.people import accounts, external_identities
from storage.records.people.accounts import NOBODY, Account, AccountState
from storage.records.trail import audit
from storage.records.trail.audit import AuditEntry

log = logging.getLogger(__name__)

START, BACK, LEAVE = f"{SIGN_IN}/provider", f"{SIGN_IN}/provider/back", f"{SIGN_IN}/provider/leave"
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""By which an ID token may be signed: with a key that only the provider has."""
PATIENCE = 10.0
"""Seconds to wait for the provider."""
LONGEST_HINT = 2_500
"""Characters of an ID token that is kept for signing out at the provider; a browser takes 4,096 bytes a cookie."""
FAILED = (AuthlibBaseError, JoseError, requests.RequestException, RuntimeError, ValueError, KeyError)
"""Whatever may come of an answer that is late, wrong or forged."""


class NotLetInError(Exception):
    """The provider's answer lets nobody in; the message says why."""


class _ShortSession(SecureCookieSessionInterface):
    """Keeps state, nonce and verifier on the way to the provider and back, in a cookie for these pages only."""

    @override
    def get_cookie_name(self, app: Flask) -> str:
        return "cleanwatch_provider"

    @override
    def get_cookie_path(self, app: Flask) -> str:
        return SIGN_IN

    @override
    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure

    @override
    def get_cookie_samesite(self, app: Flask) -> str:
        return "Lax"


def routes(context: AppContext) -> Blueprint:
    """To the provider, back from it, and signing out there; nothing where none is configured."""
    single = Blueprint("single_sign_on", __name__)
    provider = context.desk.provider
    if provider is None:
        return single
    oauth, client = _client(provider)

    @single.record
    def prepare(state: BlueprintSetupState) -> None:
        assert isinstance(state.app, Flask)
        state.app.secret_key = secrets.token_bytes(32)
        state.app.session_interface = _ShortSession()
        oauth.init_app(state.app)

    @single.get(START)
    @requires(Access.ANYBODY)
    def start() -> AnyResponse:
        session.clear()
        session["to"] = wanted()
        try:
            _trusted(client, provider)
            there: AnyResponse = client.authorize_redirect(_ours(BACK))
        except FAILED as error:
            log.error("single sign-on: %s: %s", type(error).__name__, error)
            return _told(
                context,
                _("{name} does not answer as it should. Sign in with a password, or later.", name=provider.name),
            )
        return there

    @single.get(BACK)
    @requires(Access.ANYBODY)
    def back() -> AnyResponse:
        to = session.pop("to", "/")
        try:
            token = _proven(client, provider)
            account = _account(context, provider, token["userinfo"])
        except NotLetInError as error:
            return _told(context, str(error))
        if (before := present(context)) is not None:
            entering.leave(context, before)
        cookie = entering.enter_by_provider(context, account, provider.issuer)
        session.clear()
        if len(token["id_token"]) <= LONGEST_HINT:
            session["hint"] = token["id_token"]
        response = make_response(redirect(to, 303))
        cookies.put(response, cookies.session_name(), cookie)
        return response

    @single.get(LEAVE)
    @requires(Access.ANYBODY)
    def leave() -> AnyResponse:
        """Sign out at the provider too (OpenID Connect RP-Initiated Logout 1.0)."""
        hint = session.pop("hint", None)
        try:
            _trusted(client, provider)
            found = client.create_logout_url(_ours(SIGN_IN), id_token_hint=hint, client_id=provider.client_id)
        except FAILED as error:
            log.warning("signing out at the provider: %s: %s", type(error).__name__, error)
            return redirect(SIGN_IN, 303)
        return redirect(found["url"], 303)

    return single


def _client(provider: Provider) -> tuple[OAuth, Any]:
    oauth = OAuth()
    client = oauth.register(
        "provider",
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid profile",
            "code_challenge_method": "S256",
            "default_timeout": PATIENCE,
            "verify": str(provider.ca_file) if provider.ca_file else True,
        },
    )
    return oauth, client


def _trusted(client: Any, provider: Provider) -> None:
    """Take what the provider says of itself only where it is the one that is configured (Discovery 1.0, 4.3)."""
    told = client.load_server_metadata()
    if told.get("issuer") != provider.issuer:
        raise ValueError(f"it calls itself {told.get('issuer')!r}, the settings call it {provider.issuer!r}")
    offered = told.get("id_token_signing_alg_values_supported", ["RS256"])
    told["id_token_signing_alg_values_supported"] = [one for one in offered if one in SIGNATURES]
    if not told["id_token_signing_alg_values_supported"]:
        raise ValueError(f"it signs by none of {', '.join(SIGNATURES)}")


def _proven(client: Any, provider: Provider) -> Mapping[str, Any]:
    """The provider's tokens, with its signature, issuer, audience, nonce and times checked. Raises NotLetInError."""
    options = {
        "iss": {"essential": True, "values": [provider.issuer]},
        "aud": {"essential": True, "value": provider.client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        _trusted(client, provider)
        token: Mapping[str, Any] = client.authorize_access_token(claims_options=options)
        if not token["userinfo"]["sub"]:
            raise ValueError("no subject")
    except FAILED as error:
        log.warning("single sign-on: %s: %s", type(error).__name__, error)
        raise NotLetInError(
            _("{name} has let nobody in, or its answer cannot be trusted. Try it once more.", name=provider.name)
        ) from None
    return token


def _account(context: AppContext, provider: Provider, told: Mapping[str, Any]) -> Account:
    """The account of whom the provider has proven. Raises NotLetInError; that is on record."""
    subject = str(told["sub"])[:255]
    with context.records.reading() as connection:
        linked = external_identities.account_of(connection, provider.issuer, subject)
        account = accounts.find(connection, linked) if linked else None
    if account is not None and account.state is AccountState.ACTIVE:
        return account
    if account is None:
        why = _(
            "No account is linked to you. Tell an administrator your name at {name}: {subject}",
            name=provider.name,
            subject=subject,
        )
    else:
        why = _(
            "The account {account} is {state}. An administrator can help.",
            account=account.account,
            state=_(account.state.value),
        )
    actor = Actor(NOBODY.name, origin=origin())
    told_name = str(told.get("preferred_username") or told.get("name") or "")[:100]
    data = {"issuer": provider.issuer, "subject": subject, "called": told_name}
    object = account.object if account else "single sign-on"
    with context.records.transaction() as connection:
        audit.append(connection, context.clock(), [AuditEntry(actor, "sign-in failed", object, data, reason=why)])
    raise NotLetInError(why)


def _told(context: AppContext, words: str) -> AnyResponse:
    response = sign_in_page(context, "", words)
    response.status_code = HTTPStatus.FORBIDDEN
    return response


def _ours(path: str) -> str:
    return request.host_url.rstrip("/") + path

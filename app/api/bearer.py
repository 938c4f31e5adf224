"""Who asks the API by a token: the person it was made for, with the rights that both still have."""

from flask import g, has_request_context, request

from app.context import AppContext
from app.csrf import API
from facility.people import Person
from storage.records.people import accounts, api_tokens
from storage.records.people.accounts import AccountState

SCHEME = "Bearer "


def given() -> bool:
    """Does the present request come with a token? Then no cookie counts."""
    if not has_request_context() or not request.path.startswith(API):
        return False
    return request.headers.get("Authorization", "").startswith(SCHEME)


def person(context: AppContext) -> Person | None:
    """The person of the token; None where it does not hold, or the account is not active. Raises RecordsAwayError.

    The records are asked once a request.
    """
    if "token_person" not in g:
        g.token_person = _person(context, request.headers["Authorization"].removeprefix(SCHEME))
    found: Person | None = g.token_person
    return found


def _person(context: AppContext, given: str) -> Person | None:
    now = context.clock()
    with context.records.reading() as connection:
        token = api_tokens.find(connection, given)
        account = accounts.find(connection, token.account) if token else None
    if token is None or account is None or not token.holds(now) or account.state is not AccountState.ACTIVE:
        return None
    if api_tokens.is_to_be_noted(token, now):
        with context.records.transaction() as connection:
            api_tokens.used(connection, now, token)
    origin = f"API token {token.name} at {request.remote_addr}"
    return Person(account.account, account.name, account.role, origin, account.areas, token.rights)

"""Invitations: a link by which somebody sets the password of a new account, or another one for a forgotten one.

As with wall displays the link's token stands behind the `#`, where no server and no proxy sees it.
"""

from http import HTTPStatus

from flask import Blueprint, redirect, request
from sqlalchemy import Connection
from werkzeug.wrappers import Response as AnyResponse

from app.context import AppContext
from app.guard import SIGN_IN, Access, requires
from app.sign_in import setting_passwords
from app.sign_in.origin import origin
from app.sign_in.pages import TO_SIGN_IN, page, told
from facility.instants import DAY, Instant, Span
from facility.language import N_, _
from facility.people import Actor
from storage.records.people import accounts, credentials, links, sessions
from storage.records.people.accounts import Account, AccountState

INVITED = "/invited"
PURPOSE = "password"
HOLDS: Span = 3 * DAY
NOT_HELD = N_(
    "This link holds no longer: it was used, is too old, or another one was made. If it was you who used it, sign in "
    "with the password that you chose. Otherwise tell an administrator, and ask for a new link."
)


def invite(connection: Connection, at: Instant, by: Actor, account: str) -> str:
    """The address, from this server on, by which a person sets the account's password. Older ones hold no longer."""
    return f"{INVITED}#{links.make(connection, at, PURPOSE, f'account {account}', at + HOLDS, by)}"


def routes(context: AppContext) -> Blueprint:
    """The page that an invitation opens, and where it sends the password."""
    invitations = Blueprint("invitations", __name__)

    @invitations.get(INVITED)
    @requires(Access.ANYBODY)
    def ask() -> AnyResponse:
        return _ask(context, None)

    @invitations.post(INVITED)
    @requires(Access.ANYBODY)
    def set_password() -> AnyResponse:
        form, now = request.form, context.clock()
        with context.records.reading() as connection:
            account = _invited(connection, now, form.get("link", ""))
        if account is None:
            with context.records.transaction() as connection:
                links.use(connection, now, PURPOSE, form.get("link", ""), origin())  # on record, where it was one
            return _not_held(context)
        try:
            hash = setting_passwords.hash_of(context, account, form.get("new", ""), form.get("again", ""))
        except setting_passwords.NotTakenError as error:
            return _ask(context, str(error), form.get("link", ""))
        with context.records.transaction() as connection:
            if links.use(connection, now, PURPOSE, form.get("link", ""), origin()) is None:
                return _not_held(context)
            by = Actor(account.account, account.role.value, origin())
            remember = context.desk.rules.remembered
            credentials.set_password(connection, now, by, account.account, hash, one_time=False, remember=remember)
            sessions.end_all(connection, now, by, account.account, "password set by a link")
        return redirect(SIGN_IN, 303)

    return invitations


def _invited(connection: Connection, at: Instant, token: str) -> Account | None:
    subject = links.subject_of(connection, at, PURPOSE, token)
    account = accounts.find(connection, subject.removeprefix("account ")) if subject else None
    return account if account is not None and account.state is AccountState.ACTIVE else None


def _not_held(context: AppContext) -> AnyResponse:
    return told(context, _("Choose your password"), _(NOT_HELD), onward=TO_SIGN_IN, status=HTTPStatus.GONE)


def _ask(context: AppContext, problem: str | None, link: str = "") -> AnyResponse:
    rules = setting_passwords.words(context.desk.rules)
    return page(context, "invited.html", _("Choose your password"), problem, rules=rules, link=link)

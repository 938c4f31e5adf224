"""Plain pages for one's own account: another password, an authenticator."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import formats
from app.context import AppContext
from app.guard import Access, requires
from app.sign_in import authenticator, entering, proof, setting_passwords
from app.sign_in.let_in import SignedIn
from app.sign_in.pages import further, page, to_sign_in, told
from app.sign_in.session_cookie import present
from facility.language import N_, _, _n
from storage.records.people import credentials
from storage.records.people.sessions import Stage

PASSWORD, AUTHENTICATOR = "/account/password", "/account/authenticator"
NO_PASSWORD = N_(
    "You sign in by another system of your site, which also looks after a second factor; Cleanwatch has no password "
    "of yours. If you are to sign records, an administrator gives you a link by which you set one."
)


def routes(context: AppContext) -> Blueprint:
    """What a person changes about signing in. An authenticator may be wanted before one is let in."""
    own = Blueprint("own_account", __name__, template_folder="templates")

    @own.get(PASSWORD)
    @requires(Access.SIGNED_IN)
    def password() -> AnyResponse:
        found = present(context)
        return _password(context, found, None) if found else to_sign_in()

    @own.post(PASSWORD)
    @requires(Access.SIGNED_IN)
    def change_password() -> AnyResponse:
        found = present(context)
        if found is None:
            return to_sign_in()
        form = request.form
        account = found.account.account
        words = proof.prove(
            context, account, form.get("password", ""), form.get("code", ""), to="change the password"
        ) or setting_passwords.set_new(context, found, form.get("new", ""), form.get("again", ""))
        return redirect("/account", 303) if words is None else _password(context, found, words)

    @own.get(AUTHENTICATOR)
    @requires(Access.ANYBODY)
    def show() -> AnyResponse:
        found = _who(context)
        return _authenticator(context, found, None) if found else to_sign_in()

    @own.post(AUTHENTICATOR)
    @requires(Access.ANYBODY)
    def switch_on() -> AnyResponse:
        found = _who(context)
        if found is None:
            return to_sign_in()
        form = request.form
        recovery = authenticator.switch_on(context, found, form.get("password", ""), form.get("code", ""))
        if isinstance(recovery, str):
            return _authenticator(context, found, recovery)
        back = "/account" if found.session.stage is Stage.SIGNED_IN else ""
        shown = page(context, "recovery-codes.html", _("Your recovery codes"), codes=recovery, back=back)
        if found.session.stage is Stage.SIGNED_IN:
            return shown
        return further(*entering.advance(context, found), shown=shown)

    @own.post(f"{AUTHENTICATOR}/off")
    @requires(Access.SIGNED_IN)
    def switch_off() -> AnyResponse:
        found = present(context)
        if found is None:
            return to_sign_in()
        form = request.form
        words = authenticator.switch_off(context, found, form.get("password", ""), form.get("code", ""))
        return redirect("/account", 303) if words is None else _authenticator(context, found, words)

    return own


def _who(context: AppContext) -> SignedIn | None:
    """Who may set an authenticator up: whoever is signed in, or has to before that."""
    found = present(context)
    known = found is not None and found.session.stage in (Stage.SIGNED_IN, Stage.SECOND_FACTOR)
    return found if known else None


def _password(context: AppContext, found: SignedIn, problem: str | None) -> AnyResponse:
    with context.records.reading() as connection:
        credential = credentials.of(connection, found.account.account)
    if credential is None:
        return _no_password(context, _("Change your password"))
    return page(
        context,
        "password.html",
        _("Change your password"),
        problem,
        action=PASSWORD,
        present=True,
        code=credential.totp_since is not None,
        account=found.account.account,
        rules=setting_passwords.words(context.desk.rules),
    )


def _authenticator(context: AppContext, found: SignedIn, problem: str | None) -> AnyResponse:
    with context.records.reading() as connection:
        credential = credentials.of(connection, found.account.account)
        left = credentials.recovery_codes_left(connection, found.account.account)
    if credential is None:
        return _no_password(context, _("Authenticator"))
    if credential.totp_since is not None:
        since = formats.date(credential.totp_since, context.whole().timezone)
        words = _(
            "It has been on since {since}. {codes} can still be used.",
            since=since,
            codes=_n("{n} recovery code", "{n} recovery codes", left, n=formats.words(left)),
        )
        return page(context, "authenticator-off.html", _("Authenticator"), problem, lead=words)
    waiting = credential.totp_secret if problem is not None else None
    secret = waiting or authenticator.propose(context, found)
    return page(
        context,
        "authenticator.html",
        _("Set up an authenticator"),
        problem,
        picture=authenticator.picture(context, found, secret),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        wanted=found.session.stage is Stage.SECOND_FACTOR,
    )


def _no_password(context: AppContext, title: str) -> AnyResponse:
    """For who comes by single sign-on only: nothing on these pages could succeed."""
    return told(context, title, _(NO_PASSWORD), onward=("/account", N_("To my account")))

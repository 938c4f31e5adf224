"""The pages for signing in: plain HTML that needs neither Dash nor JavaScript."""

from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, request, session
from werkzeug.wrappers import Response as AnyResponse

from app import cookies, csrf, formats
from app.context import AppContext
from app.guard import SIGN_IN, Access, requires
from app.sign_in import entering, proof, setting_passwords
from app.sign_in.let_in import SignedIn
from app.sign_in.session_cookie import present
from facility.language import N_, _
from storage.records.people.sessions import Stage

CODE, PASSWORD = "/sign-in/code", "/sign-in/password"
ENDED = N_("You are signed out here: nobody did anything for too long, or the session was ended. Alarms go on.")
TO_SIGN_IN = (SIGN_IN, N_("To the sign-in page"))
NEXT_PAGE = {Stage.CODE: CODE, Stage.NEW_PASSWORD: PASSWORD, Stage.SECOND_FACTOR: "/account/authenticator"}


def routes(context: AppContext) -> Blueprint:
    """Signing in, the code, a password that has to be set, signing out."""
    pages = Blueprint("sign_in", __name__, template_folder="templates")

    @pages.get(SIGN_IN)
    @requires(Access.ANYBODY)
    def sign_in() -> AnyResponse:
        found = present(context)
        if found is None:
            return sign_in_page(context, "", None)
        return _go_on(found.session.stage)

    @pages.post(SIGN_IN)
    @requires(Access.ANYBODY)
    def check_password() -> AnyResponse:
        typed = request.form.get("account", "")
        known = proof.know(context, typed, request.form.get("password", ""))
        if isinstance(known, str):
            return sign_in_page(context, typed, known)
        if (before := present(context)) is not None:
            entering.leave(context, before)
        return further(*entering.enter(context, known))

    @pages.get(CODE)
    @requires(Access.ANYBODY)
    def code() -> AnyResponse:
        found = present(context)
        return _code(context, None) if _is_at(found, Stage.CODE) else to_sign_in()

    @pages.post(CODE)
    @requires(Access.ANYBODY)
    def check_code() -> AnyResponse:
        found = present(context)
        if found is None or found.session.stage is not Stage.CODE:
            return to_sign_in()
        words = proof.prove_code(context, found.account.account, request.form.get("code", ""), to=proof.TO_SIGN_IN)
        return further(*entering.advance(context, found)) if words is None else _code(context, words)

    @pages.get(PASSWORD)
    @requires(Access.ANYBODY)
    def password() -> AnyResponse:
        found = present(context)
        return _password(context, None) if _is_at(found, Stage.NEW_PASSWORD) else to_sign_in()

    @pages.post(PASSWORD)
    @requires(Access.ANYBODY)
    def set_password() -> AnyResponse:
        found = present(context)
        if found is None or found.session.stage is not Stage.NEW_PASSWORD:
            return to_sign_in()
        form = request.form
        words = setting_passwords.set_new(context, found, form.get("new", ""), form.get("again", ""))
        return further(*entering.advance(context, found)) if words is None else _password(context, words)

    @pages.post("/sign-out")
    @requires(Access.ANYBODY)
    def sign_out() -> AnyResponse:
        found = present(context)
        if found is not None:
            entering.leave(context, found)
        response = make_response(redirect(SIGN_IN, 303))
        cookies.drop(response, cookies.session_name())
        return response

    return pages


def page(context: AppContext, template: str, title: str, problem: str | None = None, **more: object) -> Response:
    """One of the plain pages."""
    body = render_template(
        template,
        title=title,
        problem=problem,
        site=context.whole().name,
        csrf=csrf.field(),
        to=wanted(),
        **more,
    )
    return make_response(body, 200 if problem is None else 422)


def told(
    context: AppContext, title: str, lead: str, *, onward: tuple[str, str], status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """A page that says why something cannot be and leads on, by a link and its words; nothing is to be filled in."""
    response = page(context, "told.html", title, lead=lead, onward=onward)
    response.status_code = status
    return response


def wanted() -> str:
    """Where somebody wanted to go before signing in: an address of ours, or the overview."""
    to = request.values.get("to", "")
    ours = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if ours else "/"


def sign_in_page(context: AppContext, typed: str, problem: str | None) -> Response:
    """The page for signing in, with what was typed and why it was refused."""
    desk = context.desk
    return page(
        context,
        "sign-in.html",
        _("Sign in"),
        problem,
        lead=_(ENDED) if "ended" in request.args else "",
        account=typed[:128],
        idle=formats.age(desk.rules.idle),
        note=desk.rules.note,
        provider=desk.provider,
        still_there="hint" in session,
    )


def _code(context: AppContext, problem: str | None) -> AnyResponse:
    return page(context, "code.html", _("One more step"), problem)


def _password(context: AppContext, problem: str | None) -> AnyResponse:
    found = present(context)
    assert found is not None
    lead = _("The password that you signed in with is good for this only, or is too old by now.")
    return page(
        context,
        "password.html",
        _("Set a password of your own"),
        problem,
        lead=lead,
        action=PASSWORD,
        account=found.account.account,
        rules=setting_passwords.words(context.desk.rules),
    )


def _is_at(found: SignedIn | None, stage: Stage) -> bool:
    return found is not None and found.session.stage is stage


def further(token: str, stage: Stage, *, shown: Response | None = None) -> AnyResponse:
    """On to what is wanted next, with the session's new token; `shown` first, where there is something to be read."""
    response = make_response(_go_on(stage)) if shown is None else shown
    cookies.put(response, cookies.session_name(), token)
    return response


def _go_on(stage: Stage) -> AnyResponse:
    """To where the next thing is asked for; at the end to where somebody wanted to go."""
    to = wanted()
    if stage is Stage.SIGNED_IN:
        return redirect(to, 303)
    return redirect(NEXT_PAGE[stage] + ("" if to == "/" else f"?to={quote(to, safe='/')}"), 303)


def to_sign_in() -> AnyResponse:
    """Back to the beginning, and then to where somebody wanted to go."""
    to = wanted()
    return redirect(SIGN_IN if to == "/" else f"{SIGN_IN}?to={quote(to, safe='/')}", 303)

"""Who may ask for what. One gate stands before every request and lets through only what is declared.

Every view, and every Dash callback, says with `requires` what it needs; `guard` refuses to start an app in which
one does not. What depends on more than the role is asked for inside, with `needs`.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from hmac import compare_digest
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote

from dash import Dash
from flask import Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.context import AppContext
from app.proxy import RELAYED
from app.refusals import Refusals
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right, Role, refusal
from storage.records.errors import RecordsAwayError

SIGN_IN = "/sign-in"
"""Where somebody who is not signed in is sent, with the address to come back to as `to`."""
PUBLIC_ASSETS = ("favicon.svg", "1-tokens.css", "2-base.css", "sign-in.css", "theme.js", "link.js", "fonts/")
"""What the sign-in page is drawn with. All other files are for those who are signed in."""
NOBODY = N_("Nobody is signed in here. Sign in, and try again.")


class Access(Enum):
    """What a request may need in place of a right."""

    ANYBODY = auto()
    """Also who is not signed in: the way in itself."""
    SIGNED_IN = auto()
    """Whoever is signed in, whatever the role."""
    MACHINES = auto()
    """What watches this server: from this machine itself, or with the token that the settings name."""


Need: TypeAlias = Right | Access
Function = TypeVar("Function", bound=Callable[..., Any])

DASH_VIEWS: Mapping[str, Need] = {
    "/": Access.SIGNED_IN,
    "/<path:path>": Access.SIGNED_IN,
    "/_dash-layout": Access.SIGNED_IN,
    "/_dash-dependencies": Access.SIGNED_IN,
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": Access.SIGNED_IN,
    "/_reload-hash": Access.SIGNED_IN,
    "/_favicon.ico": Access.ANYBODY,
    "_dash_assets.static": Access.SIGNED_IN,
    "static": Access.SIGNED_IN,
}
"""The views of Dash and Flask themselves, by endpoint. All pages are one view: the router asks for their rights."""
ASSETS = "_dash_assets.static"
CALLBACKS = "/_dash-update-component"
PAGES = ("/", "/<path:path>", "wall.show")
FOR_WALLS = ("wall.show", "live.stream", "live.full", ASSETS)
"""What a wall display may ask for. Its cookie lies on a machine in a corridor, good for as long as it hangs."""


class NotAllowedError(Exception):
    """The person who is signed in may not do this; the message says what it would need."""


class UndeclaredError(Exception):
    """A view or a callback does not say what it needs; the message names each."""


def requires(need: Need) -> Callable[[Function], Function]:
    """Declare what a view or a callback needs. It stands next to the function, below what registers it:

    ```
    @app.callback(...)
    @requires(Right.ACKNOWLEDGE)
    def answer(...): ...
    ```
    """

    def declare(function: Function) -> Function:
        vars(function)["need"] = need
        return function

    return declare


def needs(context: AppContext, right: Right) -> Person:
    """The person who is signed in, where the person has this right. Raises NotAllowedError."""
    person = context.person()
    if person is None:
        raise NotAllowedError(_(NOBODY))
    if not person.may(right):
        raise NotAllowedError(refusal(right, person.role))
    return person


def guard(app: Dash, context: AppContext, refusals: Refusals) -> None:
    """Put the gate before everything. To be called when every view and callback is registered.

    Raises UndeclaredError where one of them does not say what it needs.
    """
    if missing := list(undeclared(app)):
        raise UndeclaredError(f"These do not say what they need, with app.guard.requires: {', '.join(missing)}")

    def gate() -> AnyResponse | None:
        try:
            return _refused(app, context, refusals)
        except RecordsAwayError as error:
            return Response(
                _("It cannot be seen who you are: {problem}", problem=error), HTTPStatus.SERVICE_UNAVAILABLE, _PLAIN
            )

    def after(response: Response) -> Response:
        if request.method != "GET" and (request.endpoint != CALLBACKS or needed(app) is Right.MANAGE_ACCOUNTS):
            context.desk.let_in.doubt()  # it may have ended somebody's session
        return response

    app.server.before_request_funcs.setdefault(None, []).insert(0, gate)
    app.server.after_request(after)

    def say(error: NotAllowedError) -> AnyResponse:
        refusals.note(context.person(), asked_for(), str(error))
        return _forbidden(str(error))

    app.server.register_error_handler(NotAllowedError, say)


def needs_of_views(app: Dash) -> dict[str, Need | None]:
    """What each view needs, by endpoint; None where it is not declared. Callbacks are a view of their own kind."""
    views = {name: view for name, view in app.server.view_functions.items() if name != CALLBACKS}
    return {name: DASH_VIEWS.get(name, vars(view).get("need")) for name, view in views.items()}


def needs_of_callbacks(app: Dash) -> dict[str, Need | None]:
    """What each callback on the server needs, by its output's id; None where it is not declared."""
    found = {output: entry.get("callback") for output, entry in app.callback_map.items()}
    return {output: vars(call).get("need") for output, call in found.items() if call is not None}


def undeclared(app: Dash) -> Iterator[str]:
    """What does not say what it needs."""
    yield from (f"view {name}" for name, need in needs_of_views(app).items() if need is None)
    yield from (f"callback {output}" for output, need in needs_of_callbacks(app).items() if need is None)


def _refused(app: Dash, context: AppContext, refusals: Refusals) -> AnyResponse | None:
    """The answer to a request that is refused; None lets it through."""
    need = needed(app)
    if need is Access.ANYBODY or (need is Access.MACHINES and _is_machine(context)):
        return None
    person = context.person()
    if person is None:
        return _unknown()
    if person.role is Role.WALL and request.endpoint not in FOR_WALLS:
        return _to_the_wall()
    if need is None:
        return Response("There is no such callback.", HTTPStatus.NOT_FOUND, _PLAIN)
    if need is Access.MACHINES or (isinstance(need, Right) and not person.may(need)):
        words = _("This is for machines, with a token.") if need is Access.MACHINES else refusal(need, person.role)
        refusals.note(person, asked_for(), words)
        return _forbidden(words)
    return None


def needed(app: Dash) -> Need | None:
    """What the present request needs; None for a callback that is not there."""
    endpoint = request.endpoint
    if endpoint is None:  # nothing is there, or not for this method: Flask says so to who is signed in
        return Access.SIGNED_IN
    if endpoint == CALLBACKS:
        call = app.callback_map.get(_output(), {}).get("callback")
        return None if call is None else vars(call)["need"]
    if endpoint == ASSETS and _is_public((request.view_args or {}).get("filename", "")):
        return Access.ANYBODY
    known = DASH_VIEWS.get(endpoint)
    return known if known is not None else vars(app.server.view_functions[endpoint])["need"]


def _is_public(file: str) -> bool:
    """Is it one of those files? `fonts/../main.js` is none."""
    return file.startswith(PUBLIC_ASSETS) and ".." not in file


def _output() -> str:
    """Which callback is asked for; empty where the request does not say."""
    body = request.get_json(silent=True)
    output = body.get("output") if isinstance(body, dict) else None
    return output if isinstance(output, str) else ""


def asked_for() -> str:
    """What the present request asks for, as the audit trail names it."""
    return f"callback {_output()}" if request.endpoint == CALLBACKS else f"view {request.endpoint}"


def _is_machine(context: AppContext) -> bool:
    """From this machine itself, or with the token. What a proxy that the settings do not name hands on is not from
    this machine, wherever the proxy stands. One that adds no header cannot be told apart: such a proxy must not hand
    on what is for machines (deploy/nginx.conf does not)."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if context.watcher_token and compare_digest(given.encode(), context.watcher_token.encode()):
        return True
    if request.environ.get(RELAYED, False):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _unknown() -> AnyResponse:
    """Pages lead to the sign-in page and back; everything else is told in words."""
    if request.method in ("GET", "HEAD") and request.endpoint in PAGES:
        here = request.full_path.rstrip("?")
        return redirect(SIGN_IN if here == "/" else f"{SIGN_IN}?to={quote(here, safe='/')}")
    if request.endpoint == CALLBACKS:
        answer = jsonify(problem=_(NOBODY))
        answer.status_code = HTTPStatus.UNAUTHORIZED
        return answer
    return Response(f"{_(NOBODY)}\n", HTTPStatus.UNAUTHORIZED, _PLAIN)


def _to_the_wall() -> AnyResponse:
    """Pages lead a display to its own."""
    if request.method in ("GET", "HEAD") and request.endpoint in PAGES:
        return redirect(url_for("wall.show"))
    return _forbidden(_("A wall display shows the wall, and nothing else."))


def _forbidden(words: str) -> AnyResponse:
    if request.endpoint == CALLBACKS:
        answer = jsonify(problem=words)
        answer.status_code = HTTPStatus.FORBIDDEN
        return answer
    return Response(f"{words}\n", HTTPStatus.FORBIDDEN, _PLAIN)


_PLAIN = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}

"""Wall displays at the door: a screen is let in by a link of its own, and then shows live values for good.

The link's token stands behind the `#` of the address, which no server and no proxy is sent; a script takes it from
there, out of the browser's history, and sends it. The screen gets another token in a cookie: what a link was is
worth nothing afterwards.
"""

from http import HTTPStatus

from flask import Blueprint, Response, after_this_request, g, has_request_context, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from app import cookies
from app.context import AppContext
from app.guard import Access, requires
from app.sign_in.origin import origin
from app.sign_in.pages import TO_SIGN_IN, page, told
from app.wall.page import WALL
from facility.language import N_, _
from facility.people import Person
from facility.roles import Role
from storage.records.people import displays

WALL_IN = "/wall-in"
COOKIE = "cleanwatch_wall"
COOKIE_BY_TLS = "__Host-cleanwatch_wall"
LONGEST = 400 * 24 * 3600
"""Seconds that browsers keep a cookie at most. It is given anew while the display is in use."""
NOT_HELD = N_(
    "This link holds no longer: it was used, is older than a day, or its display was revoked. "
    "An administrator makes another."
)


def person(context: AppContext) -> Person | None:
    """The display that sends the present request, in the role of a wall; None where it is none.

    The records are asked once a request. Raises RecordsAwayError.
    """
    if not has_request_context():
        return None
    if "display" not in g:
        token = given()
        g.display = _display(context, token) if token else None
    found: Person | None = g.display
    return found


def given() -> str | None:
    """The token of the display that sends the present request, whether or not it holds."""
    return request.cookies.get(_cookie())


def holds(context: AppContext, token: str) -> bool:
    """Is this token still that of a display? Raises RecordsAwayError."""
    with context.records.reading() as connection:
        return displays.holding(connection, token) is not None


def routes(context: AppContext) -> Blueprint:
    """The page that a display's link opens, and where it sends what it has found in it."""
    walls = Blueprint("walls", __name__)

    @walls.get(WALL_IN)
    @requires(Access.ANYBODY)
    def ask() -> AnyResponse:
        return page(context, "wall-in.html", _("Wall display"))

    @walls.post(WALL_IN)
    @requires(Access.ANYBODY)
    def let_in() -> AnyResponse:
        with context.records.transaction() as connection:
            token = displays.let_in(connection, context.clock(), request.form.get("link", ""), origin())
        if token is None:
            return told(context, _("Wall display"), _(NOT_HELD), onward=TO_SIGN_IN, status=HTTPStatus.GONE)
        response = make_response(redirect(WALL, 303))
        cookies.put(response, _cookie(), token, max_age=LONGEST)
        return response

    return walls


def _display(context: AppContext, token: str) -> Person | None:
    now = context.clock()
    with context.records.reading() as connection:
        display = displays.holding(connection, token)
    if display is None:
        return None
    if displays.is_to_be_noted(display, now):
        with context.records.transaction() as connection:
            displays.used(connection, now, display)

        @after_this_request
        def keep(response: Response) -> Response:
            cookies.put(response, _cookie(), token, max_age=LONGEST)
            return response

    return Person(display.object, display.name, Role.WALL, origin(), display.areas)


def _cookie() -> str:
    return COOKIE_BY_TLS if request.is_secure else COOKIE

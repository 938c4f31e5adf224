"""Nobody else's page may act in the name of who is signed in here (cross-site request forgery).

Whatever changes something must carry a token that only our pages know: Dash takes it from a cookie and sends it as a
header by itself, a plain form has it in a field. It is made from the session's own secret, so that it is worth
nothing in any other session and needs no place on the server. Before sign-in there is no session: then cookie and
field must agree, so that nobody can be signed in to somebody else's account from another page.

A browser also tells from where a request comes; one from another site is refused whatever it carries.
"""

import hmac
import re
import secrets
from hashlib import sha256
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from markupsafe import Markup

from app import cookies
from facility.language import N_, _

COOKIE, HEADER, FIELD = "_csrf_token", "X-CSRFToken", "csrf_token"
"""The first two are the names that Dash's renderer uses."""

API = "/api/v1/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_WELL_FORMED = re.compile("[A-Za-z0-9_-]{43}")

FOREIGN = N_("This did not come from a page of Cleanwatch, so nothing was done.")
STALE = N_("This page was open for too long, so nothing was done. Load it anew, and send it again.")


def token_of(session: str) -> str:
    """The token that goes with a session's secret."""
    return hmac.new(session.encode(errors="replace"), b"cross-site request forgery", sha256).hexdigest()[:43]


def token() -> str:
    """The token that belongs to the present request, for a form to carry."""
    if "csrf_token" not in g:
        g.csrf_token = _present() or secrets.token_urlsafe(32)
    known: str = g.csrf_token
    return known


def field() -> Markup:
    """What a plain form has inside, beside its own fields."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def protect(server: Flask) -> None:
    """Check every request that may change something, and give every page its token."""

    @server.before_request
    def check() -> Response | None:
        if request.method in SAFE:
            return None
        if not _from_here():
            return Response(f"{_(FOREIGN)}\n", 403, mimetype="text/plain")
        if _by_bearer() or _carries(_present()):
            return None
        return Response(f"{_(STALE)}\n", 403, mimetype="text/plain")

    @server.after_request
    def hand_out(response: Response) -> Response:
        if response.mimetype == "text/html" and request.cookies.get(COOKIE) != token():
            cookies.put(response, COOKIE, token(), for_script=True)
        return response


def _present() -> str | None:
    """The token that a request must carry; None where the browser has none yet."""
    if session := request.cookies.get(cookies.session_name()):
        return token_of(session)
    kept = request.cookies.get(COOKIE, "")
    return kept if _WELL_FORMED.fullmatch(kept) else None


def _carries(expected: str | None) -> bool:
    given = request.headers.get(HEADER) or request.form.get(FIELD, "")
    return expected is not None and hmac.compare_digest(given.encode(errors="replace"), expected.encode())


def _by_bearer() -> bool:
    """A token in this header is sent by a program, and by no browser of itself; only the API takes one."""
    return request.path.startswith(API) and request.headers.get("Authorization", "").startswith("Bearer ")


def _from_here() -> bool:
    """Does the browser say that it comes from our own pages? A program says nothing, and has the token to show."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host

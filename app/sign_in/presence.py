"""Whether somebody is still there: a session ends where nobody does anything, however much comes in meanwhile.

Only what the browser reports here extends a session: it does so when somebody moves, types or touches. Live values,
callbacks that draw a page anew, even loading a page do not.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile

from flask import Blueprint, Response, jsonify

from app.context import AppContext
from app.guard import Access, requires
from app.sign_in import session_cookie, walls
from facility.instants import Instant
from storage.records.errors import RecordsAwayError
from storage.records.people import sessions
from storage.records.people.sessions import Session

LOOK_SECONDS = 5.0
"""How often a live stream asks whether its session is still open."""


def routes(context: AppContext) -> Blueprint:
    """How long the session goes on by itself, and that somebody is there. Both tell it in milliseconds."""
    presence = Blueprint("presence", __name__)

    @presence.get("/session")
    @requires(Access.SIGNED_IN)
    def left() -> Response:
        session = session_cookie.present_session()
        return jsonify(left=None if session is None else _left(context, session, session.active))

    @presence.post("/session/active")
    @requires(Access.SIGNED_IN)
    def active() -> Response:
        session, now = session_cookie.present_session(), context.clock()
        if session is None:  # a display, which has a token in place of a session
            return jsonify(left=None)
        with context.records.transaction() as connection:
            sessions.touch(connection, session.id, now)
        return jsonify(left=_left(context, session, now))

    return presence


def _left(context: AppContext, session: Session, active: Instant) -> int:
    rules = context.desk.rules
    return min(active + rules.idle, session.made + rules.longest_session) - context.clock()


def while_signed_in(context: AppContext, events: Iterable[bytes]) -> Iterator[bytes]:
    """The events of a stream until its session ends, or its account is another than it was when it began."""
    still = _watch(context)
    return takewhile(lambda _: still(), events)


def _watch(context: AppContext) -> Callable[[], bool]:
    """To be called in the request; what it returns is called outside of it."""
    first, display = session_cookie.present(context), walls.given()
    if first is None and display is None:
        return lambda: True
    looked = time.monotonic()

    def still() -> bool:
        nonlocal looked
        if time.monotonic() - looked < LOOK_SECONDS:
            return True
        looked = time.monotonic()
        try:
            if first is None:
                return walls.holds(context, display or "")
            now = session_cookie.again(context, first)
        except RecordsAwayError:  # nobody can have been signed out either
            return True
        return now is not None and now.account == first.account

    return still

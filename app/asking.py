"""Who asks: a program by a token of its own, a person at a browser, or a wall display."""

from app.api import bearer
from app.context import AppContext
from app.sign_in import session_cookie, walls
from facility.people import Person


def person(context: AppContext) -> Person | None:
    """Who sends the present request; None where nobody is signed in. Raises RecordsAwayError."""
    if bearer.given():
        return bearer.person(context)
    return session_cookie.person(context) or walls.person(context)

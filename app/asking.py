"""Who asks: a program by a token of its own, or a person at a browser."""

from app.api import bearer
from app.context import AppContext
from app.sign_in import session_cookie
from facility.people import Person


def person(context: AppContext) -> Person | None:
    """Who sends the present request; None where nobody is signed in. Raises RecordsAwayError."""
    return bearer.person(context) if bearer.given() else session_cookie.person(context)

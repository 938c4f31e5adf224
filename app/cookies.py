"""Cookies as all of ours are set: for this host only, not with other sites' requests, by TLS where there is TLS."""

from flask import Response, request

SESSION = "cleanwatch_session"
SESSION_BY_TLS = "__Host-cleanwatch_session"
"""Browsers take a `__Host-` cookie from this very host by TLS only: no neighbour can plant one."""


def session_name() -> str:
    """The name of the session's cookie for the present request."""
    return SESSION_BY_TLS if request.is_secure else SESSION


def put(response: Response, name: str, value: str, *, max_age: int | None = None, for_script: bool = False) -> None:
    """Set a cookie. `max_age` in seconds, None until the browser is closed; `for_script` lets our scripts read it."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=request.is_secure, httponly=not for_script, samesite="Lax"
    )


def drop(response: Response, name: str) -> None:
    """Have a cookie deleted."""
    response.delete_cookie(name, path="/", secure=request.is_secure, httponly=True, samesite="Lax")

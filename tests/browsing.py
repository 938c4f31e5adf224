"""Browsers in tests: how Chromium is started, and a client that sends the token against forgery as our page does."""

from typing import Any

from flask.testing import FlaskClient
from typing_extensions import override
from werkzeug.test import TestResponse

from app import cookies, csrf

TOKEN = "t" * 43

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium without a window, and without asking anybody on the network."""


class BrowserLikeClient(FlaskClient):
    """What Dash's renderer and our forms do by themselves. A test about forgery makes a plain FlaskClient."""

    @override
    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        session = self.get_cookie(cookies.SESSION_BY_TLS) or self.get_cookie(cookies.SESSION)
        if session is None:
            self.set_cookie(csrf.COOKIE, TOKEN)
        self.environ_base["HTTP_X_CSRFTOKEN"] = TOKEN if session is None else csrf.token_of(session.value)
        return super().open(*args, **kwargs)

"""Browsers in tests: how Chromium is started, who watches a page, and a client that answers as our page does."""

from typing import Any

from flask.testing import FlaskClient
from playwright.sync_api import Page
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


class Watch:
    """What a page did that it must not do. A test that provokes something forgives it by its words."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.forgiven: tuple[str, ...] = ()

    def over(self, page: Page, host: str) -> None:
        """Watch this page, which has no business with another host."""
        page.on("console", lambda message: self._note(message.type in ("error", "warning"), message.text))
        page.on("pageerror", lambda error: self._note(True, f"uncaught: {error}"))
        page.on("request", lambda request: self._note(not _stays(request.url, host), f"left the host: {request.url}"))

    def _note(self, fault: bool, text: str) -> None:
        if fault:
            self.faults.append(text)

    def unforgiven(self) -> list[str]:
        return [fault for fault in self.faults if not any(word in fault for word in self.forgiven)]


def _stays(url: str, host: str) -> bool:
    return url.startswith((host, "data:", "blob:"))

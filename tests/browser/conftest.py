"""A running app, and a page that fails its test when the console is not clean or the host is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.running import RunningApp
from tests.parts import free_port

DESKTOP: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def port() -> int:
    """One port for all tests, so that the browser finds in its cache what it has read already."""
    return free_port()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def app(tmp_path: Path, port: int) -> Iterator[RunningApp]:
    with RunningApp(tmp_path, port).running() as running:
        running.everything_normal()
        yield running


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


@pytest.fixture
def page(profile: BrowserContext, app: RunningApp, watch: Watch) -> Iterator[Page]:
    """A page at the overview, with live values. Whatever tabs a test opens beside it are closed with it."""
    app.let_in(profile)
    page = profile.new_page()
    watch.over(page, app.address)
    page.goto(app.address)
    page.wait_for_selector("html[data-stale=no][data-known=yes] .plan .rm")
    yield page
    for tab in profile.pages:
        if tab.url.startswith(app.address):
            tab.evaluate("localStorage.clear()")
        tab.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unforgiven() == []

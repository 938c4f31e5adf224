"""A running app, and a page that fails its test when the console is not clean or the host is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.app.past import write_past
from tests.browser.past_app import PastApp
from tests.browser.running import RunningApp
from tests.browsing import Watch
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


@pytest.fixture(scope="module")
def past_app(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[PastApp]:
    with PastApp(write_past(tmp_path_factory.mktemp("past")), port).running() as app:
        yield app


@pytest.fixture
def trend(profile: BrowserContext, past_app: PastApp, watch: Watch) -> Iterator[Page]:
    """An empty page; whatever it will do, the console stays clean and the host is not left."""
    page = profile.new_page()
    watch.over(page, past_app.address)
    yield page
    page.evaluate("localStorage.clear()")
    page.close()

"""Every page of the running demo, at three sizes and in both themes: it fits, can be read, and stays on its host."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from app.pages.registry import PAGES
from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.looking import SIZES, Look, listen, violations
from tests.integration.walking import (
    ADMINISTRATOR,
    ENGINEER,
    QA,
    draft_a_change,
    file_name,
    open_page,
    sign_in,
    whose,
)

pytestmark = pytest.mark.timeout(600)

MORE = ("/trends?points=B101.DP1,B101.T1,B103.PC1.p0_5&range=8h", "/no-such-page", "/wall")


@pytest.fixture(scope="module")
def people(demo: RunningDemo, browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A browser for each of three people, signed in with what the demo says; one of them has drafted a change."""
    draft_a_change(demo, browser)
    contexts = {account: sign_in(demo, browser, account) for account in (ADMINISTRATOR, QA, ENGINEER)}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("path", [*(page.path for page in PAGES), *MORE])
def test_a_page_fits_and_can_be_read_at_every_size_in_both_themes(
    path: str, demo: RunningDemo, people: dict[str, BrowserContext], watch: Watch
) -> None:
    page = people[whose(path)].new_page()
    watch.over(page, demo.address)
    listen(page)
    open_page(demo, page, path)
    look, faults = Look(page), []
    for size in SIZES:
        for theme in ("light", "dark"):
            look.at(size, theme)
            found = look.unreadable() if theme == "light" else look.unreadable("color-contrast")
            if theme == "light":
                found += look.misplaced()
            look.keep(f"{file_name(path)}-{size}-{theme}")
            faults += [f"{size}, {theme}: {fault}" for fault in found]
    forbidden = violations(page)
    page.close()
    assert (faults, forbidden) == ([], [])

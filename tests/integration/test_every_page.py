"""Every page of the running demo, at three sizes and in both themes: it fits, can be read, and stays on its host."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.pages.registry import PAGES
from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.looking import SIZES, Look, listen, violations

pytestmark = pytest.mark.timeout(600)

LONG = 120_000
ADMINISTRATOR, QA, ENGINEER = "a.dahl", "s.brandt", "m.keller"
MAINLY = {"/accounts": ADMINISTRATOR, "/accounts/<account>": ADMINISTRATOR, "/roles": ADMINISTRATOR, "/api": ENGINEER}
"""Whose page it is, where it is not QA's."""
ENGINEERS = ("/propose/<point>", "/levels", "/back-test", "/system", "/notifications")
SOME = {"<room>": "B101", "<point>": "B101.DP1", "<account>": "j.moreau", "<number>": "1"}
"""What stands in for the places of an address. The demo begins without changes: the page says so."""
FOLLOWED = {"/excursions/<number>": "/excursions"}
"""Pages of something of which the list knows what there is."""
MORE = ("/trends?p=B101.DP1&p=B101.T1&p=B103.PC1.p0_5&range=8h", "/no-such-page", "/wall")


@pytest.fixture(scope="module")
def people(demo: RunningDemo, browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """A browser for each of three people, signed in with what the demo says."""
    password = demo.wait_for(r"Password:\s+(.+?)   ").group(1)
    contexts = {}
    for account in (ADMINISTRATOR, QA, ENGINEER):
        contexts[account] = context = browser.new_context()
        page = context.new_page()
        page.goto(f"{demo.address}/sign-in")
        page.get_by_label("Account").fill(account)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector("html[data-known=yes]", timeout=LONG)
        page.close()
    yield contexts
    for context in contexts.values():
        context.close()


def whose(path: str) -> str:
    return MAINLY.get(path, ENGINEER if path in ENGINEERS else QA)


def open_page(demo: RunningDemo, page: Page, path: str) -> None:
    """Go there and wait until everything is drawn."""
    page.goto(demo.address + FOLLOWED.get(path, re.sub(r"<\w+>", lambda place: SOME.get(place[0], place[0]), path)))
    page.wait_for_selector("html[data-known=yes]" + ("" if path == "/wall" else " #page > div"), timeout=LONG)
    if path in FOLLOWED:
        page.locator(f"main a[href^='{FOLLOWED[path]}/']").first.click(timeout=LONG)
        page.wait_for_url(f"**{FOLLOWED[path]}/*", timeout=LONG)
    expect(page.locator("._dash-loading-callback")).to_have_count(0, timeout=LONG)


@pytest.mark.parametrize("path", [*(page.path for page in PAGES), *MORE])
def test_a_page_fits_and_can_be_read_at_every_size_in_both_themes(
    path: str, demo: RunningDemo, people: dict[str, BrowserContext], watch: Watch
) -> None:
    page = people[whose(path)].new_page()
    watch.over(page, demo.address)
    listen(page)
    open_page(demo, page, path)
    look, faults = Look(page), []
    name = re.sub(r"\W+", "-", path.partition("?")[0]).strip("-") or "overview"
    for size in SIZES:
        for theme in ("light", "dark"):
            look.at(size, theme)
            found = look.unreadable() if theme == "light" else look.unreadable("color-contrast")
            if theme == "light":
                found += [f"{look.wider_than_the_window()} pixels wider than the window"] * bool(
                    look.wider_than_the_window()
                )
                found += [f"on each other: {pair}" for pair in look.covered()]
            look.keep(f"{name}-{size}-{theme}")
            faults += [f"{size}, {theme}: {fault}" for fault in found]
    forbidden = violations(page)
    page.close()
    assert (faults, forbidden) == ([], [])

"""Going from page to page of a running demo: who opens which, and when one is drawn."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.integration.demo import RunningDemo

LONG = 120_000
"""Milliseconds to wait for what comes at once on a machine that is not busy."""
ADMINISTRATOR, QA, ENGINEER, OPERATOR = "a.dahl", "s.brandt", "m.keller", "j.moreau"
MAINLY = {"/accounts": ADMINISTRATOR, "/accounts/<account>": ADMINISTRATOR, "/roles": ADMINISTRATOR, "/api": ENGINEER}
"""Whose page it is, where it is not QA's."""
ENGINEERS = ("/propose/<point>", "/levels", "/back-test", "/system", "/notifications")
SOME = {"<room>": "B101", "<point>": "B101.DP1", "<account>": "j.moreau", "<number>": "1"}
"""What stands in for the places of an address. The change is the one of `draft_a_change`."""
FOLLOWED = {"/excursions/<number>": "/excursions"}
"""Pages of something of which the list knows what there is."""

BACK_TEST = "/back-test?points=B102.DP2&limit=action%20low&value=7&on_delay=4%20min"
"""Asks what the door of B102, that was held open in the demo's past, would have been with more patience."""


def whose(path: str) -> str:
    """The account of the person who opens it."""
    return MAINLY.get(path, ENGINEER if path in ENGINEERS else QA)


def file_name(path: str) -> str:
    """What its picture is called: rooms-one-trend-questions, trends-points."""
    shown = re.sub(r"<\w+>", "one", path.partition("=")[0])
    return re.sub(r"\W+", "-", shown).strip("-") or "overview"


def sign_in(demo: RunningDemo, browser: Browser, account: str, size: ViewportSize | None = None) -> BrowserContext:
    """A browser at which a person has signed in with what the demo says; a phone where it is as narrow as one."""
    phone = size is not None and size["width"] < 500
    context = browser.new_context(viewport=size, has_touch=phone, is_mobile=phone)
    page = context.new_page()
    page.goto(f"{demo.address}/sign-in")
    enter(demo, page, account)
    page.close()
    return context


def enter(demo: RunningDemo, page: Page, account: str) -> None:
    """Fill the page to sign in, and wait for what it leads to."""
    page.get_by_label("Account").fill(account)
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector("html[data-known=yes]", timeout=LONG)


def open_page(demo: RunningDemo, page: Page, path: str, only: str = "") -> None:
    """Go there and wait until everything is drawn. `only` is the filter of the list that is followed."""
    where = FOLLOWED.get(path, re.sub(r"<\w+>", lambda place: SOME.get(place[0], place[0]), path))
    page.set_default_timeout(LONG)
    page.goto(f"{demo.address}{where}{only}")
    page.wait_for_selector("html[data-known=yes]" + ("" if path == "/wall" else " #page > div"), timeout=LONG)
    if path in FOLLOWED:
        page.locator(f"main a[href^='{FOLLOWED[path]}/']").first.click(timeout=LONG)
        page.wait_for_url(f"**{FOLLOWED[path]}/*", timeout=LONG)
    expect(page.locator("._dash-loading-callback")).to_have_count(0, timeout=LONG)


def draft_a_change(demo: RunningDemo, browser: Browser) -> None:
    """The engineer tries a limit on the past and drafts it with what came of it: the demo's first change."""
    context = sign_in(demo, browser, ENGINEER)
    page = context.new_page()
    page.set_default_timeout(LONG)
    page.goto(f"{demo.address}{BACK_TEST}")
    page.get_by_role("button", name="Replay").click()
    page.get_by_label("Why it is changed").fill("A trolley of media takes three minutes through the airlock")
    page.get_by_label("Rationale, for the limit").fill("Qualification of the airlock, and the past of the suite")
    page.get_by_role("button", name="Draft the change").click()
    page.wait_for_url("**/changes/1")
    context.close()

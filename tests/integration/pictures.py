"""`make pictures`: the pictures of docs/pages.md and of the README, taken of a demo that runs for eleven minutes.

Each page at a desk in the light theme; those that are used on a phone there, too; the wall as it hangs in a corridor.
"""

import tempfile
import time
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from playwright.sync_api import Browser, sync_playwright

from app.pages.registry import PAGES
from tests.browsing import FLAGS
from tests.integration.demo import RunningDemo
from tests.integration.looking import SIZES, Look
from tests.integration.small_png import smaller
from tests.integration.walking import (
    BACK_TEST,
    FOLLOWED,
    OPERATOR,
    QA,
    draft_a_change,
    file_name,
    open_page,
    sign_in,
    whose,
)

Wanted: TypeAlias = tuple[str, str, str, str]
"""Account, size, theme and path."""
PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ON_PHONES = ("/", "/rooms/<room>", "/alarms")
WALL = "/wall"
TRENDS, TESTS, LEVELS, HEALTH = "/trends", "/back-test", "/levels", "/alarm-health"
SHOWN_INSTEAD = {TRENDS: f"{TRENDS}?points=B101.DP1,B101.DP2,B101.PC1.p0_5&range=1h", TESTS: BACK_TEST}
"""A view that has something in it."""
PRESSED = {LEVELS: "Work out the levels", TESTS: "Replay"}
DRAWN = {
    path: f"() => document.querySelector('#{name}-graph .js-plotly-plot')?.data?.length > 0"
    for path, name in ((TRENDS, "trend"), (TESTS, "back-test"), (LEVELS, "levels"))
}
BUSY_AFTER_SECONDS = 240
"""By then a door has been held open, and an air handler has stood still."""
WATCHED_AFTER_SECONDS = 660
"""By then the station has watched for long enough that alarms are counted."""


def picture_of(path: str, size: str = "desk") -> str:
    """The file that a page is shown in."""
    return f"page-{file_name(path)}{'' if size == 'desk' else f'-{size}'}.png"


def at_first() -> list[Wanted]:
    """All of them but the one that waits for figures."""
    return [
        *((whose(page.path), "desk", "light", page.path) for page in PAGES if page.path != HEALTH),
        *((OPERATOR, "phone", "light", path) for path in ON_PHONES),
        (QA, "large", "dark", WALL),
    ]


def take(demo: RunningDemo, browser: Browser, wanted: Sequence[Wanted]) -> None:
    """Take these, each person's with one sign-in at each kind of screen."""
    for (account, size, theme), several in groupby(sorted(wanted), key=lambda one: one[:3]):
        context = sign_in(demo, browser, account, SIZES[size])
        for *_who, path in several:
            page = context.new_page()
            open_page(demo, page, SHOWN_INSTEAD.get(path, path), "?state=closed" if path in FOLLOWED else "")
            if path in PRESSED:
                page.get_by_role("button", name=PRESSED[path]).click()
            Look(page, still=False).at(size, theme)
            if path in DRAWN:
                page.wait_for_function(DRAWN[path])
            (PICTURES / picture_of(path, size)).write_bytes(smaller(page.screenshot()))
            page.close()
        context.close()


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with RunningDemo(Path(folder)) as demo:
            demo.wait_for("2 of 2 days")
            begun = time.monotonic()
            time.sleep(BUSY_AFTER_SECONDS)
            draft_a_change(demo, browser)
            take(demo, browser, at_first())
            time.sleep(max(0.0, begun + WATCHED_AFTER_SECONDS - time.monotonic()))
            take(demo, browser, [(QA, "desk", "light", HEALTH)])
        browser.close()


if __name__ == "__main__":
    main()

"""`make pictures`: the pictures of docs/pages.md and of the README, taken of a demo that has run for four minutes.

Each page at a desk in the light theme; those that are used on a phone there, too; the wall as it hangs in a corridor.
"""

import tempfile
import time
from itertools import groupby
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.pages.registry import PAGES
from tests.browsing import FLAGS
from tests.integration.demo import RunningDemo
from tests.integration.looking import SIZES, Look
from tests.integration.small_png import smaller
from tests.integration.walking import FOLLOWED, OPERATOR, QA, file_name, open_page, sign_in, whose

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
ON_PHONES = ("/", "/rooms/<room>", "/alarms")
WALL = "/wall"
TRENDS = "/trends"
SHOWN_INSTEAD = {TRENDS: f"{TRENDS}?points=B101.DP1,B101.DP2,B101.PC1.p0_5&range=1h"}
"""A view that has something in it."""
DRAWN = "() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0"
BUSY_AFTER_SECONDS = 240
"""By then a door has been held open, an air handler has stood still, and both are past."""


def picture_of(path: str, size: str = "desk") -> str:
    """The file that a page is shown in."""
    return f"page-{file_name(path)}{'' if size == 'desk' else f'-{size}'}.png"


def take(demo: RunningDemo, browser: Browser) -> None:
    """Take all of them, each person's with one sign-in at each kind of screen."""
    wanted = [
        *((whose(page.path), "desk", "light", page.path) for page in PAGES),
        *((OPERATOR, "phone", "light", path) for path in ON_PHONES),
        (QA, "large", "dark", WALL),
    ]
    for (account, size, theme), several in groupby(sorted(wanted), key=lambda one: one[:3]):
        context = sign_in(demo, browser, account, SIZES[size])
        for *_who, path in several:
            page = context.new_page()
            open_page(demo, page, SHOWN_INSTEAD.get(path, path), "?state=closed" if path in FOLLOWED else "")
            Look(page, still=False).at(size, theme)
            if path == TRENDS:
                page.wait_for_function(DRAWN)
            (PICTURES / picture_of(path, size)).write_bytes(smaller(page.screenshot()))
            page.close()
        context.close()


def main() -> None:
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        with RunningDemo(Path(folder)) as demo:
            demo.wait_for("2 of 2 days")
            time.sleep(BUSY_AFTER_SECONDS)
            take(demo, browser)
        browser.close()


if __name__ == "__main__":
    main()

"""The wall page over many live updates: how much its heap grows. Real frames of a real server, in a real Chromium."""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from pathlib import Path

import msgspec
from playwright.sync_api import Page, sync_playwright

from app.live.hub import Frame
from facility.alarm import Alarm, AlarmState
from tests.browser.running import RunningApp, inside
from tests.browsing import FLAGS
from tests.parts import program

UPDATES = 50_000
WARM = 500
"""Updates before the first weighing: the browser compiles what it runs often."""
AHEAD = 10
"""Updates that are sent before the page is waited for; the hub keeps 25 for who is behind."""
MEGABYTE = 1e6
REACHED = """(number) => import("/assets/model.js").then(({ model }) => new Promise((done) => {
    const look = () => (model.number >= number ? done(null) : setTimeout(look, 1));
    look();
}))"""


def run() -> list[tuple[str, str, str]]:
    """Feed the page as fast as it takes it, and weigh it before and after."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        with RunningApp(Path(name)).running() as app:
            app.everything_normal()
            context = browser.new_context(viewport={"width": 1920, "height": 1080})
            app.let_in(context)
            page = context.new_page()
            page.goto(f"{app.address}/wall")
            page.wait_for_selector("html[data-stale=no][data-known=yes] .plan .rm")
            feed(app, page, WARM)
            before = heap(page)
            feed(app, page, UPDATES, lambda done: print(f"  {done} updates, {heap(page):.1f} MB", file=sys.stderr))
            grown = heap(page) - before
        browser.close()
    return [(f"wall page, heap grown over {UPDATES:,} updates", f"{grown:.1f} MB", "10 MB")]


def feed(app: RunningApp, page: Page, updates: int, tell: Callable[[int], object] = lambda _done: None) -> None:
    """So many frames, each with new values; every now and then an alarm comes, is acknowledged, and goes."""
    points = cycle(app.site.points.values())
    standing: Alarm | None = None
    for done in range(1, updates + 1):
        for point in (next(points), next(points), next(points)):
            app.reading(point.id, inside(point) * (1 + done % 7 / 100))
        if done % 50 == 0:
            if standing is None:
                standing = app.alarm(next(points).id)
            else:
                app.publish(replace(standing, state=AlarmState.NORMAL, returned=standing.raised))
                standing = None
        app.hub.refresh()
        if done % AHEAD == 0:
            page.evaluate(REACHED, msgspec.json.decode(app.hub.everything(), type=Frame).number)
        if done % 5000 == 0:
            tell(done)


def heap(page: Page) -> float:
    """Megabytes that the page's scripts hold when all that nobody holds is swept."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"] / MEGABYTE
    session.detach()
    return used

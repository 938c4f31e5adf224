"""The first look at the overview and at a room on localhost: when live values stand there, and bytes sent for it."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.browsing import chromium, p50_p95
from tests.browser.running import RunningApp

Row = tuple[str, str, str]

TIMES = 6
PAGES = {"overview": ("/", ".plan .rm"), "room page": ("/rooms/B101", "#room-points [data-show=value]")}
KNOWN = "html[data-known=yes] "
PAINTED = """() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"""
HARD_AFTER = 20_000
"""Milliseconds: what never changes has been squeezed hard by then."""


def run() -> list[Row]:
    """With nothing in the browser's cache, and with all of it."""
    rows = []
    with tempfile.TemporaryDirectory() as name, chromium() as browser, RunningApp(Path(name)).running() as app:
        app.everything_normal()
        for path, ready in PAGES.values():
            _cold(browser, app, path, ready, HARD_AFTER)
        for what, (path, ready) in PAGES.items():
            cold = [_cold(browser, app, path, ready) for _ in range(TIMES)]
            warm = _warm(browser, app, path, ready)
            for how, figures in (("cold", cold), ("warm", warm)):
                times, sizes = zip(*figures, strict=True)
                said, aim = (
                    f"First look at the {what}, {how}",
                    "600 kB" if (what, how) == ("overview", "cold") else "",
                )
                rows.append((f"{said}, p50 / p95 of {len(times)}", f"{p50_p95(times)} ms", ""))
                rows.append((f"{said}, bytes sent", f"{max(sizes) / 1e3:.0f} kB", aim))
    return rows


def _cold(browser: Browser, app: RunningApp, path: str, ready: str, stay: int = 0) -> tuple[float, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    app.let_in(context)
    page = context.new_page()
    figure = _look(page, app.address + path, ready)
    page.wait_for_timeout(stay)
    context.close()
    return figure


def _warm(browser: Browser, app: RunningApp, path: str, ready: str) -> list[tuple[float, float]]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    app.let_in(context)
    page = context.new_page()
    _look(page, app.address + path, ready)
    figures = [_look(page, app.address + path, ready) for _ in range(TIMES)]
    context.close()
    return figures


def _look(page: Page, address: str, ready: str) -> tuple[float, float]:
    """Milliseconds from asking until live values are painted, and bytes on the wire until then, headers and all."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(address, wait_until="commit")
    page.wait_for_selector(KNOWN + ready)
    painted: float = page.evaluate(PAINTED)
    page.wait_for_timeout(500)  # what was asked for has come
    session.detach()
    return painted, sum(sizes)

"""Trends of a year in a real Chromium: from the click on "1 year" until the plot that is asked for stands there."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Page, Request

from bench.browsing import chromium, p50_p95, write_year, year_of
from cleanwatch.lifetime import settled
from facility.instants import DAY
from tests.app.past import NOW
from tests.browser.past_app import PastApp
from tests.parts import free_port

Row = tuple[str, str, str]

TIMES = 12
SIZES = ((4, "400 ms"), (20, "1,500 ms"))
WATCHED = """() => {
  window.clicked = window.plotted = 0;
  addEventListener('click', (event) => { window.clicked = performance.timeOrigin + event.timeStamp; }, true);
}"""
PLOTTED = """(start) => new Promise((done) => {
  const look = () => {
    const plot = document.querySelector('#trend-graph .js-plotly-plot');
    const from = Number((plot?._fullLayout?.uirevision || '').split(' ')[0]);
    if (from !== start || !plot.querySelector('.scatterlayer .trace')) return requestAnimationFrame(look);
    requestAnimationFrame(() => setTimeout(() => done([clicked, performance.timeOrigin + performance.now()])));
  };
  look();
})"""
"""Milliseconds of the epoch: when the link was clicked, and when the frame with the plot of a year was painted."""


def run() -> list[Row]:
    """4 and 20 points: from a day to a year, again and again."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        past = write_year(Path(name), max(size for size, _aim in SIZES))
        points = [point.id for point in year_of(past.site)]
        with PastApp(past, free_port()).running() as app:
            settled()
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            rows = []
            for size, aim in SIZES:
                rows += _rows(page, app.address, points[:size], aim)
    return rows


def _rows(page: Page, address: str, points: list[str], aim: str) -> list[Row]:
    address = f"{address}/trends?points={','.join(points)}"
    measured = [_click(page, address) for _ in range(TIMES)][1:]
    total, server, transfer, drawing = zip(*measured, strict=True)
    what = f"Trend of {len(points)} points over a year"
    return [
        (f"{what}, click to final plot, p50 / p95 of {len(total)}", f"{p50_p95(total)} ms", aim),
        (
            f"{what}: until the server's answer begins, transfer, drawing, p50 / p95",
            f"{p50_p95(server)}, {p50_p95(transfer)}, {p50_p95(drawing)} ms",
            "",
        ),
    ]


def _click(page: Page, address: str) -> tuple[float, float, float, float]:
    """Milliseconds: all, and of it the server's, the transfer's, and the browser's."""
    asked: list[Request] = []

    def note(request: Request) -> None:
        if re.search(r'"output":"\.\.trend-figure\.data', request.post_data or ""):
            asked.append(request)

    page.goto(f"{address}&range=24h")
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot .scatterlayer .trace')")
    page.wait_for_load_state("networkidle")
    page.evaluate(WATCHED)
    page.on("requestfinished", note)
    page.locator("#trend-ranges a", has_text=re.compile("^1 year$")).click()
    clicked, plotted = page.evaluate(PLOTTED, NOW - 365 * DAY)
    page.remove_listener("requestfinished", note)
    timing = asked[-1].timing
    answering, answered = timing["responseStart"], timing["responseEnd"]
    begun = timing["startTime"] - clicked + answering
    return plotted - clicked, begun, answered - answering, plotted - timing["startTime"] - answered

"""Live values in a real Chromium: the main thread's time for each update, and how long from publishing to pixel.

An update is a frame of the hub. While every point gets a new value the hub also sends what changed besides, so that
there are more frames than rounds of values.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from playwright.sync_api import CDPSession, Page

from app.live.hub import Frame
from bench.browsing import chromium, p50_p95
from bus import topics
from bus.client import Broker, Client
from bus.messages import CleanReading
from facility.instants import datetime_of, system_clock
from tests.brokers import mosquitto
from tests.browser.running import RunningApp, inside
from tests.parts import free_port

Row = tuple[str, str, str]

TILES = (60, 300)
ROUNDS = 80
EACH_SECONDS = 0.25
PUBLISHED = 60
POINT = "B101.DP1"
GROWN = """([wanted, points]) => {
    const place = document.createElement('div');
    for (let n = 0; n < wanted; n++) {
        const point = points[n % points.length];
        const tile = document.createElement('p');
        tile.dataset.tile = point;
        tile.innerHTML = ['value', 'age', 'status', 'symbol'].map((show) =>
            `<span data-point="${point}" data-show="${show}"></span>`).join('');
        place.append(tile);
    }
    document.querySelector('#page').append(place);
}"""
"""So many tiles below the page: each with the value of a point, its age, its status and its sign."""
REACHED = """(number) => import("/assets/model.js").then(({ model }) => new Promise((done) => {
    const look = () => (model.number >= number ? done(null) : setTimeout(look, 5));
    look();
}))"""
WATCHED = """(point) => {
    const node = document.querySelector(`[data-tile="${point}"] [data-show=value]`);
    window.painted = [];
    const note = () => painted.push(performance.timeOrigin + performance.now());
    const watcher = new MutationObserver(() => requestAnimationFrame(() => setTimeout(note)));
    watcher.observe(node, { childList: true, characterData: true, subtree: true });
}"""
"""When the frame was painted after each change of a value, in milliseconds of the epoch."""


def run() -> list[Row]:
    """The overview with tiles below it, fed by the hub; then one value through a broker."""
    with (
        tempfile.TemporaryDirectory() as name,
        chromium() as browser,
        RunningApp(Path(name)).running() as app,
    ):
        app.everything_normal()
        context = browser.new_context(viewport={"width": 1920, "height": 1080})
        app.let_in(context)
        page = context.new_page()
        rows = [_busy(app, page, tiles) for tiles in TILES]
        with _broker(app, Path(name)) as sender:
            latencies = _latencies(app, page, sender)
    figures = f"{p50_p95(latencies)} ms"
    return [*rows, (f"Live: from publishing on the broker to the pixel, p50 / p95 of {PUBLISHED}", figures, "250 ms")]


def _busy(app: RunningApp, page: Page, tiles: int) -> Row:
    """Every point has a new value in every round. What the page does between updates counts too."""
    page.goto(app.address)
    page.wait_for_selector("html[data-stale=no][data-known=yes] .plan .rm")
    page.evaluate(GROWN, [tiles, list(app.site.points)])
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    _feed(app, page, 10)
    first, before = _frames(app), _spent(session)
    _feed(app, page, ROUNDS)
    task, script = (after - then for after, then in zip(_spent(session), before, strict=True))
    updates = _frames(app) - first
    session.detach()
    what = f"Live: the browser's main thread for each update, {tiles} tiles (and of it, scripts)"
    figures = f"{task / updates:.1f} ms ({script / updates:.1f} ms), {updates} updates for {ROUNDS} rounds of values"
    return what, figures, "20 ms"


def _feed(app: RunningApp, page: Page, rounds: int) -> None:
    for turn in range(rounds):
        for point in app.site.points.values():
            app.reading(point.id, inside(point) * (1 + turn % 7 / 100))
        app.hub.refresh()
        time.sleep(EACH_SECONDS)
    page.evaluate(REACHED, _frames(app))


def _frames(app: RunningApp) -> int:
    """How many frames the hub has sent."""
    return msgspec.json.decode(app.hub.everything(), type=Frame).number


def _spent(session: CDPSession) -> tuple[float, float]:
    """Milliseconds of the main thread since it began: all, and in scripts."""
    metrics = {one["name"]: one["value"] * 1000 for one in session.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"], metrics["ScriptDuration"]


@contextmanager
def _broker(app: RunningApp, folder: Path) -> Iterator[Client]:
    """A broker whose clean readings the hub hears, and a client that publishes there."""
    broker = Broker(port=free_port())
    with mosquitto(broker.port, folder):
        hear = Client(
            broker,
            "bench-app",
            filters=[topics.clean_reading(app.site.id, "+")],
            on_message=lambda message: app.hub.take(message.topic, message.payload),
        )
        sender = Client(broker, "bench-sender")
        for client in (hear, sender):
            client.start()
            client.wait_connected(10)
        try:
            yield sender
        finally:
            for client in (hear, sender):
                client.stop()


def _latencies(app: RunningApp, page: Page, sender: Client) -> list[float]:
    page.evaluate(WATCHED, POINT)
    latencies = []
    for n in range(PUBLISHED):
        now = datetime_of(system_clock())
        reading = CleanReading(POINT, now, 50.0 + n, app.site.points[POINT].unit, "valid", now)
        sent = time.time() * 1000
        sender.publish(topics.clean_reading(app.site.id, POINT), msgspec.json.encode(reading))
        page.wait_for_function("(n) => painted.length > n", arg=n)
        latencies.append(page.evaluate("(n) => painted[n]", n) - sent)
        time.sleep(EACH_SECONDS + n % 7 / 50)  # at no rhythm with the hub's
    return latencies

"""A running app over the week of `tests.app.past`, at the end of that week: for trends, which need a history."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from playwright.sync_api import Page

from app.context import AppContext
from app.live.beginning import beginning
from app.live.hub import Hub
from app.server import Server, create_app
from bus import topics
from bus.messages import StationBeat
from facility.instants import datetime_of
from facility.people import Person
from facility.site import MAIN
from tests.app.past import NOW, Past
from tests.people import MOREAU


class PastApp:
    """The real server on stores that do not change; its clock stands still."""

    def __init__(self, past: Past, port: int, person: Person = MOREAU) -> None:
        self.past = past
        self.person = person
        self.port = port
        self.address = f"http://127.0.0.1:{port}"

    @contextmanager
    def running(self) -> Iterator["PastApp"]:
        """Serve until the end of the block."""
        past = self.past
        hub = Hub(lambda: past.site, clock)
        context = AppContext(lambda: past.site, past.samples, past.records, hub, lambda: self.person, clock)
        server = Server(create_app(context), context, self.port)
        hub.begin_with(beginning(past.site, past.samples, past.records, clock))
        beat = StationBeat(MAIN, True, datetime_of(NOW), 2, 1, 1)
        hub.take(topics.station(past.site.id, MAIN), msgspec.json.encode(beat))
        hub.start()
        serving = threading.Thread(target=server.serve)
        serving.start()
        try:
            yield self
        finally:
            server.stop()
            serving.join()
            past.samples.close()
            past.records.close()


def clock() -> int:
    """The end of the week."""
    return NOW


def show(page: Page, app: PastApp, query: str) -> None:
    """Go to the trends that this query asks for, and wait until they are drawn."""
    page.goto(f"{app.address}/trends?{query}")
    drawn(page)


def drawn(page: Page) -> None:
    """Wait until a plot of trends has data."""
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0")

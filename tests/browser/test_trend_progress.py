"""Trends from a store that is slow: how far it is, and the end of waiting."""

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, cast

import pandas as pd
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from facility.instants import DAY, Instant
from storage.samples.local import LocalStore
from tests.app.past import PARTICLES, PRESSURE, write_past
from tests.browser.past_app import PastApp
from tests.browsing import Watch

pytestmark = pytest.mark.browser

TWO = f"points={PARTICLES},{PRESSURE}"


class Slow:
    """A store that answers about a week, and about a longer time, once it is let."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.week, self.longer = threading.Event(), threading.Event()

    def envelope(self, points: Sequence[str], start: Instant, end: Instant, buckets: int) -> pd.DataFrame:
        assert (self.week if end - start < 10 * DAY else self.longer).wait(120)
        return self._store.envelope(points, start, end, buckets)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


@pytest.fixture
def slow(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[tuple[PastApp, Slow]]:
    past = write_past(tmp_path_factory.mktemp("past"))
    store = Slow(past.samples)
    with PastApp(replace(past, samples=cast(LocalStore, store)), port).running() as app:
        yield app, store
        store.week.set()
        store.longer.set()


@pytest.fixture
def page(profile: BrowserContext, slow: tuple[PastApp, Slow], watch: Watch) -> Iterator[Page]:
    opened = profile.new_page()
    watch.over(opened, slow[0].address)
    opened.goto(f"{slow[0].address}/trends?{TWO}&range=7d")
    expect(opened.get_by_text(re.compile("Reading B101 Particles .*, 1 of 2"))).to_be_visible()
    yield opened
    opened.close()


def test_nobody_has_to_wait_for_a_reading_that_is_cancelled(page: Page, slow: tuple[PastApp, Slow]) -> None:
    page.get_by_role("button", name="Cancel").click()
    slow[1].week.set()
    expect(page.get_by_role("heading", name="Reading was cancelled")).to_be_visible()
    expect(page.locator("#trend-reading")).to_be_hidden()
    page.get_by_role("link", name="Read it again").click()
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0")


def test_what_is_read_now_is_told_also_after_an_older_reading_was_dropped(
    page: Page, slow: tuple[PastApp, Slow]
) -> None:
    page.locator("#trend-ranges a", has_text="30 days").click()
    expect(page.locator("#trend-ranges .on", has_text="30 days")).to_be_visible()
    with page.expect_response(lambda answer: "trend-figure.data" in (answer.request.post_data or "")) as dropped:
        slow[1].week.set()
    assert dropped.value.status == 204
    expect(page.get_by_text(re.compile("Reading B101 Particles .*, 1 of 2"))).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    slow[1].longer.set()
    expect(page.locator("#trend-reading")).to_be_hidden()
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0")

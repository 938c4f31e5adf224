"""A year of readings in the browser: one sample far outside is a mark on the screen, however much time is shown."""

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import BrowserContext

from facility.instants import DAY, HOUR, MINUTE, text_of
from tests.app.past import NOW, TEMPERATURE, _columns, write_past
from tests.browser.past_app import PastApp
from tests.browsing import Watch

pytestmark = pytest.mark.browser

SPIKE = NOW // DAY * DAY - 200 * DAY + 3 * HOUR + 17 * MINUTE
HIGH = 31.0
TOP = """(value) => {
  const plot = document.querySelector('#trend-graph .js-plotly-plot');
  const axis = plot._fullLayout.yaxis;
  const frame = plot.querySelector('.nsewdrag').getBoundingClientRect();
  const y = frame.y + axis.c2p(value);
  const paths = [...plot.querySelectorAll('.scatterlayer .trace path.js-line, .scatterlayer .trace path.point')];
  return paths.filter((path) => {
    const box = path.getBoundingClientRect();
    return box.height > 0 && Math.abs(box.top - y) < 8;
  }).length;
}"""
"""How many curves or marks reach up to a value, by where their pixels lie."""
DRAWN = """([start]) => {
  const layout = document.querySelector('#trend-graph .js-plotly-plot')?._fullLayout;
  return layout?.uirevision && Number(layout.uirevision.split(' ')[0]) === start;
}"""


@pytest.fixture
def year(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[PastApp]:
    past = write_past(tmp_path_factory.mktemp("year"))
    before = np.arange(NOW - 365 * DAY, NOW - 8 * DAY, MINUTE) // MINUTE * MINUTE
    value = np.where(before == SPIKE, HIGH, 20.6)
    past.samples.backfill({TEMPERATURE: _columns(before, value, np.zeros(len(before)))}, "year")
    with PastApp(past, port).running() as app:
        yield app


def test_one_sample_of_a_year_reaches_its_pixel_at_every_zoom(
    profile: BrowserContext, year: PastApp, watch: Watch
) -> None:
    page = profile.new_page()
    watch.over(page, year.address)
    page.set_default_timeout(20_000)
    page.goto(f"{year.address}/trends?points={TEMPERATURE}&range=1y")
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0")
    for half in (180 * DAY, 3 * DAY, 5 * MINUTE):
        start, end = SPIKE - half, SPIKE + half
        search = f"?points={TEMPERATURE}&from={text_of(start)}&to={text_of(end)}"
        page.evaluate("(search) => dash_clientside.set_props('trend-url', { search })", search)
        page.wait_for_function(DRAWN, arg=[start])
        assert page.evaluate(TOP, HIGH) >= 1
        assert page.evaluate(TOP, HIGH - 5) == 0  # the measure does not see what is not there
    page.close()

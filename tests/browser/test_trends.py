"""The trend page: one bad sample at every zoom, addresses that can be shared, gaps, themes, a phone."""

import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from facility.instants import HOUR, text_of
from tests.app.past import BAD_SAMPLE, BAD_VALUE, NOW, PARTICLES, PRESSURE
from tests.browser.past_app import PastApp, drawn, show
from tests.browsing import Watch
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

HIGHEST = """() => {
  const plot = document.querySelector('#trend-graph .js-plotly-plot');
  const drawn = plot._fullData.filter((t) => ['range', 'B101.PC1.p0_5'].includes(t.name)).flatMap((t) => [...t.y]);
  return Math.max(...drawn.filter(Number.isFinite));
}"""
RANGE = "() => document.querySelector('#trend-graph .js-plotly-plot')._fullLayout.xaxis.range"
"""What the plot shows, in milliseconds of UTC."""
PIXELS = """() => {
  const plot = document.querySelector('#trend-graph .js-plotly-plot');
  const dot = [...plot.querySelectorAll('.scatterlayer .trace .point')]
    .map((p) => p.getBoundingClientRect()).find((p) => p.width > 8 && p.height > 8);
  return dot && { x: dot.x + dot.width / 2, y: dot.y + dot.height / 2 };
}"""


def settled(page: Page, start: float, end: float) -> None:
    """Wait until the plot shows about this range, with data of the server for it."""
    page.wait_for_function(
        """([start, end]) => {
          const layout = document.querySelector('#trend-graph .js-plotly-plot')?._fullLayout;
          const near = (a, b) => Math.abs(a - b) < 0.02 * (end - start) + 1000;
          return layout && near(layout.xaxis.range[0], start) && near(layout.xaxis.range[1], end)
            && layout.uirevision && near(Number(layout.uirevision.split(' ')[0]), start);
        }""",
        arg=[start, end],
    )


def drag(page: Page, first: float, last: float) -> None:
    """Drag over the uppermost plot, from one part of its width to another."""
    box: Any = page.locator("#trend-graph .nsewdrag").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * first, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * last, middle, steps=6)
    page.mouse.up()


def test_one_bad_sample_shows_at_every_zoom(trend: Page, past_app: PastApp) -> None:
    start, end = float(BAD_SAMPLE - 60 * HOUR), float(BAD_SAMPLE + 60 * HOUR)
    show(trend, past_app, f"points={PARTICLES}&from={iso(start)}&to={iso(end)}")
    for _ in range(4):
        settled(trend, start, end)
        assert trend.evaluate(HIGHEST) == BAD_VALUE
        assert trend.evaluate(PIXELS) is not None
        expect(trend.locator("#trend-graph .annotation-text", has_text="411,000")).to_be_visible()
        drag(trend, 0.4, 0.6)
        start, end = start + (end - start) * 0.4, start + (end - start) * 0.6
    settled(trend, start, end)
    assert end - start < 15 * 60_000
    assert trend.evaluate(HIGHEST) == BAD_VALUE


def test_a_zoom_is_in_the_address_and_back_goes_back(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=7d")
    before = trend.evaluate(RANGE)
    drag(trend, 0.25, 0.5)
    expect(trend).to_have_url(re.compile(r"points=B101\.PC1\.p0_5&range=7d&from=2026-.*Z&to=2026-.*Z$"))
    span = before[1] - before[0]
    settled(trend, before[0] + 0.25 * span, before[0] + 0.5 * span)
    expect(trend.locator(".seg .on", has_text="7 days")).to_have_count(0)
    trend.go_back()
    expect(trend.locator(".seg .on", has_text="7 days")).to_be_visible()
    settled(trend, before[0], before[1])


def test_a_double_click_returns_to_the_range_that_ends_now(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=7d&from={iso(NOW - 9 * HOUR)}&to={iso(NOW - 8 * HOUR)}")
    settled(trend, NOW - 9 * HOUR, NOW - 8 * HOUR)
    box: Any = trend.locator("#trend-graph .nsewdrag").first.bounding_box()
    for _ in range(5):  # on a busy machine two clicks may be too far apart to be one double click
        trend.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        with suppress(PlaywrightTimeout):
            trend.wait_for_url(re.compile(r"\?points=B101\.PC1\.p0_5&range=7d$"), timeout=3000)
            break
    settled(trend, NOW - 168 * HOUR, NOW)


def test_a_shared_address_shows_the_same_view(trend: Page, past_app: PastApp) -> None:
    start, end = NOW - 30 * HOUR, NOW - 20 * HOUR
    show(trend, past_app, f"points={PARTICLES},{PRESSURE}&from={iso(start)}&to={iso(end)}&plots=quantity")
    settled(trend, start, end)
    expect(trend.get_by_label("From", exact=True)).to_have_text("21 Nov 2026 05:06")
    expect(trend.locator("#trend-count")).to_have_text("2 of 120")
    expect(trend.locator("#trend-statistics tbody tr")).to_have_count(4)


def test_points_are_chosen_from_the_list(trend: Page, past_app: PastApp) -> None:
    trend.goto(f"{past_app.address}/trends")
    expect(trend.get_by_role("heading", name="No point is chosen")).to_be_visible()
    trend.get_by_label("Point, room, quantity").fill("b101 pressure")
    entries = trend.locator(".point-list li:visible")
    expect(entries).to_have_count(1)
    entries.first.click()
    expect(trend).to_have_url(re.compile(r"points=B101\.DP1&range=24h$"))
    drawn(trend)
    expect(trend.locator("#trend-graph .annotation-text", has_text="B101 Room pressure, Pa")).to_be_visible()
    expect(trend.get_by_label("Point, room, quantity")).to_have_value("b101 pressure")
    entries.first.click()
    expect(trend.get_by_role("heading", name="No point is chosen")).to_be_visible()


@pytest.mark.parametrize("key", ["", "Enter"])
def test_a_point_is_added_to_the_time_that_was_zoomed_into(trend: Page, past_app: PastApp, key: str) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=7d")
    drag(trend, 0.25, 0.5)
    expect(trend.locator(".seg .on", has_text="7 days")).to_have_count(0)
    added = trend.locator(".point-list li a", has_text="Room pressure").first
    added.focus()
    if key:
        trend.keyboard.press(key)
    else:
        added.click()
    expect(trend).to_have_url(re.compile(r"points=B101\.PC1\.p0_5,B101\.DP1&range=7d&from=2026-.*Z&to=2026-.*Z$"))
    expect(trend.locator("#trend-count")).to_have_text("2 of 120")


def test_the_list_of_points_stays_while_only_the_time_changes(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=7d")
    listed = trend.locator(".point-list .groups").element_handle()
    trend.locator("#trend-ranges a", has_text="30 days").click()
    settled(trend, NOW - 720 * HOUR, NOW)
    assert listed.evaluate("(list) => list.isConnected && list.querySelectorAll('.on').length > 0")
    trend.locator("#trend-by a", has_text="Quantity").click()
    expect(trend.locator(".point-list summary", has_text="Temperature")).to_be_visible()


def test_colours_follow_the_theme_without_reload(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=7d")
    colour = "() => document.querySelector('#trend-graph .js-plotly-plot')._fullLayout.font.color"
    light = trend.evaluate(colour)
    trend.locator("#theme").click()
    trend.wait_for_function(f"(light) => ({colour})() !== light", arg=light)
    assert trend.evaluate(colour) == trend.evaluate(
        "() => getComputedStyle(document.documentElement).getPropertyValue('--ink-3').trim()"
    )


def test_hovering_tells_the_time_of_the_site(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&from={iso(NOW - HOUR)}&to={iso(NOW)}")
    box: Any = trend.locator("#trend-graph .nsewdrag").first.bounding_box()
    trend.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    label = trend.locator("#trend-graph .hovertext").first
    expect(label).to_contain_text(re.compile(r"B101 Room pressure.*Sun 22 Nov 10:3\d:\d0.*5\d\.\d Pa"))


def test_from_and_to_are_taken_in_the_zone_of_the_site(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&from=2026-11-20T08:00:00Z&to=2026-11-20T09:00:00Z")
    trend.get_by_role("button", name="Show").click()
    expect(trend.get_by_label("From", exact=True)).to_have_text("20 Nov 2026 09:00")
    settled(trend, 1_795_161_600_000, 1_795_165_200_000)


def test_a_trend_fits_a_phone(browser: Browser, past_app: PastApp, watch: Watch) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    watch.over(page, past_app.address)
    show(page, past_app, f"points={PARTICLES}&range=24h")
    for part in ("#trend-graph", ".trend-head", ".point-list"):
        box: Any = page.locator(part).bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    context.close()


def test_the_page_ends_where_what_is_on_it_ends(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PARTICLES}&range=24h&by=quantity")
    trend.evaluate("() => document.querySelectorAll('.point-list details').forEach((group) => (group.open = true))")
    ends: Any = trend.locator(".trend").bounding_box()
    assert trend.evaluate("() => document.documentElement.scrollHeight") < ends["y"] + ends["height"] + 100


def test_the_heads_of_the_numbers_stay_while_they_are_scrolled(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&range=1h&table=shown")
    table = trend.locator("#trend-table")
    table.evaluate("(table) => (table.scrollTop = 2000)")
    head: Any = table.locator("th").first.bounding_box()
    around: Any = table.bounding_box()
    assert around["y"] <= head["y"] <= around["y"] + 2


def test_a_batch_begins_once_and_ends_only_where_it_runs(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE},B102.DP1&range=8h")
    trend.get_by_role("button", name="State, batch").click()
    dialog, problem = trend.get_by_role("dialog"), trend.locator("#set-room-problem")
    dialog.get_by_text("Batch begins").click()
    dialog.locator("#set-room-batch").fill("CT-26-0418")
    dialog.get_by_role("button", name="Set").click()
    expect(problem).to_have_text("Batch CT-26-0418 runs in B101 already.")
    dialog.get_by_text("Batch ends").click()
    expect(problem).to_have_text("")
    expect(dialog.locator("#set-room-running")).to_have_value("CT-26-0418")
    dialog.locator("#set-room-of").click()
    trend.get_by_role("option", name="B102").click()
    expect(dialog.locator("#set-room-running")).to_have_attribute("placeholder", "No batch runs here")
    dialog.get_by_role("button", name="Set").click()
    expect(problem).to_have_text("No batch runs in B102: there is none to end.")


def test_who_opens_the_dialog_again_finds_nothing_of_the_last_time(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&range=8h")
    opener, dialog = trend.get_by_role("button", name="State, batch"), trend.get_by_role("dialog")
    opener.click()
    dialog.get_by_text("Batch begins").click()
    dialog.locator("#set-room-batch").fill("CT-26-0499")
    trend.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    opener.click()
    expect(dialog.get_by_label("In operation")).to_be_visible()
    dialog.get_by_text("Batch begins").click()
    expect(dialog.locator("#set-room-batch")).to_have_value("")


def iso(instant: float) -> str:
    """As addresses write a moment."""
    return text_of(round(instant))


PLATE = """() => {
  const plates = [...document.querySelectorAll('#trend-graph .scatterlayer .trace .point')]
    .map((p) => p.getBoundingClientRect()).filter((p) => p.width > 5);
  return { x: plates[2].x + plates[2].width / 2, y: plates[2].y + plates[2].height / 2 };
}"""


def test_a_reading_that_is_clicked_can_be_commented_and_corrected(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, "points=B101.VA1&range=7d")
    wanted = trend.locator("#trend-pick").get_by_role("button", name="Comment or correct")

    def picked() -> bool:  # a plot that is just being drawn takes no click
        plate = trend.evaluate(PLATE)
        trend.mouse.move(plate["x"], plate["y"])
        trend.mouse.click(plate["x"], plate["y"])
        with suppress(PlaywrightTimeout):
            wanted.wait_for(timeout=5_000)
        return wanted.is_visible()

    wait_until(picked, what="the reading is picked")
    wanted.click()
    dialog = trend.get_by_role("dialog")
    expect(dialog).to_contain_text("B101 Viable air (B101.VA1), 17 Nov 2026 01:00:00")
    dialog.get_by_text("Correction", exact=True).click()
    expect(dialog.get_by_label("It reads")).to_have_value(re.compile("^0.CFU/m³$"))

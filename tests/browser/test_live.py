"""Values that live: painted without reload, and never old without saying so."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, Page, expect

from app import formats
from facility.instants import DAY, HOUR
from facility.language import languages, speaking
from tests.app.ages import AGES
from tests.browser.conftest import DESKTOP
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.waiting import wait_until

pytestmark = pytest.mark.browser
NOVEMBER = 1_763_334_000_000


def test_a_new_value_appears_without_reload(page: Page, app: RunningApp) -> None:
    page.evaluate("window.stillTheSamePage = true")
    step = page.locator(".plan .dp[data-point='B101.DP2']")
    app.reading("B101.DP2", 13.2)
    expect(step).to_have_text("13")
    app.reading("B101.DP2", 9.1)
    expect(step).to_have_text("9")
    assert page.evaluate("window.stillTheSamePage") is True


def test_air_that_flows_back_turns_its_arrow(page: Page, app: RunningApp) -> None:
    arrow = page.locator(".plan [data-show=flow][data-point='B101.DP2']")
    expect(arrow).to_have_attribute("data-flow", "on")
    app.reading("B101.DP2", -3.0)
    expect(arrow).to_have_attribute("data-flow", "back")


def test_an_alarm_appears_everywhere_at_once(page: Page, app: RunningApp) -> None:
    expect(page.locator("h1")).to_have_text("One advisory, in Aseptic processing 1")
    app.reading("B101.PC1.p0_5", 611_400)
    app.alarm("B101.PC1.p0_5")
    expect(page.locator("h1")).to_have_text("One action alarm, in Aseptic processing 1")
    plan = page.locator(".plan .rm[data-room=B101]")
    expect(plan).to_have_attribute("data-status", "action")
    said = "B101 Aseptic processing 1, grade B, action, Particles ≥ 0.5 µm 611,400 /m³"
    expect(plan).to_have_attribute("aria-label", said)
    expect(page.locator(".plan .rm[data-room=BSC1]")).to_have_attribute("data-status", "normal")
    expect(page.locator(".rooms li").first).to_contain_text("B101 Aseptic processing 1")
    expect(page.locator(".rooms li").first).to_contain_text("611,400")
    expect(page.locator(".standing tbody tr")).to_contain_text("Not acknowledged")
    expect(page.locator(".side .n")).to_have_text("1")


def test_values_go_on_living_on_a_page_that_was_opened_later(page: Page, app: RunningApp) -> None:
    app.alarm("B101.DP1")
    page.locator(".side a", has_text="Alarms").click()
    value = page.locator(".standing [data-point='B101.DP1'][data-show=value]")
    app.reading("B101.DP1", 70.3)
    expect(value).to_have_text("70.3\u202fPa")
    page.go_back()
    expect(page.locator(".plan .rm").first).to_be_visible()


def test_a_page_whose_station_is_silent_says_so_after_five_seconds(
    browser: Browser, app: RunningApp, watch: Watch
) -> None:
    """By the browser's own clock, which stands still but for what the test lets pass."""
    context = browser.new_context(viewport=DESKTOP)
    app.let_in(context)
    page = context.new_page()
    watch.over(page, app.address)
    page.clock.install()
    page.goto(app.address)
    page.wait_for_selector("html[data-stale=no][data-known=yes] .plan .rm")
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 1"))
    model = "import('/assets/model.js').then(({ model }) => model.alive === performance.now())"
    wait_until(lambda: page.evaluate(model), what="a beat that is heard at this moment")
    app.beating = False
    app.reading("B101.DP2", 9.1)
    expect(page.locator(".plan .dp[data-point='B101.DP2']")).to_have_text("9")  # after whatever beat was on its way
    page.clock.run_for(4_000)
    expect(page.locator("html")).to_have_attribute("data-stale", "no")
    expect(page.locator("#stale")).to_be_hidden()
    page.clock.run_for(1_000)
    expect(page.locator("html")).to_have_attribute("data-stale", "yes")
    expect(page.locator("#stale-title")).to_contain_text("The station is silent since")
    app.hub.say(cut_off=True)
    expect(page.locator("#stale-title")).to_contain_text("No connection to the broker since")
    app.hub.say()
    expect(page.locator(".plan .rm[data-room=B102]")).to_have_attribute("data-status", "nodata")
    expect(page.locator(".plan .dp").first).to_have_text("?")
    app.beating = True
    expect(page.locator("html")).to_have_attribute("data-stale", "no")
    expect(page.locator(".plan .rm[data-room=B102]")).to_have_attribute("data-status", "normal")
    context.close()


def test_a_page_without_server_says_so_and_comes_back_by_itself(page: Page, app: RunningApp, watch: Watch) -> None:
    watch.forgiven = ("Failed to load resource", "net::ERR")
    app.stop_server()
    expect(page.locator("#stale-title")).to_contain_text("No connection to Cleanwatch")
    expect(page.locator("h1")).to_have_text("No live data")
    app.start_server()
    app.everything_normal()
    expect(page.locator("html")).to_have_attribute("data-stale", "no")
    expect(page.locator("#stale")).to_be_hidden()


def test_a_page_that_lacks_the_records_loads_itself_again_when_they_are_back(page: Page, app: RunningApp) -> None:
    page.evaluate("window.stillTheSamePage = document.getElementById('page').dataset.records = 'away'")
    app.hub.say(without_records=True)
    known = "import('/assets/model.js').then(({ model }) => model.site.without_records)"
    wait_until(lambda: page.evaluate(known), what="the news that the records are away")
    assert page.evaluate("window.stillTheSamePage")
    with page.expect_navigation():
        app.hub.say()


def test_a_point_that_is_silent_becomes_a_question_mark_with_its_last_value(page: Page, app: RunningApp) -> None:
    soon_silent = replace(app.site.points["B101.DP1"], silent_after=6000)
    app.site = replace(app.site, points={**app.site.points, "B101.DP1": soon_silent})
    app.alarm("B101.DP1")
    value = page.locator(".standing [data-point='B101.DP1'][data-show=value]")
    app.reading("B101.DP1", 44.1)
    expect(value).to_have_text("44.1\u202fPa")
    expect(value).to_have_text("?")
    last = value.get_attribute("data-last")
    assert last is not None
    assert last.startswith("was 44.1\u202fPa, ")


def test_tabs_of_one_browser_share_one_stream(page: Page, app: RunningApp) -> None:
    tabs = [page.context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(app.address)
        tab.wait_for_selector("html[data-stale=no]")
    app.reading("B101.DP2", 11.0)
    for tab in (page, *tabs):
        expect(tab.locator(".plan .dp[data-point='B101.DP2']")).to_have_text("11")
    assert app.hub.viewers == 1


def test_another_tab_goes_on_when_the_one_that_leads_is_closed(page: Page, app: RunningApp) -> None:
    other = page.context.new_page()
    other.goto(app.address)
    other.wait_for_selector("html[data-stale=no]")
    page.close()
    app.reading("B101.DP2", 14.0)
    expect(other.locator(".plan .dp[data-point='B101.DP2']")).to_have_text("14")


def test_one_viewer_too_many_is_told_so(browser: Browser, app: RunningApp, page: Page) -> None:
    app.hub.most_viewers = app.hub.viewers
    context = browser.new_context(viewport=DESKTOP)
    app.let_in(context)
    refused = context.new_page()
    refused.goto(app.address)
    expect(refused.locator("#stale-title")).to_have_text("No place for live values")
    expect(refused.locator("#stale-text")).to_contain_text("Close another Cleanwatch page")
    app.hub.most_viewers += 1
    expect(refused.locator("#stale")).to_be_hidden(timeout=30_000)
    context.close()


def test_a_proxy_whose_app_is_away_is_no_connection_and_not_one_viewer_too_many(
    browser: Browser, app: RunningApp
) -> None:
    context = browser.new_context(viewport=DESKTOP)
    app.let_in(context)
    cut_off = context.new_page()
    cut_off.goto(app.address)
    cut_off.wait_for_selector("html[data-stale=no]")
    context.route("**/live", lambda route: route.fulfill(status=503, body="The app does not answer"))
    app.stop_server()
    expect(cut_off.locator("#stale-title")).to_contain_text("No connection to Cleanwatch", timeout=20_000)
    expect(cut_off.locator("#stale-text")).not_to_contain_text("does not answer")
    context.close()
    app.start_server()


NUMBERS = (0.0, 0.84, -3.21, 1234.5, -611_400.0, 12_345_678.9)
MOMENTS = tuple(NOVEMBER + n * 37 * DAY + n * HOUR for n in range(12))
"""Of every month, and around both changes of the clock."""
WRITTEN = """async ([spans, numbers, moments, zone]) => {
    const { age, clock, day, decimal } = await import("/assets/formats.js");
    return [spans.map(age), numbers.map((n) => decimal(n, 1)), moments.map((m) => clock(m, zone)),
            moments.map((m) => day(m, zone))];
}"""


@pytest.mark.parametrize("code", languages())
def test_browser_and_server_write_ages_numbers_and_times_the_same(page: Page, app: RunningApp, code: str) -> None:
    app.site = replace(app.site, language=code)
    page.goto(app.address)
    spans, zone = [span for span, _text in AGES], "Europe/Zurich"
    by_browser = page.evaluate(WRITTEN, [spans, NUMBERS, MOMENTS, zone])
    with speaking(code):
        assert by_browser == [
            [formats.age(span) for span in spans],
            [formats.decimal(number, 1) for number in NUMBERS],
            [formats.with_seconds(moment, zone) for moment in MOMENTS],
            [formats.day(moment, zone) for moment in MOMENTS],
        ]

"""The wall display in a real browser: read at a glance, never old without saying so, back after any outage."""

import dataclasses
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from app.live.look import Known
from facility.alarm import AlarmState
from facility.limit import Severity
from facility.site import Area
from tests.browser.frozen import FreezingProxy
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

FULL_HD: ViewportSize = {"width": 1920, "height": 1080}
FOUR_K: ViewportSize = {"width": 3840, "height": 2160}
FRESH = "html[data-stale=no][data-known=yes] .plan .rm[data-status=normal]"
FEW = 10
OVERFLOWING = """() => [...document.querySelectorAll("html, .wall-head > *, .wall-side > *, .wall-foot > *, article")]
    .filter((node) => node.scrollWidth > node.clientWidth + 2 || node.scrollHeight > node.clientHeight + 2)
    .map((node) => node.className || node.tagName)"""

TOO_WIDE = """() => [...document.querySelectorAll(".wall-plan:not([hidden]) [data-fit]")]
    .filter((text) => text.getComputedTextLength() > Number(text.dataset.fit) + 0.5)
    .map((text) => text.textContent)"""

CUT_BY_ITS_BOX = """() => [...document.querySelectorAll(".wall-foot > div")].flatMap((cell) => {
    const box = cell.getBoundingClientRect();
    const words = [...cell.querySelectorAll("b, span")];
    return words.filter((one) => one.getBoundingClientRect().bottom > box.bottom + 1).map((one) => one.textContent);
})"""


@pytest.fixture
def wall(browser: Browser, app: RunningApp, watch: Watch) -> Iterator[Page]:
    """A wall on which nothing is open yet."""
    context = browser.new_context(viewport=FULL_HD)
    app.let_in(context)
    page = context.new_page()
    watch.over(page, app.address)
    yield page
    context.close()


def test_the_worst_room_and_what_nobody_answered_are_seen_at_both_sizes_without_scrolling(
    wall: Page, app: RunningApp
) -> None:
    wall.goto(f"{app.address}/wall")
    wall.wait_for_selector(FRESH)
    expect(wall.locator(".calm h2")).to_have_text("No room is outside its limits")
    assert wall.evaluate(OVERFLOWING) == []
    app.reading("B101.PC1.p0_5", 611_400)
    first = app.alarm("B101.PC1.p0_5")
    worst = wall.locator(".worst article").first
    expect(worst).to_contain_text("B101 Aseptic processing 1")
    expect(worst.locator(".figure")).to_have_text("611,400/m³")
    expect(worst).to_contain_text("1.7 times the limit of 352,000")
    expect(wall.locator(".waiting li").first).to_contain_text("B101")
    for point in ("B102.DP1", "B105.T1", "B106.DP1", "B107.DP1", "B109.DP1", "B110.DP1", "B112.DP1", "B113.DP1"):
        app.alarm(point, severity=Severity.ALERT)
    expect(wall.locator(".waiting h2")).to_have_text("9 not acknowledged")
    expect(wall.locator(".waiting .more")).to_have_text("and 5 more")
    expect(wall.locator(".tally li:visible").nth(1)).to_have_text("8 alert")
    assert wall.evaluate(OVERFLOWING) == []
    code = wall.locator(".plan .rm[data-room=B101] .code").first
    height = code.evaluate("node => node.getBoundingClientRect().height")
    wall.set_viewport_size(FOUR_K)
    expect(wall.locator(".wall-clock")).to_have_css("font-size", "144px")
    assert code.evaluate("node => node.getBoundingClientRect().height") == pytest.approx(2 * height, rel=0.02)
    assert wall.evaluate(OVERFLOWING) == []
    app.publish(dataclasses.replace(first, state=AlarmState.ACKNOWLEDGED))
    expect(wall.locator(".waiting h2")).to_have_text("8 not acknowledged")


def test_a_value_that_is_outside_while_a_delay_runs_is_not_called_inside_its_limits(
    wall: Page, app: RunningApp
) -> None:
    wall.goto(f"{app.address}/wall")
    wall.wait_for_selector(FRESH)
    app.reading("B102.DP2", 1.0)
    expect(wall.locator(".calm h2")).to_have_text("Outside a limit, not calling: 1")
    expect(wall.locator(".calm li").first).to_contain_text("B102")


def test_an_advisory_is_a_task_and_nothing_on_the_wall_asks_for_it(wall: Page, app: RunningApp) -> None:
    app.alarm("B101.DP1", severity=Severity.ADVISORY)
    wall.goto(f"{app.address}/wall")
    wall.wait_for_selector("html[data-known=yes] .plan .rm[data-room=B101][data-status=advisory]")
    expect(wall.locator(".plan .rm[data-room=B101] .ring")).to_be_hidden()
    expect(wall.locator(".waiting")).to_be_hidden()
    expect(wall.locator(".wall-foot .alarms b")).to_have_text("0")


def test_many_ways_to_people_that_are_not_proven_do_not_push_the_foot_off_the_wall(
    wall: Page, app: RunningApp
) -> None:
    ways = ["Texts to phones", "E-mail", "Chat of the suite", "Telephone calls of the night shift"]
    app.hub.begin_with(Known(ways=dict.fromkeys(ways)))
    wall.goto(f"{app.address}/wall")
    wall.wait_for_selector(FRESH)
    expect(wall.locator(".wall-foot .ways")).to_contain_text("Chat of the suite")
    assert wall.evaluate(OVERFLOWING) == []
    assert wall.evaluate(CUT_BY_ITS_BOX) == []


def test_the_wall_says_so_when_data_stop_and_comes_back_by_itself_however_long_it_took(
    wall: Page, app: RunningApp, watch: Watch
) -> None:
    """By the browser's own clock, which stands still but for what the test lets pass."""
    with closing(FreezingProxy(app.port)) as proxy:
        watch.forgiven = ("Failed to load resource", "net::ERR", f"left the host: http://127.0.0.1:{proxy.port}/")
        wall.clock.install()
        wall.goto(f"http://127.0.0.1:{proxy.port}/wall")
        wall.wait_for_selector(FRESH)
        wall.evaluate("window.stillTheSamePage = true")
        wall.clock.pause_at(wall.evaluate("Date.now() / 1000 + 1"))

        app.beating = False
        app.reading("B101.DP2", 9.1)
        expect(wall.locator(".plan .dp[data-point='B101.DP2']")).to_have_text(
            "9"
        )  # after whatever beat was on its way
        stops(wall, "The station is silent since")
        app.beating = True
        comes_back(wall)

        proxy.flowing.clear()
        stops(wall, "The station is silent since")
        wall.clock.run_for(10_000)
        expect(wall.locator("#stale-title")).to_contain_text("No connection to Cleanwatch")
        proxy.flowing.set()
        comes_back(wall)

        app.stop_server()
        stops(wall, "No connection to Cleanwatch")
        for _try in range(25):  # five minutes, in which the stream is tried every twelve seconds
            wall.clock.fast_forward(12_000)
        app.start_server()
        app.everything_normal()
        comes_back(wall)
        assert wall.evaluate("window.stillTheSamePage") is True

        app.stop_server()
        wall.clock.fast_forward("24:00:00")
        wall.clock.fast_forward(61_000)
        assert wall.evaluate("window.stillTheSamePage") is True
        app.start_server()
        app.everything_normal()
        with wall.expect_event("load"):
            wall.clock.fast_forward(61_000)
        wall.wait_for_selector(FRESH)


def stops(wall: Page, words: str) -> None:
    """Five seconds without data are enough."""
    nothing_is_on_its_way(wall)
    wall.clock.run_for(5_000)
    expect(wall.locator("html")).to_have_attribute("data-stale", "yes")
    expect(wall.locator("#stale-title")).to_contain_text(words)
    expect(wall.locator(".plan .rm[data-room=B102]")).to_have_attribute("data-status", "nodata")


def nothing_is_on_its_way(wall: Page) -> None:
    numbers: list[int] = []

    def is_quiet() -> bool:
        numbers.append(wall.evaluate("import('/assets/model.js').then(({ model }) => model.number)"))
        return len(numbers) > FEW and len(set(numbers[-FEW:])) == 1

    wait_until(is_quiet, what="that no frame is on its way")


def comes_back(wall: Page) -> None:
    def is_fresh() -> bool:
        wall.clock.run_for(500)
        return wall.locator("html").get_attribute("data-stale") == "no"

    wait_until(is_fresh, what="live values again")
    expect(wall.locator(".plan .rm[data-room=B102]")).to_have_attribute("data-status", "normal")


def test_how_far_over_which_limit_is_read_whole_in_german_too(wall: Page, app: RunningApp) -> None:
    app.site = dataclasses.replace(app.site, language="de")
    app.everything_normal()
    app.reading("B103.PC1.p0_5", 43_648_000)
    app.alarm("B103.PC1.p0_5")
    wall.goto(f"{app.address}/wall")
    beyond = wall.locator(".worst article").first.locator(".beyond")
    expect(beyond).to_have_text("das 12,4-Fache der Grenze von 3.520.000")
    assert beyond.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    assert wall.evaluate(OVERFLOWING) == []


def test_areas_that_do_not_fit_take_turns_and_a_new_alarm_brings_its_own(wall: Page, app: RunningApp) -> None:
    parts = {"A": {"B101", "B102", "BSC1", "BSC2"}, "C": {"B109", "B110", "B111", "B112", "B113", "B114", "B115"}}
    area_of = {room: area for area, rooms in parts.items() for room in rooms}
    rooms = {id: dataclasses.replace(room, area=area_of.get(id, "B")) for id, room in app.site.rooms.items()}
    areas = (Area("A", "Aseptic"), Area("B", "Beside it"), Area("C", "Support"))
    app.site = dataclasses.replace(app.site, areas=areas, rooms=rooms)
    wall.clock.install()
    wall.goto(f"{app.address}/wall")
    wall.wait_for_selector(FRESH)
    upper, support = wall.locator(".wall-plan[data-area=A]"), wall.locator(".wall-plan[data-area=C]")
    expect(upper).to_be_visible()
    expect(wall.locator(".wall-plan[data-area=B]")).to_be_visible()
    expect(support).to_be_hidden()
    wall.clock.run_for(16_000)
    expect(support).to_be_visible()
    expect(upper).to_be_hidden()
    app.beating = False
    wall.clock.run_for(6_000)
    expect(wall.locator("html")).to_have_attribute("data-stale", "yes")
    wall.clock.run_for(12_000)
    expect(upper).to_be_visible()
    assert wall.evaluate(TOO_WIDE) == []
    app.beating = True
    wall.wait_for_selector(FRESH)
    app.alarm("B101.DP1")
    expect(upper).to_be_visible()
    expect(wall.locator(".turns li").first).to_have_attribute("data-status", "action")
    decided = wall.evaluate(
        """async () => {
            const { pagesOf, nextPage, newsIn } = await import("/assets/wall-turns.js");
            const box = (height) => ({ width: 1200, height });
            return [pagesOf([box(800)], 1204, 814), pagesOf([box(400), box(400)], 1204, 814),
                    pagesOf([box(400), box(350), box(800)], 1204, 814), pagesOf([box(3000)], 1204, 814),
                    nextPage([[0], [1, 2]], 1, []), nextPage([[0], [1, 2]], 0, [2]),
                    newsIn({ B1: 1, B2: 2 }, { B1: 1, B2: 2 }), newsIn({ B1: 4, B2: 2 }, { B1: 1 }),
                    newsIn({ B1: 1 }, {})];
        }"""
    )
    assert decided == [[[0]], [[0, 1]], [[0, 1], [2]], [[0]], 0, 1, [], ["B1"], ["B1"]]


def test_the_wall_calls_where_it_is_switched_on_and_says_when_the_browser_does_not_let_it(
    wall: Page, app: RunningApp
) -> None:
    wall.add_init_script(
        "window.tones = 0; OscillatorNode = class extends OscillatorNode {"
        " start(...when) { window.tones += 1; super.start(...when); } };"
    )
    app.alarm("B101.DP1", severity=Severity.ALERT)
    wall.goto(f"{app.address}/wall?sound=on")
    wall.wait_for_selector(FRESH)
    button = wall.locator(".sound")
    expect(button).to_have_text("Sound blocked: touch the screen")
    wall.locator(".wall-clock").click()
    expect(button).to_have_text("Sound on")
    assert wall.evaluate("window.tones") == 0
    found = app.alarm("B102.DP1")
    wait_until(lambda: wall.evaluate("window.tones") > 0, what="a sound")
    app.publish(dataclasses.replace(found, state=AlarmState.ACKNOWLEDGED))
    expect(wall.locator(".waiting h2")).to_have_text("1 not acknowledged")
    button.click()
    expect(button).to_have_text("Sound off")
    assert wall.url == f"{app.address}/wall"


def test_the_quiet_hour_is_one_of_the_site_and_comes_once_a_day(wall: Page, app: RunningApp) -> None:
    wall.goto(f"{app.address}/wall")
    due = wall.evaluate(
        """async (zone) => {
            const { isQuietDue } = await import("/assets/wall-reload.js");
            const at = (text) => new Date(text).getTime();
            const loaded = at("2026-11-17T09:00:00Z");
            return ["2026-11-17T22:30:00Z", "2026-11-18T02:59:00Z", "2026-11-18T03:01:00Z", "2026-11-20T00:00:00Z"]
                .map((now) => isQuietDue(loaded, at(now), zone));
        }""",
        app.site.timezone,
    )
    assert due == [False, False, True, True]

"""The room page: live values against their limits, alarms answered on it, the room's state set from it."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from facility.alarm import Condition
from facility.limit import RoomState, Severity
from tests.browser.running import RunningApp
from tests.browsing import Watch

pytestmark = pytest.mark.browser

POINT = "B101.PC1.p0_5"


def open_room(page: Page, app: RunningApp, room: str = "B101") -> None:
    page.goto(f"{app.address}/rooms/{room}")
    page.wait_for_selector("html[data-stale=no] .point-table")


def row(page: Page, point: str = POINT) -> Any:
    return page.locator(f'.point-table tr[id="{point}"]')


def test_a_value_changes_without_reload_and_so_does_its_place_on_the_bullet(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    app.reading(POINT, 1000)
    expect(row(page).locator("[data-show=value]")).to_have_text("1,000")
    before = row(page).locator(".mark").bounding_box()
    app.reading(POINT, 300_000)
    expect(row(page).locator("[data-show=value]")).to_have_text("300,000")
    after = row(page).locator(".mark").bounding_box()
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"] + 20


def test_a_suspect_reading_says_why(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    app.reading("B101.RH1", 45, "suspect")
    expect(row(page, "B101.RH1").locator(".validity")).to_contain_text("suspect")
    expect(row(page, "B101.RH1")).to_have_attribute("data-status", "advisory")


def test_an_alarm_appears_as_a_band_and_is_answered_there(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    app.reading(POINT, 611_400)
    app.alarm(POINT)
    band = page.locator(".alarm-band")
    expect(band).to_contain_text("ACTION, Particles ≥ 0.5 µm")
    expect(band).to_contain_text("1.7 times the limit of 352,000")
    expect(row(page)).to_have_attribute("data-status", "action")
    band.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Door closed").click()
    expect(band).to_contain_text("J. Moreau: Door closed")
    expect(band.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_alarms_of_another_room_are_not_here_but_those_of_the_zone_are(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    app.alarm("B102.T1", severity=Severity.ALERT)
    app.alarm("BSC1.PC1.p0_5", condition=Condition.HIGH)
    band = page.locator(".alarm-band")
    expect(band).to_have_count(1)
    expect(band).to_contain_text("BSC1, Particles")


def test_the_state_of_a_room_is_set_by_a_person_and_its_limits_follow(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    expect(row(page).locator(".limit")).to_have_text("max 352,000")
    page.get_by_role("button", name="Room state").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Recorded as J. Moreau")
    dialog.get_by_label("At rest").check()
    dialog.get_by_role("button", name="Set state").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#room-states")).to_contain_text("At rest")
    expect(row(page).locator(".limit")).to_have_text("max 3,520")
    assert app.hub.room_state("B101") is RoomState.AT_REST


def test_a_plate_that_is_days_old_is_not_no_data(page: Page, app: RunningApp) -> None:
    open_room(page, app)
    plate = row(page, "B101.VA1")
    expect(plate.locator(".hour")).to_contain_text("plate of")
    expect(plate).to_have_attribute("data-status", "normal")


def test_a_room_that_is_not_in_the_site_file_is_said(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.address}/rooms/B999")
    expect(page.get_by_role("heading", name="There is no such room")).to_be_visible()


def test_all_rooms_are_listed_worst_first(page: Page, app: RunningApp) -> None:
    app.reading("B103.T1", 26.0)
    app.alarm("B103.T1", severity=Severity.ALERT)
    page.locator(".side a", has_text="Rooms").click()
    first = page.locator(".all-rooms li").first
    expect(first).to_contain_text("B103 Cell culture")
    expect(first).to_contain_text("over the limit of")
    first.locator("a").click()
    expect(page.get_by_role("heading", name="B103 Cell culture")).to_be_visible()


def test_an_address_with_a_point_brings_it_into_view(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.address}/rooms/B101#B101.VA1")
    expect(row(page, "B101.VA1")).to_have_attribute("data-found", "yes")
    expect(row(page, "B101.VA1")).to_be_in_viewport()


def test_a_room_fits_a_phone(browser: Browser, app: RunningApp, watch: Watch) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    app.let_in(context)
    page = context.new_page()
    watch.over(page, app.address)
    app.alarm(POINT)
    open_room(page, app)
    for part in (".alarm-band", ".point-table", ".cascade", ".instruments"):
        box: Any = page.locator(part).bounding_box()
        assert box["x"] >= -0.5
        assert box["x"] + box["width"] <= 390.5
    assert page.get_by_role("button", name="Acknowledge").bounding_box()["height"] >= 48  # type: ignore[index]
    context.close()


def test_the_list_of_all_rooms_is_narrowed_by_words_and_says_when_none_is_left(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.address}/rooms")
    page.wait_for_selector("html[data-stale=no][data-known=yes]")
    none_left = page.get_by_text("No room goes by these words.")
    words, shown = page.get_by_placeholder("Room, name, grade, area"), page.locator(".rooms li:visible")
    expect(none_left).to_be_hidden()
    expect(page.locator(".lead")).to_contain_text("rooms are normal")
    words.fill("gowning")
    expect(shown).to_have_count(1)
    words.fill("kitchen")
    expect(none_left).to_be_visible()
    words.fill("")
    expect(none_left).to_be_hidden()

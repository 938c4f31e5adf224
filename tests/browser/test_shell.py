"""What stands round every page: theme, find, navigation, phone, first start."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.running import RunningApp
from tests.browsing import Watch

pytestmark = pytest.mark.browser


def test_every_page_says_that_the_data_are_simulated(page: Page) -> None:
    for name in ("Overview", "Alarms"):
        page.locator(".side a", has_text=name).click()
        expect(page.get_by_text("Simulated data")).to_be_visible()
        expect(page).to_have_title(f"{name} · Cleanwatch")


def test_the_theme_is_kept_over_a_reload(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Switch between light and dark").click()
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_a_room_is_found_by_typing(page: Page) -> None:
    page.wait_for_selector("#find")
    page.keyboard.press("/")
    page.keyboard.type("Aseptic processing 2")
    page.get_by_role("option", name="B102 Aseptic processing 2").click()
    expect(page).to_have_url(re.compile("/rooms/B102$"))


def test_the_keyboard_reaches_a_room_of_the_plan(page: Page) -> None:
    page.locator(".plan .rm[data-room=B101]").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/rooms/B101$"))


def test_an_address_without_page_says_so(page: Page, app: RunningApp) -> None:
    page.goto(f"{app.address}/nowhere")
    expect(page.locator("h1")).to_have_text("There is no such page")


@pytest.fixture
def phone(browser: Browser, app: RunningApp, watch: Watch) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    app.let_in(context)
    page = context.new_page()
    watch.over(page, app.address)
    page.goto(app.address)
    page.wait_for_selector("html[data-known=yes] .plan .rm")
    yield page
    context.close()


def test_a_phone_shows_the_alarm_first_with_a_button_for_the_thumb(phone: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    button = phone.get_by_role("button", name="Acknowledge").first
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert box["y"] + box["height"] < 844
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_a_phone_has_four_pages_at_hand_and_unfolds_the_others_for_the_thumb(phone: Page) -> None:
    bar, more = phone.locator(".side"), phone.get_by_role("button", name="More", exact=True)
    assert bar.get_by_role("link").all_inner_texts() == ["Overview", "Rooms", "Trends", "Alarms"]
    more.tap()
    expect(more).to_have_attribute("aria-expanded", "true")
    for target in (*bar.get_by_role("link").all(), more):
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    bar.get_by_role("link", name="System").tap()
    expect(phone).to_have_url(re.compile("/system$"))
    expect(more).to_have_attribute("aria-expanded", "false")
    more.tap()
    phone.touchscreen.tap(195, 200)
    expect(more).to_have_attribute("aria-expanded", "false")


def test_before_the_first_reading_the_page_says_what_to_do(
    profile: BrowserContext, tmp_path: Path, port: int
) -> None:
    with RunningApp(tmp_path, port).running() as empty:
        empty.let_in(profile)
        page = profile.new_page()
        page.goto(empty.address)
        expect(page.locator("h1")).to_have_text("No reading has arrived yet")
        expect(page.locator(".steps")).to_contain_text("Switch an instrument on")
        expect(page.locator(".overview")).to_be_hidden()
        empty.reading("B101.DP1", 54.0)
        expect(page.locator(".steps")).to_be_hidden()
        expect(page.locator(".plan .rm[data-room=B102]")).to_have_attribute("data-status", "nodata")
        page.close()


def test_days_are_picked_in_the_language_of_the_site(page: Page, app: RunningApp) -> None:
    app.site = dataclasses.replace(app.site, language="de")
    page.goto(f"{app.address}/alarm-health?from=2026-03-05&to=2026-05-07")
    field = page.locator("#health-days")
    expect(field).to_contain_text("5. März 2026 – 7. Mai 2026")
    field.click()
    days = page.locator(".mantine-DatePickerInput-weekday")
    expect(days).to_have_text(["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"])

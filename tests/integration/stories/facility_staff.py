"""Facility staff: a glance, the room that is not as it should be, an answer, and everybody sees it."""

import re

from playwright.sync_api import Browser, expect

from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.stories.story import HOT, LIMIT, says, story
from tests.integration.walking import OPERATOR, QA

ROOM = "B109"
WORDS = "Dryer stood open, closed it"


def at_the_desk(demo: RunningDemo, browser: Browser, watch: Watch) -> None:
    """An operator opens an abnormal room from the floor plan and answers; a colleague's screen shows it."""
    with (
        story("colleague", demo, browser, watch, "desk") as colleague,
        story("staff", demo, browser, watch, "desk") as me,
    ):
        colleague.signs_in(QA)
        colleague.opens(f"/rooms/{ROOM}")
        page = me.page
        me.signs_in(OPERATOR)
        expect(page).to_have_url(f"{demo.address}/")

        says(demo, "B109.T5", HOT)
        expect(page.locator("#for-you")).to_contain_text("not acknowledged")
        room = page.locator(f".plan a[data-room='{ROOM}']")
        expect(room).to_have_attribute("data-status", "action")
        expect(room).to_have_attribute("data-open", "yes")
        me.seen("the overview with an abnormal room")

        room.focus()
        page.keyboard.press("Enter")
        expect(page).to_have_url(f"{demo.address}/rooms/{ROOM}")
        band = page.locator(".alarm-band", has_text="Thermometer 5")
        expect(band).to_contain_text(re.compile(rf"{HOT}.*°C"))
        expect(band).to_contain_text(f"> {LIMIT}")
        me.seen("the room with value against limit")

        band.get_by_role("button", name="Acknowledge").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Thermometer 5")
        dialog.get_by_role("textbox").fill(WORDS)
        me.seen("the answer in own words")
        dialog.get_by_role("button", name="Acknowledge").click()

        expect(band).to_contain_text(WORDS)
        me.seen("the room answered")
        expect(colleague.page.locator(".alarm-band", has_text="Thermometer 5")).to_contain_text(WORDS)
        colleague.seen("the same room without reload")
        says(demo, "B109.T5", 21)
        expect(band).to_have_count(0)
        expect(colleague.page.locator(".alarm-band", has_text="Thermometer 5")).to_have_count(0)


def on_a_phone(demo: RunningDemo, browser: Browser, watch: Watch) -> None:
    """Two touches after sign-in."""
    says(demo, "B109.T6", HOT)
    with story("staff-phone", demo, browser, watch, "phone") as me:
        me.signs_in(OPERATOR)
        row = me.page.locator(".standing tbody tr", has_text="Thermometer 6")
        expect(row).to_contain_text("Not acknowledged")
        row.scroll_into_view_if_needed()
        me.seen("the alarm")
        row.get_by_role("button", name="Acknowledge").tap()
        dialog = me.page.get_by_role("dialog")
        expect(dialog).to_contain_text("Thermometer 6")
        me.seen("ready comments")
        dialog.get_by_role("button", name="Checking").tap()
        expect(dialog).to_be_hidden()
        expect(row).to_contain_text("Checking")
        me.seen("answered")
    says(demo, "B109.T6", 21)

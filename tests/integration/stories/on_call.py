"""On call, at three in the morning: a message, a link, one thumb; nobody else is called."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from cleanwatch.demo_files import PEOPLE
from tests.browsing import Watch
from tests.integration.demo import WITHIN_SECONDS, RunningDemo
from tests.integration.stories.story import HOT, Story, says, story
from tests.integration.walking import OPERATOR
from tests.waiting import wait_until

ROOM, POINT, NAME = "B107", "B107.T7", "Thermometer 7"
LINK = re.compile(r"http\S+/answer#\S+")


def answers_from_the_message(demo: RunningDemo, browser: Browser, watch: Watch) -> None:
    """The wall shows the alarm as open until the person who was called has answered on the phone."""
    with story("wall", demo, browser, watch, "large") as wall, story("on-call", demo, browser, watch, "phone") as me:
        wall.signs_in(OPERATOR)
        wall.opens("/wall?theme=dark")
        before = {file: file.read_text() for file in phones(demo)}
        says(demo, POINT, HOT)
        room = wall.page.locator(f".wall-plan a[data-room='{ROOM}']")
        expect(room).to_have_attribute("data-open", "yes")
        wall.seen("the room is open")

        opens_the_link(me, demo, before)
        expect(me.page.locator(".told", has_text=NAME)).to_contain_text(ROOM)
        me.seen("which room and limit and since when")
        me.page.get_by_label("On my way").check()
        me.page.get_by_label(re.compile("^Password of")).fill(demo.password)
        me.seen("what I do")
        me.page.get_by_role("button", name=re.compile("^Acknowledge as")).tap()
        expect(me.page.locator("body")).to_contain_text("acknowledged as")
        me.seen("answered")

        expect(room).to_have_attribute("data-open", "no")
        wall.seen("the room is answered")
        wall.opens("/alarms")
        row = wall.page.locator(".standing tbody tr", has_text=NAME)
        expect(row).to_contain_text("On my way")
        expect(row).not_to_contain_text("Next call")
        wall.seen("nobody else is called")
    says(demo, POINT, 21)


def opens_the_link(me: Story, demo: RunningDemo, before: dict[Path, str]) -> None:
    """The newest message that tells of it; a later one of the same event makes the link of an earlier one void."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        wait_until(lambda: bool(links(demo, before)), WITHIN_SECONDS)
        for link in links(demo, before):
            me.page.goto("about:blank")
            me.page.goto(link)
            expect(me.page.get_by_role("button", name="Show the alarm")).to_have_count(0)
            if tells(me.page):
                return
    raise AssertionError("no message tells of it")


def tells(page: Page) -> bool:
    """Also where many alarms are folded."""
    return NAME in (page.locator("main").text_content() or "")


def links(demo: RunningDemo, before: dict[Path, str]) -> list[str]:
    """Those that have come to phones since, the newest first."""
    came = [file.read_text().removeprefix(before.get(file, "")) for file in phones(demo)]
    return [link for text in came for link in reversed(LINK.findall(text))]


def phones(demo: RunningDemo) -> list[Path]:
    """What each phone has got; its number ends with the place of its person in the list."""
    folder = demo.data / "mailbox"
    return [file for number in range(len(PEOPLE)) if (file := folder / f"+4155501{number:02}.txt").exists()]

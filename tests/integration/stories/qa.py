"""QA, three weeks later: an excursion is found, told, judged, closed and taken along; its trend is drawn."""

import csv
import io
import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.stories.story import Story, story
from tests.integration.walking import LONG, QA

ASSESSES, CLOSES = "n.okafor", QA
ROOM, POINT = "B115", "B115.REF1"
"""A refrigerator was left open there yesterday: `1 day ago` in sites/demo-scenario.yaml."""
DRAWN = """() => {
  const plot = document.querySelector('#trend-graph .js-plotly-plot');
  const [start, end] = plot._fullLayout.xaxis.range.map(Number);
  const trace = plot._fullData.find((t) => t.name === 'B115.REF1');
  return [...trace.x].map((x, i) => [x, trace.y[i]]).filter(([x, y]) => x >= start && x < end && Number.isFinite(y));
}"""
"""What of the point can be seen: a little more is drawn at both ends."""
RANGE = "() => document.querySelector('#trend-graph .js-plotly-plot')._fullLayout.xaxis.range.map(Number)"


def looks_into_an_excursion(demo: RunningDemo, browser: Browser, watch: Watch) -> str:
    """One person of QA finds and judges it, another closes it; its number."""
    with story("qa", demo, browser, watch, "desk") as me:
        me.signs_in(ASSESSES)
        finds_it(me)
        number = reads_it(me)
        judges_it(me)
    with story("qa-closes", demo, browser, watch, "desk") as me:
        me.signs_in(CLOSES)
        me.opens(f"/excursions/{number}")
        closes_it(me)
        downloads_it(me, number)
        sees_it_closed(me, number)
        asks_for_the_trend_of_the_room(me)
    return number


def finds_it(me: Story) -> None:
    page = me.page
    page.get_by_role("link", name=re.compile("excursions? (is|are) over and not closed")).click()  # by the hour
    expect(page).to_have_url(re.compile("state=returned"))
    me.opens(f"/excursions?room={ROOM}&quantity=temperature&state=returned")
    row = page.locator(".excursions tbody tr", has_text="Refrigerator")
    while row.count() == 0:  # the past may still be being judged
        me.opens(f"/excursions?room={ROOM}&quantity=temperature&state=returned")
        page.locator(".excursions, .alarms-page .nothing").first.wait_for()
    expect(row).to_contain_text("not closed")
    me.seen("found by filter")
    row.get_by_role("link").first.click()


def reads_it(me: Story) -> str:
    page = me.page
    title = page.locator("h1")
    expect(title).to_contain_text(re.compile(r"E-\d{4}-\d{4}"))
    expect(page.locator("#excursion-graph .js-plotly-plot")).to_be_visible()
    events = page.locator(".events")
    expect(events).to_contain_text("Refrigerator")
    me.seen("the dossier")
    events.scroll_into_view_if_needed()
    me.seen("the time line")
    found = re.search(r"E-\d{4}-\d{4}", title.inner_text())
    assert found
    return found.group()


def judges_it(me: Story) -> None:
    page = me.page
    page.get_by_role("button", name="Add a note").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What is to be known, and why").fill("The door seal was frozen.")
    dialog.get_by_role("button", name="Put on record").click()
    expect(page.locator(".excursion-page")).to_contain_text("The door seal was frozen.")

    card = page.locator(".assessment")
    card.get_by_text("Major", exact=True).click()
    card.get_by_label("Cause, by its short name").fill("Door left open")
    card.get_by_label("Root cause, in words").fill("Ice at the seal kept the door from closing.")
    card.get_by_label("Corrective action, its reference").fill("CAPA-2026-0101")
    card.get_by_label("Impact on product").fill("Two bags of media discarded.")
    card.scroll_into_view_if_needed()
    me.seen("the assessment")
    card.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Version 1, saved")


def closes_it(me: Story) -> None:
    page = me.page
    page.get_by_role("button", name="Close and sign").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("CAPA-2026-0101")
    dialog.get_by_label("Account").fill(CLOSES)
    dialog.get_by_label("Password").fill(me.demo.password)
    me.seen("the signature")
    dialog.get_by_role("button", name="Sign").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".closing")).to_contain_text("Sven Brandt")
    page.locator(".closing").scroll_into_view_if_needed()
    me.seen("closed")


def downloads_it(me: Story, number: str) -> None:
    data = copied(me.page, "Document (PDF/A)")
    assert data.startswith(b"%PDF-")
    assert len(data) > 20_000, number


def sees_it_closed(me: Story, number: str) -> None:
    me.opens(f"/excursions?room={ROOM}&state=closed")
    row = me.page.locator(".excursions tbody tr", has_text=number)
    expect(row).to_contain_text("Closed")
    me.seen("closed in the list")


def asks_for_the_trend_of_the_room(me: Story) -> None:
    me.opens(f"/rooms/{ROOM}")
    me.page.get_by_role("link", name="Trend questions").click()
    expect(me.page.get_by_role("heading", name="Are there more excursions than before?")).to_be_visible()
    me.seen("the trend questions")


def draws_its_trend(number: str, demo: RunningDemo, browser: Browser, watch: Watch) -> None:
    """The points of the excursion, a part of it, what is drawn as a file, and the link for somebody else."""
    with story("qa-trend", demo, browser, watch, "desk") as me:
        page = me.page
        me.signs_in(QA)
        me.opens(f"/trends?excursion={number}")
        drawn(page)
        me.seen("the points of the excursion")
        before = page.evaluate(RANGE)
        zooms(page)
        page.wait_for_function(f"(before) => ({RANGE})()[0] > before[0]", arg=before)
        expect(page).to_have_url(re.compile("from=.*to="))
        page.wait_for_function(
            "([start]) => Math.abs(Number(document.querySelector('#trend-graph .js-plotly-plot')._fullLayout"
            ".uirevision.split(' ')[0]) - start) < 60000",
            arg=page.evaluate(RANGE),
        )
        me.seen("a part of it")

        shown = page.evaluate(DRAWN)
        rows = readings(copied(page, "Table (CSV)").decode())
        assert [float(row["Value"]) for row in rows] == [value for _time, value in shown]
        assert {row["Unit"] for row in rows} == {"°C"}

        page.locator("a[data-link]").click()
        address, range_shown = page.url, page.evaluate(RANGE)
    with story("qa-colleague", demo, browser, watch, "desk") as other:
        other.signs_in(ASSESSES)
        other.opens(address.removeprefix(demo.address))
        drawn(other.page)
        assert other.page.evaluate(RANGE) == range_shown
        assert other.page.evaluate(DRAWN) == shown
        other.seen("the same view by its link")


def drawn(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('#trend-graph .js-plotly-plot')?.data?.length > 0")


def zooms(page: Page) -> None:
    """Drag over the middle of the uppermost plot."""
    box: Any = page.locator("#trend-graph .nsewdrag").first.bounding_box()
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=6)
    page.mouse.up()


def copied(page: Page, line: str) -> bytes:
    """What the browser is handed of a line in the menu Copy."""
    page.locator("#copy-open").click()
    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("button", name=line).click()
    return download.value.path().read_bytes()


def readings(text: str) -> list[dict[str, str]]:
    """The rows of the table of readings in a copy."""
    table = text.partition("# Readings")[2].partition("\r\n")[2].partition("\r\n\r\n")[0]
    return [row for row in csv.DictReader(io.StringIO(table)) if row["Point"] == POINT]

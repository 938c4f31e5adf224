"""The system page and the word for it in the bar, on a wide screen and on a phone."""

from playwright.sync_api import Browser, Page, expect

from facility.instants import MINUTE, system_clock
from storage.records import reports
from storage.records.station_report import BrokerReport, Problem, SourceReport, StationReport
from tests.browser.running import RunningApp
from tests.browsing import Watch

WORDS = "the station receives nothing: the broker refuses the password"


def station_reports(app: RunningApp, *problems: Problem) -> None:
    """As a station does, and as the app's process looks for it."""
    now = system_clock()
    sources = (SourceReport("climate", 14_400, 14_398, 2, heard=now), SourceReport("pressure", 8, 7, pending=1))
    broker = BrokerReport("mqtt:8883", collecting=not problems, publishing=not problems, silent_for=0.5)
    report = StationReport(
        "main", now, started=now - MINUTE, commits=9, judged=9, broker=broker, sources=sources, problems=problems
    )
    with app.records.transaction() as connection:
        reports.save(connection, report)
    app.context.stations.look(app.records)
    app.hub.say(app.context.stations.now().words)


def test_a_problem_is_in_the_bar_of_every_page_and_in_words_on_its_own_until_it_is_over(
    page: Page, app: RunningApp
) -> None:
    station_reports(app)
    expect(page.locator(".trouble")).to_be_hidden()
    station_reports(app, Problem("broker", WORDS, system_clock() - MINUTE))
    page.get_by_role("link", name="One system problem").click()
    expect(page.locator("h1")).to_have_text("One problem in the system")
    expect(page.locator(".problems li")).to_contain_text(WORDS.removeprefix("the"))
    expect(page.locator(".flow .troubled")).to_have_count(1)
    expect(page.locator(".flow .troubled")).to_contain_text("no connection")
    station_reports(app)
    expect(page.locator("h1")).to_have_text("Every part of the system works")
    expect(page.locator(".troubled")).to_have_count(0)
    expect(page.locator(".trouble")).to_be_hidden()


def test_a_phone_shows_the_balance_without_scrolling_sideways(
    browser: Browser, app: RunningApp, watch: Watch
) -> None:
    station_reports(app)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    app.let_in(context)
    page = context.new_page()
    watch.over(page, app.address)
    page.goto(f"{app.address}/system")
    row = page.locator(".balance tr", has_text="climate")
    expect(row.get_by_text("yes")).to_be_attached()
    expect(row.locator("td[data-term=Stored]")).to_have_text("14,398")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    context.close()

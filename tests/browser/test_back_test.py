"""A back-test on the page: asked by an address, answered, and made the draft of a change."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from facility.instants import text_of
from facility.people import Person
from facility.roles import Role
from storage.records import changes
from tests.app.past import BEGIN, NOW, PRESSURE, write_past
from tests.browser.past_app import PastApp
from tests.browsing import Watch

ENGINEER = Person("e.lang", "E. Lang", Role.ENGINEER, "test")


@pytest.fixture
def past_app(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[PastApp]:
    with PastApp(write_past(tmp_path_factory.mktemp("past")), port, ENGINEER).running() as app:
        yield app


@pytest.fixture
def page(profile: BrowserContext, past_app: PastApp, watch: Watch) -> Iterator[Page]:
    page = profile.new_page()
    watch.over(page, past_app.address)
    yield page
    page.close()


def test_a_back_test_is_asked_by_its_address_and_becomes_a_draft_with_its_result(
    page: Page, past_app: PastApp
) -> None:
    period = f"from={text_of(BEGIN)}&to={text_of(NOW)}"
    page.goto(f"{past_app.address}/back-test?points={PRESSURE}&limit=alert%20low&on_delay=10%20min&{period}")
    lost = page.get_by_label("Hidden, less severe or later")
    expect(page.get_by_role("heading", name="What would have been")).to_be_visible(timeout=30_000)
    expect(lost).to_have_count(0)
    page.get_by_label("On-delay", exact=True).fill("")
    page.get_by_role("textbox", name="Limit", exact=True).click()
    page.get_by_role("option", name="Action low").click()
    page.get_by_label("Value", exact=True).fill("40")
    page.get_by_label("Off-delay", exact=True).fill("2 min")
    page.get_by_role("button", name="Replay").click()
    expect(page.locator(".back-test-changes")).to_contain_text("action low: 42 Pa to 40 Pa")
    page.wait_for_function("() => document.querySelector('#back-test-graph .js-plotly-plot')?.data?.length > 0")
    page.get_by_label("Why it is changed").fill("Tried on a week")
    page.get_by_label("Rationale, for the limit").fill("Qualification, and a week of history")
    page.get_by_role("button", name="Draft the change").click()
    page.wait_for_url("**/changes/1")
    expect(page.get_by_role("heading", name="Attached")).to_be_visible(timeout=30_000)
    with past_app.past.records.reading() as connection:
        (drafted,) = changes.all(connection)
    assert drafted.differences[0].startswith("B101.DP1 action low: 42 Pa to 40 Pa")
    assert isinstance(drafted.attachment, dict)
    assert drafted.attachment["back-test"] == ["B101.DP1 action low: 42 Pa to 40 Pa, off-delay 0 s to 2 min"]

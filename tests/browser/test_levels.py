"""Alert levels on the page: asked, answered, and made the draft of a change."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from facility.people import Person
from facility.roles import Role
from storage.records import changes
from tests.app.past import PRESSURE, write_past
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


def test_a_level_is_worked_out_and_becomes_a_draft_with_its_statistics(page: Page, past_app: PastApp) -> None:
    page.goto(f"{past_app.address}/levels?point={PRESSURE}")
    expect(page.get_by_label("Side").first).to_have_value("Low")
    page.get_by_role("button", name="Work out the levels").click()
    expect(page.locator(".methods tbody tr")).to_have_count(3)
    page.wait_for_function("() => document.querySelector('#levels-graph .js-plotly-plot')?.data?.length > 0")
    expect(page.get_by_label("Rationale, for the limit")).to_have_value(
        re.compile("^Percentile of .*hourly worst"), timeout=30_000
    )
    page.get_by_label("Why it is changed").fill("A week of history")
    page.get_by_role("button", name="Draft the change").click()
    page.wait_for_url("**/changes/1")
    with past_app.past.records.reading() as connection:
        (drafted,) = changes.all(connection)
    assert (drafted.author, drafted.reason) == ("e.lang", "A week of history")
    assert drafted.differences[0].startswith("B101.DP1 alert low")
    assert isinstance(drafted.attachment, dict)
    assert drafted.attachment["chosen"] == "percentile"

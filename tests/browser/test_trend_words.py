"""What the trend page says in words, and its fields: its own server, since one counts how much a person asks."""

import pytest
from playwright.sync_api import Page, expect

from tests.app.past import PRESSURE
from tests.browser.past_app import PastApp, show

pytestmark = pytest.mark.browser


def test_everything_in_the_fields_for_moments_has_a_name(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&range=8h")
    trend.get_by_label("From", exact=True).click()
    for name in ("Previous month", "Next month", "Choose a month", "Take this time"):
        expect(trend.get_by_role("button", name=name)).to_be_visible()
    for name in ("Hour", "Minute"):
        expect(trend.get_by_label(name, exact=True)).to_be_visible()


def test_a_time_that_is_chosen_the_wrong_way_round_is_told(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&from=2026-11-20T08:00:00Z&to=2026-11-20T09:00:00Z")
    trend.get_by_label("To", exact=True).click()
    trend.get_by_label("19 November 2026").click()
    trend.get_by_role("button", name="Take this time").click()
    trend.get_by_role("button", name="Show").click()
    expect(trend.get_by_role("status").filter(has_text="ends before")).to_have_text(
        "The time that you chose ends before it begins."
    )


def test_enter_sends_the_name_of_a_batch(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&range=8h")
    trend.get_by_role("button", name="State, batch").click()
    trend.get_by_role("dialog").get_by_text("Batch begins").click()
    trend.locator("#set-room-batch").fill("CT-26-0418")
    trend.keyboard.press("Enter")
    expect(trend.locator("#set-room-problem")).to_have_text("Batch CT-26-0418 runs in B101 already.")


def test_a_column_of_numbers_has_the_digits_of_its_quantity(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&range=1h&table=shown")
    heads = trend.locator("#trend-table th").all_inner_texts()
    for head, digits in (("Value", 1), ("Action low", 1)):
        written = trend.locator(f"#trend-table td:nth-child({heads.index(head) + 1})").all_inner_texts()
        assert {len(text.partition(".")[2]) for text in written} == {digits}


def test_a_range_without_readings_says_so_and_leads_to_the_newest(trend: Page, past_app: PastApp) -> None:
    show(trend, past_app, f"points={PRESSURE}&from=2026-10-01T08:00:00Z&to=2026-10-01T09:00:00Z&table=shown")
    expect(trend.locator("#trend-table")).to_have_text("There is no reading in this range.")
    numbers = trend.locator("#trend-statistics")
    expect(numbers).to_contain_text("The newest one of these points is of 22 Nov 2026 11:06:")
    numbers.get_by_role("link", name="Show the newest").click()
    expect(numbers.get_by_role("columnheader", name="Mean")).to_be_visible()

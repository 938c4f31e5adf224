"""Alarms answered and looked up."""

import re

import pytest
from playwright.sync_api import Page, expect

from facility.alarm import Condition
from facility.limit import Severity
from tests.browser.running import RunningApp

pytestmark = pytest.mark.browser


def test_an_alarm_is_acknowledged_with_a_comment_and_everybody_sees_it(page: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    page.locator(".standing tbody tr").get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("B101 Aseptic processing 1")
    expect(dialog).to_contain_text("Recorded as J. Moreau")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(dialog).to_contain_text("an acknowledgement needs a comment")
    dialog.get_by_role("textbox").fill("Door was open.")
    dialog.get_by_role("button", name="On my way").click()
    expect(dialog).to_be_hidden()
    row = page.locator(".standing tbody tr")
    expect(row).to_contain_text("J. Moreau: Door was open. On my way")
    expect(row.get_by_role("button", name="Acknowledge")).to_have_count(0)
    expect(page.locator(".plan .rm[data-room=B101]")).to_have_attribute("data-open", "no")


def test_several_are_answered_with_one_comment_and_a_new_alarm_forgets_no_choice(page: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    app.alarm("B102.T1", severity=Severity.ALERT)
    page.goto(f"{app.address}/alarms")
    page.get_by_label("Choose B102").check()
    app.alarm("B103.T1", severity=Severity.ALERT)
    expect(page.locator(".standing tbody tr")).to_have_count(3)
    expect(page.get_by_label("Choose B102")).to_be_checked()
    expect(page.get_by_label("Choose B103")).not_to_be_checked()
    bar = page.locator("#choosing")
    expect(bar).to_contain_text("1 of 3 chosen")
    page.get_by_label("Choose B101").check()
    bar.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 alarms with this comment")
    dialog.get_by_role("button", name="Checking").click()
    expect(dialog).to_be_hidden()
    expect(page.locator(".standing tbody tr", has_text="J. Moreau: Checking")).to_have_count(2)
    expect(
        page.locator(".standing tbody tr", has_text="B103").locator("b", has_text="Not acknowledged")
    ).to_be_visible()


def test_a_refusal_is_read_where_it_was_asked(page: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    page.locator(".standing").get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("please refuse")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(dialog).to_contain_text("The alarm has risen to action meanwhile; look again")
    expect(dialog.get_by_role("textbox")).to_have_value("please refuse")


def test_what_stands_and_what_was_is_filtered_by_an_address_that_can_be_shared(page: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    app.alarm("B102.T1", severity=Severity.ALERT)
    app.alarm("B112.DP1", severity=Severity.ALERT, condition=Condition.NO_DATA)
    page.goto(f"{app.address}/alarms?room=B102&room=B112&condition=high")
    rows = page.locator(".history tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("B102")
    expect(page.locator("#alarms-found")).to_contain_text("1 alarm,")
    expect(page.locator(".standing tbody tr")).to_have_count(1)
    expect(page.locator("#alarms-matching")).to_contain_text("1 of 3 standing alarms match the filter.")


def test_a_field_writes_the_address_and_going_back_takes_it_away(page: Page, app: RunningApp) -> None:
    app.alarm("B101.PC1.p0_5")
    app.alarm("B102.T1", severity=Severity.ALERT)
    page.locator(".side a", has_text="Alarms").click()
    rows = page.locator(".history tbody tr")
    expect(rows).to_have_count(2)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Text").fill("B102")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?text=B102$"))
    page.go_back()
    expect(rows).to_have_count(2)
    expect(page.get_by_label("Text")).to_have_value("")


def test_a_new_alarm_joins_the_history_without_reload(page: Page, app: RunningApp) -> None:
    page.locator(".side a", has_text="Alarms").click()
    expect(page.locator("#alarms-history")).to_have_text("No alarm is found.")
    expect(page.locator("#alarms-standing")).to_have_text("No alarm is standing.")
    app.alarm("B101.PC1.p0_5")
    expect(page.locator(".history tbody tr")).to_have_count(1)
    expect(page.locator(".standing tbody tr")).to_have_count(1)

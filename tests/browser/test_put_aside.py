"""Somebody shelves an alarm and ends another person's shelving, on the alarms page."""

import pytest
from playwright.sync_api import Page, expect

from facility.alarm import Condition, HoldKind
from facility.holds import Hold
from facility.instants import HOUR, MINUTE, system_clock
from facility.limit import Severity
from storage.records import commands, holds
from storage.records.commands import Command, EndHold, Shelve
from tests.browser.running import RunningApp

pytestmark = pytest.mark.browser

POINT = "B102.T1"


def newest(app: RunningApp) -> Command:
    with app.records.reading() as connection:
        every = commands.submitted(connection, range(1, 100))
    return every[max(every)].command


def test_an_alarm_is_shelved_with_a_reason_and_what_is_shelved_is_listed_and_ended(
    page: Page, app: RunningApp
) -> None:
    now = system_clock()
    shelved = Hold(
        77, HoldKind.SHELVED, POINT, None, Severity.ALERT, now, "s.brandt", "sensor moved", HOUR, since=now
    )
    with app.records.transaction() as connection:
        holds.save(connection, [shelved])
    app.alarm("B101.PC1.p0_5", severity=Severity.ALERT)
    page.goto(f"{app.address}/alarms")

    page.locator(".standing").get_by_role("button", name="Shelve").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("For how long")).to_have_value("30 minutes")
    dialog.get_by_label("Reason").fill("Filter change")
    dialog.get_by_role("button", name="Put aside").click()
    expect(dialog).to_be_hidden()
    assert newest(app) == Shelve("B101.PC1.p0_5", Condition.HIGH, Severity.ALERT, 30 * MINUTE, "Filter change")

    row = page.locator(".aside tbody tr")
    expect(row).to_contain_text("s.brandt: sensor moved")
    expect(row).to_contain_text("in 59 min")
    row.get_by_role("button", name="Unshelve").click()
    dialog.get_by_label("Reason").fill("It is back in place")
    dialog.get_by_role("button", name="Confirm").click()
    expect(dialog).to_be_hidden()
    assert newest(app) == EndHold(77, HoldKind.SHELVED, POINT, "It is back in place")

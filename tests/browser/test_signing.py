"""A correction is written by one person and signed by another; a copy tells of it."""

import csv
import io
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect

from facility.instants import system_clock
from facility.people import Person
from facility.roles import Role
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.browser.conftest import DESKTOP
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.signing_in import PASSWORD, make_account
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

KELLER = Person("m.keller", "Maria Keller", Role.QA, "test")


def correct(page: Page, was: str, becomes: str, reason: str) -> None:
    """Write a correction of the newest alarm in the history."""
    dialog = page.get_by_role("dialog")

    def is_open() -> bool:
        """The history may be drawn anew under the pointer: then a person clicks again."""
        page.locator(".history tbody tr").first.get_by_role("button", name="Comment").click()
        with suppress(TimeoutError):
            dialog.wait_for(timeout=3000)
        return dialog.is_visible()

    wait_until(is_open)
    dialog.get_by_text("Correction", exact=True).click()
    dialog.get_by_label("It reads").fill(was)
    dialog.get_by_label("It should read").fill(becomes)
    dialog.get_by_label("What is to be known").fill(reason)
    dialog.get_by_role("button", name="Put on record").click()
    expect(dialog).to_be_hidden()


def asked(page: Page) -> Locator:
    """Press the first button that asks for a signature; the dialog."""
    page.get_by_role("button", name="Approve and sign").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("My signature says that I approve this: approval.")
    return dialog


def test_a_correction_is_written_signed_by_qa_and_copied(
    page: Page, app: RunningApp, browser: Browser, watch: Watch
) -> None:
    make_account(app.records, system_clock, KELLER)
    app.alarm("B101.PC1.p0_5")
    page.goto(f"{app.address}/alarms")
    correct(page, "a particle alarm", "a test of the alarm", "The counter was being tested")
    correct(page, "12 CFU/m³", "2 CFU/m³", "Typing error")
    row = page.locator(".history tbody tr")
    expect(row).to_contain_text("12 CFU/m³ should read 2 CFU/m³, Typing error (waits for QA's signature)")

    others = browser.new_context(viewport=DESKTOP)
    app.let_in(others, KELLER.account)
    qa = others.new_page()
    watch.over(qa, app.address)
    qa.goto(f"{app.address}/corrections")
    dialog = asked(qa)
    expect(dialog).to_contain_text("It reads a particle alarm. It should read a test of the alarm.")
    expect(dialog.get_by_label("Account")).to_be_focused()
    dialog.get_by_label("Account").fill("m.keller")
    dialog.locator("#sign-password").fill("not the password")
    dialog.get_by_role("button", name="Sign").click()
    expect(dialog).to_contain_text("Account and password do not fit together")
    dialog.locator("#sign-password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign").click()
    expect(dialog).to_be_hidden()
    expect(qa.locator(".signature")).to_contain_text("Approved by Maria Keller (QA)")

    dialog = asked(qa)
    expect(dialog.get_by_label("Account")).to_be_hidden()
    expect(dialog.locator("#sign-password")).to_be_focused()
    dialog.locator("#sign-password").fill(PASSWORD)
    dialog.locator("#sign-password").press("Enter")
    expect(dialog).to_be_hidden()
    expect(qa.locator(".signature")).to_have_count(2)
    with app.records.reading() as connection:
        assert len(audit.rows(connection, AuditFilter(action="signed"))) == 2
        assert len(audit.rows(connection, AuditFilter(action="proof to sign failed"))) == 1

    qa.goto(f"{app.address}/alarms")
    qa.locator("summary", has_text="Copy").click()
    with qa.expect_download() as download:
        qa.get_by_role("button", name="Table (CSV)").click()
    lines = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"))))
    (correction,) = [line for line in lines if "Typing error" in line]
    assert correction[-1].startswith("Approved by Maria Keller (QA)")
    others.close()

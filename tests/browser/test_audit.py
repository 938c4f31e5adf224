"""The audit trail in a browser: QA looks somebody's acts up, follows one object, reviews a period and signs it."""

import io
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

from app import formats
from facility.instants import DAY, HOUR, system_clock
from facility.limit import RoomState
from facility.people import CLEANWATCH, Person
from facility.plant_events import RoomStateSet
from facility.roles import Role
from storage.records import room_states, signatures
from storage.records.trail import audit, trail_reviews, verification
from storage.records.trail.audit import AuditEntry
from tests.browser.conftest import DESKTOP
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.people import MOREAU
from tests.signing_in import PASSWORD, make_account

pytestmark = pytest.mark.browser

KELLER = Person("m.keller", "Maria Keller", Role.QA, "test")


def fill(app: RunningApp) -> None:
    """Two days of history, with something of every sort."""
    now = system_clock()
    with app.records.transaction() as connection:
        for hour, state in ((40, RoomState.CLEANING), (38, RoomState.IN_OPERATION)):
            time = now - hour * HOUR
            room_states.record(connection, RoomStateSet("B101", state, time, MOREAU.account), time, MOREAU.actor)
        told = AuditEntry(
            MOREAU.actor,
            "alarm acknowledged",
            "alarm B101.DP1/low/5",
            {"worst": 9.5},
            {"state": ("unacknowledged", "acknowledged")},
            "Door held open for the autoclave load",
        )
        audit.append(connection, now - 37 * HOUR, [told])
        raised = AuditEntry(
            CLEANWATCH, "alarm raised", "alarm B102.TE1/high/6", changes={"severity": (None, "alert")}
        )
        audit.append(connection, now - 2 * DAY, [raised] * 60)
    verified = verification.verify(app.records)
    with app.records.transaction() as connection:
        verification.on_record(connection, now, CLEANWATCH, verified)


@pytest.fixture
def page(app: RunningApp, browser: Browser, watch: Watch) -> Page:
    make_account(app.records, system_clock, KELLER)
    fill(app)
    context = browser.new_context(viewport=DESKTOP)
    app.let_in(context, KELLER.account)
    page = context.new_page()
    watch.over(page, app.address)
    page.goto(f"{app.address}/audit")
    page.wait_for_selector("html[data-known=yes] .trail")
    return page


def test_rows_are_found_followed_and_paged(page: Page, app: RunningApp) -> None:
    expect(page.locator(".trail-state")).to_contain_text("whole.")
    expect(page.locator(".trail tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Older").click()
    expect(page.get_by_role("link", name="Newest")).to_be_visible()
    assert "before=" in page.url
    page.fill("#audit-text", "AUTOCLAVE")
    expect(page.locator(".trail tbody tr")).to_have_count(1)
    row = page.locator(".trail tbody tr")
    expect(row).to_contain_text("J. Moreau")
    expect(row).to_contain_text("operator")
    expect(row).to_contain_text("state: unacknowledged → acknowledged")
    expect(row).to_contain_text("Reason: Door held open for the autoclave load")
    page.goto(f"{app.address}/audit?eyes=alarms")
    expect(page.locator(".trail tbody tr")).to_have_count(3)
    page.get_by_role("link", name="room B101").first.click()
    expect(page.locator(".trail tbody tr")).to_have_count(2)
    expect(page.locator(".trail tbody tr").first).to_contain_text("state: cleaning → in operation")
    expect(page.locator("#audit-object")).to_have_value("room B101")
    page.go_back()
    expect(page.locator(".trail tbody tr")).to_have_count(3)
    page.context.close()


def test_a_period_is_reviewed_with_a_signature_and_exported(page: Page, app: RunningApp, tmp_path: Path) -> None:
    zone, now = app.site.timezone, system_clock()
    expect(page.locator(".audit-cards")).to_contain_text("Not reviewed")
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("dialog")).to_contain_text("Write what you looked at")
    page.keyboard.press("Escape")
    page.fill("#review-note", "Looked at alarms and room states: nothing unusual")
    page.get_by_role("button", name="Review and sign").click()
    expect(page.get_by_role("dialog")).to_contain_text("My signature says that I have reviewed this: review.")
    page.fill("#sign-account", KELLER.account)
    page.fill("#sign-password", PASSWORD)
    page.click("#sign-send")
    expect(page.locator(".reviews")).to_contain_text("Reviewed by Maria Keller (QA)")
    with app.records.reading() as connection:
        (review,) = trail_reviews.newest(connection, 5)
        (signature,) = signatures.of(connection, "review 1")
        assert signatures.holds(signature, trail_reviews.content(review, review.note))
        assert signatures.verify(connection) == []
    yesterday = formats.in_zone(now, zone).date() - timedelta(days=1)
    assert formats.in_zone(review.end - 1, zone).date() == yesterday
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export all").click()
    with ZipFile(io.BytesIO(Path(downloading.value.path()).read_bytes())) as package:
        package.extractall(tmp_path / "export")
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "export" / "verify_audit.py"], check=True, capture_output=True
    )
    assert done.stdout.endswith(b"whole\n")
    page.context.close()

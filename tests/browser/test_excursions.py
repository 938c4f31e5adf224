"""An excursion looked up, and an alarm split off it."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from facility.excursion import Excursion, Move
from facility.instants import system_clock
from facility.people import CLEANWATCH
from facility.roles import Role
from storage.records import excursions
from storage.records.excursions import Moved
from tests.browser.conftest import DESKTOP
from tests.browser.running import RunningApp
from tests.people import MOREAU
from tests.signing_in import make_account

pytestmark = pytest.mark.browser

QA = replace(MOREAU, account="s.brandt", name="S. Brandt", role=Role.QA)


def look_up(page: Page, app: RunningApp) -> None:
    """QA opens an excursion of two alarms from the list."""
    make_account(app.records, system_clock, QA)
    page.goto("about:blank")  # what another person's page still asks for would be refused
    app.let_in(page.context, QA.account)
    first, other = app.alarm("B101.PC1.p0_5", minutes=5), app.alarm("B102.T1")
    with app.records.transaction() as connection:
        moved = [Moved(system_clock(), CLEANWATCH, Move(a.id, first.id, None, "the first")) for a in (first, other)]
        both = Excursion(first.id, {first.id: first, other.id: other})
        excursions.save(connection, [both], moved, app.site.timezone)
    page.goto(f"{app.address}/excursions")
    page.locator(".excursions tbody tr a", has_text="-0001").click()


def test_qa_splits_an_alarm_off_and_sees_where_it_was(page: Page, app: RunningApp) -> None:
    look_up(page, app)
    expect(page.locator("h1")).to_contain_text("-0001")
    page.get_by_label("Choose B102 Temperature").check()
    page.get_by_role("button", name="Split the chosen alarms off").click()
    expect(page.locator("#excursion-problem")).to_have_text("Say why; that needs a reason.")
    page.get_by_label("Reason").fill("the heating, not the filter")
    page.get_by_role("button", name="Split the chosen alarms off").click()
    story = page.locator(".moves")
    expect(story).to_contain_text("-0002, S. Brandt: the heating, not the filter")
    expect(page.locator(".tree tbody tr")).to_have_count(1)


def test_a_dossier_fits_a_phone_and_no_event_lies_over_another(page: Page, app: RunningApp) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    look_up(page, app)
    expect(page.get_by_role("button", name="Split the chosen alarms off")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert page.evaluate(
        """() => [...document.querySelectorAll('.events tbody tr:not(.day)')].every((row) => {
          const bottom = row.getBoundingClientRect().bottom;
          return [...row.children].every((cell) => cell.getBoundingClientRect().bottom <= bottom);
        })"""
    )
    page.set_viewport_size(DESKTOP)

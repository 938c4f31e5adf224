"""Accounts in a browser: a person is invited, sees what a viewer may see, and is told what a viewer may not do."""

from dataclasses import replace

from playwright.sync_api import Browser, BrowserContext, Page, expect

from facility.instants import system_clock
from facility.roles import Role
from storage.records.people import accounts
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.people import MOREAU
from tests.signing_in import PASSWORD, make_account

ADMIN = replace(MOREAU, account="a.admin", name="Andrea Admin", role=Role.ADMINISTRATOR)


def fill(page: Page, **fields: str) -> None:
    for id, text in fields.items():
        page.locator(f"#{id.replace('_', '-')}").fill(text)


def invite(page: Page) -> str:
    """Make an account for a viewer; the address that is shown."""
    page.get_by_role("button", name="Make an account").first.click()
    fill(page, account_new_account="v.berger", account_new_name="Vera Berger", account_new_reason="starts on Monday")
    page.locator("#account-new-role").click()
    page.get_by_role("option", name="Viewer").click()
    page.locator("#account-new-send").click()
    return page.locator("[data-address]").inner_text()


def test_an_invited_viewer_gets_in_and_no_further(app: RunningApp, browser: Browser, profile: BrowserContext) -> None:
    make_account(app.records, system_clock, ADMIN, desk=app.desk)
    app.alarm("B101.DP1")
    app.let_in(profile, ADMIN.account)
    office = profile.new_page()
    office.goto(f"{app.address}/accounts")
    office.wait_for_selector("main h1")
    address = invite(office)
    expect(office.get_by_role("region", name="Accounts")).to_contain_text("v.berger")

    theirs = browser.new_context()
    page = theirs.new_page()
    page.goto(address)
    expect(page).to_have_url(f"{app.address}/invited")
    fill(page, new=PASSWORD, again=PASSWORD)
    page.get_by_role("button", name="Set password").click()
    fill(page, account="v.berger", password=PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_selector(".standing")
    expect(page.locator(".standing")).to_contain_text("Not acknowledged")
    expect(page.get_by_role("button", name="Acknowledge")).to_have_count(0)
    page.goto(f"{app.address}/alarms")
    page.locator("summary", has_text="Filter").click()
    page.get_by_label("Text").fill("no such alarm")
    expect(page.locator("#alarms-history")).to_have_text("No alarm is found.")
    page.goto(f"{app.address}/accounts")
    page.wait_for_selector("main h1")
    expect(page.locator("main")).to_contain_text("you need the role administrator; you are signed in as viewer")

    office.goto(f"{app.address}/accounts/v.berger")
    office.wait_for_selector("main h1")
    office.get_by_role("button", name="Retire").click()
    office.locator("#account-why-send").click()
    expect(office.locator("#account-why-problem")).to_contain_text("Say why")
    fill(office, account_why_reason="left the company")
    office.locator("#account-why-send").click()
    expect(office.locator("#account-content")).to_contain_text("A retired account stays as it is")
    page.goto(f"{app.address}/rooms")
    expect(page).to_have_url(f"{app.address}/sign-in?to=/rooms")
    theirs.close()
    office.close()


def test_who_gets_another_role_meanwhile_signs_in_anew(app: RunningApp, page: Page, watch: Watch) -> None:
    watch.forgiven = ("401", "Nobody is signed in")
    page.goto(f"{app.address}/rooms/B101")
    page.wait_for_selector("main h1")
    page.get_by_role("button", name="Room state").click()
    with app.records.transaction() as connection:
        accounts.change(
            connection,
            system_clock(),
            ADMIN.actor,
            MOREAU.account,
            name=MOREAU.name,
            role=Role.VIEWER,
            areas=None,
            reason="another task",
        )
    page.locator("#room-state-send").click()
    expect(page).to_have_url(f"{app.address}/sign-in?ended=yes&to=%2Frooms%2FB101")
    expect(page.locator("main")).to_contain_text("You are signed out here")

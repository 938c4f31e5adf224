"""Signing in, as people meet it: with and without JavaScript, at first, with a code, after too long a pause."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from facility.instants import system_clock
from facility.people import Actor, Person
from facility.roles import Role
from storage.records.people import sessions
from tests.browser.conftest import DESKTOP
from tests.browser.running import RunningApp
from tests.browsing import Watch
from tests.people import MOREAU
from tests.signing_in import PASSWORD, RULES, make_account

pytestmark = pytest.mark.browser

BRANDT = Person("s.brandt", "Sven Brandt", Role.QA, "test")
NEW = "twelve silent filters"


@pytest.fixture
def nobody(browser: Browser, app: RunningApp, watch: Watch) -> Iterator[BrowserContext]:
    """A browser at which nobody is signed in."""
    watch.forgiven = ("422", "401")
    context = browser.new_context(viewport=DESKTOP)
    yield context
    context.close()


def fill(page: Page, account: str, password: str) -> None:
    page.get_by_label("Account").fill(account)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_somebody_signs_in_is_led_on_and_signs_out(page: Page, app: RunningApp, watch: Watch) -> None:
    watch.forgiven = ("422", "401")
    page.context.clear_cookies()
    page.goto(f"{app.address}/rooms/B101")
    expect(page).to_have_title("Sign in · Cleanwatch")
    expect(page.get_by_label("Account")).to_be_focused()
    fill(page, "j.moreau", "not this one")
    expect(page.get_by_role("alert")).to_have_text("Account and password do not fit together.")
    expect(page.get_by_label("Password")).to_be_focused()
    fill(page, "J.Moreau", PASSWORD)
    expect(page).to_have_url(f"{app.address}/rooms/B101")
    page.get_by_label("account and signing out").click()
    page.get_by_role("link", name="My account").click()
    expect(page.locator("#my-account")).to_contain_text("j.moreau, operator, all areas")
    expect(page.locator("#my-account")).to_contain_text("Account and password do not fit together.")
    page.locator("#my-account").get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{app.address}/sign-in")
    page.go_back()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_without_javascript_too_many_tries_are_told_in_words(browser: Browser, app: RunningApp) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{app.address}/sign-in")
    for _ in range(RULES.free_failures):
        fill(page, "j.moreau", "not this one")
    expect(page.get_by_role("alert")).to_contain_text("The next try is possible in 5 s.")
    fill(page, "j.moreau", PASSWORD)
    expect(page.get_by_role("alert")).to_contain_text("Too many tries.")
    context.close()


def test_who_is_new_sets_a_password_first(nobody: BrowserContext, app: RunningApp, watch: Watch) -> None:
    make_account(app.records, system_clock, BRANDT, one_time=True)
    page = nobody.new_page()
    watch.over(page, app.address)
    page.goto(f"{app.address}/alarms")
    fill(page, "s.brandt", PASSWORD)
    expect(page.get_by_role("heading", name="Set a password of your own")).to_be_visible()
    page.goto(f"{app.address}/alarms")
    expect(page.get_by_role("heading", name="Set a password of your own")).to_be_visible()
    for new, again, words in (
        ("password2026", "password2026", "many people use"),
        ("Sven's own password", "Sven's own password", "Sven Brandt"),
        (NEW, PASSWORD, "not the same"),
    ):
        page.get_by_label("New password", exact=True).fill(new)
        page.get_by_label("New password, again").fill(again)
        page.get_by_role("button", name="Set password").click()
        expect(page.get_by_role("alert")).to_contain_text(words)
    page.get_by_label("New password", exact=True).fill(NEW)
    page.get_by_label("New password, again").fill(NEW)
    page.get_by_role("button", name="Set password").click()
    expect(page).to_have_url(f"{app.address}/alarms")


def test_an_authenticator_is_set_up_and_asked_for(page: Page, nobody: BrowserContext, app: RunningApp) -> None:
    page.goto(f"{app.address}/account")
    page.get_by_role("link", name="Set it up").click()
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator(".key").inner_text().replace(" ", "")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("The code that it shows now").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Switch it on").click()
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#my-account")).to_contain_text("on since")
    other = nobody.new_page()
    other.goto(app.address)
    fill(other, "j.moreau", PASSWORD)
    other.get_by_label("Code").fill("000 000")
    other.get_by_role("button", name="Go on").click()
    expect(other.get_by_role("alert")).to_contain_text("not right, or was used already")
    other.get_by_label("Code").fill(recovery)
    other.get_by_role("button", name="Go on").click()
    expect(other).to_have_url(f"{app.address}/")


def test_who_does_nothing_is_asked_then_signed_out_and_comes_back_to_where_it_was(
    page: Page, app: RunningApp, watch: Watch
) -> None:
    watch.forgiven = ("401",)
    page.goto(f"{app.address}/rooms/B102")
    page.wait_for_selector("html[data-known=yes]")
    ends_in(page, 30_000)
    dialog = page.get_by_role("dialog", name="Are you still there?")
    expect(dialog).to_contain_text(re.compile(r"You are signed out in \d+ s"))
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    with app.records.transaction() as connection:
        sessions.end_all(connection, system_clock(), Actor("test"), MOREAU.account, "timed out")
    ends_in(page, 0)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    fill(page, "j.moreau", PASSWORD)
    expect(page).to_have_url(f"{app.address}/rooms/B102")
    page.wait_for_selector("html[data-known=yes]")


def ends_in(page: Page, milliseconds: int) -> None:
    """As if the server had said so."""
    page.evaluate("left => localStorage.setItem('cleanwatch-session-ends', String(Date.now() + left))", milliseconds)

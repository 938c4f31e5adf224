"""Change control in a browser: an engineer proposes a limit, another reviews it, QA signs, and it holds."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from facility.instants import MINUTE, system_clock, text_of
from facility.people import Actor, Person
from facility.reading import Reading
from facility.roles import Role
from facility.site_file import parse_site
from storage.records import change_steps, revisions
from storage.samples.commit import Intake
from tests.browser.conftest import DESKTOP
from tests.browser.running import DEMO, RunningApp
from tests.browsing import Watch
from tests.signing_in import PASSWORD, make_account

pytestmark = pytest.mark.browser

ENGINEER = Person("e.roth", "E. Roth", Role.ENGINEER, "test")
COLLEAGUE = Person("b.lang", "B. Lang", Role.ENGINEER, "test")
QA = Person("m.keller", "M. Keller", Role.QA, "test")
POINT = "B101.DP1"
NOTES = "() => document.querySelector('#trend-graph .js-plotly-plot')?.layout?.annotations?.map((a) => a.text) ?? []"


@contextmanager
def signed_in(browser: Browser, app: RunningApp, person: Person, watch: Watch, path: str) -> Iterator[Page]:
    """A browser of this person's own, at an address."""
    context = browser.new_context(viewport=DESKTOP)
    app.let_in(context, person.account)
    page = context.new_page()
    watch.over(page, app.address)
    page.goto(f"{app.address}{path}")
    page.wait_for_selector("html[data-known=yes]")
    yield page
    context.close()


def sign(page: Page, person: Person, button: str) -> None:
    page.get_by_role("button", name=button).click()
    page.fill("#sign-account", person.account)
    page.fill("#sign-password", PASSWORD)
    page.click("#sign-send")
    expect(page.locator("#sign-password")).to_be_hidden()


def test_a_limit_that_an_engineer_proposes_holds_once_it_is_reviewed_and_signed_by_qa(
    app: RunningApp, browser: Browser, watch: Watch
) -> None:
    begun = system_clock()
    with app.records.transaction() as connection:
        change_steps.begin(connection, begun, Actor("a.novak"), DEMO.read_text(), "first")
    for person in (ENGINEER, COLLEAGUE, QA):
        make_account(app.records, system_clock, person)
    times = [begun - minutes * MINUTE for minutes in (3, 2, 1)]
    app.samples.append([Intake("gw", readings=tuple(Reading(POINT, time, 54.0, 0, time) for time in times))])

    with signed_in(browser, app, ENGINEER, watch, "/rooms/B101") as page:
        page.hover(f'tr[id="{POINT}"]')
        page.locator(f'tr[id="{POINT}"] .propose').click()
        page.fill("#propose-value", "70")
        page.keyboard.press("Tab")
        expect(page.get_by_text("nothing is left between")).to_be_visible()
        page.fill("#propose-value", "47")
        page.keyboard.press("Tab")
        expect(page.get_by_text("say why the other is right")).to_be_visible()
        page.fill("#propose-rationale", "Doors open for ten seconds at most; 47 Pa is what is left then.")
        page.keyboard.press("Tab")
        expect(page.locator("#propose-found")).to_contain_text("B101.DP1 alert low: 48 Pa to 47 Pa")
        page.fill("#propose-reason", "Requalification")
        page.click("#propose-draft")
        expect(page.locator("#change h1")).to_have_text("Change 1")
        expect(page.get_by_role("button", name="Sign the review")).to_have_count(0)

    with signed_in(browser, app, COLLEAGUE, watch, "/changes/1") as page:
        sign(page, COLLEAGUE, "Sign the review")
        expect(page.locator("#change .title .chip")).to_have_text("Reviewed")

    with signed_in(browser, app, QA, watch, "/changes/1") as page:
        sign(page, QA, "Sign the approval")
        expect(page.locator("#change .title .chip")).to_have_text("In force")
        expect(page.locator(".signature")).to_have_count(2)
        with app.records.reading() as connection:
            newest = revisions.in_force_at(connection, system_clock())
        assert newest is not None and newest.number == 2
        app.site = parse_site(newest.text, "revision 2")  # as the app process takes it over
        end = text_of(newest.in_force_from + MINUTE)
        page.goto(f"{app.address}/trends?points={POINT}&from={text_of(begun - 5 * MINUTE)}&to={end}")
        page.wait_for_function(f"() => ({NOTES})().some((text) => text.includes('revision 2: alert low 48 to 47'))")
        notes = " ".join(page.evaluate(NOTES))
        assert "alert &lt; 48" in notes and "alert &lt; 47" in notes


def test_a_file_that_cannot_be_taken_is_refused_in_words(app: RunningApp, browser: Browser, watch: Watch) -> None:
    with app.records.transaction() as connection:
        change_steps.begin(connection, system_clock(), Actor("a.novak"), DEMO.read_text(), "first")
    make_account(app.records, system_clock, ENGINEER)
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect id="B101" width="9" height="9"/></svg>'
    )

    def chosen(page: Page, name: str, content: bytes) -> None:
        page.set_input_files("#drawing input", {"name": name, "mimeType": "image/svg+xml", "buffer": content})

    with signed_in(browser, app, ENGINEER, watch, "/changes") as page:
        refused = page.locator("[data-largest]:has(#drawing) [role=alert]")
        chosen(page, "scan.svg", drawing + b" " * 3_000_000)
        expect(refused).to_have_text("scan.svg cannot be taken: it is larger than 3 MB.")
        chosen(page, "scan.pdf", drawing)
        expect(refused).to_have_text("scan.pdf cannot be taken: its name has to end with .svg.")
        chosen(page, "plan.svg", drawing)
        expect(refused).to_be_empty()
        expect(page.locator("#drawing-found")).to_contain_text("It names one room.")

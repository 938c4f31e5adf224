"""Signing in: what lets somebody in, what does not, what is on record of it, and when it ends."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyotp
import pytest
from argon2 import Parameters
from flask.testing import FlaskClient

from app import cookies
from app.components.locked_accounts import locked_accounts
from app.context import AppContext
from app.live.hub import Hub
from app.server import create_app
from app.sign_in import entering, lockout, session_cookie
from app.sign_in.desk import Desk
from app.sign_in.passwords import Passwords
from app.sign_in.proof import LOCKED, WRONG, prove
from app.sign_in.rules import SignInRules
from facility.instants import DAY, HOUR, MINUTE, SECOND
from facility.people import Actor, Person
from facility.roles import Role
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.records.people import accounts, credentials, sessions
from storage.records.people.accounts import AccountState
from storage.records.trail import audit
from storage.records.trail.audit import AuditRow
from tests.app.parts import NoSamples, Time, site
from tests.browsing import BrowserLikeClient
from tests.people import MOREAU
from tests.signing_in import CHEAP, PASSWORD, RULES, make_account

ADMIN = Actor("a.dahl", "administrator", "test")
NEW = "twelve silent filters"
DAHL = Person("a.dahl", "Anna Dahl", Role.ADMINISTRATOR, "test")


class Door:
    """An app whose rules and clock a test sets, and browsers at it."""

    def __init__(self, folder: Path, rules: SignInRules = RULES) -> None:
        self.time = Time()
        self.records = Records.open(folder / "records.db", self.time)
        self.desk = Desk(rules)
        suite = site()
        hub = Hub(lambda: suite, self.time)
        self.context = AppContext(
            lambda: suite,
            NoSamples(),
            self.records,
            hub,
            lambda: session_cookie.person(self.context),
            self.time,
            desk=self.desk,
        )
        self.server = create_app(self.context).server

    def browser(self) -> FlaskClient:
        return BrowserLikeClient(self.server)

    def account(self, person: Person = MOREAU, *, one_time: bool = False) -> None:
        make_account(self.records, self.time, person, one_time=one_time)

    def trail(self, *actions: str) -> list[AuditRow]:
        with self.records.reading() as connection:
            return [row for row in audit.rows(connection) if row.action in actions]


@pytest.fixture
def make_door(tmp_path: Path) -> Iterator[Callable[..., Door]]:
    made: list[Door] = []

    def make(**rules: Any) -> Door:
        made.append(Door(tmp_path, replace(RULES, **rules)))
        return made[-1]

    yield make
    for door in made:
        door.records.close()


@pytest.fixture
def door(make_door: Callable[..., Door]) -> Door:
    door = make_door()
    door.account()
    return door


def sign_in(browser: FlaskClient, account: str = "j.moreau", password: str = PASSWORD, to: str = "") -> Any:
    return browser.post("/sign-in", data={"account": account, "password": password, "to": to})


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


def test_the_right_password_lets_in_and_leads_to_where_somebody_wanted_to_go(door: Door) -> None:
    browser = door.browser()
    asked = browser.get("/rooms/B101?at=noon")
    assert asked.headers["Location"] == "/sign-in?to=/rooms/B101%3Fat%3Dnoon"
    answer = sign_in(browser, " J.Moreau ", to="/rooms/B101?at=noon")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/rooms/B101?at=noon")
    assert is_in(browser)
    (row,) = door.trail("signed in")
    assert (row.actor, row.object) == ("j.moreau", "account j.moreau")
    assert json.loads(row.data)["origin"] == "browser at 127.0.0.1"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\n"]
)
def test_sign_in_leads_to_no_other_host(door: Door, to: str) -> None:
    assert sign_in(door.browser(), to=to).headers["Location"] == "/"


def test_the_cookie_is_for_the_server_only_and_the_records_do_not_have_it(door: Door) -> None:
    browser = door.browser()
    answer = sign_in(browser)
    set_cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(cookies.SESSION))
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    token = set_cookie.split("=", 1)[1].split(";")[0]
    assert len(token) >= 43
    with door.records.reading() as connection:
        assert sessions.find(connection, token) is None
        assert sessions.find(connection, session_cookie.token_hash(token)) is not None


@pytest.mark.parametrize("account", ["j.moreau", "n.obody", "", "a\0b", "x" * 5000, "correct horse battery staple"])
def test_what_does_not_fit_is_refused_with_the_same_words_for_all(door: Door, account: str) -> None:
    answer = sign_in(door.browser(), account, "not this one")
    assert answer.status_code == 422
    assert WRONG in answer.text


def test_a_failure_is_on_record_without_what_was_typed(door: Door) -> None:
    sign_in(door.browser(), "j.moreau", "mistyped secret")
    sign_in(door.browser(), "password in the wrong field", "x")
    unknown, known = door.trail("sign-in failed")
    assert (known.actor, known.object) == ("nobody", "account j.moreau")
    assert (unknown.actor, unknown.object) == ("nobody", "account unknown")
    assert "mistyped" not in known.data
    assert "wrong field" not in unknown.data


@pytest.mark.parametrize("account", ["j.moreau", "n.obody"])
def test_each_failure_costs_more_time_and_at_last_the_account_whether_it_exists_or_not(
    door: Door, account: str
) -> None:
    browser, told = door.browser(), []
    for failure in range(RULES.most_failures):
        told.append(sign_in(browser, account, "wrong").text.split('id="problem">')[1].split("<")[0])
        door.time.now += lockout.wait(RULES, failure + 1)
    spans = ("5 s", "10 s", "20 s", "40 s", "2 min", "3 min", "6 min")
    assert told == [WRONG, WRONG, *(f"{WRONG} The next try is possible in {span}." for span in spans), LOCKED]
    assert LOCKED in sign_in(browser, account, PASSWORD).text
    door.time.now += DAY
    assert LOCKED in sign_in(browser, account, PASSWORD).text


def test_while_one_has_to_wait_even_the_right_password_is_not_tried(door: Door) -> None:
    browser = door.browser()
    for _ in range(RULES.free_failures):
        answer = sign_in(browser, password="wrong")
    assert "The next try is possible in 5 s." in answer.text
    assert "Too many tries" in sign_in(browser).text
    door.time.now += 5 * SECOND
    assert sign_in(browser).status_code == 303
    with door.records.reading() as connection:
        credential = credentials.of(connection, "j.moreau")
    assert credential is not None
    assert credential.failures == 0


def fail_until_locked(door: Door) -> None:
    for _ in range(RULES.most_failures):
        sign_in(door.browser(), password="wrong")
        door.time.now += HOUR


def test_a_locked_account_is_unlocked_by_an_administrator(door: Door) -> None:
    fail_until_locked(door)
    (row,) = door.trail("account locked")
    assert row.actor == "cleanwatch"
    with door.records.transaction() as connection:
        accounts.set_state(connection, door.time(), ADMIN, "j.moreau", AccountState.ACTIVE, "was on the phone")
    assert sign_in(door.browser()).status_code == 303


def test_administrators_are_told_of_locked_accounts_on_the_system_page(door: Door) -> None:
    fail_until_locked(door)
    assert locked_accounts(replace(door.context, person=lambda: MOREAU)) is None
    told = str(locked_accounts(replace(door.context, person=lambda: DAHL)))
    assert "One account is locked" in told
    assert "J. Moreau (j.moreau)" in told
    assert "Ten failed sign-ins" in told


def test_administrators_are_told_of_many_failures_before_the_account_is_locked(door: Door) -> None:
    for _ in range(RULES.told_failures):
        assert locked_accounts(replace(door.context, person=lambda: DAHL)) is None
        sign_in(door.browser(), password="wrong")
        door.time.now += HOUR
    told = str(locked_accounts(replace(door.context, person=lambda: DAHL)))
    assert "One account has many failed tries" in told
    assert "J. Moreau (j.moreau)" in told


def test_who_knows_nothing_but_a_name_needs_a_day_to_lock_its_account() -> None:
    rules = SignInRules()
    assert rules.most_failures <= 100  # NIST SP 800-63B-4, 3.2.2
    assert sum(lockout.wait(rules, failures) for failures in range(rules.most_failures)) > 22 * HOUR


def test_who_is_locked_or_retired_learns_it_only_with_the_right_password(door: Door) -> None:
    with door.records.transaction() as connection:
        accounts.set_state(connection, door.time(), ADMIN, "j.moreau", AccountState.RETIRED, "has left")
    assert WRONG in sign_in(door.browser(), password="wrong").text
    assert "retired" in sign_in(door.browser()).text


def test_a_one_time_password_lets_nobody_in_before_another_is_set(make_door: Callable[..., Door]) -> None:
    door = make_door()
    door.account(one_time=True)
    browser = door.browser()
    assert sign_in(browser, to="/alarms").headers["Location"] == "/sign-in/password?to=/alarms"
    assert not is_in(browser)
    assert browser.get("/live/full").status_code == 401
    same = browser.post("/sign-in/password", data={"new": PASSWORD, "again": PASSWORD})
    assert "used this password before" in same.text
    done = browser.post("/sign-in/password", data={"new": NEW, "again": NEW, "to": "/alarms"})
    assert done.headers["Location"] == "/alarms"
    assert is_in(browser)
    assert sign_in(door.browser()).status_code == 422


def test_a_one_time_password_is_not_good_for_ever(make_door: Callable[..., Door]) -> None:
    door = make_door()
    door.account(one_time=True)
    door.time.now += 7 * DAY
    assert "too old" in sign_in(door.browser()).text


def test_a_password_can_be_made_to_grow_old(make_door: Callable[..., Door]) -> None:
    door = make_door(password_age=90 * DAY)
    door.account()
    door.time.now += 90 * DAY
    assert sign_in(door.browser()).headers["Location"] == "/sign-in/password"


def test_who_changes_the_password_is_signed_out_elsewhere(door: Door) -> None:
    here, there = door.browser(), door.browser()
    sign_in(here), sign_in(there)
    form = {"password": PASSWORD, "new": NEW, "again": NEW}
    assert here.post("/account/password", data={**form, "password": "wrong"}).status_code == 422
    assert here.post("/account/password", data={**form, "again": "x"}).status_code == 422
    assert here.post("/account/password", data=form).status_code == 303
    assert is_in(here)
    assert not is_in(there)


def test_who_does_nothing_is_signed_out_however_much_comes_in(door: Door) -> None:
    browser = door.browser()
    sign_in(browser)
    for _ in range(3):
        door.time.now += 9 * MINUTE
        assert browser.get("/live/full").status_code == 200
    door.time.now += 3 * MINUTE
    assert browser.get("/live/full").status_code == 401
    entering.end_expired(door.context)
    (row,) = door.trail("session ended")
    assert json.loads(row.data)["reason"] == "timed out"


def test_who_does_something_stays_but_not_for_ever(door: Door) -> None:
    browser = door.browser()
    sign_in(browser)
    for _ in range(35):
        door.time.now += 20 * MINUTE
        assert browser.post("/session/active").json == browser.get("/session").json
    door.time.now += 20 * MINUTE
    assert browser.post("/session/active").status_code == 401


def test_signing_out_ends_the_session_and_not_only_the_cookie(door: Door) -> None:
    browser = door.browser()
    sign_in(browser)
    cookie = browser.get_cookie(cookies.SESSION)
    assert cookie is not None
    assert browser.post("/sign-out").headers["Location"] == "/sign-in"
    browser.set_cookie(cookies.SESSION, cookie.value)
    assert not is_in(browser)
    (row,) = door.trail("session ended")
    assert row.actor == "j.moreau"


def test_a_live_stream_ends_with_its_session(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sign_in.presence.LOOK_SECONDS", 0.0)
    browser = door.browser()
    sign_in(browser)
    stream = iter(browser.get("/live", buffered=False).response)
    assert b"retry" in next(stream)
    assert b"full" in next(stream)
    with door.records.transaction() as connection:
        sessions.end_all(connection, door.time(), ADMIN, "j.moreau", "ended by an administrator")
    door.context.hub.say("something new")
    door.context.hub.refresh()
    assert list(stream) == []


def with_authenticator(door: Door, browser: FlaskClient) -> tuple[pyotp.TOTP, list[str]]:
    page = browser.get("/account/authenticator").text
    totp = pyotp.TOTP(page.split('class="key">')[1].split("<")[0].replace(" ", ""))
    assert browser.post("/account/authenticator", data={"password": PASSWORD, "code": "000000"}).status_code == 422
    answer = {"password": PASSWORD, "code": code_of(door, totp)}
    shown = browser.post("/account/authenticator", data=answer).text
    return totp, [line.split("<")[0] for line in shown.split("<li>")[1:]]


def code_of(door: Door, totp: pyotp.TOTP) -> str:
    return totp.at(door.time() // 1000)


def test_with_an_authenticator_a_password_alone_lets_nobody_in_and_a_code_is_good_once(door: Door) -> None:
    first = door.browser()
    sign_in(first)
    totp, recovery = with_authenticator(door, first)
    assert len(recovery) == 10
    door.time.now += MINUTE
    browser = door.browser()
    assert sign_in(browser).headers["Location"] == "/sign-in/code"
    assert not is_in(browser)
    code = code_of(door, totp)
    assert browser.post("/sign-in/code", data={"code": code[:3] + " " + code[3:]}).status_code == 303
    assert is_in(browser)
    other = door.browser()
    sign_in(other)
    assert other.post("/sign-in/code", data={"code": code}).status_code == 422
    assert other.post("/sign-in/code", data={"code": recovery[0].upper()}).status_code == 303
    third = door.browser()
    sign_in(third)
    assert third.post("/sign-in/code", data={"code": recovery[0]}).status_code == 422
    assert [json.loads(row.data)["left"] for row in door.trail("recovery code used")] == [9]


def test_wrong_codes_count_like_wrong_passwords_though_the_password_was_right(door: Door) -> None:
    first = door.browser()
    sign_in(first)
    with_authenticator(door, first)
    browser = door.browser()
    for _ in range(RULES.most_failures):
        door.time.now += 16 * MINUTE
        sign_in(browser)
        answer = browser.post("/sign-in/code", data={"code": "123"})
    assert LOCKED in answer.text
    assert LOCKED in sign_in(door.browser()).text


def test_at_a_browser_that_was_left_open_nobody_switches_an_authenticator_on(door: Door) -> None:
    browser = door.browser()
    sign_in(browser)
    seen = browser.get("/account/authenticator").text
    totp = pyotp.TOTP(seen.split('class="key">')[1].split("<")[0].replace(" ", ""))
    answer = browser.post("/account/authenticator", data={"code": code_of(door, totp)})
    assert (answer.status_code, WRONG in answer.text) == (422, True)
    assert [row.object for row in door.trail("proof to switch the authenticator on failed")] == ["account j.moreau"]
    assert totp.secret.encode() not in browser.get("/account/authenticator").data.replace(b" ", b"")
    assert sign_in(door.browser()).headers["Location"] == "/"


def test_an_authenticator_is_switched_off_with_password_and_code(door: Door) -> None:
    browser = door.browser()
    sign_in(browser)
    _, recovery = with_authenticator(door, browser)
    off = "/account/authenticator/off"
    assert browser.post(off, data={"password": "wrong", "code": recovery[0]}).status_code == 422
    assert browser.post(off, data={"password": PASSWORD, "code": recovery[0]}).status_code == 303
    assert sign_in(door.browser()).headers["Location"] == "/"


def test_a_role_that_needs_an_authenticator_sets_it_up_before_anything_else(make_door: Callable[..., Door]) -> None:
    door = make_door(second_factor=frozenset({Role.OPERATOR}))
    door.account()
    browser = door.browser()
    assert sign_in(browser).headers["Location"] == "/account/authenticator"
    assert not is_in(browser)
    _, recovery = with_authenticator(door, browser)
    assert is_in(browser)
    answer = browser.post("/account/authenticator/off", data={"password": PASSWORD, "code": recovery[0]})
    assert "nobody can do without" in answer.text


def test_a_proof_takes_password_and_code_and_counts_what_fails(door: Door) -> None:
    assert prove(door.context, "j.moreau", PASSWORD) is None
    assert prove(door.context, "j.moreau", "wrong") == WRONG
    assert [row.object for row in door.trail("proof to sign failed")] == ["account j.moreau"]
    browser = door.browser()
    sign_in(browser)
    totp, _ = with_authenticator(door, browser)
    door.time.now += MINUTE
    assert prove(door.context, "j.moreau", PASSWORD) is not None
    assert prove(door.context, "j.moreau", PASSWORD, code_of(door, totp)) is None


def test_a_password_is_hashed_anew_when_the_parameters_have_changed(door: Door) -> None:
    stronger = replace_cost(CHEAP, 2)
    door.desk.passwords = Passwords(stronger)
    assert sign_in(door.browser()).status_code == 303
    with door.records.reading() as connection:
        credential = credentials.of(connection, "j.moreau")
    assert credential is not None
    assert ",t=2," in credential.hash
    assert sign_in(door.browser()).status_code == 303


def replace_cost(parameters: Parameters, passes: int) -> Parameters:
    values = {name: getattr(parameters, name) for name in parameters.__slots__}
    return Parameters(**{**values, "time_cost": passes})


def test_a_hash_of_production_fits_its_password_and_no_other() -> None:
    passwords = Passwords(SignInRules().argon2)
    hash = passwords.hash(PASSWORD)
    assert hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.fits(hash, PASSWORD)
    assert not passwords.fits(hash, NEW)
    assert not passwords.fits(None, PASSWORD)


def test_while_the_records_are_away_who_was_in_may_look_and_nobody_else_gets_in(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = door.browser()
    sign_in(browser)
    assert is_in(browser)

    def away(_self: Records) -> None:
        raise RecordsAwayError("The database does not answer.")

    monkeypatch.setattr(Records, "reading", away)
    assert browser.get("/live/full").status_code == 200
    stranger = door.browser()
    stranger.set_cookie(cookies.SESSION, "guessed")
    assert stranger.get("/live/full").status_code == 503
    door.time.now += HOUR
    assert browser.get("/live/full").status_code == 503

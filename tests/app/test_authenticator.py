"""An authenticator: how it is switched on and off, and what a password alone is worth then."""

import json
from collections.abc import Callable

import pyotp
from flask.testing import FlaskClient

from app.sign_in.proof import LOCKED, WRONG, prove
from facility.instants import MINUTE
from facility.roles import Role
from tests.app.door import Door, is_in, sign_in
from tests.signing_in import PASSWORD, RULES


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

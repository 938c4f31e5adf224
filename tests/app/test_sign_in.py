"""Signing in: what lets somebody in, what does not, what is on record of it, and when it ends."""

import json

import pytest
from argon2 import Parameters

from app import cookies
from app.sign_in import entering, session_cookie
from app.sign_in.passwords import Passwords
from app.sign_in.proof import WRONG
from app.sign_in.rules import SignInRules
from facility.instants import HOUR, MINUTE
from storage.records.database import Records
from storage.records.errors import RecordsAwayError
from storage.records.people import credentials, sessions
from tests.app.door import ADMIN, NEW, Door, is_in, sign_in
from tests.signing_in import CHEAP, PASSWORD


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

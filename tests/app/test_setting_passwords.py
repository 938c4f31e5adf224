"""Setting a password: the one-time one, the one that has grown old, the one that one would like to change."""

from collections.abc import Callable

from facility.instants import DAY
from tests.app.door import NEW, Door, is_in, sign_in
from tests.signing_in import PASSWORD


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

"""Who tries and tries: each failure costs more time, and at last the account."""

from dataclasses import replace

import pytest

from app.components.locked_accounts import locked_accounts
from app.sign_in import lockout
from app.sign_in.proof import LOCKED, WRONG
from app.sign_in.rules import SignInRules
from facility.instants import DAY, HOUR, SECOND
from storage.records.people import accounts, credentials
from storage.records.people.accounts import AccountState
from tests.app.door import ADMIN, DAHL, Door, sign_in
from tests.people import MOREAU
from tests.signing_in import PASSWORD, RULES


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

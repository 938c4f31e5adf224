"""A token lets a program ask in a person's name, for a while and for what it was made for."""

import json

import pytest
from sqlalchemy import text

from facility.instants import DAY, HOUR, MINUTE
from facility.roles import Right
from storage.records.database import Records
from storage.records.people import api_tokens
from storage.records.trail import audit
from tests.people import ANN
from tests.storage.conftest import NOON

RIGHTS = frozenset({Right.LOOK, Right.EXPORT})


def made(records: Records, account: str = "m.keller") -> str:
    with records.transaction() as connection:
        return api_tokens.make(connection, NOON, ANN, account, "report", RIGHTS, NOON + DAY)


def test_a_token_says_whose_it_is_and_what_it_is_for(records: Records) -> None:
    token = made(records)
    with records.reading() as connection:
        found = api_tokens.find(connection, token)
        assert found is not None
        assert (found.account, found.name, found.rights) == ("m.keller", "report", RIGHTS)
        assert api_tokens.find(connection, token[:-1]) is None


def test_a_token_holds_until_it_expires_or_is_revoked(records: Records) -> None:
    token = made(records)
    with records.transaction() as connection:
        found = api_tokens.find(connection, token)
        assert found is not None
        assert (found.holds(NOON + DAY - 1), found.holds(NOON + DAY)) == (True, False)
        assert not api_tokens.revoke(connection, NOON, ANN, "j.moreau", found.id)
        assert api_tokens.revoke(connection, NOON, ANN, "m.keller", found.id)
        assert not api_tokens.revoke(connection, NOON, ANN, "m.keller", found.id)
        (revoked,) = api_tokens.of_account(connection, "m.keller")
        assert not revoked.holds(NOON)


def test_all_that_still_hold_are_revoked_at_once_each_on_record_with_the_reason(records: Records) -> None:
    made(records), made(records), made(records, "j.moreau")
    with records.transaction() as connection:
        assert api_tokens.revoke(connection, NOON, ANN, "m.keller", 1)
        assert api_tokens.revoke_all(connection, NOON, ANN, "m.keller", "one-time password set") == 1
        assert api_tokens.revoke_all(connection, NOON, ANN, "m.keller", "one-time password set") == 0
        held = [api_tokens.of_account(connection, account)[0].holds(NOON) for account in ("m.keller", "j.moreau")]
        newest = audit.rows(connection, audit.AuditFilter(object="account m.keller"))[0]
    assert held == [False, True]
    assert json.loads(newest.data)["token"] == 2
    assert json.loads(newest.data)["reason"] == "one-time password set"


def test_when_it_was_last_used_is_kept_to_the_hour(records: Records) -> None:
    token = made(records)
    seen = []
    for at in (NOON, NOON + MINUTE, NOON + HOUR):
        with records.transaction() as connection:
            found = api_tokens.find(connection, token)
            assert found is not None
            if api_tokens.is_to_be_noted(found, at):
                api_tokens.used(connection, at, found)
            seen.append(api_tokens.of_account(connection, "m.keller")[0].used_at)
    assert seen == [NOON, NOON, NOON + HOUR]


@pytest.mark.parametrize("span", [0, 367 * DAY])
def test_a_token_holds_for_a_year_at_most(records: Records, span: int) -> None:
    with pytest.raises(ValueError, match="up to 366 days"), records.transaction() as connection:
        api_tokens.make(connection, NOON, ANN, "m.keller", "report", RIGHTS, NOON + span)


def test_the_trail_tells_of_tokens_without_their_secret(records: Records) -> None:
    token = made(records)
    with records.transaction() as connection:
        api_tokens.revoke(connection, NOON, ANN, "m.keller", 1)
        rows = audit.rows(connection, audit.AuditFilter(object="account m.keller"))
        stored = connection.execute(text("SELECT * FROM api_tokens")).all()
    assert [(row.actor, row.action) for row in reversed(rows)] == [
        ("ann", "API token made"),
        ("ann", "API token revoked"),
    ]
    assert json.loads(rows[1].data)["rights"] == ["EXPORT", "LOOK"]
    assert token.removeprefix(api_tokens.PREFIX) not in f"{rows}{stored}"

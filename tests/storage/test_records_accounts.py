"""Accounts, credentials and sessions on record."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from facility.instants import HOUR, MINUTE
from facility.people import Actor
from facility.roles import Role
from storage.records import append_only
from storage.records.database import Records
from storage.records.people import accounts, api_tokens, credentials, sessions
from storage.records.people.accounts import AccountError, AccountState
from storage.records.people.sessions import Stage
from storage.records.trail import audit
from tests.storage.conftest import NOON
from tests.storage.test_records_migrations import fill

ADMIN = Actor("a.lindt", "administrator", "browser at 127.0.0.1")


def make(records: Records, account: str = "m.keller", role: Role = Role.QA) -> None:
    with records.transaction() as connection:
        accounts.make(connection, NOON, ADMIN, account, name="Mara Keller", role=role, reason="new colleague")


def test_an_account_is_found_however_it_is_typed_and_says_who_made_it(records: Records) -> None:
    make(records)
    with records.reading() as connection:
        found = accounts.find(connection, "  M.Keller ")
        (row,) = audit.rows(connection, limit=1)
    assert found is not None
    assert (found.account, found.name, found.role, found.state) == (
        "m.keller",
        "Mara Keller",
        Role.QA,
        AccountState.ACTIVE,
    )
    assert (row.actor, row.action, row.object) == ("a.lindt", "account made", "account m.keller")
    assert json.loads(row.data)["changes"]["role"] == [None, "QA"]


def test_a_name_that_was_ever_used_is_refused_for_ever(records: Records) -> None:
    make(records)
    with records.transaction() as connection:
        accounts.set_state(connection, NOON, ADMIN, "m.keller", AccountState.RETIRED, "has left")
    with pytest.raises(AccountError, match=r"was an account m\.keller"), records.transaction() as connection:
        accounts.make(connection, NOON, ADMIN, "M.KELLER", name="Max Keller", role=Role.VIEWER)
    with pytest.raises(AccountError, match="for ever"), records.transaction() as connection:
        accounts.set_state(connection, NOON, ADMIN, "m.keller", AccountState.ACTIVE, "is back")


@pytest.mark.parametrize(
    "name", ["", "a", "cleanwatch", "nobody", "m keller", "m.kéller", "-keller", "x" * 65, "a\0b"]
)
def test_what_is_no_proper_name_is_refused_in_words(records: Records, name: str) -> None:
    with pytest.raises(AccountError), records.transaction() as connection:
        accounts.make(connection, NOON, ADMIN, name, name="Mara Keller", role=Role.VIEWER)
    with records.reading() as connection:
        assert accounts.find(connection, name) is None


def test_the_last_administrator_can_neither_be_retired_nor_become_something_else(records: Records) -> None:
    make(records, "a.lindt", Role.ADMINISTRATOR)
    with pytest.raises(AccountError, match="only administrator"), records.transaction() as connection:
        accounts.set_state(connection, NOON, ADMIN, "a.lindt", AccountState.RETIRED, "leaves")
    with pytest.raises(AccountError, match="only administrator"), records.transaction() as connection:
        accounts.change(
            connection, NOON, ADMIN, "a.lindt", name="Mara Keller", role=Role.VIEWER, areas=None, reason="moves"
        )
    make(records, "b.lindt", Role.ADMINISTRATOR)
    with records.transaction() as connection:
        accounts.set_state(connection, NOON, ADMIN, "a.lindt", AccountState.RETIRED, "leaves")


def test_a_change_says_what_was_and_what_is(records: Records) -> None:
    make(records)
    areas = frozenset({"B"})
    with records.transaction() as connection:
        accounts.change(
            connection,
            NOON,
            ADMIN,
            "m.keller",
            name="Mara Keller",
            role=Role.ENGINEER,
            areas=areas,
            reason="changes department",
        )
    with records.reading() as connection:
        (row,) = audit.rows(connection, limit=1)
        found = accounts.find(connection, "m.keller")
    assert found is not None and found.areas == areas
    told = json.loads(row.data)
    assert told["changes"] == {"role": ["QA", "engineer"], "areas": ["all", ["B"]]}
    assert told["reason"] == "changes department"


def test_of_earlier_passwords_as_many_are_kept_as_are_to_be_remembered(records: Records) -> None:
    make(records)
    with records.transaction() as connection:
        for number in range(5):
            credentials.set_password(
                connection, NOON + number, ADMIN, "m.keller", f"hash {number}", one_time=False, remember=3
            )
    with records.reading() as connection:
        assert sorted(credentials.earlier(connection, "m.keller")) == ["hash 1", "hash 2", "hash 3"]
        found = credentials.of(connection, "m.keller")
        trail = " ".join(row.data for row in audit.rows(connection))
    assert found is not None and (found.hash, found.set_at, found.failures) == ("hash 4", NOON + 4, 0)
    assert "hash" not in trail


def test_the_code_of_a_step_is_taken_once_and_a_recovery_code_too(records: Records) -> None:
    make(records)
    with records.transaction() as connection:
        credentials.set_password(connection, NOON, ADMIN, "m.keller", "hash", one_time=False, remember=3)
        credentials.propose_totp(connection, "m.keller", "SECRET")
        credentials.confirm_totp(connection, NOON, ADMIN, "m.keller", 10, ["a", "b"])
        assert [credentials.take_totp_step(connection, "m.keller", step) for step in (10, 11, 11, 9)] == [
            False,
            True,
            False,
            False,
        ]
        assert [credentials.take_recovery_code(connection, NOON, ADMIN, "m.keller", code) for code in "aac"] == [
            True,
            False,
            False,
        ]
        assert credentials.recovery_codes_left(connection, "m.keller") == 1
        credentials.drop_totp(connection, NOON, ADMIN, "m.keller", "telephone lost")
        assert credentials.recovery_codes_left(connection, "m.keller") == 0


def begin(records: Records, token: str, account: str = "m.keller") -> int:
    with records.transaction() as connection:
        session = sessions.begin(
            connection, NOON, account, token, stage=Stage.SIGNED_IN, origin="10.0.0.5", browser="Firefox"
        )
    return session.id


def test_sessions_end_one_by_one_all_at_once_and_by_time(records: Records) -> None:
    make(records)
    first, second, third = (begin(records, token) for token in "abc")
    with records.transaction() as connection:
        assert sessions.end(connection, NOON, ADMIN, first, "signed out")
        assert not sessions.end(connection, NOON, ADMIN, first, "signed out")
        sessions.touch(connection, third, NOON + 20 * MINUTE)
        ended = sessions.end_expired(connection, NOON + 30 * MINUTE, ADMIN, idle=30 * MINUTE, longest=12 * HOUR)
        assert ended == 1
    with records.reading() as connection:
        assert [session.id for session in sessions.open_now(connection)] == [third]
        ended_session = sessions.numbered(connection, second)
        assert ended_session is not None and ended_session.ended == NOON + 30 * MINUTE
        rows = audit.rows(connection, limit=2)
    assert [(row.action, json.loads(row.data)["reason"]) for row in rows] == [
        ("session ended", "timed out"),
        ("session ended", "signed out"),
    ]


def test_who_is_locked_is_signed_out_everywhere(records: Records) -> None:
    make(records)
    begin(records, "a"), begin(records, "b")
    with records.transaction() as connection:
        accounts.set_state(connection, NOON, ADMIN, "m.keller", AccountState.LOCKED, "10 failures in a row")
    with records.reading() as connection:
        assert sessions.open_now(connection, "m.keller") == []


def test_with_another_role_or_other_areas_one_signs_in_anew(records: Records) -> None:
    make(records)
    with records.transaction() as connection:
        for token in ("one", "two"):
            sessions.begin(connection, NOON, "m.keller", token, stage=Stage.SIGNED_IN, origin="", browser="")
            role = Role.QA if token == "one" else Role.VIEWER
            accounts.change(
                connection, NOON, ADMIN, "m.keller", name="M. Keller", role=role, areas=None, reason="another task"
            )
            assert len(sessions.open_now(connection)) == (1 if token == "one" else 0)
        sessions.begin(connection, NOON, "m.keller", "three", stage=Stage.SIGNED_IN, origin="", browser="")
        accounts.change(
            connection,
            NOON,
            ADMIN,
            "m.keller",
            name="M. Keller",
            role=Role.VIEWER,
            areas=frozenset({"north"}),
            reason="north only",
        )
        assert sessions.open_now(connection) == []


@pytest.mark.parametrize("table", append_only.KEPT)
def test_what_is_kept_is_never_deleted(records: Records, table: str) -> None:
    fill(records)
    with records.transaction() as connection:
        api_tokens.make(connection, NOON, ADMIN, "j.moreau", "report", [], NOON + HOUR)
    with pytest.raises(DBAPIError, match="append-only"), records.transaction() as connection:
        connection.execute(text(f"DELETE FROM {table}"))
    with records.transaction() as connection:
        statement = "REPLACE INTO {0} SELECT * FROM {0}" if records.embedded else "TRUNCATE {0} CASCADE"
        with pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(statement.format(table)))
        connection.rollback()


def test_a_session_is_over_when_nobody_does_anything_and_when_it_is_too_old(records: Records) -> None:
    make(records)
    begin(records, "a")
    with records.reading() as connection:
        session = sessions.find(connection, "a")
    assert session is not None
    assert not session.over(NOON + 30 * MINUTE - 1, 30 * MINUTE, 12 * HOUR)
    assert session.over(NOON + 30 * MINUTE, 30 * MINUTE, 12 * HOUR)
    assert session.over(NOON + 12 * HOUR, 24 * HOUR, 12 * HOUR)

"""The first account, the demo's, and accounts at the shell."""

import getpass
import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.sign_in.desk import Desk
from cleanwatch import demo_accounts
from cleanwatch.command import cleanwatch
from cleanwatch.demo_files import PASSWORD, PEOPLE
from cleanwatch.first_account import ACCOUNT, make_first_administrator
from facility.instants import system_clock
from facility.roles import Role
from storage.records.database import Records
from storage.records.people import accounts, credentials
from storage.records.people.accounts import AccountState
from storage.records.trail import audit
from tests.records import open_records
from tests.signing_in import RULES


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    """Records in the folder that the settings name; hashes are cheap."""
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    for module in ("commands.account", "demo_accounts"):
        monkeypatch.setattr(f"cleanwatch.{module}.sign_in_rules", lambda _settings: RULES)
    with closing(open_records(tmp_path / "records.db", system_clock)) as records:
        yield records


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cleanwatch, ["account", *arguments])


def password_in(output: str) -> str:
    return next(line.split()[1] for line in output.splitlines() if line.strip().startswith("password"))


def test_at_the_first_start_one_administrator_gets_a_password_that_is_shown_once(
    records: Records, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(RULES)
    make_first_administrator(records, system_clock, desk, "http://127.0.0.1:8050")
    password = password_in(capsys.readouterr().out)
    make_first_administrator(records, system_clock, desk, "http://127.0.0.1:8050")
    assert capsys.readouterr().out == ""
    assert password not in caplog.text
    with records.reading() as connection:
        account, credential = accounts.find(connection, ACCOUNT), credentials.of(connection, ACCOUNT)
        trail = "".join(row.data for row in audit.rows(connection))
    assert account is not None and account.role is Role.ADMINISTRATOR
    assert credential is not None and credential.one_time
    assert desk.passwords.fits(credential.hash, password)
    assert password not in trail


def test_an_account_is_made_reset_and_retired_at_the_shell_by_the_user_of_the_machine(records: Records) -> None:
    made = run("make", "M.Keller", "--printed", "Mara Keller", "--role", "QA", "--reason", "new colleague")
    again = run("reset", "m.keller", "--reason", "has forgotten it")
    assert password_in(made.output) != password_in(again.output)
    assert "m.keller" in run("list").output
    assert run("retire", "m.keller", "--reason", "has left").exit_code == 0
    refused = run("make", "m.keller", "--printed", "Max Keller", "--role", "QA", "--reason", "new")
    assert refused.exit_code == 1
    assert "a name is given only once" in refused.output
    with records.reading() as connection:
        account = accounts.find(connection, "m.keller")
        rows = audit.rows(connection)
    assert account is not None and account.state is AccountState.RETIRED
    own = [row for row in rows if row.object == "account m.keller"]
    assert {row.actor for row in own} == {getpass.getuser()}
    assert json.loads(own[0].data)["reason"] == "has left"
    assert "command line" in json.loads(own[0].data)["origin"]


def test_a_locked_account_is_unlocked_at_the_shell(records: Records) -> None:
    run("make", "a.dahl", "--printed", "Anna Dahl", "--role", "administrator", "--reason", "first")
    with records.transaction() as connection:
        credentials.count_failure(connection, 1, "a.dahl")
        accounts.set_state(connection, 1, accounts.NOBODY, "a.dahl", AccountState.LOCKED, "ten failures")
    assert run("unlock", "a.dahl", "--reason", "it was me").exit_code == 0
    with records.reading() as connection:
        account, credential = accounts.find(connection, "a.dahl"), credentials.of(connection, "a.dahl")
    assert account is not None and account.state is AccountState.ACTIVE
    assert credential is not None and credential.failures == 0


@pytest.mark.parametrize("command", ["retire", "unlock", "reset"])
def test_an_account_that_is_not_there_is_told_in_words(records: Records, command: str) -> None:
    answer = run(command, "n.obody", "--reason", "x")
    assert answer.exit_code == 1
    assert "There is no account 'n.obody'" in answer.output


def test_the_demo_has_an_account_for_each_role_and_makes_none_twice(records: Records) -> None:
    demo_accounts.main()
    demo_accounts.main()
    with records.reading() as connection:
        known = {one.account: one.role.value for one in accounts.all(connection)}
        hash = credentials.of(connection, PEOPLE[0][0])
    assert known == {account: role for account, _, role in PEOPLE}
    assert set(known.values()) == {role.value for role in Role if role is not Role.WALL}
    assert hash is not None and Desk(RULES).passwords.fits(hash.hash, PASSWORD)

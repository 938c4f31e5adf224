"""Channels at the shell: added, tried through a running station, used no longer."""

import random
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from alerts.channels.opening import opened
from alerts.channels.sealing import Seals
from alerts.notifications.sender import Sender
from cleanwatch.command import cleanwatch
from facility.instants import system_clock
from facility.roles import Role
from storage.records import contacts, revisions
from storage.records.database import Records
from storage.records.people import accounts
from tests.alerts.receivers import web_server
from tests.facility.sites import SMALL
from tests.people import ANN
from tests.records import open_records


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Records]:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    with closing(open_records(tmp_path / "records.db", system_clock)) as records:
        with records.transaction() as connection:
            revisions.add(connection, 1, in_force_from=0, author=ANN, reason="first", text=SMALL, differences=[])
            accounts.make(connection, 1, ANN, "j.moreau", name="J. Moreau", role=Role.OPERATOR)
        yield records


def run(*arguments: str, entered: str | None = None) -> Result:
    return CliRunner().invoke(cleanwatch, ["notify", *arguments], input=entered)


@contextmanager
def sending(records: Records, folder: Path) -> Iterator[None]:
    """As the station does."""
    seals, stopping = Seals(folder / "channels.key"), threading.Event()
    sender = Sender(records, lambda kept: opened(kept, seals, folder), system_clock, "main", random.Random())

    def send() -> None:
        while not stopping.wait(0.02):
            sender.step()
        sender.close()

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def test_a_channel_is_added_tried_and_used_no_longer(records: Records, tmp_path: Path) -> None:
    assert "There is no channel yet" in run("channels").output
    with web_server() as server, sending(records, tmp_path):
        added = run("add", "Hook", entered=f"json://me:hunter2@127.0.0.1:{server.port}/alarms\n")
        assert "Channel Hook is added: json://***@127.0.0.1" in added.output
        assert "hunter2" not in added.output + run("channels").output
        tried = run("test", "hook")
        assert (tried.exit_code, "was sent: Sent JSON POST notification." in tried.output) == (0, True)
        assert server.taken[0][1]["title"] == "TEST of Cleanwatch, North: nothing has happened"
        server.status = 404
        refused = run("test", "hook")
        assert (refused.exit_code, "was not taken: the service answers 404" in refused.output) == (1, True)
    assert "TEST of" in run("list").output
    assert (
        "Channel Hooks is changed." in run("change", "Hook", "--rename", "Hooks", "--reason", "there are two").output
    )
    run("change", "Hooks", "--rename", "Hook 2", "--first", "--reason", "there are two")
    assert "Channel Hook 2 is retired." in run("retire", "Hook 2", "--reason", "another one").output
    assert "There is no channel 'Hook' in use" in run("test", "Hook").output


def test_a_persons_address_is_set_where_the_channel_can_send_to_it(records: Records) -> None:
    run("add", "Mail", entered="mailtos://u:hunter2@mail.example.org?to={to}\n")
    assert "'J. Moreau' is no address" in run("contact", "j.moreau", "Mail", "J. Moreau").output
    assert "There is no account 'nobody'" in run("contact", "nobody", "Mail", "a@example.org").output
    set = run("contact", "j.moreau", "mail", "j.moreau@example.org")
    assert set.output == "J. Moreau is reached by Mail at j…@example.org.\n"
    with records.reading() as connection:
        assert list(contacts.of(connection, "j.moreau").values()) == ["j.moreau@example.org"]
    assert "say which with --to" in run("test", "Mail").output


def test_an_address_that_is_none_is_refused_and_not_repeated(records: Records) -> None:
    refused = run("add", "Mail", entered="mailz://u:hunter2@mail.example.org\n")
    assert refused.exit_code == 1
    assert "'mailz' is unknown, or a part is missing" in refused.output
    assert "hunter2" not in refused.output

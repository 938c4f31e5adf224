"""A station tells people of its alarms, and says in words when it cannot."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from alerts.channels import opening
from alerts.channels.sealing import Seals
from cleanwatch.notifying import Notifying
from cleanwatch.settings import Settings
from facility.instants import MINUTE, Instant
from facility.roles import Role
from storage.records import channels, contacts
from storage.records.database import Records
from storage.records.people import accounts
from tests.alerts.receivers import web_server
from tests.alerts.telling import SITE, START, happens, pressure
from tests.people import ANN
from tests.records import open_records
from tests.waiting import wait_until


@dataclass
class Telling:
    """The telling of a station, with a clock that is set by hand."""

    records: Records
    folder: Path
    now: Instant = START

    def __post_init__(self) -> None:
        settings = Settings(data=self.folder, public_url="https://cw.example")
        self.notifying = Notifying(settings, "main", self.records, lambda: SITE, lambda: self.now)

    def add(self, name: str, entered: str) -> int:
        """Add a channel."""
        address = opening.address(entered, Seals(self.folder / "channels.key"))
        with self.records.transaction() as connection:
            return channels.add(connection, START, ANN, name, address).id

    def words(self) -> str:
        """What the system page says."""
        return "; ".join(finding.text for finding in self.notifying.findings())


@pytest.fixture
def telling(tmp_path: Path) -> Iterator[Telling]:
    with closing(open_records(tmp_path / "records.db", lambda: START)) as records:
        found = Telling(records, tmp_path)
        yield found
        found.notifying.close()


def test_an_alarm_reaches_a_real_receiver(telling: Telling) -> None:
    with web_server() as server:
        telling.add("Hook", f"json://127.0.0.1:{server.port}/")
        happens(telling.records, START, pressure())
        telling.notifying.step()
        wait_until(lambda: server.taken)
    [(_, content)] = server.taken
    assert content["title"].startswith("ACTION N1 Filling, grade B: Pressure 8.2")
    assert "https://cw.example/" in content["message"]
    assert telling.words() == ""


def test_that_nobody_can_be_told_is_said_until_somebody_can(telling: Telling) -> None:
    assert "there is no channel yet" in telling.words()
    mail = telling.add("Mail", "mailto://mail.example.org?to={to}&from=a@example.org")
    assert "no person has an address" in telling.words()
    with telling.records.transaction() as connection:
        accounts.make(connection, START, ANN, "ann", name="Ann", role=Role.OPERATOR)
        contacts.set(connection, START, ANN, "ann", mail, "ann@example.org")
    assert telling.words() == ""


def test_a_channel_that_takes_no_messages_is_named_with_the_reason(telling: Telling) -> None:
    with web_server() as server:
        server.status = 404
        telling.add("Hook", f"json://127.0.0.1:{server.port}/")
        happens(telling.records, START, pressure())
        telling.notifying.step()
        wait_until(
            lambda: "channel Hook does not take messages (waiting: 0; given up in the last day: 1" in telling.words()
        )
    assert "the service answers 404" in telling.words()


def test_a_key_that_is_gone_is_told_with_what_would_be_right(telling: Telling) -> None:
    telling.add("Hook", "json://127.0.0.1:9/")
    (telling.folder / "channels.key").unlink()
    happens(telling.records, START, pressure())
    telling.notifying.step()
    wait_until(lambda: "channel Hook cannot be used: there is no key" in telling.words())
    telling.now += MINUTE
    assert "enter the address of the channel anew" in telling.words()

"""Channels by Apprise against a real mail server and a real web server, and how their secrets are kept."""

import logging
import stat
from logging.handlers import BufferingHandler
from pathlib import Path

import pytest

from alerts.channels import opening
from alerts.channels.apprise_channel import HEADER, AddressError, AppriseChannel
from alerts.channels.channel import Message, PermanentFailureError, TemporaryFailureError
from alerts.channels.mailbox import Mailbox
from alerts.channels.reasons import failure
from alerts.channels.sealing import KeyNotUsableError, Seals
from storage.records.channels import Channel
from tests.alerts.receivers import mail_server, web_server
from tests.parts import free_port

MESSAGE = Message("E-2026-0042/new/ann/1", "ABC234", "ACTION B101: pressure 8.2 Pa", "Since 03:12\n\nWhat to do: ...")
SECRET = "hunter2hunter2"


def mail(port: int) -> AppriseChannel:
    return AppriseChannel(f"mailto://127.0.0.1:{port}?to={{to}}&from=cleanwatch@example.org&name=Cleanwatch")


def hook(port: int) -> AppriseChannel:
    return AppriseChannel(f"json://cleanwatch:{SECRET}@127.0.0.1:{port}/hooks/{SECRET}?+X-Token={SECRET}")


def test_a_mail_arrives_with_the_id_of_its_message() -> None:
    with mail_server() as server:
        receipt = mail(server.port).send("ann@example.org", MESSAGE)
    [taken] = server.taken
    assert (taken["To"], taken["Subject"], taken[HEADER]) == ("ann@example.org", MESSAGE.subject, MESSAGE.id)
    assert taken.get_content().strip().replace("\r\n", "\n") == MESSAGE.text
    assert receipt.words == "Sent Email to ann@example.org"


def test_a_webhook_is_called_with_the_id_of_the_message() -> None:
    with web_server() as server:
        hook(server.port).send("", MESSAGE)
    [(headers, content)] = server.taken
    assert (content["title"], content["message"], headers[HEADER]) == (MESSAGE.subject, MESSAGE.text, MESSAGE.id)


def test_a_mail_servers_refusal_for_good_is_permanent_and_for_now_is_not() -> None:
    with mail_server() as server:
        server.refusal = "550 5.1.1 no such user"
        with pytest.raises(PermanentFailureError, match=r"550 5\.1\.1 no such user"):
            mail(server.port).send("ann@example.org", MESSAGE)
        server.refusal = "451 4.7.1 come back later"
        with pytest.raises(TemporaryFailureError, match=r"451 4\.7\.1 come back later") as later:
            mail(server.port).send("ann@example.org", MESSAGE)
    assert later.value.known


@pytest.mark.parametrize(("status", "permanent"), [(404, True), (401, True), (429, False), (503, False)])
def test_the_status_of_a_web_server_tells_whether_it_may_take_the_message_later(status: int, permanent: bool) -> None:
    with web_server() as server:
        server.status = status
        with pytest.raises(PermanentFailureError if permanent else TemporaryFailureError, match=f"answers {status}"):
            hook(server.port).send("", MESSAGE)


def test_a_service_that_cannot_be_reached_is_tried_again_and_no_secret_is_told_or_logged() -> None:
    log = BufferingHandler(1000)
    logging.getLogger().addHandler(log)
    try:
        with pytest.raises(TemporaryFailureError, match=r"not reached.*Connection refused") as failed:
            hook(free_port()).send("", MESSAGE)
    finally:
        logging.getLogger().removeHandler(log)
    assert failed.value.known
    assert SECRET not in str(failed.value)
    assert [record for record in log.buffer if SECRET in record.getMessage()] == []


def test_an_address_that_the_service_has_no_use_for_is_a_permanent_failure() -> None:
    with pytest.raises(PermanentFailureError, match="'\\+49 151' is no address"):
        mail(25).send("+49 151", MESSAGE)


@pytest.mark.parametrize(
    ("lines", "permanent", "known"),
    [
        (["Failed to send Twilio notification to +49: error=21211."], False, False),
        (["Failed to send JSON POST notification: error=302."], False, False),
        (["Failed to send ntfy: Unauthorized, error=403."], True, True),
        (["Socket Exception: (535, b'5.7.8 bad password')", "Connection error"], True, True),
        (["SMTP recipient a@b was refused: 450 b'busy'"], False, True),
        (["Socket Exception: [Errno 111] Connection refused"], False, True),
        (["Socket Exception: something odd"], False, False),
        ([], False, False),
    ],
)
def test_what_apprise_logs_tells_why_it_failed(lines: list[str], permanent: bool, known: bool) -> None:
    found = failure(lines)
    assert isinstance(found, PermanentFailureError) is permanent
    assert permanent or (isinstance(found, TemporaryFailureError) and found.known is known)
    assert str(found)


@pytest.mark.parametrize(
    ("url", "shown", "personal", "short"),
    [
        ("mailtos://u:hunter2@mail.example.org?to={to}", "mailtos://***@mail.example.org", True, False),
        ("twilio://AC735c307c62944b5a:e29dfbcebf390dee9@+15551234567/{to}", "twilio://***", True, True),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alarms", "slack://***", False, False),
        ("ntfy://ntfy.sh/topic", "ntfy://***@ntfy.sh", False, False),
    ],
)
def test_what_is_shown_of_an_address_names_the_service_and_no_secret(
    tmp_path: Path, url: str, shown: str, personal: bool, short: bool
) -> None:
    address = opening.address(url, Seals(tmp_path / "channels.key"))
    assert (address.shown, address.personal, address.short) == (shown, personal, short)
    assert "hunter2" not in address.sealed
    assert Seals(tmp_path / "channels.key").open(address.sealed) == url


@pytest.mark.parametrize("entered", ["", "nonsense", "nonsense://x", "mailto://", "http://"])
def test_an_address_that_is_none_is_refused_with_what_would_be_right(tmp_path: Path, entered: str) -> None:
    with pytest.raises(AddressError, match=r"Write it as Apprise has it, like mailtos://"):
        opening.address(entered, Seals(tmp_path / "channels.key"))


def test_the_address_of_a_person_is_tried_on_the_channel(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "channels.key")
    kept = Channel(1, "Mail", 1, opening.address("mailto://mail.example.org?to={to}&from=a@b.org", seals), 0)
    opening.check(kept, seals, "ann@example.org")
    with pytest.raises(AddressError, match="'ann' is no address that this channel can send to"):
        opening.check(kept, seals, "ann")


def test_the_key_is_private_and_addresses_are_lost_without_it(tmp_path: Path) -> None:
    path = tmp_path / "channels.key"
    sealed = Seals(path).seal("mailto://")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.rename(tmp_path / "kept.key")
    with pytest.raises(KeyNotUsableError, match="there is no key"):
        Seals(path).open(sealed)
    Seals(path).seal("another key is made")
    with pytest.raises(KeyNotUsableError, match="sealed with another key"):
        Seals(path).open(sealed)
    path.write_text("nonsense")
    with pytest.raises(KeyNotUsableError, match="cannot be used"):
        Seals(path).open(sealed)


def test_a_mailbox_takes_everything_into_a_file_for_each_address_and_sends_nothing(tmp_path: Path) -> None:
    seals = Seals(tmp_path / "channels.key")
    address = opening.address(" mailbox://{to}", seals)
    assert (address.kind, address.personal) == ("mailbox", True)
    channel = opening.opened(Channel(1, "Try", 1, address, 0), seals, tmp_path / "mailbox")
    assert isinstance(channel, Mailbox)
    for name in ("ann@example.org", "ann@example.org", "../ben", ""):
        words = channel.send(name, MESSAGE).words
        assert words.endswith(", and sent nowhere")
    files = {path.name: path.read_text() for path in (tmp_path / "mailbox").iterdir()}
    assert files.keys() == {"ann@example.org.txt", ".._ben.txt", "everybody.txt"}
    assert files["ann@example.org.txt"].count(MESSAGE.text) == 2
    assert all(path.stat().st_mode & 0o077 == 0 for path in (tmp_path / "mailbox").iterdir())


def test_a_mailbox_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mailbox").touch()
    with pytest.raises(TemporaryFailureError, match="cannot be written"):
        Mailbox(tmp_path / "mailbox").send("ann", MESSAGE)

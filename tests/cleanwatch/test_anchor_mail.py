"""The mail about the audit trail, handed in at a real server, and verified by OpenSSL."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cleanwatch.anchor_key import NAME, KeyNotUsableError, key_of, key_on_record, public_pem
from cleanwatch.anchor_mail import STATEMENT, NotSentError, Post, send
from cleanwatch.command import cleanwatch
from cleanwatch.problems import Problems
from cleanwatch.settings import Settings
from cleanwatch.trail_keeping import TrailKeeper
from facility.instants import system_clock
from storage.records.trail import anchors, audit
from storage.records.trail.chain import Mark
from tests.acceptance.story import site_of
from tests.alerts.examples import low, point
from tests.certificates import Certificates
from tests.parts import free_port, program
from tests.records import open_records

NOON = 1_763_800_060_000
SITE = site_of(point(low(10)))
TOLD = anchors.statement("demo", NOON, Mark(12_345, "ab" * 32))


class Mailbox:
    """Takes what comes, but for one recipient."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 (the name that aiosmtpd asks for)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 there is nobody"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox, certificates: Certificates) -> Iterator[int]:
    """A server that asks for TLS and then for the password of `cleanwatch`."""
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(certificates.server, certificates.server_key)

    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        right = getattr(data, "login", b"") == b"cleanwatch" and getattr(data, "password", b"") == b"a secret"
        return AuthResult(success=right, handled=False)

    controller = Controller(
        mailbox,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=trust,
        require_starttls=True,
        authenticator=known,
        auth_required=True,
    )
    controller.start()
    yield controller.port
    controller.stop()


@pytest.fixture
def post(port: int, certificates: Certificates, tmp_path: Path) -> Post:
    password = tmp_path / "password"
    password.write_text("a secret\n")
    to = ("qa@site.example", "head@site.example")
    return Post(
        "127.0.0.1", port, "cleanwatch@site.example", to, "starttls", certificates.authority, "cleanwatch", password
    )


def test_the_mail_tells_the_head_and_its_signature_holds_for_openssl(
    post: Post, mailbox: Mailbox, tmp_path: Path
) -> None:
    key = Ed25519PrivateKey.generate()
    counts = {"alarm raised": 1_234, "signed in": 7}
    send(post, "demo", TOLD, key.sign(TOLD.encode()), "Verified, all 12,345 rows: whole.", counts)
    (message,) = mailbox.messages
    assert (message["Subject"], message["To"]) == ("Audit trail of demo", "qa@site.example, head@site.example")
    text = text_of(message)
    assert TOLD in text
    assert "1,234  alarm raised" in text
    assert "whole." in text
    keep_attachments(message, tmp_path)
    assert (tmp_path / STATEMENT).read_text() == TOLD
    (tmp_path / "public-key-1.pem").write_text(public_pem(key))
    assert holds_for_openssl(message, tmp_path)
    (tmp_path / STATEMENT).write_text(TOLD.replace("12345", "12346"))
    assert not holds_for_openssl(message, tmp_path)


def text_of(message: EmailMessage) -> str:
    body = message.get_body()
    assert body is not None
    text: str = body.get_content()
    return text.replace("\r\n", "\n")


def keep_attachments(message: EmailMessage, folder: Path) -> None:
    for part in message.iter_attachments():
        (folder / str(part.get_filename())).write_bytes(part.get_content())


def holds_for_openssl(message: EmailMessage, folder: Path) -> bool:
    """What the command says that stands in the mail, in a folder with its attachments and the public key."""
    command = next(line.strip() for line in text_of(message).splitlines() if line.strip().startswith("openssl"))
    openssl = [str(program("openssl")), *command.split()[1:]]
    return subprocess.run(openssl, cwd=folder, capture_output=True, check=False).returncode == 0


def test_what_a_station_mails_at_night_is_verified_outside_with_the_key_of_an_export(
    post: Post, mailbox: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, outside = tmp_path / "data", tmp_path / "outside"
    outside.mkdir()
    data.mkdir()
    settings = Settings(
        data=data,
        mail_host=post.host,
        mail_port=post.port,
        mail_ca_file=post.ca_file,
        mail_from=post.sender,
        mail_to=", ".join(post.recipients),
        mail_user=post.user,
        mail_password_file=post.password_file,
    )
    problems = Problems(system_clock)
    with closing(open_records(data / "records.db", system_clock)) as records:
        TrailKeeper(settings, records, lambda: SITE, system_clock, problems, threading.Event())()
    assert problems.now() == ()
    (message,) = mailbox.messages
    keep_attachments(message, outside)
    monkeypatch.setenv("CLEANWATCH_DATA", str(data))
    assert run("export", tmp_path / "trail.zip").exit_code == 0
    with ZipFile(tmp_path / "trail.zip") as package:
        package.extract("public-key-1.pem", outside)
    assert holds_for_openssl(message, outside)
    assert run("verify", "--against", outside / STATEMENT).exit_code == 0
    statement = (outside / STATEMENT).read_bytes()
    (outside / STATEMENT).write_bytes(statement.replace(b"row: ", b"row: 1"))
    assert not holds_for_openssl(message, outside)
    assert run("verify", "--against", outside / STATEMENT).exit_code == 1


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cleanwatch, ["audit", *map(str, arguments)])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password_file": None}, "put the password into a file, CLEANWATCH_MAIL_PASSWORD_FILE"),
        ({"tls": "none", "user": None}, "cannot be sent by 127.0.0.1"),
        ({"ca_file": None}, "certificate verify failed"),
        ({"recipients": ("nobody@site.example",)}, "there is nobody"),
        ({"recipients": ("qa@site.example", "nobody@site.example")}, "does not take mail for nobody@site.example"),
        ({"user": "eve"}, "cannot be sent"),
        ({"port": 1}, "CLEANWATCH_MAIL_HOST and what belongs to it say how"),
    ],
)
def test_what_keeps_a_mail_from_being_sent_is_told(post: Post, change: dict[str, Any], words: str) -> None:
    with pytest.raises(NotSentError, match=words):
        send(replace(post, **change), "demo", TOLD, b"", "", {})


def test_the_key_is_made_once_for_its_owner_only_and_is_on_record(tmp_path: Path) -> None:
    assert key_of(tmp_path) is None
    records = open_records(tmp_path / "records.db", lambda: NOON)
    key = key_on_record(tmp_path, records, lambda: NOON)
    assert public_pem(key_on_record(tmp_path, records, lambda: NOON)) == public_pem(key)
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    with records.reading() as connection:
        assert anchors.public_keys(connection) == [public_pem(key)]
        assert len(audit.rows(connection, audit.AuditFilter(action=anchors.KEY_ACTION))) == 1
    records.close()


def test_a_key_that_cannot_be_used_is_told_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("nothing that would be a key")
    with pytest.raises(KeyNotUsableError, match="Put it back from where it is kept, or move it away"):
        key_of(tmp_path)
    assert (tmp_path / NAME).read_text() == "nothing that would be a key"

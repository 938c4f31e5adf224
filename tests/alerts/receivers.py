"""Real receivers of messages: a mail server and a web server that do as they are told."""

import email
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.parts import free_port
from tests.serving import served


@dataclass
class MailServer:
    """Takes mail, unless it has an answer to refuse recipients with."""

    port: int
    refusal: str = ""
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.refusal:
            return self.refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        return "250 queued as 7"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a port of this machine."""
    server = MailServer(free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@dataclass
class WebServer:
    """Takes JSON, unless it has another status to answer with."""

    port: int = 0
    status: int = 200
    taken: list[tuple[dict[str, str], dict[str, str]]] = field(default_factory=list)
    """Headers and content."""


@contextmanager
def web_server() -> Iterator[WebServer]:
    """A web server on a port of this machine."""
    received = WebServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if received.status == 200:
                received.taken.append((dict(self.headers), content))
            self.send_response(received.status)
            self.end_headers()

    with served(Handler) as received.port:
        yield received

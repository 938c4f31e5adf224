"""The daily mail about the audit trail: its head, signed, and what was written since the last one."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Literal

SECONDS = 30
STATEMENT, SIGNATURE = "head-of-audit-trail.txt", "head-of-audit-trail.sig"

HOW = f"""
How to verify the signature (Ed25519), with the public key that every export of the trail holds:

    openssl pkeyutl -verify -pubin -inkey public-key-1.pem -rawin -in {STATEMENT} -sigfile {SIGNATURE}

Keep this mail where those who run Cleanwatch cannot change it. If the trail is ever written anew, it shows: the row
of that number then has another hash. cleanwatch audit verify --against {STATEMENT}
compares.
"""


@dataclass(frozen=True, slots=True)
class Post:
    """Where mail is handed in, from whom and for whom. `tls` is how the connection is made safe."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    tls: Literal["starttls", "tls", "none"]
    ca_file: Path | None = None
    user: str | None = None
    password_file: Path | None = None


class NotSentError(Exception):
    """The mail was not taken; the message says why, and what would be right."""


def send(post: Post, site: str, statement: str, signature: bytes, state: str, counts: Mapping[str, int]) -> None:
    """Hand in the mail about the head; `state` says what the last verification found.

    Raises NotSentError unless every recipient was taken.
    """
    message = _message(post, site, statement, signature, state, counts)
    try:
        with _connected(post) as server:
            if post.tls == "starttls":
                server.starttls(context=_trust(post))
            if post.user is not None:
                server.login(post.user, _password(post))
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(
            f"the mail about the audit trail cannot be sent by {post.host}:{post.port}: {error}. "
            "CLEANWATCH_MAIL_HOST and what belongs to it say how (docs/settings.md)"
        ) from error
    if refused:
        raise NotSentError(f"{post.host} does not take mail for {', '.join(sorted(refused))}")


def _message(
    post: Post, site: str, statement: str, signature: bytes, state: str, counts: Mapping[str, int]
) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = f"Audit trail of {site}"
    message["From"], message["To"] = post.sender, ", ".join(post.recipients)
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="cleanwatch.invalid")
    written = "".join(f"{count:>8,}  {action}\n" for action, count in counts.items()) or "  nothing\n"
    message.set_content(f"{statement}\n{state}\n\nWritten since the last mail:\n\n{written}{HOW}")
    # As bytes: on its way a text may get other line ends, and then its signature does not fit.
    for content, name in ((statement.encode(), STATEMENT), (signature, SIGNATURE)):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def _connected(post: Post) -> smtplib.SMTP:
    if post.tls == "tls":
        return smtplib.SMTP_SSL(post.host, post.port, timeout=SECONDS, context=_trust(post))
    return smtplib.SMTP(post.host, post.port, timeout=SECONDS)


def _trust(post: Post) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=post.ca_file)


def _password(post: Post) -> str:
    if post.password_file is None:
        raise NotSentError("CLEANWATCH_MAIL_USER is set: put the password into a file, CLEANWATCH_MAIL_PASSWORD_FILE")
    return post.password_file.read_text().strip()

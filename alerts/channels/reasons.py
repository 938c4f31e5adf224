"""Why a service has not taken a message, found in what Apprise logs: it returns no more than that it failed.

Apprise writes `error=404` for the status of an HTTP response, and the words of an exception behind
`Socket Exception:`, where smtplib puts the server's reply: `(550, b'5.1.1 no such user')`. What says neither is
unknown, and is tried a limited number of times.
"""

import re
from collections.abc import Sequence

from alerts.channels.channel import PermanentFailureError, TemporaryFailureError

Failure = TemporaryFailureError | PermanentFailureError

HTTP_LATER = frozenset({408, 409, 421, 423, 425, 429})
"""Refusals of HTTP that may end by themselves: request timeout, conflict, misdirected, locked, too early, too many
requests (RFC 9110, RFC 4918, RFC 6585). Any other 4xx, a wrong token or address, has to be put right by a person."""

_HTTP = re.compile(r"\berror=([1-5]\d\d)\b")
_SMTP = re.compile(r"""\(([245]\d\d), b(['"])(.*?)\2""")
_SMTP_REFUSED = re.compile(r"""was refused: ([245]\d\d) b?(['"])(.*?)\2""")
_EXCEPTION = re.compile(r"Socket Exception: (.*)", re.DOTALL)
_NOT_REACHED = re.compile(
    r"connection|refused|timed? ?out|unreachable|resolve|resolution|getaddrinfo|Name or service|reset by peer|EOF|"
    r"SSL|certificate",
    re.IGNORECASE,
)
MOST = 300
"""Characters of a reason."""


def failure(lines: Sequence[str]) -> Failure:
    """What the lines that Apprise has logged say of a failure; secrets have been taken out of them."""
    text = "\n".join(lines)
    smtp = _SMTP.search(text) or _SMTP_REFUSED.search(text)
    if smtp:
        words = f"the mail server answers {smtp[1]} {smtp[3]}".strip()[:MOST]
        return PermanentFailureError(words) if smtp[1].startswith("5") else TemporaryFailureError(words)
    http = [int(status) for status in _HTTP.findall(text)]
    if http:
        status = http[-1]
        words = f"the service answers {status}: {_said(lines)}"[:MOST]
        if 400 <= status < 500 and status not in HTTP_LATER:
            return PermanentFailureError(words)
        return TemporaryFailureError(words, known=status >= 500 or status in HTTP_LATER)
    thrown = [found[1] for line in lines if (found := _EXCEPTION.search(line))]
    if thrown:
        return TemporaryFailureError(f"not reached: {thrown[-1]}"[:MOST], known=bool(_NOT_REACHED.search(thrown[-1])))
    return TemporaryFailureError(_said(lines)[:MOST] or "it failed without a reason", known=False)


def _said(lines: Sequence[str]) -> str:
    """The last line that is no detail, as people read it."""
    spoken = [line for line in lines if not line.startswith(("Response Details", "Socket Exception"))]
    return spoken[-1].strip() if spoken else ""

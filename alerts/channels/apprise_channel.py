"""Any service that Apprise knows: e-mail, texts, Teams, Slack, ntfy, calls, webhooks, and a hundred more.

The address of a channel is an Apprise URL. Where it has `{to}`, the address of the person who is told is put in.
Apprise says only whether it worked; why not is found in what it logs while it sends. Its logs, and some of the URLs
in them, hold secrets: they go nowhere else, and every part of the channel's URL is blackened in what is kept.
"""

import logging
import re
from urllib.parse import quote, unquote

from apprise import Apprise, AppriseAsset, AppriseResult, NotifyBase, NotifyFormat
from apprise.result import AppriseResultStatus
from typing_extensions import override

from alerts.channels.channel import Channel, Message, PermanentFailureError, Receipt, TemporaryFailureError
from alerts.channels.reasons import failure

TO = "{to}"
SECONDS = 45.0
"""The longest that one attempt may take; the lease of a message is longer."""
SHORT_BELOW = 2_000
"""Services that take fewer characters than this are sent the short form: they pass texts on to phones."""
HEADER = "Cleanwatch-Notification"
"""Of e-mails and webhooks: the id of the message, the same each time it is sent."""
EXAMPLES = ("someone@example.org", "+4915112345678", "someone")
"""Addresses of the shapes that services ask for."""
BLACK = "***"


class AddressError(ValueError):
    """An address of a channel or person that no service takes; the message says what would be right."""


class AppriseChannel(Channel):
    """The channel that an Apprise URL stands for. Raises AddressError where it stands for none."""

    def __init__(self, url: str) -> None:
        _keep_logs_in()
        self._url = url
        self._service = _service(url, EXAMPLES)

    @property
    def kind(self) -> str:
        """The first part of the URL."""
        return self._url.partition(":")[0].lower()

    @property
    def name(self) -> str:
        """What Apprise calls the service."""
        return str(self._service.service_name)

    @property
    def shown(self) -> str:
        """So much of the URL as holds no secret: the service, and the machine where the URL names one."""
        return f"{self.kind}://{BLACK}@{self._host}" if self._host else f"{self.kind}://{BLACK}"

    @property
    def _host(self) -> str:
        """The machine that the URL names; with many services the same place in it holds a secret."""
        return str(self._service.host) if "host" in self._service.template_tokens else ""

    @property
    def personal(self) -> bool:
        """Does it take the address of a person?"""
        return TO in self._url

    @property
    def short(self) -> bool:
        """Does the service take short messages only?"""
        return int(self._service.body_maxlen) < SHORT_BELOW

    def check(self, address: str) -> None:
        """Raises AddressError where the service has no use for such an address of a person."""
        _service(self._url, (address,))

    @override
    def send(self, address: str, message: Message) -> Receipt:
        try:
            service = _service(self._url, (address,))
        except AddressError as error:
            raise PermanentFailureError(str(error)) from error
        if isinstance(headers := getattr(service, "headers", None), dict):
            headers[HEADER] = message.id
        with _notified(service, message) as result:
            lines = [(entry.level, self._blackened(entry.message, address)) for entry in result.logs()]
        if result.status is AppriseResultStatus.SUCCESS:
            said = [text for level, text in lines if level == "INFO"]
            return Receipt(said[-1] if said else f"{self.name} has taken it")
        if result.status is AppriseResultStatus.TIMEOUT:
            raise TemporaryFailureError(f"no answer within {SECONDS:.0f} s")
        raise failure([text for level, text in lines if level != "TRACE" and _tells(level, text)])

    def _blackened(self, text: str, address: str) -> str:
        """A line of Apprise's log without any part of the URL but the machine, and the person's address."""
        whole = {part for raw in re.split(r"[/:@?&=+,]+", self._url) for part in (raw, unquote(raw), quote(raw))}
        secrets = sorted((part for part in whole - {self._host, self.kind, TO} if len(part) >= 4), key=len)
        parts = text.split(address) if address else [text]
        for secret in reversed(secrets):
            parts = [part.replace(secret, BLACK) for part in parts]
        return address.join(parts)


def _notified(service: NotifyBase, message: Message) -> AppriseResult:
    sender = Apprise(asset=_asset())
    sender.add(service)
    return sender.notify(
        title=message.subject,
        body=message.text,
        body_format=NotifyFormat.TEXT,
        timeout=SECONDS,
        log_level=logging.DEBUG,
        interpret_escapes=False,
    )


def _service(url: str, addresses: tuple[str, ...]) -> NotifyBase:
    """The service of a URL with the first of these addresses that it takes put in."""
    why = ""
    for address in addresses if TO in url else ("",):
        if TO in url and not address:
            raise AddressError("This channel needs the address of a person.")
        try:
            service = Apprise.instantiate(
                url.replace(TO, quote(address, safe="")), asset=_asset(), suppress_exceptions=False
            )
        except Exception as error:  # whatever one of Apprise's services thinks of a URL that is not its own
            why = type(error).__name__
            continue
        if isinstance(service, NotifyBase) and len(service) > 0 and getattr(service, "targets", None) != []:
            return service
    if addresses != EXAMPLES:
        raise AddressError(f"{addresses[0]!r} is no address that this channel can send to.")
    known = url.partition(":")[0].lower()
    raise AddressError(
        f"This is no address of a channel{f' ({why})' if why else ''}: {known[:20]!r} is unknown, or a part is "
        "missing. Write it as Apprise has it, like mailtos://user:password@mail.example.org?to={to} "
        "(https://github.com/caronc/apprise/wiki); {to} stands for the person's address."
    )


def _asset() -> AppriseAsset:
    return AppriseAsset(app_id="Cleanwatch", app_desc="Cleanwatch", async_mode=False, secure_logging=True)


def _tells(level: str, text: str) -> bool:
    """Is it a line about the failure? Of details only what the other side said."""
    return level != "DEBUG" or text.startswith(("Socket Exception", "Response Details"))


def _keep_logs_in() -> None:
    """Apprise's log is read while it sends, in full; nothing of it reaches the log of the process."""
    logger = logging.getLogger("apprise")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())

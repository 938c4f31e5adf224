"""What is wrong between us and the broker, in words: what, where, and what would be right."""

import socket
import ssl
from logging import Logger

from paho.mqtt.reasoncodes import ReasonCode

from bus.broker import Broker

TAKEN_OVER = 142
"""MQTT 5's reason for ending a connection: another client came with our client id."""
UNSUPPORTED_VERSION = {132, 1}
BAD_CREDENTIALS = {134, 135}
EXPIRED, NOT_YET_VALID, WRONG_NAMES = 10, 9, (62, 64)
UNKNOWN_ISSUER = (18, 19, 20, 21)
"""OpenSSL's results of looking at a certificate (X509_V_ERR_... in x509_vfy.h)."""


class Telling:
    """Tells the log of a problem once: when it begins or changes, and when it is over."""

    def __init__(self, log: Logger, who: str) -> None:
        self._log = log
        self._who = who
        self._told: str | None = None

    def now(self, problem: str | None) -> None:
        """What the problem is now; None where there is none."""
        if problem == self._told:
            return
        self._told = problem
        if problem is None:
            self._log.info("%s: all is well again", self._who)
        else:
            self._log.warning("%s: %s", self._who, problem)


def why_not_reached(error: OSError, broker: Broker) -> str:
    """Why no connection could be opened, or a file that it needs could not be read."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code):
            return _of_certificate(code, error.verify_message, broker)
        case ssl.SSLError():
            return f"no TLS with {broker} ({error.reason or error}): is this the broker's TLS port?"
        case socket.gaierror():
            return f"the name {broker.host!r} has no address ({error.strerror})"
        case TimeoutError():
            return f"{broker} does not answer; is it switched on, and does a firewall let us through?"
        case _ if error.filename:
            return f"{error.filename} cannot be read: {error.strerror}"
        case ConnectionResetError() if broker.ca_file:
            return f"{broker} ends the connection instead of beginning TLS: is this the broker's TLS port?"
    return error.strerror or str(error)


def _of_certificate(code: int, said: str, broker: Broker) -> str:
    if code == EXPIRED:
        return "the broker's certificate has expired; a new one must be made and the broker told to read it"
    if code == NOT_YET_VALID:
        return "the broker's certificate is not valid yet; is the clock right, here and where it was made?"
    if code in WRONG_NAMES:
        return (
            f"the broker's certificate is not for {broker.host!r}; name the broker as its certificate does, "
            "or make one for this name"
        )
    if code in UNKNOWN_ISSUER:
        return f"nobody in {broker.ca_file} has signed the broker's certificate; is that the file of its authority?"
    return f"the broker's certificate is not accepted: {said}"


def why_not_let_in(reason: ReasonCode, broker: Broker) -> str:
    """Why the broker refused the connection."""
    said = f"the broker refused the connection: {reason}"
    if reason.value not in BAD_CREDENTIALS:
        return said
    if broker.username is None:
        return f"{said}; it wants a user name and a password"
    where = f"the password in {broker.password_file}" if broker.password_file else "the password"
    return f"{said}; is {where} that of user {broker.username!r}?"


def why_no_subscription(filters: list[str], reason: ReasonCode, broker: Broker) -> str:
    """Why we do not hear what we should."""
    return (
        f"the broker refused the subscription to {', '.join(filters)} ({reason}); "
        f"its access list must let {_us(broker)} read there"
    )


def why_not_published(topic: str, reason: ReasonCode, broker: Broker) -> str:
    """Why others do not hear what we say."""
    return (
        f"the broker refuses what we publish to {topic} ({reason}); "
        f"its access list must let {_us(broker)} write there"
    )


def why_ended(reason: ReasonCode, client_id: str) -> str:
    """Why the broker ended the connection, or that it was lost."""
    return taken_over(client_id) if reason.value == TAKEN_OVER else f"connection lost: {reason}"


def taken_over(client_id: str) -> str:
    """Another client has our client id."""
    return (
        f"another client has come as {client_id!r}, and the broker lets only one in: "
        "two of the same kind run for this site; stop one of them"
    )


def perhaps_taken_over(client_id: str) -> str:
    """Several connections in a row were ended soon after they were made."""
    return (
        f"the broker ends each connection soon after it is made: has another client come as {client_id!r}? "
        "Then stop one of the two; else the broker's log says why"
    )


def _us(broker: Broker) -> str:
    return "everybody" if broker.username is None else f"user {broker.username!r}"

"""What is wrong between us and the broker, in words: what, where, and what would be right."""

import socket
import ssl
from logging import Logger

from paho.mqtt.reasoncodes import ReasonCode

from bus.broker import Broker
from facility.language import N_

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
            return N_("no TLS with {broker} ({why}): is this the broker's TLS port?").format(
                broker=broker, why=error.reason or error
            )
        case socket.gaierror():
            return N_("the name {host} has no address ({why})").format(host=repr(broker.host), why=error.strerror)
        case TimeoutError():
            silent = N_("{broker} does not answer; is it switched on, and does a firewall let us through?")
            return silent.format(broker=broker)
        case _ if error.filename:
            return N_("{file} cannot be read: {why}").format(file=error.filename, why=error.strerror)
        case ConnectionResetError() if broker.ca_file:
            ends = N_("{broker} ends the connection instead of beginning TLS: is this the broker's TLS port?")
            return ends.format(broker=broker)
    return error.strerror or str(error)


def _of_certificate(code: int, said: str, broker: Broker) -> str:
    if code == EXPIRED:
        return N_("the broker's certificate has expired; a new one must be made and the broker told to read it")
    if code == NOT_YET_VALID:
        return N_("the broker's certificate is not valid yet; is the clock right, here and where it was made?")
    if code in WRONG_NAMES:
        return N_(
            "the broker's certificate is not for {host}; name the broker as its certificate does, or make one for "
            "this name"
        ).format(host=repr(broker.host))
    if code in UNKNOWN_ISSUER:
        unknown = N_("nobody in {file} has signed the broker's certificate; is that the file of its authority?")
        return unknown.format(file=broker.ca_file)
    return N_("the broker's certificate is not accepted: {said}").format(said=said)


def why_not_let_in(reason: ReasonCode, broker: Broker) -> str:
    """Why the broker refused the connection."""
    said = N_("the broker refused the connection: {reason}")
    if reason.value in BAD_CREDENTIALS and broker.username is None:
        said = N_("the broker refused the connection: {reason}; it wants a user name and a password")
    elif reason.value in BAD_CREDENTIALS and broker.password_file:
        said = N_("the broker refused the connection: {reason}; is the password in {file} that of user {user}?")
    elif reason.value in BAD_CREDENTIALS:
        said = N_("the broker refused the connection: {reason}; is the password that of user {user}?")
    return said.format(reason=reason, file=broker.password_file, user=repr(broker.username))


def why_no_subscription(filters: list[str], reason: ReasonCode, broker: Broker) -> str:
    """Why we do not hear what we should."""
    return N_(
        "the broker refused the subscription to {topics} ({reason}); its access list must let {us} read there"
    ).format(topics=", ".join(filters), reason=reason, us=_us(broker))


def why_not_published(topic: str, reason: ReasonCode, broker: Broker) -> str:
    """Why others do not hear what we say."""
    return N_(
        "the broker refuses what we publish to {topic} ({reason}); its access list must let {us} write there"
    ).format(topic=topic, reason=reason, us=_us(broker))


def why_ended(reason: ReasonCode, client_id: str) -> str:
    """Why the broker ended the connection, or that it was lost."""
    if reason.value == TAKEN_OVER:
        return taken_over(client_id)
    return N_("connection lost: {reason}").format(reason=reason)


def taken_over(client_id: str) -> str:
    """Another client has our client id."""
    return N_(
        "another client has come as {client}, and the broker lets only one in: two of the same kind run for this "
        "site; stop one of them"
    ).format(client=repr(client_id))


def perhaps_taken_over(client_id: str) -> str:
    """Several connections in a row were ended soon after they were made."""
    return N_(
        "the broker ends each connection soon after it is made: has another client come as {client}? Then stop one "
        "of the two; else the broker's log says why"
    ).format(client=repr(client_id))


def _us(broker: Broker) -> str:
    return N_("everybody") if broker.username is None else N_("user {user}").format(user=repr(broker.username))

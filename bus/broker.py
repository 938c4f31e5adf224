"""Where a broker is, and how we introduce ourselves to it."""

import ssl
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from typing_extensions import override

RECEIVE_MAXIMUM = 1000
"""How many unacknowledged messages an MQTT 5 broker may have on the way to us."""
MOST_QUEUED = 20_000
"""How many of our own messages wait for a broker that is slow or away."""
KEEPALIVE_SECONDS = 30
SECONDS_A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker is, and who we are there. A password is given itself, or as a file that holds nothing else.

    With `ca_file`, the certificates of the authorities that we trust, the connection is by TLS 1.2 or newer, and the
    broker's certificate must be for `host`.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    password_file: Path | None = None
    ca_file: Path | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    def secret(self) -> str | None:
        """The password, read afresh from its file where there is one; OSError where that cannot be read."""
        return self.password_file.read_text().strip() if self.password_file else self.password


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker publishes for us when we vanish without a good-bye."""

    topic: str
    payload: bytes
    retain: bool = True


@dataclass(frozen=True, slots=True)
class Introduction:
    """As whom we come. With `session_days` the broker keeps what we miss that long, else nothing."""

    client_id: str
    session_days: int
    manual_ack: bool
    will: Will | None


class _Closing(ssl.SSLSocket):
    """A socket that is closed when the other side is not who it should be; paho would leave it open."""

    @override
    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


def tls_context(broker: Broker) -> ssl.SSLContext | None:
    """What checks the broker's certificate, trusting nobody yet; None for a connection without TLS."""
    if broker.ca_file is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = _Closing
    return context


def paho_client(version: MQTTProtocolVersion, we: Introduction, tls: ssl.SSLContext | None) -> paho.Client:
    """A paho client that does nothing by itself. Its in-flight window stays at 20: every broker allows that."""
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        we.client_id,
        clean_session=None if version == MQTTProtocolVersion.MQTTv5 else we.session_days == 0,
        protocol=version,
        reconnect_on_failure=False,
        manual_ack=we.manual_ack,
    )
    client.max_queued_messages_set(MOST_QUEUED)
    if tls is not None:
        client.tls_set_context(tls)
    if we.will is not None:
        client.will_set(we.will.topic, we.will.payload, qos=1, retain=we.will.retain)
    # Without this, paho would write to the socket from whichever thread publishes.
    client.on_socket_register_write = lambda _client, _userdata, _socket: None
    return client


def connect(client: paho.Client, broker: Broker, we: Introduction, tls: ssl.SSLContext | None) -> None:
    """Open the connection and prepare to say who we are; OSError where nobody listens or a file cannot be read.

    Password and authorities are read afresh each time, so that they can be changed while we run.
    """
    if tls is not None and broker.ca_file is not None:
        _trust(tls, broker.ca_file)
    if broker.username is not None:
        client.username_pw_set(broker.username, broker.secret())
    if client.protocol != MQTTProtocolVersion.MQTTv5:
        client.connect(broker.host, broker.port, KEEPALIVE_SECONDS)
        return
    wishes = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    wishes.SessionExpiryInterval = we.session_days * SECONDS_A_DAY
    wishes.ReceiveMaximum = RECEIVE_MAXIMUM
    new_session = we.session_days == 0
    client.connect(broker.host, broker.port, KEEPALIVE_SECONDS, clean_start=new_session, properties=wishes)


def _trust(tls: ssl.SSLContext, authorities: Path) -> None:
    try:
        tls.load_verify_locations(cadata=authorities.read_text())
    except (ssl.SSLError, ValueError):
        raise OSError(f"{authorities} holds no certificates in PEM form") from None

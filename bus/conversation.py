"""What we and the broker say to each other: paho, told what we want, and what it calls when something comes."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from bus import problems
from bus.broker import Broker, Introduction, connect, paho_client, tls_context
from bus.sending import Sending
from bus.standing import Standing
from facility.language import N_

NOBODY_SUBSCRIBES = 0x10
"""The reason code of a message that the broker takes and forgets at once."""
READS_A_TURN = 100


class Message(msgspec.Struct, frozen=True, gc=False):
    """A message as it came. `id` and `connection` are what `Client.ack` needs."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    id: int
    connection: int


@dataclass(frozen=True, slots=True)
class Handlers:
    """What a caller wants to be called, in the loop's thread; as `Client` says."""

    on_message: Callable[[Message], None] | None
    on_connect: Callable[[], None] | None
    on_confirmed: Callable[[str, bool], None] | None


class Conversation:
    """One connection after another, all with one session of the broker.

    In MQTT 5, or 3.1.1 where the broker has no 5. Belongs to the thread of the client's loop; only `ack` and
    `unsubscribe` may be called from any.
    """

    def __init__(
        self,
        broker: Broker,
        we: Introduction,
        filters: Iterable[str],
        handlers: Handlers,
        sending: Sending,
        standing: Standing,
    ) -> None:
        self._broker = broker
        self._we = we
        self._filters = tuple(filters)
        self._handlers = handlers
        self._sending = sending
        self._standing = standing

        self._lock = threading.Lock()
        self._connection = 0
        self._opened = self._answer_came = False
        self._got_message = False
        self._tls = tls_context(broker)
        self.paho = self._built(MQTTProtocolVersion.MQTTv5)
        """Another one after a connection that must leave nothing behind, or was in a version too new."""

    def open(self) -> None:
        """Connect; OSError where nobody listens or a file cannot be read. The broker's answer comes later."""
        self._opened = self._answer_came = False
        connect(self.paho, self._broker, self._we, self._tls)

    def read(self) -> None:
        """Ask paho for packet after packet (it reads one a call) until no further message comes."""
        for _ in range(READS_A_TURN):
            self._got_message = False
            self.paho.loop_read()
            if not self._got_message:
                return

    def holds_more(self) -> bool:
        """Has TLS deciphered more than was read? `select` sees only what is still in the socket."""
        connection = self.paho.socket()
        return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0

    def lost(self) -> bool:
        """The connection is over, or never came about; returns whether there was one."""
        with self._lock:
            was_ready = self._standing.lost()
            self._connection += 1
            if self._opened and not self._answer_came and not self._sending.begun:
                # Reached, but not answered: many brokers without MQTT 5 hang up on it without a word.
                self.paho = self._built(self._other_version())
            elif self._sending.lost():
                self.paho = self._built(self.paho.protocol)
        return was_ready

    def ack(self, messages: Iterable[Message]) -> None:
        """Acknowledge messages in this order, without those of an older connection."""
        with self._lock:
            current, ack = self._connection, self.paho.ack
            for message in messages:
                if message.qos and message.connection == current:
                    ack(message.id, message.qos)

    def unsubscribe(self, filter: str) -> None:
        """Have the broker forget a subscription of the session."""
        with self._lock:
            self.paho.unsubscribe(filter)

    def _other_version(self) -> MQTTProtocolVersion:
        five, three = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
        return three if self.paho.protocol == five else five

    # What paho calls

    def _built(self, version: MQTTProtocolVersion) -> paho.Client:
        client = paho_client(version, self._we, self._tls)
        client.on_socket_open = self._socket_opened
        client.on_connect = self._answered
        client.on_subscribe = self._subscribed
        client.on_message = self._arrived
        client.on_publish = self._sent
        client.on_disconnect = self._disconnected
        return client

    def _socket_opened(self, _client: paho.Client, _userdata: object, opened: Any) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._opened = True
        if isinstance(opened, ssl.SSLSocket) and (certificate := opened.getpeercert()):
            self._standing.certificate_ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        self._standing.problem = N_("no answer to CONNECT (not an MQTT broker, or it refuses us without a word)")

    def _answered(
        self, client: paho.Client, _userdata: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._answer_came = reason.value not in problems.UNSUPPORTED_VERSION
            self._standing.problem = problems.why_not_let_in(reason, self._broker)
            return
        self._answer_came = True
        self._sending.begin(client)
        if self._filters:
            client.subscribe([(filter, 1) for filter in self._filters])
        else:
            self._is_ready()

    def _subscribed(
        self, client: paho.Client, _userdata: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [filter for filter, reason in zip(self._filters, reasons, strict=False) if reason.is_failure]
        if refused:
            reason = next(reason for reason in reasons if reason.is_failure)
            self._standing.problem = problems.why_no_subscription(refused, reason, self._broker)
            client.disconnect()
        else:
            self._is_ready()

    def _is_ready(self) -> None:
        self._standing.let_in()
        try:
            if self._handlers.on_connect is not None:
                self._handlers.on_connect()
        except Exception:
            self._standing.handler_failed("on_connect")
        self._standing.became_ready()

    def _arrived(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        self._got_message = True
        self._standing.heard()
        try:
            if self._handlers.on_message is not None:
                payload = bytes(message.payload)
                self._handlers.on_message(
                    Message(message.topic, payload, message.qos, message.retain, message.mid, self._connection)
                )
        except Exception:
            self._standing.handler_failed("on_message")

    def _sent(
        self, _client: paho.Client, _userdata: object, mid: int, reason: ReasonCode, _properties: object
    ) -> None:
        topic = self._sending.confirmed(mid, reason)
        try:
            if self._handlers.on_confirmed is not None:
                self._handlers.on_confirmed(topic, reason.value != NOBODY_SUBSCRIBES)
        except Exception:
            self._standing.handler_failed("on_confirmed")

    def _disconnected(
        self, _client: paho.Client, _userdata: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if self._standing.ready:
            self._standing.problem = problems.why_ended(reason, self._we.client_id)

"""The MQTT client: paho with one loop of our own, an honest state of health, and acknowledgement when we say so.

The loop runs in one thread and owns the connection: it connects, subscribes, reads, writes, and comes back with a
growing delay after a loss. Everything that a caller hands in is called from that thread, and nothing that it raises
ends the loop (paho's own thread dies of it, while its `is_connected()` stays true).
"""

import logging
import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from bus import problems
from bus.broker import Broker, Introduction, Will, connect, paho_client, tls_context
from bus.sending import Sending

__all__ = ["Broker", "BrokerUnreachableError", "Client", "Health", "Message", "Will"]

log = logging.getLogger(__name__)

FIRST_DELAY, LONGEST_DELAY = 0.25, 15.0
"""Seconds between attempts to connect: after the first, and the longest after doubling."""
SOUND_AFTER = 10.0
"""A connection that lasted this many seconds was a good one: the delays begin anew."""
ENDED_SOON = 3
"""After so many connections in a row that were no good ones, another client with our client id is suspected, for not
every broker says so (mosquitto 2.0.11 does not). The growing delay keeps two from throwing each other out."""
TAKEN_OVER_DELAY = 60.0
"""Seconds that we leave the broker to another client with our client id, where the broker says that there is one."""
PERHAPS_TAKEN_OVER_DELAY = 20.0
"""Shorter where it is only suspected: it may be a broker that died and was back at once, several times in a row."""
NOBODY_SUBSCRIBES = 0x10
"""The reason code of a message that the broker takes and forgets at once."""
IDLE_SECONDS = 1.0
GOODBYE_SECONDS, LEAVING_SECONDS = 2.0, 0.02
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
class Health:
    """How the connection is.

    `silent_for` is seconds since the last message, None before the first; `refused` counts own messages that
    were not taken because too many wait already; `problem` says in words why there is no connection just now, or
    what the broker does not let us do. `certificate_ends` is when the broker's certificate does, in seconds since
    1970; None without TLS.
    """

    connected: bool
    thread_alive: bool
    silent_for: float | None
    connections: int
    handler_errors: int
    refused: int
    problem: str | None
    certificate_ends: float | None


class BrokerUnreachableError(ConnectionError):
    """No connection to the broker within the time given; says who asked, where, and what came of it."""


class Client:
    """One connection to one broker, kept up from `start` to `stop`.

    MQTT 5, or 3.1.1 where the broker has no 5. With `session_days` the broker keeps subscriptions and undelivered
    messages for `client_id` that long. With `manual_ack` nothing is acknowledged before `ack`.
    `on_message` is called for each message; `on_connect` after each (re)connection, once subscribed and just before
    `connected` turns true; `turn` whenever the loop has read what there was, at the latest after the seconds that it
    returned last, connected or not; `on_confirmed` with the topic of each message that the broker has answered, and
    False where it says that nobody subscribes to it (MQTT 5); it must take no lock. Without `keeps_unsent`, messages
    are taken only while connected, and forgotten with the connection: for senders that begin anew with each, whose
    order they would upset.
    """

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        *,
        filters: Iterable[str] = (),
        on_message: Callable[[Message], None] | None = None,
        on_connect: Callable[[], None] | None = None,
        turn: Callable[[], float] | None = None,
        session_days: int = 0,
        manual_ack: bool = False,
        will: Will | None = None,
        keeps_unsent: bool = True,
        on_confirmed: Callable[[str, bool], None] | None = None,
    ) -> None:
        self.broker = broker
        self._we = Introduction(client_id, session_days, manual_ack, will)
        self._filters = tuple(filters)
        self._on_message = on_message
        self._on_connect = on_connect
        self._turn = turn
        self._on_confirmed = on_confirmed

        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._wake_sent = False
        self._connection = 0
        self._sending = Sending(keeps_unsent)
        self._last_message: float | None = None
        self._opened = self._answer_came = False
        self._got_message = False
        self._connections = 0
        self._ended_soon = 0
        self._handler_errors = 0
        self._certificate_ends: float | None = None
        self._problem: str | None = "not started"
        self._telling = problems.Telling(log, f"MQTT client {client_id} at {broker}")
        self._tls = tls_context(broker)
        self._paho = self._built(MQTTProtocolVersion.MQTTv5)

    # What callers use

    def start(self) -> None:
        """Begin to connect, and return at once; the loop keeps trying for as long as it takes."""
        if self._thread is not None:
            raise RuntimeError(f"MQTT client {self._we.client_id} was started already")
        self._problem = "connecting"
        self._wake_sender, self._wake_receiver = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name=f"mqtt {self._we.client_id}", daemon=True)
        self._thread.start()

    def wait_connected(self, seconds: float) -> None:
        """Wait until connected and subscribed; raises `BrokerUnreachableError` when it takes longer than that."""
        if not self._ready.wait(seconds):
            raise BrokerUnreachableError(
                f"{self._we.client_id} got no connection to the MQTT broker at {self.broker} "
                f"in {seconds:g} s: {self._problem}"
            )

    def stop(self) -> None:
        """Send what was published, as far as that is possible at once, say good-bye and end the loop.

        What we have not acknowledged stays with the broker, where a session is kept.
        """
        if self._thread is not None:
            self._stopping.set()
            self._wake()
            self._thread.join()
            self._wake_sender.close()
            self._wake_receiver.close()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand over a message for sending with QoS 1, from any thread; False where it was not taken.

        Messages wait for a broker that is slow or away, up to `MOST_QUEUED` of them.
        """
        taken = self._sending.publish(topic, payload, retain)
        self._wake()
        return taken

    def unsubscribe(self, filter: str) -> None:
        """Have the broker forget a subscription that an earlier session left with it, from any thread."""
        with self._lock:
            self._paho.unsubscribe(filter)
        self._wake()

    def ack(self, messages: Iterable[Message]) -> None:
        """Acknowledge messages, in the order they came, from any thread.

        Those of an older connection are left out: the broker sends them again, and what was their id may by now
        be another message's.
        """
        with self._lock:
            current, ack = self._connection, self._paho.ack
            for message in messages:
                if message.qos and message.connection == current:
                    ack(message.id, message.qos)
        self._wake()

    @property
    def backlog(self) -> int:
        """How many of our messages the broker has not confirmed yet."""
        return self._sending.backlog

    @property
    def connected(self) -> bool:
        """Is there a connection, with all subscriptions in force?"""
        return self._ready.is_set()

    def health(self) -> Health:
        """How the connection is, now."""
        last, thread = self._last_message, self._thread
        return Health(
            connected=self.connected,
            thread_alive=thread is not None and thread.is_alive(),
            silent_for=None if last is None else time.monotonic() - last,
            connections=self._connections,
            handler_errors=self._handler_errors,
            refused=self._sending.not_taken,
            problem=self._problem or self._refusal(),
            certificate_ends=self._certificate_ends,
        )

    # The loop

    def _serve(self) -> None:
        delay = FIRST_DELAY
        while not self._stopping.is_set():
            began = time.monotonic()
            self._opened = self._answer_came = False
            try:
                connect(self._paho, self.broker, self._we, self._tls)
                self._until_lost()
            except OSError as error:
                self._problem = problems.why_not_reached(error, self.broker)
            except Exception as error:
                self._problem = f"the loop failed: {error!r}"
                log.exception("MQTT client %s: the loop failed and begins anew", self._we.client_id)
            was_good = time.monotonic() - began > SOUND_AFTER
            self._lost(was_good)
            if not self._stopping.is_set():
                self._telling.now(self._problem)
                delay = FIRST_DELAY if was_good else delay
                self._pass_the_time(self._delay_of_taken_over() or delay)
                delay = min(delay * 2, LONGEST_DELAY)

    def _until_lost(self) -> None:
        client, wait, leaving = self._paho, 0.0, 0.0
        while (connection := client.socket()) is not None:
            writing = [connection] if client.want_write() else []
            readable, _, _ = select.select([connection, self._wake_receiver], writing, [], wait)
            if self._wake_receiver in readable:
                self._wake_receiver.recv(64)
                self._wake_sent = False
            if connection in readable:
                self._read_what_is_there()
            wait = self._take_turn()
            if client.want_write():
                client.loop_write()
            client.loop_misc()
            if self._ready.is_set():
                self._telling.now(self._refusal())
            if _holds_more(client.socket()):
                wait = 0.0
            if self._stopping.is_set():
                leaving = leaving or time.monotonic() + GOODBYE_SECONDS
                if not (self.backlog or client.want_write()) or time.monotonic() > leaving:
                    client.disconnect()
                    client.loop_write()
                    return
                wait = LEAVING_SECONDS

    def _read_what_is_there(self) -> None:
        """Ask paho for packet after packet (it reads one a call) until no further message comes."""
        for _ in range(READS_A_TURN):
            self._got_message = False
            self._paho.loop_read()
            if not self._got_message:
                return

    def _lost(self, was_good: bool) -> None:
        with self._lock:
            was_ready = self._ready.is_set()
            self._ready.clear()
            self._connection += 1
            if self._opened and not self._answer_came and not self._sending.begun:
                # Reached, but not answered: many brokers without MQTT 5 hang up on it without a word.
                self._paho = self._built(self._other_version())
            elif self._sending.lost():
                self._paho = self._built(self._paho.protocol)
        self._ended_soon = self._ended_soon + 1 if was_ready and not was_good else 0
        if self._ended_soon >= ENDED_SOON:
            self._problem = problems.perhaps_taken_over(self._we.client_id)

    def _delay_of_taken_over(self) -> float | None:
        client_id = self._we.client_id
        delays = {
            problems.taken_over(client_id): TAKEN_OVER_DELAY,
            problems.perhaps_taken_over(client_id): PERHAPS_TAKEN_OVER_DELAY,
        }
        return delays.get(self._problem or "")

    def _refusal(self) -> str | None:
        refusal = self._sending.refusal
        return None if refusal is None else problems.why_not_published(*refusal, self.broker)

    def _other_version(self) -> MQTTProtocolVersion:
        five, three = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
        return three if self._paho.protocol == five else five

    def _pass_the_time(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            self._stopping.wait(min(left, self._take_turn()))

    def _take_turn(self) -> float:
        try:
            return IDLE_SECONDS if self._turn is None else self._turn()
        except Exception:
            self._handler_failed("turn")
            return IDLE_SECONDS

    def _wake(self) -> None:
        if self._thread is not None and not self._wake_sent and threading.current_thread() is not self._thread:
            self._wake_sent = True
            with suppress(OSError):
                self._wake_sender.send(b"w")

    # What paho calls, in the loop's thread

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
            self._certificate_ends = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
        self._problem = "no answer to CONNECT (not an MQTT broker, or it refuses us without a word)"

    def _answered(
        self, client: paho.Client, _userdata: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._answer_came = reason.value not in problems.UNSUPPORTED_VERSION
            self._problem = problems.why_not_let_in(reason, self.broker)
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
            self._problem = problems.why_no_subscription(refused, reason, self.broker)
            client.disconnect()
        else:
            self._is_ready()

    def _is_ready(self) -> None:
        self._problem = None
        self._connections += 1
        try:
            if self._on_connect is not None:
                self._on_connect()
        except Exception:
            self._handler_failed("on_connect")
        self._ready.set()

    def _arrived(self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage) -> None:
        self._got_message = True
        self._last_message = time.monotonic()
        try:
            if self._on_message is not None:
                payload = bytes(message.payload)
                self._on_message(
                    Message(message.topic, payload, message.qos, message.retain, message.mid, self._connection)
                )
        except Exception:
            self._handler_failed("on_message")

    def _sent(
        self, _client: paho.Client, _userdata: object, mid: int, reason: ReasonCode, _properties: object
    ) -> None:
        topic = self._sending.confirmed(mid, reason)
        try:
            if self._on_confirmed is not None:
                self._on_confirmed(topic, reason.value != NOBODY_SUBSCRIBES)
        except Exception:
            self._handler_failed("on_confirmed")

    def _disconnected(
        self, _client: paho.Client, _userdata: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if self._ready.is_set():
            self._problem = problems.why_ended(reason, self._we.client_id)

    def _handler_failed(self, which: str) -> None:
        self._handler_errors += 1
        log.exception("MQTT client %s: %s failed", self._we.client_id, which)


def _holds_more(connection: Any) -> bool:
    """Has TLS deciphered more than was read? `select` sees only what is still in the socket."""
    return isinstance(connection, ssl.SSLSocket) and connection.pending() > 0

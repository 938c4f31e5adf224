"""The MQTT client: paho with one loop of our own, an honest state of health, and acknowledgement when we say so.

The loop runs in one thread and owns the connection: it connects, subscribes, reads, writes, and comes back with a
growing delay after a loss. Everything that a caller hands in is called from that thread, and nothing that it raises
ends the loop (paho's own thread dies of it, while its `is_connected()` stays true).
"""

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from bus import problems
from bus.broker import Broker, Introduction, Will
from bus.conversation import Conversation, Handlers, Message
from bus.retrying import Retrying
from bus.sending import Sending
from bus.standing import BrokerUnreachableError, Health, Standing
from facility.language import N_

__all__ = ["Broker", "BrokerUnreachableError", "Client", "Health", "Message", "Will"]

log = logging.getLogger(__name__)

IDLE_SECONDS = 1.0
GOODBYE_SECONDS, LEAVING_SECONDS = 2.0, 0.02


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
        self._client_id = client_id
        self._turn = turn
        self._sending = Sending(keeps_unsent)
        self._standing = Standing(client_id, broker, self._sending)
        self._conversation = Conversation(
            broker,
            Introduction(client_id, session_days, manual_ack, will),
            filters,
            Handlers(on_message, on_connect, on_confirmed),
            self._sending,
            self._standing,
        )
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._wake_sent = False

    # What callers use

    def start(self) -> None:
        """Begin to connect, and return at once; the loop keeps trying for as long as it takes."""
        if self._thread is not None:
            raise RuntimeError(f"MQTT client {self._client_id} was started already")
        self._standing.problem = N_("connecting")
        self._wake_sender, self._wake_receiver = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name=f"mqtt {self._client_id}", daemon=True)
        self._thread.start()

    def wait_connected(self, seconds: float) -> None:
        """Wait until connected and subscribed; raises `BrokerUnreachableError` when it takes longer than that."""
        self._standing.wait_ready(seconds)

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
        self._conversation.unsubscribe(filter)
        self._wake()

    def ack(self, messages: Iterable[Message]) -> None:
        """Acknowledge messages, in the order they came, from any thread.

        Those of an older connection are left out: the broker sends them again, and what was their id may by now
        be another message's.
        """
        self._conversation.ack(messages)
        self._wake()

    @property
    def backlog(self) -> int:
        """How many of our messages the broker has not confirmed yet."""
        return self._sending.backlog

    @property
    def connected(self) -> bool:
        """Is there a connection, with all subscriptions in force?"""
        return self._standing.ready

    def health(self) -> Health:
        """How the connection is, now."""
        return self._standing.health(self._thread is not None and self._thread.is_alive())

    # The loop

    def _serve(self) -> None:
        standing, retrying = self._standing, Retrying(self._client_id)
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._conversation.open()
                self._until_lost()
            except OSError as error:
                standing.problem = problems.why_not_reached(error, self.broker)
            except Exception as error:
                standing.problem = f"the loop failed: {error!r}"
                log.exception("MQTT client %s: the loop failed and begins anew", self._client_id)
            lasted = time.monotonic() - began
            was_ready = self._conversation.lost()
            standing.problem = retrying.ended(lasted, was_ready) or standing.problem
            if not self._stopping.is_set():
                standing.tell()
                self._pass_the_time(retrying.delay(standing.problem))

    def _until_lost(self) -> None:
        conversation, client = self._conversation, self._conversation.paho
        wait = leaving = 0.0
        while (connection := client.socket()) is not None:
            writing = [connection] if client.want_write() else []
            readable, _, _ = select.select([connection, self._wake_receiver], writing, [], wait)
            if self._wake_receiver in readable:
                self._wake_receiver.recv(64)
                self._wake_sent = False
            if connection in readable:
                conversation.read()
            wait = self._take_turn()
            if client.want_write():
                client.loop_write()
            client.loop_misc()
            if self._standing.ready and client.socket() is not None:
                self._standing.tell()
            if conversation.holds_more():
                wait = 0.0
            if self._stopping.is_set():
                leaving = leaving or time.monotonic() + GOODBYE_SECONDS
                if not (self.backlog or client.want_write()) or time.monotonic() > leaving:
                    client.disconnect()
                    client.loop_write()
                    return
                wait = LEAVING_SECONDS

    def _pass_the_time(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._stopping.is_set() and (left := until - time.monotonic()) > 0:
            self._stopping.wait(min(left, self._take_turn()))

    def _take_turn(self) -> float:
        try:
            return IDLE_SECONDS if self._turn is None else self._turn()
        except Exception:
            self._standing.handler_failed("turn")
            return IDLE_SECONDS

    def _wake(self) -> None:
        if self._thread is not None and not self._wake_sent and threading.current_thread() is not self._thread:
            self._wake_sent = True
            with suppress(OSError):
                self._wake_sender.send(b"w")

"""How the connection stands: what a person is told of it, and what the client itself goes by."""

import logging
import threading
import time
from dataclasses import dataclass

from bus import problems
from bus.broker import Broker
from bus.sending import Sending

log = logging.getLogger(__name__)


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


class Standing:
    """Written by the thread of the client's loop, read from any other."""

    def __init__(self, client_id: str, broker: Broker, sending: Sending) -> None:
        self._client_id = client_id
        self._broker = broker
        self._sending = sending
        self._telling = problems.Telling(log, f"MQTT client {client_id} at {broker}")
        self._ready = threading.Event()
        self._connections = 0
        self._handler_errors = 0
        self._last_message: float | None = None
        self.problem: str | None = "not started"
        """Why there is no connection just now; None where there is one."""
        self.certificate_ends: float | None = None

    @property
    def ready(self) -> bool:
        """Is there a connection, with all subscriptions in force?"""
        return self._ready.is_set()

    def wait_ready(self, seconds: float) -> None:
        """Wait until there is one; raises `BrokerUnreachableError` when it takes longer than that."""
        if not self._ready.wait(seconds):
            raise BrokerUnreachableError(
                f"{self._client_id} got no connection to the MQTT broker at {self._broker} "
                f"in {seconds:g} s: {self.problem}"
            )

    def let_in(self) -> None:
        """The broker has let us in and subscribed us; `became_ready` follows when the caller has been told."""
        self.problem = None
        self._connections += 1

    def became_ready(self) -> None:
        """From now on messages come and go."""
        self._ready.set()

    def lost(self) -> bool:
        """The connection is, or there was none; returns whether there was."""
        was_ready = self._ready.is_set()
        self._ready.clear()
        return was_ready

    def heard(self) -> None:
        """A message has come."""
        self._last_message = time.monotonic()

    def handler_failed(self, which: str) -> None:
        """What a caller handed in has raised an exception, which is being handled."""
        self._handler_errors += 1
        log.exception("MQTT client %s: %s failed", self._client_id, which)

    def tell(self) -> None:
        """Tell the log, where something has changed."""
        self._telling.now(self._trouble())

    def health(self, thread_alive: bool) -> Health:
        """All of it, now."""
        last = self._last_message
        return Health(
            connected=self.ready,
            thread_alive=thread_alive,
            silent_for=None if last is None else time.monotonic() - last,
            connections=self._connections,
            handler_errors=self._handler_errors,
            refused=self._sending.not_taken,
            problem=self._trouble(),
            certificate_ends=self.certificate_ends,
        )

    def _trouble(self) -> str | None:
        if self.problem is not None or self._sending.refusal is None:
            return self.problem
        return problems.why_not_published(*self._sending.refusal, self._broker)

"""A connection for trying a broker: looked after by whoever uses it, step by step, with all that the broker says."""

import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from bus import problems
from bus.broker import Broker, Introduction, Will, connect, paho_client, tls_context

ANSWER_SECONDS, QUIET_SECONDS = 10.0, 2.0
"""How long one answer is waited for; after so long without a message, none is to come."""
ATTEMPTS = 3
"""rumqttd at times hangs up on a client id that has only just gone; one that does not speak our MQTT always does."""
LOOP_SECONDS = 0.05


class NoAnswerError(OSError):
    """The broker let us wait too long, or does not let us in; says for what."""


class Probe:
    """A connection that is looked after by whoever uses it, for as long as a block lasts."""

    def __init__(
        self,
        broker: Broker,
        client_id: str,
        version: MQTTProtocolVersion,
        session_days: int = 0,
        will: Will | None = None,
    ) -> None:
        self._broker = broker
        self._we = Introduction(client_id, session_days, manual_ack=True, will=will)
        self._tls = tls_context(broker)
        self.client = paho_client(version, self._we, self._tls)
        self.client.on_connect = self._connected
        self.client.on_message = self._arrived
        self.client.on_publish = self._answered
        self.client.on_subscribe = self._subscribed
        self._refused: ReasonCode | None = None
        self._in = False
        self._granted: list[ReasonCode] | None = None
        self.session_present = False
        self.properties: Properties | None = None
        self.got: list[paho.MQTTMessage] = []
        self.answers: list[ReasonCode] = []

    def __enter__(self) -> Self:
        for _ in range(ATTEMPTS):
            connect(self.client, self._broker, self._we, self._tls)
            if self.until(lambda: self._in or self._refused, ANSWER_SECONDS):
                break
        if self._refused is not None:
            raise NoAnswerError(problems.why_not_let_in(self._refused, self._broker))
        if not self._in:
            raise NoAnswerError("no answer to CONNECT")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.disconnect()
        self.client.loop(LOOP_SECONDS)

    def forget(self) -> None:
        """Have the broker forget this client id, with all that waits for it. Its session must be asked for none."""
        with self:
            pass

    def subscribe(self, topic: str, *, needed: bool = True) -> int:
        """Subscribe; returns the QoS that was granted, 128 or more where it was refused, -1 without an answer."""
        self._granted = None
        self.client.subscribe(topic, 1)
        if not self.until(lambda: self._granted, ANSWER_SECONDS if needed else QUIET_SECONDS) or not self._granted:
            if needed:
                raise NoAnswerError(f"no answer to the subscription to {topic}")
            return -1
        return int(self._granted[0].value)

    def vanish(self) -> None:
        """Go without a good-bye."""
        connection = self.client.socket()
        assert isinstance(connection, socket.socket)
        connection.shutdown(socket.SHUT_RDWR)

    def until(self, condition: Callable[[], object], seconds: float) -> bool:
        """Look after the connection until something holds; False where it does not come about."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline or self.client.loop(LOOP_SECONDS) != paho.MQTT_ERR_SUCCESS:
                return False
        return True

    def until_quiet(self, condition: Callable[[], bool]) -> None:
        """Look after the connection until something holds, or no message has come for a while."""
        while not condition() and self._another_came():
            pass

    def _another_came(self) -> bool:
        count = len(self.got)
        return self.until(lambda: len(self.got) > count, QUIET_SECONDS)

    def _connected(
        self,
        _client: object,
        _userdata: object,
        flags: paho.ConnectFlags,
        reason: ReasonCode,
        said: Properties | None,
    ) -> None:
        self._refused = reason if reason.is_failure else None
        self._in = not reason.is_failure
        self.session_present = flags.session_present
        self.properties = said

    def _arrived(self, _client: object, _userdata: object, message: paho.MQTTMessage) -> None:
        self.got.append(message)

    def _answered(self, _c: object, _u: object, _mid: int, reason: ReasonCode, _said: object) -> None:
        self.answers.append(reason)

    def _subscribed(self, _c: object, _u: object, _mid: int, reasons: list[ReasonCode], _said: object) -> None:
        self._granted = reasons

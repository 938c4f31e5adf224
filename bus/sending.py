"""Our own messages on their way to the broker: waiting, sent, confirmed or refused."""

import threading
from collections import deque

import paho.mqtt.client as paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from bus.broker import MOST_QUEUED


class Sending:
    """Takes messages from any thread. Before the first connection it keeps them itself, from then on paho does.

    Without `keeps` it takes nothing while there is no connection, and forgets with a connection what was on the way.
    """

    def __init__(self, keeps: bool = True) -> None:
        self._lock = threading.Lock()
        self._keeps = keeps
        self._begun = False
        self._early: deque[tuple[str, bytes, bool]] = deque()
        self._through: paho.Client | None = None
        self._topics: dict[int, str] = {}
        """Of the messages that are not confirmed yet, by paho's number of the message."""
        self._taken = self._confirmed = 0
        self.not_taken = 0
        """Messages that were not taken, because too many waited already or none may wait."""
        self.refusal: tuple[str, ReasonCode] | None = None
        """Where the broker does not let us publish, and why; None once it lets us."""

    @property
    def begun(self) -> bool:
        """Has there been a connection?"""
        return self._begun

    @property
    def backlog(self) -> int:
        """How many messages the broker has not confirmed yet."""
        return self._taken - self._confirmed

    def publish(self, topic: str, payload: bytes, retain: bool) -> bool:
        """Send with QoS 1, now or as soon as may be; False where it is not taken."""
        with self._lock:
            if self._through is not None:
                taken = self._send(self._through, topic, payload, retain)
            elif taken := self._keeps and len(self._early) < MOST_QUEUED:
                self._early.append((topic, payload, retain))
            self._taken += taken
            self.not_taken += not taken
        return taken

    def begin(self, client: paho.Client) -> None:
        """There is a connection: what has waited for the first one is sent by this client, as all that follows."""
        with self._lock:
            self._begun = True
            if self._through is None:
                self._through = client
                while self._early:
                    self._send(client, *self._early.popleft())

    def lost(self) -> bool:
        """The connection is; True where all that was on the way is forgotten, and paho must forget it, too."""
        with self._lock:
            if not self._keeps:
                self._through = None
                self._topics.clear()
                self._confirmed = self._taken
        return not self._keeps

    def confirmed(self, number: int, reason: ReasonCode) -> str:
        """The broker has answered; to a message on which topic. Takes no lock: paho holds its own meanwhile."""
        self._confirmed += 1
        topic = self._topics.pop(number, "a topic of ours")
        if reason.is_failure:
            self.refusal = (topic, reason)
        elif self.refusal is not None and self.refusal[0] == topic:
            self.refusal = None
        return topic

    def _send(self, client: paho.Client, topic: str, payload: bytes, retain: bool) -> bool:
        message = client.publish(topic, payload, qos=1, retain=retain)
        taken = message.rc in (MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN)
        if taken:
            self._topics[message.mid] = topic
        return taken

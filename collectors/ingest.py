"""The collector: from the broker to the local store, and only then the acknowledgement.

Everything happens in the thread of the MQTT client, so there is nothing to hand over and nothing to lose between
threads: a message is decoded as it comes; when the socket is empty or enough have come, all that wait become one
commit and are acknowledged. While it commits, the next ones gather in the socket.

A store that fails (a full disk) is tried again and again; nothing is acknowledged meanwhile, so the broker stops
sending when its window is full. Nothing is ever dropped.
"""

import logging
import threading
import time
from collections import Counter
from dataclasses import dataclass

import msgspec

from bus import topics
from bus.client import Broker, Client, Health, Message
from collectors.codecs.cleanwatch_json import Codec
from collectors.instrument_clocks import InstrumentClocks
from collectors.messages import Acknowledgement
from collectors.source_presence import SourcePresence
from facility.alarm import of_source
from facility.instants import Clock
from facility.language import N_
from facility.site import Site
from storage.samples.commit import Intake
from storage.samples.local import LocalStore

log = logging.getLogger(__name__)

GATHER_SECONDS = 0.01
"""A message waits at most this long for others to share its commit; after a pause it does not wait at all."""
MESSAGES_ENOUGH, READINGS_ENOUGH = 500, 5_000
"""With so many waiting, a commit waits for no more."""
ACKNOWLEDGE_SECONDS = 1.0
"""How often a source hears how far its messages are stored."""
SESSION_DAYS = 14
FIRST_RETRY, LONGEST_RETRY = 0.1, 10.0
"""Seconds until a failing store is tried again: at first, and at most after doubling."""
MOST_WAITING = 10_000
"""With so many messages waiting for a failing store, no more are read from the broker."""


@dataclass(frozen=True, slots=True)
class SourceBalance:
    """Readings of one source: received = stored + repeated + conflicting + dead_lettered + pending, at any time."""

    source: str
    received: int
    stored: int
    repeated: int
    conflicting: int
    dead_lettered: int
    pending: int


@dataclass(frozen=True, slots=True)
class IngestHealth:
    """How ingest is. Messages are counted since the start; `store_problem` is None while the store takes them."""

    connection: Health
    messages: int
    waiting: int
    commits: int
    sent_with_qos_0: int
    retained_ignored: int
    store_failures: int
    store_problem: str | None


class Collector:
    """Takes what the sources of one station send and puts it into the local store. `site` is the station's part."""

    def __init__(self, broker: Broker, site: Site, store: LocalStore, clock: Clock) -> None:
        self._broker = broker
        self._site_id = site.id
        self._share = site.share
        self._codec = Codec(site)
        self._store = store
        self._clock = clock
        self.instrument_clocks = InstrumentClocks()
        self._presence = SourcePresence()
        self._strangers: set[str] = set()
        """Sources that no station hears, and of which that was told since the start."""
        self._client = self._new_client()
        self._stopping = threading.Event()
        self._waiting: list[Message] = []
        self._intakes: list[Intake] = []
        self._readings = 0
        self._committing = threading.Lock()
        """Held while what waits becomes a commit, so that the balance never counts it twice or not at all."""
        self._committed_at = 0.0
        self._retry_delay = 0.0
        self._to_acknowledge: set[str] = set()
        self._acknowledged_at = 0.0
        self._messages = self._commits = self._qos_0 = self._retained = self._failures = 0
        self._problem: str | None = None

    def _new_client(self) -> Client:
        share = self._share
        return Client(
            self._broker,
            f"cleanwatch-{self._site_id}-{share.station}-collector",
            filters=topics.instrument_filters(self._site_id, share.sources, share.leads),
            on_message=self.take,
            turn=self._turn,
            session_days=SESSION_DAYS,
            manual_ack=True,
        )

    def start(self) -> None:
        """Begin to connect and collect, in a thread of its own."""
        self._client.start()

    def wait_connected(self, seconds: float) -> None:
        """Wait for the broker; raises `bus.client.BrokerUnreachableError`."""
        self._client.wait_connected(seconds)

    def stop(self) -> None:
        """Commit and acknowledge what has come, then end. What cannot be committed stays with the broker."""
        self._stopping.set()
        self._client.stop()
        if self._waiting:
            self.commit()

    def use(self, site: Site) -> None:
        """Decode what comes from now on by another revision of the same site, and hear the sources that it says."""
        if site.id != self._site_id:
            raise ValueError(f"this collector serves site {self._site_id!r}, not {site.id!r}; restart the station")
        self._codec = Codec(site)
        before, self._share = self._share, site.share
        if (before.sources, before.leads) != (self._share.sources, self._share.leads):
            self._hear_others()

    def _hear_others(self) -> None:
        """Come again with other subscriptions. What was not acknowledged by then, the broker sends once more."""
        self._client.stop()
        if self._waiting:
            self.commit()
        self._waiting, self._intakes, self._readings = [], [], 0
        self._presence = SourcePresence()
        self._strangers.clear()
        self._client = self._new_client()
        self._client.start()

    @property
    def broker(self) -> Broker:
        """The broker that it collects from."""
        return self._client.broker

    def balance(self) -> list[SourceBalance]:
        """What became of the readings of each source, from the first day on."""
        with self._committing:
            pending = Counter[str]()
            for intake in self._intakes:
                pending[intake.source] += _readings_of(intake)
            kept = {entry.source: entry for entry in self._store.balance()}
        found = []
        for source in sorted(kept.keys() | pending.keys()):
            entry, waiting = kept.get(source), pending[source]
            if entry is None:
                found.append(SourceBalance(source, waiting, 0, 0, 0, 0, waiting))
            else:
                found.append(
                    SourceBalance(
                        source,
                        entry.received + waiting,
                        entry.stored,
                        entry.repeated,
                        entry.conflicting,
                        entry.dead_lettered,
                        waiting,
                    )
                )
        return found

    def health(self) -> IngestHealth:
        """How it goes, now."""
        return IngestHealth(
            connection=self._client.health(),
            messages=self._messages,
            waiting=len(self._waiting),
            commits=self._commits,
            sent_with_qos_0=self._qos_0,
            retained_ignored=self._retained,
            store_failures=self._failures,
            store_problem=self._problem,
        )

    def take(self, message: Message) -> None:
        """Decode a message; it waits for the next commit."""
        self._messages += 1
        self._waiting.append(message)
        if message.topic.endswith(topics.STATUS):
            self._take_status(message)
            return
        if message.retain:
            # Sent before we subscribed, by somebody who does not know better; it may be of any age.
            self._retained += 1
            return
        self._qos_0 += message.qos == 0
        received = self._clock()
        intake = self._presence.told(self._codec.decode(message.topic, message.payload, received), received)
        if not self._hears(intake.source):
            # The broker remembers what this station once subscribed to; what comes by that is taken all the same.
            self._client.unsubscribe(message.topic)
        self._intakes.append(intake)
        self._readings += len(intake.readings)
        self.instrument_clocks.heard(intake.readings)

    def _take_status(self, message: Message) -> None:
        """A source has come or gone: retained, so that it is known at once. News only, and of our own sources."""
        source = message.topic.split("/")[-2]
        if not message.payload:
            self._presence.forget(source)
        elif of_source(source) not in self._share.elsewhere and source not in self._strangers:
            if not self._hears(source):
                self._strangers.add(source)
            received = self._clock()
            intake = self._presence.told(self._codec.decode(message.topic, message.payload, received), received)
            if intake.events or intake.dead_letters:
                self._intakes.append(intake)

    def _hears(self, source: str) -> bool:
        return self._share.sources is None or source in self._share.sources

    def _turn(self) -> float:
        """Commit when it is time; returns the seconds until it will be."""
        now = time.monotonic()
        if now - self._acknowledged_at >= ACKNOWLEDGE_SECONDS:
            self._acknowledged_at = now
            self._acknowledge_sources()
        if not self._waiting:
            return ACKNOWLEDGE_SECONDS
        due = self._committed_at + (self._retry_delay or GATHER_SECONDS)
        enough = len(self._waiting) >= MESSAGES_ENOUGH or self._readings >= READINGS_ENOUGH
        if now < due and (self._retry_delay or not enough) and not self._stopping.is_set():
            return due - now
        self.commit()
        while len(self._waiting) >= MOST_WAITING and not self._stopping.wait(self._retry_delay):
            self.commit()
        return self._retry_delay or GATHER_SECONDS

    def commit(self) -> None:
        """Put on disk what waits, then acknowledge it. What the store does not take waits on."""
        try:
            with self._committing:
                if self._intakes:
                    self._store.append(self._intakes)
                    self._commits += 1
                stored, self._waiting = self._waiting, []
                intakes, self._intakes = self._intakes, []
                self._readings = 0
        except Exception as error:
            self._failures += 1
            self._problem = N_(
                "the local store does not take readings: {error}. They stay with the broker until it does; if the "
                "disk is full, make room"
            ).format(error=error)
            self._retry_delay = min(max(self._retry_delay * 2, FIRST_RETRY), LONGEST_RETRY)
        else:
            self._client.ack(stored)
            self._to_acknowledge.update(intake.source for intake in intakes if intake.sequence is not None)
            self._problem = None
            self._retry_delay = 0.0
        self._committed_at = time.monotonic()

    def _acknowledge_sources(self) -> None:
        """Tell the sources that number their messages how far they are stored: they may forget those."""
        for source in sorted(self._to_acknowledge):
            acknowledged = self._store.acknowledged(source)
            if acknowledged is not None:
                payload = msgspec.json.encode(Acknowledgement(*acknowledged))
                self._client.publish(topics.source_ack(self._site_id, source), payload)
            self._to_acknowledge.discard(source)


def _readings_of(intake: Intake) -> int:
    return len(intake.readings) + sum(letter.readings for letter in intake.dead_letters)

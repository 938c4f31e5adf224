"""The sender's side: messages wait on disk until the station says that they are stored.

A broker's PUBACK is no such promise: what it has not yet handed on may die with it. So every message is numbered and
kept; the station acknowledges from time to time up to which number it has all, and those are forgotten. After each
connection, and when the acknowledgement has not moved for a while, everything still kept is sent again.

It also says, retained, that its source is online, and has the broker say when it is gone.
"""

import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from bus import topics
from bus.client import Broker, Client, Message, Will
from collectors.messages import Acknowledgement, EventsMessage, ReadingsMessage, StatusMessage
from facility.instants import Clock, datetime_of
from storage.sqlite import sqlite

WINDOW = 1000
"""So many messages are sent ahead of the station's acknowledgement."""
RESEND_SECONDS = 30.0
"""With an acknowledgement that has not moved for so long, what is kept is sent again."""
LOOK_SECONDS = 1.0
PROBE_SECONDS = 1.0
"""So often one message is sent while the broker says that nobody subscribes and it forgets them."""

TABLES = """
CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS start (epoch INTEGER PRIMARY KEY);
"""
TYPES = {"readings": ReadingsMessage, "events": EventsMessage}
TOPICS = {"readings": topics.source_readings, "events": topics.source_events}


class Outbox:
    """The messages of one source, in one SQLite file.

    Each start is a new epoch, numbered from 1. A new one also begins when the station acknowledges less than it did:
    it has other data than before (a new disk, a restored backup, another station's area), and would wait for numbers
    that are forgotten here.
    """

    def __init__(
        self,
        path: Path,
        broker: Broker,
        site: str,
        source: str,
        clock: Clock,
        resend_seconds: float = RESEND_SECONDS,
    ) -> None:
        self._source = source
        self._topics = {kind: topic(site, source) for kind, topic in TOPICS.items()}
        self._status = topics.source_status(site, source)
        self._clock = clock
        self._resend_seconds = resend_seconds
        self._lock = threading.Lock()
        self._database: Any = sqlite.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(TABLES)
        self.epoch = self._new_epoch(clock())
        first, last = self._database.execute("SELECT min(id), max(id) FROM message").fetchone()
        self._last: int = last or 0
        self._before_first: int = self._last if first is None else first - 1
        """What is subtracted from an id to give the sequence number in this epoch."""
        self._acknowledged = self._sent = self._before_first
        self._moved_at = time.monotonic()
        self._heard = self._unheard = False
        """What the broker has said last of our messages in this connection: somebody subscribes, or nobody."""
        self._probe_at = 0.0
        self._client = Client(
            broker,
            f"cleanwatch-{site}-source-{source}",
            filters=[topics.source_ack(site, source)],
            on_message=self._forget,
            on_connect=self._come,
            turn=self._turn,
            will=Will(self._status, self._presence(online=False)),
            keeps_unsent=False,
            on_confirmed=self._confirmed,
        )

    def start(self) -> None:
        """Begin to connect and send."""
        self._client.start()

    def stop(self) -> None:
        """Say that the source goes, and stop sending; what is not acknowledged stays on disk for the next start."""
        self._client.publish(self._status, self._presence(online=False), retain=True)
        self._client.stop()
        self._database.close()

    def send(self, message: ReadingsMessage | EventsMessage) -> None:
        """Keep a message on disk, and send it as soon as may be. Its numbering is ours, whatever it says.

        Raises the SQLite error where it cannot be kept; then it is not sent either.
        """
        kind = "events" if isinstance(message, EventsMessage) else "readings"
        with self._lock:
            self._database.execute(
                "INSERT INTO message VALUES (?, ?, ?)", (self._last + 1, kind, msgspec.json.encode(message))
            )
            self._last += 1
            self._send_more()

    @property
    def waiting(self) -> int:
        """How many messages are not acknowledged yet."""
        return self._last - self._acknowledged

    @property
    def connected(self) -> bool:
        """Is there a connection to the broker?"""
        return self._client.connected

    def _new_epoch(self, now: int) -> int:
        """Grows with every start, also where the clock was set back."""
        epoch: int = self._database.execute(
            "INSERT INTO start SELECT max(?, ifnull(max(epoch), 0) + 1) FROM start RETURNING epoch", (now,)
        ).fetchone()[0]
        self._database.execute("DELETE FROM start WHERE epoch < ?", (epoch,))
        return epoch

    def _send_more(self) -> None:
        upto = min(self._last, self._acknowledged + (WINDOW if self._heard else 1))
        if self._sent >= upto or not self._client.connected or time.monotonic() < self._probe_at:
            return
        rows = self._database.execute(
            "SELECT id, kind, body FROM message WHERE id > ? AND id <= ? ORDER BY id", (self._sent, upto)
        ).fetchall()
        for id, kind, body in rows:
            message: ReadingsMessage | EventsMessage = msgspec.json.decode(body, type=TYPES[kind])
            numbered = msgspec.structs.replace(message, epoch=self.epoch, sequence=id - self._before_first)
            if not self._client.publish(self._topics[kind], msgspec.json.encode(numbered)):
                return
            self._sent = id

    def _presence(self, online: bool) -> bytes:
        return msgspec.json.encode(StatusMessage(1, online, datetime_of(self._clock())))

    def _come(self) -> None:
        self._client.publish(self._status, self._presence(online=True), retain=True)
        self._begin_again()

    def _begin_again(self) -> None:
        with self._lock:
            self._sent = self._acknowledged
            self._heard, self._probe_at = False, 0.0
            self._moved_at = time.monotonic()

    def _confirmed(self, topic: str, heard: bool) -> None:
        if topic != self._status:
            self._heard, self._unheard = heard, self._unheard or not heard

    def _forget(self, message: Message) -> None:
        said = msgspec.json.decode(message.payload, type=Acknowledgement)
        upto = self._before_first + said.sequence
        with self._lock:
            if said.epoch != self.epoch or upto > self._last:
                return
            if upto < self._acknowledged:
                self.epoch = self._new_epoch(self._clock())
                self._before_first = self._sent = self._acknowledged
                self._moved_at = time.monotonic()
            elif upto > self._acknowledged:
                self._database.execute("DELETE FROM message WHERE id <= ?", (upto,))
                self._acknowledged = upto
                self._sent = max(self._sent, upto)
                self._moved_at = time.monotonic()

    def _turn(self) -> float:
        if self.waiting and time.monotonic() - self._moved_at >= self._resend_seconds:
            self._begin_again()
        with self._lock:
            if self._unheard:
                self._unheard = False
                self._sent, self._probe_at = self._acknowledged, time.monotonic() + PROBE_SECONDS
            self._send_more()
        return min(LOOK_SECONDS, self._resend_seconds)

"""The sender of a station: each channel in a thread of its own, so that a slow one holds up no other."""

import logging
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from typing_extensions import override

from alerts.channels.apprise_channel import AddressError
from alerts.channels.channel import Channel, Message, Receipt, TemporaryFailureError
from alerts.channels.sealing import KeyNotUsableError
from alerts.notifications.delivering import deliver, fail
from facility.instants import Clock
from storage.records import channels, notifications
from storage.records.database import Records
from storage.records.errors import RecordsAwayError

log = logging.getLogger(__name__)

AT_ONCE = 8
"""Channels that are sent to at the same time."""

Open = Callable[[channels.Channel], Channel]
"""Opens a channel; raises KeyNotUsableError or AddressError."""


class Unusable(Channel):
    """Stands for a channel that cannot be opened."""

    def __init__(self, words: str) -> None:
        self._words = words

    @override
    def send(self, address: str, message: Message) -> Receipt:
        raise TemporaryFailureError(self._words)


class Sender:
    """Sends what is due. Call `step` from one thread, often."""

    def __init__(self, records: Records, open: Open, clock: Clock, name: str, jitter: random.Random) -> None:
        """`name` is that of the station: no two senders have the same one at the same time."""
        self._records = records
        self._open = open
        self._clock = clock
        self._name = name
        self._jitter = jitter
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notifications")
        self._busy: set[int] = set()
        self._asked_again: set[int] = set()
        """Busy channels for which something came due meanwhile."""
        self._lock = threading.Lock()
        self._began = False
        self._opened: dict[int, tuple[channels.Channel, Channel]] = {}
        """By channel: as it was on record when it was opened, and itself. Opening takes longer than sending."""
        self._problems: dict[int, str] = {}

    @property
    def problems(self) -> dict[int, str]:
        """Why channels cannot be used at all, by channel."""
        with self._lock:
            return dict(self._problems)

    def step(self) -> None:
        """Begin to send what is due. Raises RecordsAwayError."""
        if not self._began:
            self._begin()
        with self._records.reading() as connection:
            due = notifications.channels_due(connection, self._clock())
            kept = {channel.id: channel for channel in channels.in_use(connection)} if due else {}
        for id in due:
            with self._lock:
                if id in self._busy:
                    self._asked_again.add(id)
                    continue
                self._busy.add(id)
            self._pool.submit(self._send_all, id, kept.get(id))

    def _begin(self) -> None:
        """Take up what an earlier sender had, and open every channel once: the first takes a second, in which every
        service is loaded, and the first alarm is not to wait for that."""
        with self._records.transaction() as connection:
            notifications.release(connection, self._name)
            kept = channels.in_use(connection)
        for channel in kept:
            self._usable(channel)
        self._began = True

    def close(self) -> None:
        """Wait until what is being sent has been."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _send_all(self, id: int, kept: channels.Channel | None) -> None:
        done = False
        while not done:
            problem = self._attempt(id, kept)
            with self._lock:
                if done := id not in self._asked_again:
                    self._busy.discard(id)
                self._asked_again.discard(id)
                if problem is None:
                    self._problems.pop(id, None)
                else:
                    self._problems[id] = problem

    def _attempt(self, id: int, kept: channels.Channel | None) -> str | None:
        """Send what is due by a channel; why it cannot be used, where that is so."""
        problem = None
        try:
            if kept is None:
                self._give_up(id)
            else:
                channel, problem = self._usable(kept)
                while deliver(self._records, kept, channel, self._clock, self._name, self._jitter.random()):
                    pass
        except RecordsAwayError:
            pass  # told by the records themselves; the lease ends, and it is sent again
        except Exception as error:
            log.exception("channel %s failed", id)
            problem = f"a fault of Cleanwatch: {error!r}"
        return problem

    def _usable(self, kept: channels.Channel) -> tuple[Channel, str | None]:
        """The channel, and why it cannot be used: then it takes nothing, so that people are told by another."""
        before, opened = self._opened.get(kept.id, (None, None))
        if opened is not None and before == kept:
            return opened, None
        try:
            opened = self._open(kept)
        except (KeyNotUsableError, AddressError) as error:
            return Unusable(str(error)), str(error)
        self._opened[kept.id] = kept, opened
        return opened, None

    def _give_up(self, channel: int) -> None:
        """The channel was retired while messages waited."""
        now = self._clock()
        with self._records.transaction() as connection:
            fail(connection, notifications.due(connection, channel, now), now, "the channel is retired")

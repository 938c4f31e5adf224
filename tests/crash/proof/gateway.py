"""A process with some sources of the proof: `python -m tests.crash.proof.gateway <settings as JSON>`.

Each source keeps its messages in an outbox on disk until the station acknowledges them. How many messages it has put
there stands in a file, so that one that was killed goes on behind the last of them.
"""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bus.client import Broker
from collectors.messages import ReadingsMessage
from collectors.outbox import Outbox
from facility.instants import Instant, system_clock
from storage.sqlite import sqlite
from tests.crash.proof.plan import SITE, Plan

PAUSE_SECONDS = 0.02
FULL_DISK_SECONDS = 0.2


class Settings(msgspec.Struct, frozen=True):
    """What a gateway process is told. The run is the one of `Plan` with the same fields."""

    seed: int
    points: int
    numbers: int
    start: Instant
    sources: list[str]
    folder: str
    port: int


class Source:
    """One source: its outbox, and how far it has come."""

    def __init__(self, plan: Plan, name: str, folder: Path, broker: Broker) -> None:
        self._done = done_file(folder, name)
        self._count = done(folder, name)
        self._outbox = Outbox(outbox_file(folder, name), broker, SITE, name, system_clock)
        self._messages = _behind(plan.messages(name), self._count)
        self._next = next(self._messages, None)
        self._outbox.start()

    def send_due(self, now: Instant) -> None:
        """Put everything that is due into the outbox."""
        while self._next is not None and self._next[0] <= now:
            try:
                self._outbox.send(self._next[1])
                self._count += 1
                self._done.write_text(str(self._count))
            except (OSError, sqlite.OperationalError):
                # The disk is full: what could not be kept is sent again, and so may come twice.
                return
            self._next = next(self._messages, None)


def outbox_file(folder: Path, source: str) -> Path:
    """Where a source keeps its messages."""
    return folder / f"{source}.db"


def done_file(folder: Path, source: str) -> Path:
    """Where a source keeps how many messages it has put into its outbox."""
    return folder / f"{source}.done"


def done(folder: Path, source: str) -> int:
    """How many messages a source has put into its outbox."""
    file = done_file(folder, source)
    return int(file.read_text() or 0) if file.exists() else 0


def waiting(folder: Path, source: str) -> int:
    """How many messages wait in the outbox of a source, asked from another process."""
    database = sqlite.connect(f"file:{outbox_file(folder, source)}?mode=ro", uri=True)
    try:
        (count,) = database.execute("SELECT count(*) FROM message").fetchone()
    finally:
        database.close()
    return int(count)


def _behind(
    messages: Iterator[tuple[Instant, ReadingsMessage]], count: int
) -> Iterator[tuple[Instant, ReadingsMessage]]:
    for _ in range(count):
        next(messages)
    return messages


def main() -> None:
    """Send until killed."""
    told = msgspec.json.decode(sys.argv[1], type=Settings)
    plan = Plan(told.seed, told.points, told.numbers, told.start)
    broker = Broker(port=told.port)
    sources = [Source(plan, name, Path(told.folder), broker) for name in told.sources]
    pause = threading.Event()
    while not pause.wait(PAUSE_SECONDS):
        now = system_clock()
        for source in sources:
            source.send_due(now)


if __name__ == "__main__":
    main()

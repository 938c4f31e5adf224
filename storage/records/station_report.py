"""What a station says of its own health. Every field but who and when has a default: the app may be the older one."""

from typing import Literal

import msgspec

from facility.instants import Instant, Span


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where, and what would be right. `part` names who says so; an advisory is a task, no trouble."""

    part: str
    text: str
    since: Instant
    advisory: bool = False


class SourceReport(msgspec.Struct, frozen=True):
    """The balance of one source in readings: what was received is one of the five others."""

    source: str
    received: int = 0
    stored: int = 0
    repeated: int = 0
    conflicting: int = 0
    dead_lettered: int = 0
    pending: int = 0
    heard: Instant | None = None
    """When the store last took something from it."""

    @property
    def adds_up(self) -> bool:
        """Does the balance hold?"""
        accounted = self.stored + self.repeated + self.conflicting + self.dead_lettered + self.pending
        return self.received == accounted


class BrokerReport(msgspec.Struct, frozen=True):
    """The connections to the broker. `silent_for` is seconds without a message; counts are since the start."""

    address: str
    collecting: bool = False
    publishing: bool = False
    silent_for: float | None = None
    messages: int = 0
    connections: int = 0
    sent_with_qos_0: int = 0
    retained_ignored: int = 0
    passed_over: int = 0
    """Readings that were not published, because the broker was away or too slow. They are stored."""
    notes: tuple[str, ...] = ()
    """What the self-test found that is no problem, and what it cannot find; empty until it is done."""


class ForwarderReport(msgspec.Struct, frozen=True):
    """How far InfluxDB is behind the local store. `seconds_left` is None where there is no telling."""

    target: str
    waiting: int = 0
    oldest: Instant | None = None
    rate: float = 0.0
    """Readings a second, of late."""
    seconds_left: float | None = None
    dead_lines: int = 0
    written: int = 0
    """Readings written since the start."""


class FileReport(msgspec.Struct, frozen=True):
    """A file of the data folder, with what belongs to it (its write-ahead log)."""

    name: str
    bytes: int


class DiskReport(msgspec.Struct, frozen=True):
    """The disk that the data folder is on, and the files there."""

    folder: str = ""
    free: int = 0
    total: int = 0
    files: tuple[FileReport, ...] = ()


class InstrumentClock(msgspec.Struct, frozen=True):
    """How far the clock of an instrument is ahead of the station's, negative behind; transport included."""

    instrument: str
    ahead: Span
    samples: int
    """How many readings that rests on."""


class ClockJump(msgspec.Struct, frozen=True):
    """The machine's clock was set: from, to."""

    before: Instant
    after: Instant


class ClockReport(msgspec.Struct, frozen=True):
    """Instruments' clocks, this machine's, and that of a time server. All differences: positive is ahead."""

    ahead_of_machine: Span = 0
    """The station's clock does not go back: how far it is ahead of the machine's, which did."""
    ntp_server: str = ""
    machine_ahead_of_ntp: float | None = None
    """Milliseconds; None where no time server is asked, or it does not answer."""
    ntp_problem: str | None = None
    instruments: tuple[InstrumentClock, ...] = ()
    jumps: tuple[ClockJump, ...] = ()
    """Those of the last day."""


class StationReport(msgspec.Struct, frozen=True):
    """One station, at one moment."""

    station: str
    at: Instant
    state: Literal["running", "ended", "failed"] = "running"
    """Ended as it was told to, or because it could not go on: then a problem says why."""
    version: str = ""
    started: Instant = 0
    site: str = ""
    revision: int = 0
    commits: int = 0
    """The number of the newest commit in the local store."""
    judged: int = 0
    """The number of the newest commit whose outcome is on record."""
    judged_behind: Span = 0
    """For how long the oldest commit that is not judged yet has waited."""
    reviewing: int = 0
    """Points of which something past is to be judged again."""
    outbox_waiting: int = 0
    dead_letters_waiting: int = 0
    records: str = ""
    """Where the records are, without a password."""
    embedded: bool = True
    """Are they a file of ours, and no PostgreSQL?"""
    broker: BrokerReport | None = None
    sources: tuple[SourceReport, ...] = ()
    missing: int = 0
    """Messages that their sources have numbered and that have not come."""
    forwarder: ForwarderReport | None = None
    """None where no InfluxDB is configured."""
    disk: DiskReport = DiskReport()
    clocks: ClockReport = ClockReport()
    problems: tuple[Problem, ...] = ()

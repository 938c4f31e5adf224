"""The station's report: what its parts say of themselves, put together, and what is wrong with them in words."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import msgspec

from alerts.engine import Engine
from bus import topics
from cleanwatch import clock_watch
from cleanwatch.backup_due import BackedUp, backed_up, backup_due
from cleanwatch.broker_findings import broker_findings
from cleanwatch.clock_watch import ClockWatch
from cleanwatch.disk import disk, room_left
from cleanwatch.problems import Finding, Problems, in_words
from cleanwatch.revisions import SiteInForce
from cleanwatch.self_test import BrokerSelfTest
from collectors.forwarder import Forwarder
from collectors.ingest import Collector
from collectors.publisher import Publisher
from facility.instants import SECOND, Clock, Instant, Span
from facility.language import N_
from storage.records import outbox, reports
from storage.records.database import Records
from storage.records.errors import RecordsAwayError, RecordsError
from storage.records.station_report import (
    BrokerReport,
    ForwarderReport,
    Problem,
    SourceReport,
    StationReport,
)
from storage.samples.local import LocalStore

MOST_LETTERS = 1_000
MOST_OUTGOING = 1_000
"""So many dead letters and outgoing messages are counted."""
JUDGING_LATE: Span = 10 * SECOND
PATIENCE: Span = 5 * SECOND
"""A connection that is not there yet so soon after the start is no problem."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running station that a report is made of."""

    folder: Path
    records: Records
    in_force: SiteInForce
    store: LocalStore
    engine: Engine
    collector: Collector
    publisher: Publisher
    forwarder: Forwarder | None
    clocks: ClockWatch


class Reporter:
    """Looks at the parts, tells what is wrong with them, and keeps the report on record. Use it from one thread."""

    def __init__(
        self, station: str, parts: Parts, self_test: BrokerSelfTest, problems: Problems, clock: Clock
    ) -> None:
        self._station = station
        self._parts = parts
        self._self_test = self_test
        self._problems = problems
        self._clock = clock
        self._started = clock()
        self._outgoing = 0
        self._backed_up: BackedUp | None = None

    def report(self) -> None:
        """Publish a new report, with the problems as they are now, and put it on record: one of the two may fail."""
        with suppress(RecordsAwayError):
            self._parts.clocks.record()
        report = self._look()
        for part, found in self._findings(report):
            self._problems.tell_all(part, found)
        self._tell(msgspec.structs.replace(report, problems=self._problems.now()))

    def ended(self) -> None:
        """The last report: the station ends as it was told to."""
        self._tell(msgspec.structs.replace(self._look(), state="ended"))

    def _look(self) -> StationReport:
        parts, now = self._parts, self._clock()
        commits, _ = parts.store.newest()
        judged = parts.engine.judged
        waiting_since = parts.store.stamp_after(judged)
        gaps = [gap for source in parts.store.balance() for gap in parts.store.gaps(source.source)]
        with suppress(RecordsAwayError), parts.records.reading() as connection:
            self._outgoing = len(outbox.waiting(connection, self._station, MOST_OUTGOING))
            self._backed_up = backed_up(connection, self._station)
        return StationReport(
            station=self._station,
            at=now,
            version=version("cleanwatch"),
            started=self._started,
            site=parts.in_force.site.id,
            revision=parts.in_force.number,
            commits=commits,
            judged=judged,
            judged_behind=0 if waiting_since is None else max(0, now - waiting_since),
            reviewing=parts.engine.reviewing,
            outbox_waiting=self._outgoing,
            dead_letters_waiting=parts.store.letters_waiting(MOST_LETTERS),
            records=parts.records.place,
            embedded=parts.records.embedded,
            broker=self._broker(),
            sources=tuple(self._sources()),
            missing=sum(gap.last - gap.first + 1 for gap in gaps),
            forwarder=self._forwarder(),
            disk=disk(parts.folder),
            clocks=parts.clocks.report(parts.in_force.site, parts.collector.instrument_clocks),
        )

    def _broker(self) -> BrokerReport:
        collecting, publisher = self._parts.collector.health(), self._parts.publisher
        return BrokerReport(
            address=str(self._parts.collector.broker),
            collecting=collecting.connection.connected,
            publishing=publisher.health().connected,
            silent_for=collecting.connection.silent_for,
            messages=collecting.messages,
            connections=collecting.connection.connections,
            sent_with_qos_0=collecting.sent_with_qos_0,
            retained_ignored=collecting.retained_ignored,
            passed_over=publisher.passed_over,
            notes=self._self_test.notes,
        )

    def _forwarder(self) -> ForwarderReport | None:
        forwarder = self._parts.forwarder
        if forwarder is None:
            return None
        health = forwarder.health()
        return ForwarderReport(
            target=forwarder.target,
            waiting=health.progress.waiting,
            oldest=health.progress.oldest,
            rate=health.rate,
            seconds_left=health.seconds_left,
            dead_lines=health.progress.refused,
            written=health.written,
        )

    def _sources(self) -> Iterator[SourceReport]:
        heard = {entry.source: entry.heard for entry in self._parts.store.balance()}
        for entry in self._parts.collector.balance():
            yield SourceReport(
                source=entry.source,
                received=entry.received,
                stored=entry.stored,
                repeated=entry.repeated,
                conflicting=entry.conflicting,
                dead_lettered=entry.dead_lettered,
                pending=entry.pending,
                heard=heard.get(entry.source),
            )

    def _findings(self, report: StationReport) -> Iterator[tuple[str, list[Finding]]]:
        """What every part finds wrong, nothing included."""
        collecting, publishing = self._parts.collector.health(), self._parts.publisher.health()
        away = self._parts.records.health().problem
        yield "records", [Finding("records", text, logged=True) for text in [away] if text]
        yield "local store", [Finding("local store", text) for text in [collecting.store_problem] if text]
        yield "InfluxDB", list(_forwarding(self._parts.forwarder))
        lost = _connection(report, collecting.connection.problem or publishing.problem, self._started)
        yield "broker", [*lost, *broker_findings((collecting.connection, publishing), report.at)]
        yield "disk", list(room_left(report.disk))
        yield "backup", list(self._backup(report.at))
        yield "clock", list(clock_watch.findings(report.clocks))
        yield "judging", list(_judging(report))
        yield "sources", list(_sources(report))

    def _backup(self, now: Instant) -> Iterator[Finding]:
        """Nobody needs a backup of simulated data; PostgreSQL has its own way, of which we know nothing."""
        parts = self._parts
        if parts.records.embedded and not parts.in_force.site.simulated and self._backed_up is not None:
            yield from backup_due(self._backed_up, now)

    def _tell(self, report: StationReport) -> None:
        topic = topics.station_report(report.site, self._station)
        self._parts.publisher.send(topic, msgspec.json.encode(report), retain=True)
        with self._parts.records.transaction() as connection:
            reports.save(connection, report)


def _forwarding(forwarder: Forwarder | None) -> Iterator[Finding]:
    if forwarder is None:
        return
    health = forwarder.health()
    if health.problem is not None:
        yield Finding("InfluxDB", health.problem, logged=True)
    if health.refusals is not None:
        yield Finding("InfluxDB", health.refusals, key="refused")
    for number, words in enumerate(health.warnings):
        yield Finding("InfluxDB", words, key=f"warning {number}", advisory=True)


def _connection(report: StationReport, problem: str | None, started: int) -> Iterator[Finding]:
    broker = report.broker
    if broker is None or (broker.collecting and broker.publishing) or report.at - started < PATIENCE:
        return
    what = (
        N_(
            "the station publishes nothing: MQTT broker {broker}: {problem}. Readings wait in their senders' "
            "outboxes and at the broker; it is tried again every few seconds"
        )
        if broker.collecting
        else N_(
            "the station receives nothing: MQTT broker {broker}: {problem}. Readings wait in their senders' "
            "outboxes and at the broker; it is tried again every few seconds"
        )
    )
    text = what.format(broker=broker.address, problem=problem or N_("no connection"))
    yield Finding("broker", text, logged=True)


def _judging(report: StationReport) -> Iterator[Finding]:
    if report.judged_behind > JUDGING_LATE:
        late = N_("stored readings wait to be judged, so alarms come late. It catches up by itself when it can")
        yield Finding("judging", late)


def _sources(report: StationReport) -> Iterator[Finding]:
    for source in report.sources:
        if not source.adds_up:
            text = N_("the balance of source {source} does not add up, which is a fault of Cleanwatch")
            yield Finding("sources", text.format(source=source.source), key=source.source)
    if report.dead_letters_waiting:
        text = N_(
            "messages that could not be understood wait for a fix. cleanwatch dead-letters list says why; "
            "correct sender or site file, then: cleanwatch dead-letters replay"
        )
        yield Finding("sources", text, key="dead letters", advisory=True)


def last_words(records: Records, station: str, clock: Clock, error: BaseException | None) -> None:
    """Put on record why a station could not start, or not go on; nothing where it ended as it was told to."""
    if isinstance(error, Exception):
        text = N_("the station does not run: {problem}").format(problem=in_words(error))
        report = StationReport(station, clock(), state="failed", problems=(Problem("station", text, clock()),))
        with suppress(RecordsError), records.transaction() as connection:
            reports.save(connection, report)

"""/metrics: how Cleanwatch is, for Prometheus and whatever reads its text format. docs/metrics.md explains each."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version

from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from app.context import AppContext
from app.guard import Access, requires
from app.stations import StationHealth, SystemHealth
from facility.alarm import Alarm, HoldKind
from facility.holds import Hold
from facility.instants import Instant
from facility.limit import Severity
from storage.records import alarms, channels, holds, notifications
from storage.records.errors import RecordsError
from storage.records.station_report import SourceReport, StationReport

BALANCE: tuple[tuple[str, str, Callable[[SourceReport], float]], ...] = (
    ("received", "Readings received, whatever became of them", lambda source: source.received),
    ("stored", "Readings stored", lambda source: source.stored),
    ("repeated", "Readings that were stored already and said the same", lambda source: source.repeated),
    (
        "conflicting",
        "Readings that contradict a stored one, and are kept beside it",
        lambda source: source.conflicting,
    ),
    ("dead_lettered", "Readings in messages that could not be understood", lambda source: source.dead_lettered),
)
STATION_GAUGES: tuple[tuple[str, str, Callable[[StationReport], float | None]], ...] = (
    ("judged_lag_seconds", "For how long the oldest commit that is not judged yet has waited",
     lambda report: report.judged_behind / 1000),
    ("judged_lag_commits", "Commits that are stored and not judged yet",
     lambda report: report.commits - report.judged),
    ("outbox_waiting_messages", "Alarm states that wait to be published, counted up to 1000",
     lambda report: report.outbox_waiting),
    ("dead_letters_waiting", "Messages that could not be understood and wait for a fix, counted up to 1000",
     lambda report: report.dead_letters_waiting),
    ("missing_messages", "Messages of numbered sources that have not arrived", lambda report: report.missing),
    ("disk_free_bytes", "Free space on the disk of the station's data folder", lambda report: report.disk.free),
    ("disk_size_bytes", "Size of the disk of the station's data folder", lambda report: report.disk.total),
    ("forwarder_waiting_readings", "Readings that InfluxDB does not have yet",
     lambda report: None if report.forwarder is None else report.forwarder.waiting),
    ("clock_ahead_of_machine_seconds", "How far the station's clock is ahead of its machine's, which was set back",
     lambda report: report.clocks.ahead_of_machine / 1000),
    ("machine_clock_ahead_of_ntp_seconds", "How far the station's machine is ahead of the time server",
     lambda report: _seconds(report.clocks.machine_ahead_of_ntp)),
)  # fmt: skip


def routes(context: AppContext) -> Blueprint:
    """The one address. Every answer is made anew from what is known; nothing is counted here."""
    metrics = Blueprint("metrics", __name__)
    registry = CollectorRegistry()
    registry.register(SystemCollector(context))

    @metrics.get("/metrics")
    @requires(Access.MACHINES)
    def show() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    return metrics


class SystemCollector(Collector):
    """What is known of the system, as metrics."""

    def __init__(self, context: AppContext) -> None:
        self._context = context

    @override
    def collect(self) -> Iterator[Metric]:
        health, now = self._context.stations.now(), self._context.clock()
        yield InfoMetricFamily("cleanwatch_build", "The app's version", {"version": version("cleanwatch")})
        yield from _stations(health.stations)
        yield from _balance(health.stations)
        yield from _forwarder_lag(health.stations, now)
        yield _instruments(health.stations)
        yield _problems(health)
        yield from self._alarms()
        viewers = self._context.hub.viewers
        yield GaugeMetricFamily("cleanwatch_live_viewers", "Browsers that watch live", value=viewers)

    def _alarms(self) -> Iterator[Metric]:
        """How many alarms stand; nothing where the records are away, since then nobody knows."""
        records_up = GaugeMetricFamily("cleanwatch_records_up", "1 where the app can read the records, else 0")
        try:
            with self._context.records.reading() as connection:
                found, aside = alarms.standing(connection), holds.open(connection)
                sent, names = notifications.counts(connection), channels.names(connection)
        except RecordsError:
            records_up.add_metric([], 0)
        else:
            records_up.add_metric([], 1)
            family = GaugeMetricFamily(
                "cleanwatch_standing_alarms", "Alarms that stand or are not answered", labels=["severity"]
            )
            for severity in Severity:
                family.add_metric([severity.name.lower()], sum(alarm.severity is severity for alarm in found))
            yield family
            yield from _put_aside(found, aside, self._context.clock())
            yield from _messages(sent, names)
        yield records_up


def _put_aside(standing: Sequence[Alarm], aside: Sequence[Hold], now: Instant) -> Iterator[Metric]:
    """What calls nobody, so that somebody else than the list may ask for it."""
    held = GaugeMetricFamily("cleanwatch_held_alarms", "Alarms that stand and call nobody", labels=["kind"])
    for kind in HoldKind:
        held.add_metric([kind.value], sum(alarm.held is not None and alarm.held.kind is kind for alarm in standing))
    yield held
    put_aside = GaugeMetricFamily("cleanwatch_holds", "What people have put aside", labels=["kind"])
    for kind in (HoldKind.SHELVED, HoldKind.OUT_OF_SERVICE):
        put_aside.add_metric([kind.value], sum(hold.kind is kind and hold.in_force for hold in aside))
    put_aside.add_metric(["approval needed"], sum(hold.waits for hold in aside))
    put_aside.add_metric(["overdue"], sum(hold.until is not None and hold.until < now for hold in aside))
    yield put_aside


def _messages(counts: Mapping[tuple[int, str], int], names: Mapping[int, str]) -> Iterator[Metric]:
    """What became of messages to people, by channel."""
    waiting = GaugeMetricFamily(
        "cleanwatch_notifications_waiting", "Messages to people that are not sent yet", labels=["channel"]
    )
    sent = CounterMetricFamily(
        "cleanwatch_notifications_sent", "Messages to people that a service has taken", labels=["channel"]
    )
    failed = CounterMetricFamily(
        "cleanwatch_notifications_failed", "Messages to people that were given up", labels=["channel"]
    )
    for id, name in names.items():
        for family, state in ((waiting, "waiting"), (sent, "sent"), (failed, "failed")):
            family.add_metric([name], counts.get((id, state), 0))
    yield from (waiting, sent, failed)


def _stations(stations: tuple[StationHealth, ...]) -> Iterator[Metric]:
    up = _gauge("station_up", "1 while the station runs and reports, else 0")
    age = _gauge("station_report_age_seconds", "How long ago the station's newest report came")
    commits = CounterMetricFamily("cleanwatch_commits", "Commits of the local store", labels=["station"])
    for station in stations:
        name = [station.report.station]
        up.add_metric(name, station.state == "running")
        age.add_metric(name, station.silent_for / 1000)
        commits.add_metric(name, station.report.commits)
    yield from (up, age, commits)
    for metric, words, value in STATION_GAUGES:
        family = _gauge(metric, words)
        for station in stations:
            if (found := value(station.report)) is not None:
                family.add_metric([station.report.station], found)
        yield family


def _balance(stations: tuple[StationHealth, ...]) -> Iterator[Metric]:
    labels = ["station", "source"]
    for name, words, value in BALANCE:
        family = CounterMetricFamily(f"cleanwatch_readings_{name}", words, labels=labels)
        for station in stations:
            for source in station.report.sources:
                family.add_metric([station.report.station, source.source], value(source))
        yield family
    pending = GaugeMetricFamily("cleanwatch_readings_pending", "Readings received and not on disk yet", labels=labels)
    for station in stations:
        for source in station.report.sources:
            pending.add_metric([station.report.station, source.source], source.pending)
    yield pending


def _forwarder_lag(stations: tuple[StationHealth, ...], now: Instant) -> Iterator[Metric]:
    lag = _gauge("forwarder_lag_seconds", "Age of the oldest reading that InfluxDB does not have yet; 0 for none")
    refused = CounterMetricFamily(
        "cleanwatch_forwarder_refused_readings", "Readings that InfluxDB refused for good", labels=["station"]
    )
    for station in stations:
        if forwarder := station.report.forwarder:
            name = [station.report.station]
            lag.add_metric(name, 0 if forwarder.oldest is None else max(0, now - forwarder.oldest) / 1000)
            refused.add_metric(name, forwarder.dead_lines)
    yield from (lag, refused)


def _instruments(stations: tuple[StationHealth, ...]) -> Metric:
    family = GaugeMetricFamily(
        "cleanwatch_instrument_clock_ahead_seconds",
        "How far an instrument's clock is ahead of the station's, negative behind",
        labels=["station", "instrument"],
    )
    for station in stations:
        for clock in station.report.clocks.instruments:
            family.add_metric([station.report.station, clock.instrument], clock.ahead / 1000)
    return family


def _problems(health: SystemHealth) -> Metric:
    family = GaugeMetricFamily(
        "cleanwatch_problems", "What is wrong with the system, as on its page", labels=["station", "kind"]
    )
    names = {"", *(station.report.station for station in health.stations)}
    for name in sorted(names):
        for kind, advisory in (("problem", False), ("advisory", True)):
            found = sum(station == name and problem.advisory is advisory for station, problem in health.problems)
            family.add_metric([name, kind], found)
    return family


def _gauge(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"cleanwatch_{name}", words, labels=["station"])


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000

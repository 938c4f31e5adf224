"""The way of the data through one station as a picture: sources, broker, local store, and who follows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dash import html
from dash.development.base_component import Component

from app import formats
from app.components.basics import since, symbol
from app.stations import StationHealth
from facility.instants import Instant
from facility.language import _, _n
from storage.records.station_report import StationReport

Words = Sequence[str | Component]

PLACE = {
    "broker": "broker",
    "local store": "local store",
    "disk": "local store",
    "seal": "local store",
    "engine": "engine",
    "judging": "engine",
    "records": "engine",
    "InfluxDB": "InfluxDB",
    "sources": "sources",
}
"""In which box a part's problem shows."""


@dataclass(frozen=True, slots=True)
class Box:
    """One place that data come through. `state` is one word or two; `trouble` whether it is in any."""

    name: str
    title: str
    state: str
    words: Words
    trouble: bool = False


def flow(station: StationHealth, now: Instant) -> Component:
    """The picture of one station. A silent station is in trouble all over: nothing is known of it."""
    sources, broker, store, *followers = boxes(station, now)
    return html.Div(
        [
            _box(sources),
            _box(broker),
            _box(store),
            html.Div([_box(box) for box in followers], className="followers"),
        ],
        className="flow",
    )


def boxes(station: StationHealth, now: Instant) -> list[Box]:
    """Sources, broker, local store; then engine, InfluxDB, clean topics, which follow the store."""
    report = station.report
    troubled = {PLACE.get(problem.part, "") for problem in report.problems if not problem.advisory}
    unknown = station.state != "running"

    def box(name: str, title: str, state: str, words: Words) -> Box:
        return Box(name, title, _(station.state) if unknown else state, words, unknown or name in troubled)

    return [
        box("sources", _("Sources"), *_sources(report, now - station.silent_for)),
        box("broker", _("MQTT broker"), *_broker(report)),
        box("local store", _("Local store"), *_store(report)),
        box("engine", _("Alert engine"), *_engine(report)),
        box("InfluxDB", "InfluxDB", *_influx(report)),
        box("clean topics", _("Clean topics"), *_topics(report)),
    ]


def _sources(report: StationReport, reported: Instant) -> tuple[str, Words]:
    silent = None if report.broker is None else report.broker.silent_for
    words: Words = (
        [_("no message since the start")]
        if silent is None
        else [_("newest heard:"), " ", since(reported - round(silent * 1000))]
    )
    many = len(report.sources)
    return _n("{n} source known", "{n} sources known", many, n=formats.words(many)), words


def _broker(report: StationReport) -> tuple[str, Words]:
    broker = report.broker
    if broker is None:
        return _("unknown"), []
    return _("connected") if broker.collecting else _("no connection"), [broker.address]


def _store(report: StationReport) -> tuple[str, Words]:
    pending = sum(source.pending for source in report.sources)
    stored = sum(source.stored for source in report.sources)
    state = _("{n} pending", n=formats.decimal(pending, 0)) if pending else _("nothing pending")
    return state, [
        _(
            "{stored} readings, commit {commits}",
            stored=formats.decimal(stored, 0),
            commits=formats.decimal(report.commits, 0),
        )
    ]


def _engine(report: StationReport) -> tuple[str, Words]:
    behind = report.commits - report.judged
    words = _("judged up to commit {judged}", judged=formats.decimal(report.judged, 0))
    if behind <= 0 or report.judged_behind < 1000:
        return _("up to date"), [words]
    return _("{span} behind", span=formats.age(report.judged_behind)), [words]


def _influx(report: StationReport) -> tuple[str, Words]:
    forwarder = report.forwarder
    if forwarder is None:
        return _("not configured"), [_("the local store keeps everything")]
    if not forwarder.waiting:
        return _("nothing waiting"), [forwarder.target]
    return _("{n} waiting", n=formats.decimal(forwarder.waiting, 0)), [_("oldest:"), " ", since(forwarder.oldest)]


def _topics(report: StationReport) -> tuple[str, Words]:
    broker = report.broker
    if broker is None:
        return _("unknown"), []
    words = (
        _("{passed_over} passed over", passed_over=formats.decimal(broker.passed_over, 0))
        if broker.passed_over
        else _("none passed over")
    )
    return _("publishing") if broker.publishing else _("not publishing"), [words]


def _box(box: Box) -> Component:
    return html.Div(
        [
            html.Div([html.H3(box.title), symbol("nodata") if box.trouble else None], className="row"),
            html.Div(box.state, className="state"),
            html.Div(list(box.words), className="sm sec"),
        ],
        className="stop troubled" if box.trouble else "stop",
    )

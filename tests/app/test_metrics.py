"""The metrics: right figures, and each of them documented."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from app import metrics
from app.context import AppContext
from app.live.hub import Hub
from app.stations import Stations
from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import MINUTE, SECOND
from facility.limit import Severity
from storage.records import alarms, channels
from storage.records.station_report import (
    ClockReport,
    DiskReport,
    ForwarderReport,
    InstrumentClock,
    Problem,
    SourceReport,
    StationReport,
)
from tests.app.parts import NOON, NoSamples, Time, site
from tests.people import ANN
from tests.records import open_records

DOCUMENT = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text().splitlines()
REPORT = StationReport(
    "main",
    NOON,
    commits=90,
    judged=80,
    judged_behind=2 * SECOND,
    outbox_waiting=3,
    sources=(SourceReport("gw1", 15, 1, 2, 3, 4, 5),),
    forwarder=ForwarderReport("http://influxdb:8086", 1000, NOON - MINUTE, dead_lines=7),
    disk=DiskReport("/data", 10, 100),
    clocks=ClockReport(machine_ahead_of_ntp=-1500.0, instruments=(InstrumentClock("B101.PC1", -250, 30),)),
    problems=(Problem("broker", "it is gone", NOON), Problem("clock", "it is off", NOON, advisory=True)),
)


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    suite, time = site(), Time()
    records = open_records(tmp_path / "records.db", time)
    stations = Stations(time, lambda: 0.0)
    stations.take(msgspec.json.encode(REPORT))
    with records.transaction() as connection:
        alarm = Alarm("B101.DP1", "B101", Condition.LOW, Severity.ACTION, AlarmState.UNACKNOWLEDGED, NOON, NOON)
        alarms.save(connection, [alarm])
        channels.add(connection, NOON, ANN, "Chat", channels.Address("mailbox", "mailbox://", "", False, False))
    context = AppContext(lambda: suite, NoSamples(), records, Hub(lambda: suite, time), lambda: None, time, stations)
    server = Flask("test")
    server.register_blueprint(metrics.routes(context))
    yield server.test_client()
    records.close()


def values(client: FlaskClient) -> dict[str, float]:
    """`name{label="value"}` and its value."""
    found = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def test_the_figures_are_those_of_the_report(client: FlaskClient) -> None:
    found = values(client)
    balance = {"received_total": 15, "stored_total": 1, "repeated_total": 2, "conflicting_total": 3}
    balance |= {"dead_lettered_total": 4, "pending": 5}
    for name, value in balance.items():
        assert found[f"cleanwatch_readings_{name}{{source=gw1,station=main}}"] == value
    expected = {
        "commits_total": 90,
        "station_up": 1,
        "judged_lag_seconds": 2.0,
        "judged_lag_commits": 10,
        "outbox_waiting_messages": 3,
        "disk_free_bytes": 10,
        "forwarder_waiting_readings": 1000,
        "forwarder_lag_seconds": 60.0,
        "forwarder_refused_readings_total": 7,
        "machine_clock_ahead_of_ntp_seconds": -1.5,
    }
    assert {name: found[f"cleanwatch_{name}{{station=main}}"] for name in expected} == expected
    assert found["cleanwatch_instrument_clock_ahead_seconds{instrument=B101.PC1,station=main}"] == -0.25
    assert found["cleanwatch_problems{kind=problem,station=main}"] == 1
    assert found["cleanwatch_problems{kind=problem,station=}"] == 0
    assert found["cleanwatch_standing_alarms{severity=action}"] == 1
    assert found["cleanwatch_standing_alarms{severity=alert}"] == 0
    assert found["cleanwatch_live_viewers{}"] == 0
    states = ("waiting", "sent_total", "failed_total")
    assert [found[f"cleanwatch_notifications_{state}{{channel=Chat}}"] for state in states] == [0, 0, 0]


def test_every_metric_is_documented_with_kind_and_labels_and_no_other_is(client: FlaskClient) -> None:
    exposed = {}
    for family in text_string_to_metric_families(client.get("/metrics").text):
        (name,) = {sample.name for sample in family.samples}
        labels = {label for sample in family.samples for label in sample.labels}
        exposed[name] = (name, family.type if not name.endswith("_info") else "info", labels)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT if line.startswith("| `")]
    documented = {
        row[0].strip("`"): (row[0].strip("`"), row[1], {label for label in row[2].split(", ") if label})
        for row in rows
    }
    assert exposed == documented


def test_every_metric_has_help(client: FlaskClient) -> None:
    text = client.get("/metrics").text
    names = [line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")]
    helped = [line.split()[2] for line in text.splitlines() if line.startswith("# HELP") and len(line.split()) > 4]
    assert names == helped

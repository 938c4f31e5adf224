"""Bad days of a whole station: each has one clear message, in the log and in the report for the system page."""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from app.stations import Stations, SystemHealth
from bus import topics
from bus.client import Client
from cleanwatch.command import cleanwatch
from cleanwatch.settings import Settings
from cleanwatch.station import run_station
from collectors.messages import ReadingsMessage, Value
from facility.instants import SECOND, datetime_of, system_clock
from storage.records.database import Records
from storage.samples.local import LocalStore
from storage.sqlite import sqlite
from tests.brokers import running_broker
from tests.waiting import wait_until

DEMO = Path(__file__).parents[2] / "sites" / "demo.yaml"
SITE, SOURCE, POINT = "suite-b", "gw", "B101.DP1"
SMALL_DISK = 24 * 1_000_000
"""Bytes; room for records, local store and a message or two."""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CLEANWATCH_DATA", str(tmp_path))
    monkeypatch.setenv("CLEANWATCH_SITE_FILE", str(DEMO))
    return tmp_path


def newer(path: Path, statement: str) -> None:
    """Let a newer Cleanwatch have written a file."""
    connection = sqlite.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_local_store_of_a_newer_cleanwatch_ends_the_station_in_words_and_the_system_page_has_them(
    data: Path,
) -> None:
    LocalStore.open(data / "samples.db", system_clock).close()
    newer(data / "samples.db", "PRAGMA user_version = 999")
    result = CliRunner().invoke(cleanwatch, ["station"])
    assert result.exit_code == 1
    assert "has schema version 999" in result.output and "Start the newer Cleanwatch" in result.output
    stations = Stations(system_clock)
    records = Records.open(data / "records.db", system_clock)
    stations.look(records)
    records.close()
    assert stations.now().stations[0].state == "failed"
    ((_, problem),) = stations.now().problems
    assert "has schema version 999" in problem.text


@pytest.mark.parametrize("command", ["station", "app", "status"])
def test_records_of_a_newer_cleanwatch_end_every_process_in_words(data: Path, command: str) -> None:
    Records.open(data / "records.db", system_clock).close()
    newer(data / "records.db", "UPDATE alembic_version SET version_num = '9999'")
    result = CliRunner().invoke(cleanwatch, [command])
    assert result.exit_code == 1
    assert "schema revision 9999" in result.output and "newer Cleanwatch" in result.output


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    if os.geteuid() != 0:
        pytest.skip("needs a small disk, which only root can mount")
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", folder], check=False).returncode:
        pytest.skip("needs a small disk, and mounting is not allowed here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def station(settings: Settings) -> Iterator[None]:
    """A station in a thread of its own."""
    stopping, switching = threading.Event(), sys.getswitchinterval()
    thread = threading.Thread(target=run_station, args=(settings, stopping))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
        sys.setswitchinterval(switching)


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 65_536):
                pass
        except OSError:
            return ballast
    raise AssertionError("the disk has no end")


def test_a_full_disk_holds_readings_back_says_so_and_is_over_by_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    began = system_clock()
    stations = Stations(system_clock)

    def health() -> SystemHealth:
        return stations.now()

    def problem_of(part: str) -> str:
        return next((problem.text for _, problem in health().problems if problem.part == part), "")

    with small_disk(tmp_path / "disk") as disk, running_broker("mosquitto", tmp_path) as broker:
        settings = Settings(data=disk, site_file=DEMO, broker_port=broker.address.port)
        report = topics.station_report(SITE, "main")
        client = Client(
            broker.address, "gw", filters=[report], on_message=lambda message: stations.take(message.payload)
        )
        client.start()

        def send(number: int) -> None:
            value = Value(POINT, datetime_of(began + number * SECOND), 50.0)
            payload = msgspec.json.encode(ReadingsMessage(1, values=(value,)))
            client.publish(topics.source_readings(SITE, SOURCE), payload)

        def balance() -> tuple[int, int]:
            found = [s for station in health().stations for s in station.report.sources if s.source == SOURCE]
            return (found[0].stored, found[0].pending) if found else (0, 0)

        def arrived(number: int) -> bool:
            return sum(balance()) == number

        try:
            with station(settings):
                wait_until(lambda: health().stations and health().stations[0].report.broker)
                wait_until(lambda: health().stations[0].report.broker.collecting)  # type: ignore[union-attr]  # above
                send(0)
                wait_until(lambda: balance() == (1, 0))
                ballast = fill(disk)
                sent = 1
                while "the local store does not take readings" not in problem_of("local store"):
                    send(sent)  # what has room in the write-ahead log's old pages is still taken
                    sent += 1
                    wait_until(partial(arrived, sent))
                assert "disk is full" in problem_of("local store") and "make room" in problem_of("local store")
                wait_until(lambda: "nearly full" in problem_of("disk"))
                assert balance()[1] > 0
                ballast.unlink()
                wait_until(lambda: balance() == (sent, 0))
                wait_until(lambda: problem_of("local store") == "")
        finally:
            client.stop()
    told = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert sum(text.startswith("local store: the local store does not take") for text in told) == 1
    assert sum(text.startswith("over after") and "does not take" in text for text in told) == 1

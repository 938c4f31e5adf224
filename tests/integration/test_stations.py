"""A site in two stations, with real processes: each watches its own part, and whoever looks sees the whole."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.live.hub import Hub
from app.live.look import Look
from bus import topics
from bus.client import Broker, Client
from cleanwatch.command import cleanwatch
from collectors.messages import ReadingsMessage, Value
from collectors.outbox import Outbox
from facility.alarm import Alarm, AlarmState
from facility.instants import datetime_of, system_clock
from facility.people import Actor
from facility.site import Site
from facility.site_file import parse_site
from storage.records import alarms, commands, station_claims
from storage.records.commands import DONE, Acknowledge
from storage.records.database import Records
from storage.records.trail import audit
from storage.records.trail.audit import AuditFilter
from tests.brokers import mosquitto
from tests.parts import free_port
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(600)  # stations are started as processes

STARTING = 120
"""Seconds that a station may take to start on a busy machine."""

ROOM = """
  - id: {room}
    name: {room}
    area: {area}
    plan: {{x: 0, y: 0, width: 10, height: 10}}
    instruments:
      - id: {room}.T1
        name: Temperature
        interval: 60 s
        points:
          - {{quantity: temperature, limits: [{{severity: action, high: 25}}]}}
"""
SITE_FILE = (
    """\
id: split
name: Split
timezone: Europe/Zurich
areas:
  - {id: N, name: North}
  - {id: S, name: South}
stations:
  - {id: main, areas: [N], sources: [gw-n]}
  - {id: south, areas: [S], sources: [gw-s]}
rooms:"""
    + ROOM.format(room="N1", area="N")
    + ROOM.format(room="S1", area="S")
)


class SplitSite:
    """A broker, records that all share, a gateway in each part, and stations as processes."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.site: Site = parse_site(SITE_FILE, "site.yaml")
        (folder / "site.yaml").write_text(SITE_FILE)
        self.records_file = folder / "records.db"
        self.records = Records.open(self.records_file, system_clock)
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, station: str, data: str | None = None) -> subprocess.Popen[bytes]:
        """A station as a process, with a data folder of its own; what it says is in `log`."""
        environment = {
            **os.environ,
            "CLEANWATCH_DATA": str(self.folder / (data or station)),
            "CLEANWATCH_SITE_FILE": str(self.folder / "site.yaml"),
            "CLEANWATCH_RECORDS_URL": str(self.records_file),
            "CLEANWATCH_BROKER_PORT": str(self.port),
            "CLEANWATCH_STATION": station,
        }
        with (self.folder / f"{data or station}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "cleanwatch", "station"], env=environment, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def close(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()
        self.records.close()

    @contextmanager
    def gateway(self, source: str) -> Iterator[Callable[[str, float], None]]:
        """A gateway with an outbox; what it yields sends a temperature."""
        outbox = Outbox(self.folder / f"{source}.db", Broker(port=self.port), "split", source, system_clock)
        outbox.start()

        def send(point: str, value: float) -> None:
            outbox.send(ReadingsMessage(1, values=(Value(point, datetime_of(system_clock()), value),)))

        try:
            yield send
        finally:
            outbox.stop()

    @contextmanager
    def app(self, name: str) -> Iterator[Callable[[], Look]]:
        """What an app process knows: a hub that hears the clean topics; what it yields is its newest look."""
        hub = Hub(lambda: self.site, system_clock)
        client = Client(
            Broker(port=self.port),
            f"test-app-{name}",
            filters=[topics.everything_clean("split")],
            on_message=lambda message: hub.take(message.topic, message.payload),
        )
        hub.start()
        client.start()
        try:
            yield hub.look
        finally:
            client.stop()
            hub.close()

    def standing(self) -> dict[str, Alarm]:
        with self.records.reading() as connection:
            return {alarm.point: alarm for alarm in alarms.standing(connection)}

    def acknowledge(self, alarm: Alarm) -> str | None:
        """What comes of a person's answer, through whichever app: a row in the records."""
        with self.records.transaction() as connection:
            command = Acknowledge(alarm.id, alarm.severity, "seen")
            id = commands.submit(connection, system_clock(), Actor("Ada Muster"), command)

        def outcome() -> str | None:
            with self.records.reading() as connection:
                return commands.outcome(connection, id)

        wait_until(outcome)
        return outcome()


@pytest.fixture
def split(tmp_path: Path) -> Iterator[SplitSite]:
    port = free_port()
    (tmp_path / "broker").mkdir()
    with mosquitto(port, tmp_path / "broker"):
        split = SplitSite(tmp_path, port)
        try:
            yield split
        finally:
            split.close()


def silent(look: Look) -> str:
    return look.site.silent if look.site else "unknown"


def test_each_station_watches_its_part_and_every_app_sees_the_whole(split: SplitSite) -> None:
    with ExitStack() as stack:
        apps = [stack.enter_context(split.app(name)) for name in ("one", "two")]
        north, south = (stack.enter_context(split.gateway(source)) for source in ("gw-n", "gw-s"))
        split.start("main")
        doomed = split.start("south")
        wait_until(
            lambda: all(silent(look()) == "" and look().station for look in apps), seconds=STARTING, what="both beat"
        )
        north("N1.T1", 30.0)
        south("S1.T1", 31.0)
        north("S1.T1", 32.0)  # of another station's area
        wait_until(lambda: set(split.standing()) == {"N1.T1", "S1.T1"}, what="an alarm in each part")
        wait_until(lambda: all(p.status == "action" for look in apps for p in look().points.values()))
        assert [split.acknowledge(alarm) for alarm in split.standing().values()] == [DONE, DONE]
        assert {alarm.state for alarm in split.standing().values()} == {AlarmState.ACKNOWLEDGED}

        main = {"CLEANWATCH_DATA": str(split.folder / "main"), "COLUMNS": "400"}
        letters = CliRunner().invoke(cleanwatch, ["dead-letters", "list"], env=main).output
        assert "point 'S1.T1' is in an area of station south, and this is station main" in letters

        north("N1.T1", 20.0)
        doomed.kill()
        wait_until(lambda: all(silent(look()) == "south" for look in apps))
        wait_until(lambda: all(look().points["N1.T1"].status == "normal" for look in apps))
        for look in apps:
            assert look().rooms["S1"].word in ("ACTION", "STATION SILENT"), "an action alarm stays the worst"
        split.start("south")
        wait_until(
            lambda: all(silent(look()) == "" for look in apps), seconds=STARTING, what="the other is heard again"
        )
        with split.records.reading() as connection:
            (row,) = audit.rows(connection, AuditFilter(action=station_claims.NOT_WATCHED))
            assert (row.object, '"told to end":false' in row.data) == ("station south", True)
            assert audit.verify(connection) == []


def test_a_second_station_of_the_same_name_waits_with_one_message_and_takes_nothing(split: SplitSite) -> None:
    first = split.start("south")
    wait_until(lambda: "station south" in split.log("south"), seconds=STARTING, what="the first runs")
    split.start("south", data="again")
    wait_until(lambda: "is run by" in split.log("again"), seconds=STARTING, what="the second says so")
    with split.gateway("gw-s") as south:
        south("S1.T1", 30.0)
        wait_until(lambda: "S1.T1" in split.standing(), what="the first goes on")
    assert split.log("again").count("is run by") == 1
    assert "connection lost" not in split.log("south")
    first.terminate()
    first.wait()
    wait_until(lambda: "station south, revision" in split.log("again"), what="the second takes over")

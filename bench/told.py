"""A site whose alarms reach people: rooms in areas, people in each, a web server that takes what they are told."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from alerts.channels import opening
from alerts.channels.apprise_channel import HEADER
from alerts.channels.sealing import Seals
from bench.station import SITE
from facility.instants import system_clock
from facility.roles import Role
from storage.records import channels, contacts
from storage.records.database import Records
from storage.records.people import accounts
from tests.people import ANN


@dataclass(frozen=True, slots=True)
class Layout:
    """So many areas, rooms in each, and points in each room, all of temperature with one action limit at 25 °C."""

    areas: int
    rooms: int
    points: int
    rules: str = ""
    """How alarms become excursions and whom they call, as the site file says it; the usual way where it is empty."""

    def point(self, n: int) -> str:
        """The id of the n-th point; neighbours are in different areas. They begin again after the last."""
        n %= self.areas * self.rooms * self.points
        area, n = n % self.areas, n // self.areas
        return f"A{area}-{n % self.rooms}.T{n // self.rooms}"

    @property
    def site_file(self) -> str:
        """The text of the site file."""
        lines = [f"id: {SITE}", "name: Bench", "timezone: UTC", self.rules, "areas:"]
        lines += [f"  - {{id: A{area}, name: Area {area}}}" for area in range(self.areas)]
        lines.append("rooms:")
        for room in (f"A{area}-{n}" for area in range(self.areas) for n in range(self.rooms)):
            lines.append(f"  - {{id: {room}, name: Room, area: {room.partition('-')[0]}, grade: D,")
            lines.append("     plan: {x: 0, y: 0, width: 10, height: 10},")
            lines.append(f"     instruments: [{{id: {room}.L, name: Logger, interval: 30 min, points: [")
            for n in range(self.points):
                limits = "[{severity: action, high: 25}]"
                lines.append(f"       {{id: {room}.T{n}, quantity: temperature, limits: {limits}}},")
            lines.append("     ]}]}")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Handed:
    """A message as it was handed over: when by the monotonic clock (s), its stable id, to whom, and its text."""

    at: float
    id: str
    to: str
    text: str


@dataclass
class Receiver:
    """A web server that takes messages."""

    port: int = 0
    taken: list[Handed] = field(default_factory=list)


@contextmanager
def receiver(hear: Callable[[Handed], object] = lambda _: None) -> Iterator[Receiver]:
    """Takes whatever comes until the block ends, and says so."""
    received = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            text = f"{content['title']}\n{content['message']}"
            handed = Handed(time.monotonic(), self.headers[HEADER], self.path.strip("/"), text)
            received.taken.append(handed)
            hear(handed)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received.port = server.server_port
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def add_people(folder: Path, port: int, areas: int, *, admitted: bool = True) -> None:
    """Before the station starts: a channel to the receiver, and an operator for each area who is reached by it.

    Each is admitted to that area alone, or to all.
    """
    data = folder / "data"
    data.mkdir(mode=0o700)
    with closing(Records.open(data / "records.db", system_clock)) as records, records.transaction() as connection:
        now, seals = system_clock(), Seals(data / "channels.key")
        address = opening.address(f"json://127.0.0.1:{port}/{{to}}", seals)
        channel = channels.add(connection, now, ANN, "Hook", address)
        for area in range(areas):
            own = frozenset({f"A{area}"}) if admitted else None
            person = f"person{area}"
            accounts.make(connection, now, ANN, person, name=f"Person {area}", role=Role.OPERATOR, areas=own)
            contacts.set(connection, now, ANN, person, channel.id, person)

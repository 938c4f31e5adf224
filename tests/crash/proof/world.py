"""Everything that runs in the proof: the parts, the wires between them, their disks."""

import getpass
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from threading import Event, Lock, Thread
from urllib.parse import urlsplit

import msgspec

from facility.instants import system_clock
from storage.records.database import Records
from tests.brokers import DEPLOYED, GUARDS
from tests.crash.proof import gateway
from tests.crash.proof.faults import Fault, Kind
from tests.crash.proof.parts import Disk, Part, Process, may_mount
from tests.crash.proof.plan import Plan
from tests.crash.proof.proxy import Proxy, Wire
from tests.influx import InfluxUnderTest
from tests.parts import free_port, program
from tests.postgres import OWNER, PASSWORD, PostgresUnderTest

GATEWAYS = 2
SENDERS = tuple(f"gateways {number + 1}" for number in range(GATEWAYS))
PARTS = ("station", "app", "broker", "InfluxDB", "PostgreSQL", *SENDERS)
WIRES = ("station and app to broker", "gateways to broker", "to InfluxDB", "to PostgreSQL")
DISK_MEGABYTES = {
    "station disk": 400,
    "broker disk": 200,
    "gateways disk": 200,
    "PostgreSQL disk": 400,
}
LOOK_SECONDS = 0.5
DATABASE = "proof"
"""In PostgreSQL, and the bucket in InfluxDB."""
WIRE_STATES = {Kind.CUT: Wire.CUT, Kind.HUNG: Wire.HUNG, Kind.SLOW: Wire.SLOW}


def disks() -> tuple[str, ...]:
    """The disks that can be filled: none, where this process may not make small ones."""
    return tuple(DISK_MEGABYTES) if may_mount() else ()


class World:
    """The parts of one run by name, and what has happened to them."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.folder = folder
        self.plan = plan
        self.parts: dict[str, Part] = {}
        self.wires: dict[str, Proxy] = {}
        self.disks: dict[str, Disk] = {}
        self.ended: Counter[str] = Counter()
        """How often a part ended without having been killed."""
        self.web_port = free_port()
        self.influx: InfluxUnderTest
        self.postgres: PostgresUnderTest
        self._locks: dict[str, Lock] = {}
        self._dead: set[str] = set()
        self._over = Event()

    @property
    def data(self) -> Path:
        """Where station and app have their data."""
        return self._place("station disk")

    @property
    def outboxes(self) -> Path:
        """Where the gateways keep their messages."""
        return self._place("gateways disk")

    @cached_property
    def records(self) -> Records:
        """The records, opened by the straight way, at the end."""
        return Records.open(self.postgres.url(DATABASE), system_clock)

    def do(self, fault: Fault) -> None:
        """Let it happen."""
        for name in fault.targets:
            if fault.kind is Kind.KILL:
                with self._locks[name]:
                    self._dead.add(name)
                    _end(self.parts[name])
            elif fault.kind is Kind.FULL:
                self.disks[name].fill()
            else:
                self.wires[name].become(WIRE_STATES[fault.kind])

    def undo(self, fault: Fault) -> None:
        """Let it be over."""
        for name in fault.targets:
            if fault.kind is Kind.KILL:
                with self._locks[name]:
                    self._dead.remove(name)
                    self._start(name)
            elif fault.kind is Kind.FULL:
                self.disks[name].free()
            else:
                self.wires[name].become(Wire.SOUND)

    def log(self, name: str) -> Path:
        """The log of a part."""
        return self.folder / "logs" / f"{name}.log"

    @contextmanager
    def running(self) -> Iterator[None]:
        """All of it runs in the block."""
        with ExitStack() as stack:
            (self.folder / "logs").mkdir(parents=True)
            for name, megabytes in DISK_MEGABYTES.items():
                self._place(name).mkdir()
                if name in disks():
                    self.disks[name] = Disk(self._place(name), megabytes)
                    stack.callback(self.disks[name].close)
            self._databases(stack)
            self._put_together(stack)
            for name, part in self.parts.items():
                self._locks[name] = Lock()
                stack.callback(_end, part)
                if not part.alive():
                    part.start()
            looking = Thread(target=self._look_after, name="looking after the parts")
            stack.callback(looking.join)
            stack.callback(self._over.set)
            looking.start()
            yield
            self.records.close()

    def _databases(self, stack: ExitStack) -> None:
        """Start both, with what a site makes in them before its station first starts.

        InfluxDB has no small disk: after a full one, 1.6 loses with each start what it has confirmed since.
        """
        self._place("InfluxDB").mkdir()
        self.parts["InfluxDB"] = self.influx = InfluxUnderTest(self._place("InfluxDB"))
        stack.callback(self.influx.stop)
        self.influx.start()
        self.influx.new_bucket(DATABASE)
        self.parts["PostgreSQL"] = self.postgres = PostgresUnderTest(self._place("PostgreSQL disk"), durable=True)
        self.postgres.create()
        self.postgres.start()
        self.postgres.create_role(OWNER)
        self.postgres.create_database(DATABASE)

    def _put_together(self, stack: ExitStack) -> None:
        broker_port = free_port()
        site_file, password_file = self.folder / "site.yaml", self.folder / "password"
        site_file.write_text(self.plan.site_file())
        password_file.touch(0o600)
        password_file.write_text(PASSWORD)
        self.parts["broker"] = self._broker(broker_port)
        ports = (broker_port, broker_port, urlsplit(self.influx.url).port or 0, self.postgres.port)
        for name, port in zip(WIRES, ports, strict=True):
            self.wires[name] = Proxy(free_port(), port)
            stack.callback(self.wires[name].close)
        environment = {
            "CLEANWATCH_DATA": str(self.data),
            "CLEANWATCH_SITE_FILE": str(site_file),
            "CLEANWATCH_BROKER_PORT": str(self.wires["station and app to broker"].port),
            "CLEANWATCH_RECORDS_URL": f"postgresql://{OWNER}@127.0.0.1:{self.wires['to PostgreSQL'].port}/{DATABASE}",
            "CLEANWATCH_RECORDS_PASSWORD_FILE": str(password_file),
            "CLEANWATCH_INFLUX_URL": f"http://127.0.0.1:{self.wires['to InfluxDB'].port}",
            "CLEANWATCH_INFLUX_BUCKET": DATABASE,
            "CLEANWATCH_INFLUX_TOKEN_FILE": str(self.influx.token_file),
            "CLEANWATCH_WEB_PORT": str(self.web_port),
        }
        for name in ("station", "app"):
            self.parts[name] = Process([sys.executable, "-m", "cleanwatch", name], self.log(name), environment)
        for number, name in enumerate(SENDERS):
            self.parts[name] = Process(self._gateway(number), self.log(name), {})

    def _broker(self, port: int) -> Process:
        """As deployed, but open to everybody: who may do what is not what is tried here."""
        lines = [line for line in DEPLOYED.read_text().splitlines() if not line.startswith(GUARDS)]
        text = "\n".join([*lines, "allow_anonymous true", f"user {getpass.getuser()}\n"])
        text = text.replace("listener 1883 ", f"listener {port} ")
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(text.replace("/var/lib/mosquitto/", f"{self._place('broker disk')}/"))
        return Process([program("mosquitto"), "-c", configuration], self.log("broker"), {})

    def _gateway(self, number: int) -> list[str]:
        plan = self.plan
        told = gateway.Settings(
            seed=plan.seed,
            points=plan.points,
            numbers=plan.numbers,
            start=plan.start,
            sources=plan.sources[number::GATEWAYS],
            folder=str(self.outboxes),
            port=self.wires["gateways to broker"].port,
        )
        return [sys.executable, "-m", "tests.crash.proof.gateway", msgspec.json.encode(told).decode()]

    def _look_after(self) -> None:
        """Start again what ends by itself, as whoever supervises a site does."""
        while not self._over.wait(LOOK_SECONDS):
            for name, part in self.parts.items():
                with self._locks[name]:
                    if name not in self._dead and not part.alive():
                        self.ended[name] += 1
                        self._start(name)

    def _start(self, name: str) -> None:
        """What cannot start yet, on a disk that is full, is started again by `_look_after`."""
        with suppress(AssertionError):
            self.parts[name].start()

    def _place(self, disk: str) -> Path:
        return self.folder / disk.replace(" ", "-")


def _end(part: Part) -> None:
    if part.alive():
        part.kill()

"""Everything that runs in the proof: the parts, the wires between them, their disks."""

import getpass
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event, Lock, Thread

import msgspec

from tests.brokers import DEPLOYED, GUARDS
from tests.crash.proof import gateway
from tests.crash.proof.faults import Fault, Kind
from tests.crash.proof.parts import Disk, Part, Process, may_mount
from tests.crash.proof.plan import Plan
from tests.crash.proof.proxy import Proxy, Wire
from tests.parts import free_port, program

GATEWAYS = 2
PARTS = ("station", "app", "broker", *(f"gateways {number + 1}" for number in range(GATEWAYS)))
WIRES = ("station to broker", "gateways to broker")
DISK_MEGABYTES = {"station disk": 400, "broker disk": 200, "gateways disk": 200}
LOOK_SECONDS = 0.5
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

    def do(self, fault: Fault) -> None:
        """Let it happen."""
        for name in fault.targets:
            if fault.kind is Kind.KILL:
                with self._locks[name]:
                    self._dead.add(name)
                    self.parts[name].kill()
            elif fault.kind is Kind.FULL:
                self.disks[name].fill()
            else:
                self.wires[name].become(WIRE_STATES[fault.kind])

    def undo(self, fault: Fault) -> None:
        """Let it be over."""
        for name in fault.targets:
            if fault.kind is Kind.KILL:
                with self._locks[name]:
                    self.parts[name].start()
                    self._dead.remove(name)
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
            self._put_together(stack)
            for name, part in self.parts.items():
                self._locks[name] = Lock()
                stack.callback(_end, part)
                part.start()
            looking = Thread(target=self._look_after, name="looking after the parts")
            stack.callback(looking.join)
            stack.callback(self._over.set)
            looking.start()
            yield

    def _put_together(self, stack: ExitStack) -> None:
        broker_port = free_port()
        site_file = self.folder / "site.yaml"
        site_file.write_text(self.plan.site_file())
        self.parts["broker"] = self._broker(broker_port)
        for name in WIRES:
            self.wires[name] = Proxy(free_port(), broker_port)
            stack.callback(self.wires[name].close)
        environment = {
            "CLEANWATCH_DATA": str(self.data),
            "CLEANWATCH_SITE_FILE": str(site_file),
            "CLEANWATCH_BROKER_PORT": str(self.wires["station to broker"].port),
            "CLEANWATCH_WEB_PORT": str(self.web_port),
        }
        for name in ("station", "app"):
            self.parts[name] = Process([sys.executable, "-m", "cleanwatch", name], self.log(name), environment)
        for number in range(GATEWAYS):
            name = f"gateways {number + 1}"
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
                        part.start()

    def _place(self, disk: str) -> Path:
        return self.folder / disk.replace(" ", "-")


def _end(part: Part) -> None:
    if part.alive():
        part.kill()

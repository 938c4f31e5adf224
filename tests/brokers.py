"""Running brokers for tests: the embedded one, and mosquitto with the settings that we deploy."""

import getpass
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from bus.client import Broker
from collectors.broker import embedded_broker
from tests.parts import free_port, program

BrokerKind = Literal["embedded", "mosquitto"]
BROKER_KINDS: tuple[BrokerKind, ...] = ("embedded", "mosquitto")
DEPLOYED = Path(__file__).parent.parent / "deploy" / "mosquitto.conf"


class BrokerUnderTest:
    """A broker that can be stopped, killed and started again at the same address."""

    def __init__(self, kind: BrokerKind, folder: Path) -> None:
        self.kind = kind
        self.address = Broker(port=free_port())
        self._folder = folder
        self._other_port = free_port()
        self._running: AbstractContextManager[object] | None = None

    def start(self) -> None:
        """Start it; returns when it accepts connections."""
        if self.kind == "embedded":
            self._running = embedded_broker(self.address.port, self._other_port)
        else:
            self._running = mosquitto(self.address.port, self._folder)
        self._running.__enter__()

    def stop(self) -> None:
        """End it, if it runs. The embedded one forgets everything; mosquitto is killed before it can save."""
        if self._running is not None:
            self._running.__exit__(None, None, None)
            self._running = None


@contextmanager
def running_broker(kind: BrokerKind, folder: Path) -> Iterator[BrokerUnderTest]:
    """A running broker on free ports of loopback, with its files in `folder`."""
    broker = BrokerUnderTest(kind, folder)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@contextmanager
def mosquitto(port: int, folder: Path, settings: str = "") -> Iterator[None]:
    """mosquitto as deployed, but for port, folder and further settings; ended by kill -9, as no tidy end is sure."""
    configuration = folder / "mosquitto.conf"
    text = DEPLOYED.read_text().replace("listener 1883 ", f"listener {port} ")
    text = text.replace("/var/lib/mosquitto/", f"{folder}/")
    configuration.write_text(f"{text}\nuser {getpass.getuser()}\n{settings}\n")
    with (folder / "mosquitto.log").open("a") as log:
        process = subprocess.Popen([program("mosquitto"), "-c", configuration], stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, "mosquitto ended at once; its log says why"
            time.sleep(0.02)
    raise AssertionError(f"mosquitto does not listen on port {port}")

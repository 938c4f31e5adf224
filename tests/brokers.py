"""Running brokers for tests: the embedded one, and mosquitto with the settings that we deploy.

Most tests are not about who may do what: for them mosquitto lets everybody in, without TLS. `deployed_mosquitto` is
the real one, with passwords, access list and certificates made by the scripts that a site runs.
"""

import getpass
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bus.client import Broker
from collectors.broker import embedded_broker
from tests.parts import free_port, program
from tests.waiting import wait_until

BrokerKind = Literal["embedded", "mosquitto"]
BROKER_KINDS: tuple[BrokerKind, ...] = ("embedded", "mosquitto")
DEPLOY = Path(__file__).parent.parent / "deploy"
DEPLOYED = DEPLOY / "mosquitto.conf"
GUARDS = ("listener 8883", "certfile", "keyfile", "tls_version", "allow_anonymous", "password_file", "acl_file")
"""The lines of mosquitto.conf that shut somebody out."""


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
    """mosquitto as deployed, but without TLS and open to everybody, with `settings` besides; it ends by kill -9."""
    lines = [line for line in DEPLOYED.read_text().splitlines() if not line.startswith(GUARDS)]
    if "allow_anonymous" not in settings:
        lines.append("allow_anonymous true")
    with _mosquitto("\n".join([*lines, settings]), port, folder):
        yield


@dataclass(frozen=True, slots=True)
class DeployedBroker:
    """mosquitto as a site runs it. `folder` is what deploy/make-secrets and deploy/make-certificates filled."""

    folder: Path
    port: int
    tls_port: int
    process: subprocess.Popen[bytes]

    @property
    def ca_file(self) -> Path:
        """Who signed the broker's certificate."""
        return self.folder / "tls" / "ca" / "ca.crt"

    def as_user(self, user: str) -> Broker:
        """How a user of the broker reaches it: by TLS, with its own password."""
        secret = self.folder / "secrets" / f"broker-{user}"
        return Broker("localhost", self.tls_port, username=user, password_file=secret, ca_file=self.ca_file)

    def add_instrument(self, name: str, *options: str) -> None:
        """What somebody does who adds an instrument; returns when the broker knows."""
        run_script("add-instrument", "--folder", self.folder, name, *options)
        self.process.send_signal(signal.SIGHUP)


@contextmanager
def deployed_mosquitto(folder: Path) -> Iterator[DeployedBroker]:
    """mosquitto with the very files of deploy/, but for ports and paths, and the instrument `gateway-1`."""
    run_script("make-secrets", "--folder", folder, "--env", folder / "env")
    run_script("make-certificates", "--folder", folder / "tls", "cleanwatch.test")
    run_script("add-instrument", "--folder", folder, "gateway-1")
    port, tls_port = free_port(), free_port()
    text = (
        DEPLOYED.read_text()
        .replace("listener 8883", f"listener {tls_port} 127.0.0.1")
        .replace("/etc/mosquitto/tls", f"{folder}/tls/broker")
        .replace("/etc/mosquitto/passwords", f"{folder}/passwords")
        .replace("/etc/mosquitto/mosquitto.acl", f"{DEPLOY}/mosquitto.acl")
    )
    with _mosquitto(text, port, folder) as process:
        yield DeployedBroker(folder, port, tls_port, process)


def run_script(name: str, *arguments: str | Path) -> str:
    """Run one of deploy/'s scripts; returns what it printed."""
    return subprocess.run([DEPLOY / name, *arguments], check=True, capture_output=True, text=True, timeout=60).stdout


@contextmanager
def _mosquitto(text: str, port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    configuration = folder / "mosquitto.conf"
    text = text.replace("listener 1883 ", f"listener {port} ").replace("/var/lib/mosquitto/", f"{folder}/")
    configuration.write_text(f"{text}\nuser {getpass.getuser()}\n")
    with (folder / "mosquitto.log").open("a") as log:
        process = subprocess.Popen([program("mosquitto"), "-c", configuration], stdout=log, stderr=log)
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.kill()  # no tidy end is sure
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        assert process.poll() is None, "mosquitto ended at once; its log says why"
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    wait_until(listens, what="mosquitto")

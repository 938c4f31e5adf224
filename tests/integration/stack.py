"""The whole of production without containers: Debian's programs, with the files and settings that compose would give.

docker-compose.yml is read as docker-compose itself reads it. A path inside a container becomes the path that is
mounted there, a service's address the one that it has here; all else is left alone, so that a wrong name of a
variable, a secret that is not given or a file that is not mounted fails the test.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import yaml

from bus.client import Broker
from tests.brokers import run_script
from tests.influx import InfluxUnderTest, running_influx
from tests.parts import free_port, program
from tests.postgres import PASSWORD, SUPERUSER, PostgresUnderTest
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"


def composed(env: Path) -> dict[str, Any]:
    """docker-compose.yml with all variables filled in, as docker-compose prints it."""
    command = (program("docker-compose"), "--env-file", env, "--file", COMPOSE, "config")
    printed = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert printed.returncode == 0, printed.stderr
    assert printed.stderr == "", printed.stderr
    configuration: dict[str, Any] = yaml.safe_load(printed.stdout)
    return configuration


def mounts(configuration: dict[str, Any], service: str) -> dict[str, Path]:
    """Which file or folder of the host is where in a container."""
    found = {}
    for volume in configuration["services"][service].get("volumes", ()):
        outside, inside, *_ = volume.split(":")
        found[inside] = Path(outside)
    for secret in configuration["services"][service].get("secrets", ()):
        found[f"/run/secrets/{secret['source']}"] = Path(configuration["secrets"][secret["source"]]["file"])
    return found


class Stack:
    """Everything running, from `start` to `stop`. `folder` holds secrets, certificates, data and logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.var = folder / "var"
        run_script("make-secrets", "--folder", self.var, "--env", folder / "env")
        run_script("make-certificates", "--folder", self.var / "tls", "localhost")
        run_script("add-instrument", "--folder", self.var, "gateway-1")
        self.configuration = composed(folder / "env")
        self.mqtt, self.mqtt_tls, self.web, self.http, self.https = (free_port() for _ in range(5))
        self._addresses = {
            "app:8050": f"127.0.0.1:{self.web}",
            "listener 1883": f"listener {self.mqtt}",
            "listener 8883": f"listener {self.mqtt_tls} 127.0.0.1",
            "-p 1883": f"-p {self.mqtt}",
            "listen 8080": f"listen 127.0.0.1:{self.http}",
            "listen 8443": f"listen 127.0.0.1:{self.https}",
            "127.0.0.1:8050": f"127.0.0.1:{self.web}",
            "127.0.0.1:8443": f"127.0.0.1:{self.https}",
            "/tmp/nginx": f"{folder}/nginx",
            "172.30.77.0/24": "127.0.0.1",
        }
        self._stack = ExitStack()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start everything, in the order that compose would; returns when all run."""
        try:
            self.postgres = self._postgres()
            self.influx = self._influx()
            self._mosquitto()
            self.start_cleanwatch("records")
            assert self._processes.pop("records").wait(60) == 0, self.log("records")
            self.start_cleanwatch("station")
            self.start_cleanwatch("app")
            self._nginx()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End everything."""
        for service in ("nginx", "app", "station", "mosquitto"):
            if (process := self._processes.pop(service, None)) is not None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=60)
        self._stack.close()

    def start_cleanwatch(self, service: str) -> None:
        """Start the station or the app with the variables that compose gives it, and none besides."""
        command = [sys.executable, "-m", "cleanwatch", *self.configuration["services"][service]["command"]]
        self._run(service, command, self.environment(service))

    def environment(self, service: str) -> dict[str, str]:
        """The variables of a service, as they are right here."""
        given = self.configuration["services"][service]["environment"]
        here = {name: self.translated(service, str(value)) for name, value in given.items()}
        if here.get("CLEANWATCH_BROKER_HOST") == "mosquitto":
            assert here["CLEANWATCH_BROKER_PORT"] == "8883"
            here |= {"CLEANWATCH_BROKER_HOST": "localhost", "CLEANWATCH_BROKER_PORT": str(self.mqtt_tls)}
        if "CLEANWATCH_WEB_HOST" in here:
            here |= {"CLEANWATCH_WEB_HOST": "127.0.0.1", "CLEANWATCH_WEB_PORT": str(self.web)}
        return {**here, "PATH": os.environ["PATH"], "USER": "cleanwatch"}

    def translated(self, service: str, text: str) -> str:
        """A text of a container's, with the paths and addresses that are right here."""
        inside = mounts(self.configuration, service)
        for path in sorted(inside, key=len, reverse=True):
            text = re.sub(rf"{re.escape(path)}(?![\w.-])", str(inside[path]), text)
        for address, here in self._addresses.items():
            text = text.replace(address, here)
        return text

    def healthy(self, service: str) -> bool:
        """Does the health check that compose would make say that a service is well?"""
        kind, *command = self.configuration["services"][service]["healthcheck"]["test"]
        command = [self.translated(service, word.replace("$$", "$")) for word in command]
        if kind == "CMD-SHELL":
            command = ["sh", "-c", *command]
        programs = {"cleanwatch": [sys.executable, "-m", "cleanwatch"], "python": [sys.executable]}
        command = [*programs.get(command[0], [command[0]]), *command[1:]]
        if service == "postgresql":
            command.append(f"--port={self.postgres.port}")
        tools = f"{program('pg_isready').parent}:{os.environ['PATH']}"
        environment = self.environment(service) if service in ("station", "app") else {}
        return subprocess.run(command, env={**environment, "PATH": tools}, capture_output=True).returncode == 0

    def log(self, name: str) -> str:
        """What a program has logged so far."""
        return (self.folder / f"{name}.log").read_text()

    def as_user(self, user: str) -> Broker:
        """How a user of the broker reaches it: by TLS, with its own password."""
        return Broker(
            "localhost",
            self.mqtt_tls,
            username=user,
            password_file=self.var / "secrets" / f"broker-{user}",
            ca_file=self.ca_file,
        )

    @property
    def ca_file(self) -> Path:
        """Who signed the certificates."""
        return self.var / "tls" / "ca" / "ca.crt"

    def records(self, query: str) -> list[tuple[Any, ...]]:
        """Ask PostgreSQL."""
        with psycopg.connect(self.postgres.url("cleanwatch", SUPERUSER)) as connection:
            return connection.execute(query.encode()).fetchall()

    def _postgres(self) -> PostgresUnderTest:
        folder = self._stack.enter_context(tempfile.TemporaryDirectory(prefix="cleanwatch-stack-"))
        server = PostgresUnderTest(Path(folder))
        server.create()
        server.start()
        self._stack.callback(server.stop)
        script = self.translated("postgresql", (ROOT / "deploy" / "postgresql-init.sh").read_text())
        subprocess.run(
            ["sh", "-c", script],
            check=True,
            env={
                "PATH": f"{program('psql').parent}:{os.environ['PATH']}",
                "PGHOST": "127.0.0.1",
                "PGPORT": str(server.port),
                "PGPASSWORD": PASSWORD,
            },
        )
        self._addresses["@postgresql:5432"] = f"@127.0.0.1:{server.port}"
        return server

    def _influx(self) -> InfluxUnderTest:
        folder = self.folder / "influx"
        folder.mkdir()
        server = self._stack.enter_context(running_influx(folder))
        given = self.configuration["services"]["influxdb"]["environment"]
        server.new_bucket(given["DOCKER_INFLUXDB_INIT_BUCKET"])
        token = mounts(self.configuration, "influxdb")["/run/influxdb-token"] / "token"
        token.write_text(server.token)
        token.chmod(0o600)
        self._addresses["http://influxdb:8086"] = server.url
        return server

    def _mosquitto(self) -> None:
        path = mounts(self.configuration, "mosquitto")["/mosquitto/config/mosquitto.conf"]
        text = self.translated("mosquitto", path.read_text())
        user = "" if os.getuid() else "user root\n"
        (self.folder / "mosquitto.conf").write_text(user + text.replace("/var/lib/mosquitto", str(self.folder)))
        self._run("mosquitto", [program("mosquitto"), "-c", self.folder / "mosquitto.conf"], {})
        wait_until(lambda: self.healthy("mosquitto"), what="mosquitto")

    def _nginx(self) -> None:
        path = mounts(self.configuration, "proxy")["/etc/nginx/nginx.conf"]
        text = self.translated("proxy", path.read_text())
        user = "" if os.getuid() else "user root;\n"
        (self.folder / "nginx.conf").write_text(user + text)
        self._run("nginx", [program("nginx"), "-e", "stderr", "-c", self.folder / "nginx.conf"], {})
        wait_until(lambda: self.healthy("proxy"), what="nginx")

    def _run(self, name: str, command: list[str | Path], environment: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("a") as log:
            self._processes[name] = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=ROOT)

"""Real parts that tests run beside: found on this machine, or the test is skipped with a line saying what to install.

With CLEANWATCH_TESTS_NO_SKIPS set (as .ci/run does) a missing part fails the test instead.
"""

import itertools
import os
import random
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

NO_SKIPS = "CLEANWATCH_TESTS_NO_SKIPS"

DEBIAN_PACKAGE = {
    "chromium": "chromium",
    "curl": "curl",
    "docker-compose": "docker-compose",
    "influxd": "influxdb",
    "mosquitto": "mosquitto",
    "mosquitto_pub": "mosquitto-clients",
    "initdb": "postgresql",
    "nginx": "nginx-light",
    "openssl": "openssl",
    "pg_isready": "postgresql",
    "pg_basebackup": "postgresql",
    "pg_dump": "postgresql",
    "pg_restore": "postgresql",
    "postgres": "postgresql",
    "psql": "postgresql",
}
OTHER_FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/lib/postgresql/15/bin")


def program(name: str) -> Path:
    """The path of a program that a test needs; skips (or fails) the test where it is not installed."""
    found = shutil.which(name, path=":".join((os.environ.get("PATH", ""), *OTHER_FOLDERS)))
    if found:
        return Path(found)
    line = f"needs {name}: apt-get install {DEBIAN_PACKAGE[name]}"
    if os.environ.get(NO_SKIPS):
        pytest.fail(line)
    pytest.skip(line)


def free_port() -> int:
    """A TCP port on loopback that nothing listens on just now, and that no other call of this run gets.

    It is below the ports that the system itself hands to whoever connects, and each worker of pytest-xdist has some
    of its own: between this answer and the moment a test's program listens nobody else takes it.
    """
    for port in _PORTS:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is left")


def _ports_of_this_process() -> Iterator[int]:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    ports = range(12_000 + worker * 5_000, 17_000 + worker * 5_000)
    begin = random.randrange(len(ports))  # so that two runs on one machine seldom meet
    return itertools.chain(ports[begin:], ports[:begin])


_PORTS = _ports_of_this_process()

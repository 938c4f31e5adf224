"""Real parts that tests run beside: found on this machine, or the test is skipped with a line saying what to install.

With CLEANWATCH_TESTS_NO_SKIPS set (as .ci/run does) a missing part fails the test instead.
"""

import os
import shutil
import socket
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
    """A TCP port on loopback that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

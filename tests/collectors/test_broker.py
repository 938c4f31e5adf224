"""The embedded broker: comes up on loopback, says in words why not, leaves nothing behind."""

import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from collectors.broker import PortTakenError, embedded_broker
from tests.parts import free_port


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def addresses_of(process: psutil.Process) -> list[Any]:
    """The addresses that a process listens on; none where it has just ended."""
    with suppress(psutil.NoSuchProcess):
        return [one.laddr for one in process.net_connections() if one.status == psutil.CONN_LISTEN]
    return []


def listener(port: int) -> psutil.Process:
    """The process below this one that listens on a port; other tests' servers are below this one too."""
    below = psutil.Process().children(recursive=True)
    return next(process for process in below if any(address.port == port for address in addresses_of(process)))


def test_it_accepts_both_versions_while_the_block_lasts_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with embedded_broker(free_port(), free_port()) as listening:
        assert accepts(listening.mqtt5.port) and accepts(listening.mqtt311.port)
        broker = listener(listening.mqtt5.port)
        assert list(tmp_path.glob("cleanwatch-broker-*"))
    assert not accepts(listening.mqtt5.port) and not accepts(listening.mqtt311.port)
    assert not broker.is_running()
    assert not list(tmp_path.iterdir())


def test_it_listens_on_loopback_only() -> None:
    with embedded_broker(free_port(), free_port()) as listening:
        ours = addresses_of(listener(listening.mqtt5.port))
        assert {address.port for address in ours} == {listening.mqtt5.port, listening.mqtt311.port}
        assert {address.ip for address in ours} == {"127.0.0.1"}


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=f"port {port} on 127.0.0.1"), embedded_broker(free_port(), port):
            pass


def test_it_ends_with_its_process_even_when_that_is_killed() -> None:
    port = free_port()
    program = f"""
from collectors.broker import embedded_broker
with embedded_broker({port}, {free_port()}):
    print("up", flush=True)
    input()
"""
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None and owner.stdout.readline() == b"up\n"
        brokers = psutil.Process(owner.pid).children(recursive=True)
        owner.kill()
        owner.wait()
    assert brokers
    _, alive = psutil.wait_procs(brokers, timeout=30)
    assert not alive

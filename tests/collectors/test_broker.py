"""The embedded broker: comes up on loopback, says in words why not, leaves nothing behind."""

import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from collectors.broker import PortTakenError, embedded_broker
from tests.parts import free_port


def accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_accepts_both_versions_while_the_block_lasts_and_leaves_nothing_behind() -> None:
    folders = set(Path(tempfile.gettempdir()).glob("cleanwatch-broker-*"))
    children = set(psutil.Process().children(recursive=True))
    with embedded_broker(free_port(), free_port()) as listening:
        assert accepts(listening.mqtt5.port) and accepts(listening.mqtt311.port)
    assert not accepts(listening.mqtt5.port) and not accepts(listening.mqtt311.port)
    assert set(psutil.Process().children(recursive=True)) == children
    assert set(Path(tempfile.gettempdir()).glob("cleanwatch-broker-*")) <= folders


def test_it_listens_on_loopback_only() -> None:
    with embedded_broker(free_port(), free_port()) as listening:
        ours = [
            connection.laddr
            for child in psutil.Process().children(recursive=True)
            for connection in child.net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
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
    _, alive = psutil.wait_procs(brokers, timeout=5)
    assert not alive

"""Bad days with a broker: each gets one clear message, in the client's health and in the log."""

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from bus.client import Broker, Client, Message
from tests.brokers import BrokerUnderTest, deployed_mosquitto, mosquitto
from tests.parts import free_port
from tests.waiting import wait_until

LONG_AGO, YESTERDAY = datetime(2020, 1, 1, tzinfo=UTC), datetime.now(UTC) - timedelta(days=1)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@contextmanager
def tls_broker(folder: Path, certificate: trustme.LeafCert) -> Iterator[int]:
    """mosquitto with a certificate; yields the port for TLS."""
    folder.mkdir(exist_ok=True)
    certificate.cert_chain_pems[0].write_to_path(folder / "broker.crt")
    certificate.private_key_pem.write_to_path(folder / "broker.key")
    port = free_port()
    settings = f"listener {port} 127.0.0.1\ncertfile {folder}/broker.crt\nkeyfile {folder}/broker.key"
    with mosquitto(free_port(), folder, settings):
        yield port


def ca_file(authority: trustme.CA, folder: Path) -> Path:
    path = folder / "ca.crt"
    authority.cert_pem.write_to_path(path)
    return path


def problem_of(broker: Broker, mentions: str) -> str:
    """What a client says about a broker, once it mentions something."""
    client = Client(broker, "station")
    client.start()
    wait_until(lambda: mentions in str(client.health().problem), what=f"a problem that mentions {mentions!r}")
    problem = str(client.health().problem)
    client.stop()
    return problem


def test_messages_of_any_number_and_size_come_through_tls(authority: trustme.CA, tmp_path: Path) -> None:
    """What TLS has deciphered is no longer in the socket, where `select` would see it."""
    got: list[int] = []
    sizes = [1, 20_000, 100, 70_000] * 25 + [1] * 900
    with tls_broker(tmp_path, authority.issue_cert("localhost")) as port:
        address = Broker("localhost", port, ca_file=ca_file(authority, tmp_path))
        reader = Client(address, "reader", filters=["a"], on_message=lambda message: got.append(len(message.payload)))
        writer = Client(address, "writer")
        for client in (reader, writer):
            client.start()
            client.wait_connected(30)
        for size in sizes:
            writer.publish("a", b"x" * size)
        wait_until(lambda: len(got) == len(sizes))
        ends = reader.health().certificate_ends
        for client in (reader, writer):
            client.stop()
    assert got == sizes
    assert ends is not None and ends > datetime.now(UTC).timestamp()


def test_a_certificate_that_has_expired(authority: trustme.CA, tmp_path: Path) -> None:
    certificate = authority.issue_cert("localhost", not_before=LONG_AGO, not_after=YESTERDAY)
    with tls_broker(tmp_path, certificate) as port:
        address = Broker("localhost", port, ca_file=ca_file(authority, tmp_path))
        assert "a new one must be made" in problem_of(address, "the broker's certificate has expired")


def test_a_certificate_for_another_name(authority: trustme.CA, tmp_path: Path) -> None:
    with tls_broker(tmp_path, authority.issue_cert("elsewhere.test")) as port:
        by_name = Broker("localhost", port, ca_file=ca_file(authority, tmp_path))
        assert "name the broker as its certificate does" in problem_of(by_name, "is not for 'localhost'")
        by_address = Broker("127.0.0.1", port, ca_file=ca_file(authority, tmp_path))
        problem_of(by_address, "is not for '127.0.0.1'")


def test_a_certificate_that_nobody_known_has_signed(authority: trustme.CA, tmp_path: Path) -> None:
    with tls_broker(tmp_path, trustme.CA().issue_cert("localhost")) as port:
        address = Broker("localhost", port, ca_file=ca_file(authority, tmp_path))
        assert str(tmp_path / "ca.crt") in problem_of(address, "has signed the broker's certificate")


def test_tls_to_a_port_without_it(authority: trustme.CA, tmp_path: Path, broker: BrokerUnderTest) -> None:
    address = Broker("localhost", broker.address.port, ca_file=ca_file(authority, tmp_path))
    problem_of(address, "is this the broker's TLS port?")


def test_no_tls_to_a_port_that_wants_it(authority: trustme.CA, tmp_path: Path) -> None:
    with tls_broker(tmp_path, authority.issue_cert("localhost")) as port:
        problem_of(Broker("localhost", port), "no answer to CONNECT")


def test_a_name_without_an_address() -> None:
    problem_of(Broker("no-such-broker.invalid"), "the name 'no-such-broker.invalid' has no address")


@pytest.mark.parametrize("what", ["password_file", "ca_file"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, broker: BrokerUnderTest, what: str) -> None:
    missing = tmp_path / "missing"
    address = Broker(port=broker.address.port, username="station", **{what: missing})  # type: ignore[arg-type]
    problem_of(address, f"{missing} cannot be read: No such file")


def test_a_file_that_holds_no_certificates(tmp_path: Path, broker: BrokerUnderTest) -> None:
    (tmp_path / "ca.crt").write_text("nothing")
    problem_of(Broker(port=broker.address.port, ca_file=tmp_path / "ca.crt"), "ca.crt holds no certificates")


def test_a_password_that_is_put_right_needs_no_restart(tmp_path: Path) -> None:
    with deployed_mosquitto(tmp_path / "site") as deployed:
        secret = tmp_path / "secret"
        secret.write_text("wrong")
        client = Client(replace(deployed.as_user("station"), password_file=secret), "station")
        client.start()
        wait_until(lambda: f"is the password in {secret} that of user 'station'?" in str(client.health().problem))
        secret.write_text(deployed.as_user("station").secret() or "")
        client.wait_connected(30)
        assert client.health().problem is None
        client.stop()


def test_a_refused_topic_is_a_problem_until_it_is_allowed(tmp_path: Path) -> None:
    access, port = tmp_path / "access", free_port()
    access.write_text("topic write allowed\n")
    with mosquitto(port, tmp_path, f"acl_file {access}"):
        client = Client(Broker(port=port), "station")
        client.start()
        client.wait_connected(30)
        client.publish("forbidden", b"")
        client.publish("allowed", b"")
        wait_until(lambda: client.backlog == 0)
        problem = str(client.health().problem)
        client.stop()
    assert "the broker refuses what we publish to forbidden (Not authorized)" in problem
    assert "its access list must let everybody write there" in problem


def test_of_two_with_one_client_id_one_waits_longer_and_longer_and_says_what_to_do(broker: BrokerUnderTest) -> None:
    """Neither mosquitto 2.0.11 nor the embedded broker says why it ends the older connection."""
    clients = [Client(broker.address, "station", session_days=1) for _ in range(2)]
    for client in clients:
        client.start()
    wait_until(lambda: any("has another client come as 'station'?" in str(c.health().problem) for c in clients))
    wait_until(lambda: any(client.connected for client in clients))
    assert max(client.health().connections for client in clients) <= 6
    for client in clients:
        client.stop()


def test_it_comes_back_after_the_other_is_gone(broker: BrokerUnderTest) -> None:
    first, second = (Client(broker.address, "station") for _ in range(2))
    first.start()
    first.wait_connected(30)
    second.start()
    wait_until(lambda: first.health().problem is not None)
    second.stop()
    wait_until(lambda: first.connected)
    assert first.health().problem is None
    first.stop()


def test_a_broker_that_names_another_client_as_the_reason_is_left_to_it_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A stand-in: MQTT 5 has a reason for it, and newer brokers give it."""
    monkeypatch.setattr("bus.retrying.TAKEN_OVER_DELAY", 3600)

    def serve(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(1024)
            connection.sendall(b"\x20\x03\x00\x00\x00")
            connection.sendall(b"\xe0\x01\x8e")
            connection.recv(1024)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:
        serving = thread.submit(serve, server)
        problem = problem_of(Broker(port=server.getsockname()[1]), "another client has come as 'station'")
        serving.result(30)
    assert "stop one of them" in problem


def test_a_problem_is_logged_when_it_begins_and_when_it_is_over(
    broker: BrokerUnderTest, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus.retrying.LONGEST_DELAY", 0.05)
    caplog.set_level(logging.INFO, "bus.standing")
    attempts = threading.Semaphore(0)
    connecting = socket.create_connection

    def count(*arguments: object, **options: object) -> socket.socket:
        attempts.release()
        return connecting(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "create_connection", count)
    got: list[Message] = []
    client = Client(broker.address, "station", filters=["a"], on_message=got.append)
    client.start()
    client.wait_connected(30)
    broker.stop()
    for _ in range(10):
        assert attempts.acquire(timeout=30)
    broker.start()
    client.wait_connected(30)
    wait_until(lambda: "all is well again" in caplog.text)
    client.stop()
    lines = [record.getMessage() for record in caplog.records if record.name == "bus.standing"]
    assert lines[-1].endswith("all is well again")
    assert len(lines) <= 4, lines  # lost, refused, perhaps reached but not yet answered, well again


def test_a_broker_that_is_not_there() -> None:
    problem_of(Broker(port=free_port()), "Connection refused")

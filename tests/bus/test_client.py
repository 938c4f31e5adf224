"""The MQTT client against real brokers: sessions, acknowledgement on our word, faults of handlers, losses."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bus.client import Broker, BrokerUnreachableError, Client, Message, Will
from collectors.broker import embedded_broker
from tests.brokers import BrokerUnderTest, mosquitto
from tests.crash.proof.proxy import Proxy, Wire
from tests.parts import free_port
from tests.waiting import wait_until


@contextmanager
def connected(broker: BrokerUnderTest | Broker, client_id: str, **options: Any) -> Iterator[Client]:
    address = broker if isinstance(broker, Broker) else broker.address
    client = Client(address, client_id, **options)
    client.start()
    try:
        client.wait_connected(30)
        yield client
    finally:
        client.stop()


def payloads(messages: list[Message]) -> list[bytes]:
    return [message.payload for message in messages]


def test_a_message_arrives_as_it_was_sent(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    with (
        connected(broker, "reader", filters=["a/+/b"], on_message=got.append),
        connected(broker, "writer") as writer,
    ):
        assert writer.publish("a/1/b", b"\x00payload")
        assert writer.publish("a/1/c", b"for others")
        assert writer.publish("a/2/b", b"")
        wait_until(lambda: len(got) == 2)
    assert [(message.topic, message.payload) for message in got] == [("a/1/b", b"\x00payload"), ("a/2/b", b"")]
    assert {(message.qos, message.retain) for message in got} == {(1, False)}


def test_what_is_published_before_the_connection_is_sent_after_it(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    with connected(broker, "reader", filters=["a"], on_message=got.append):
        writer = Client(broker.address, "writer")
        assert writer.publish("a", b"early")
        writer.start()
        wait_until(lambda: got)
        writer.stop()
    assert payloads(got) == [b"early"]


def test_what_is_published_is_sent_before_the_end(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    with connected(broker, "reader", filters=["a"], on_message=got.append):
        with connected(broker, "writer") as writer:
            for number in range(500):
                writer.publish("a", b"%d" % number)
        assert writer.backlog == 0
        wait_until(lambda: len(got) == 500)


def test_only_so_many_messages_wait_for_a_broker_that_is_away(
    broker: BrokerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bus.sending.MOST_QUEUED", 5)
    monkeypatch.setattr("bus.broker.MOST_QUEUED", 5)
    client = Client(broker.address, "writer")
    assert [client.publish("a", b"") for _ in range(6)] == [True] * 5 + [False]
    client.start()
    client.wait_connected(30)
    wait_until(lambda: client.backlog == 0)
    broker.stop()
    wait_until(lambda: not client.connected)
    assert [client.publish("a", b"") for _ in range(6)] == [True] * 5 + [False]
    assert (client.backlog, client.health().refused) == (5, 2)
    client.stop()


def test_the_session_keeps_what_comes_while_we_are_away(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    options: dict[str, Any] = {"filters": ["a"], "on_message": got.append, "session_days": 1}
    with connected(broker, "reader", **options):
        pass
    with connected(broker, "writer") as writer:
        for number in range(50):
            writer.publish("a", b"%d" % number)
        with connected(broker, "reader", **options):
            wait_until(lambda: len(got) == 50)
    assert payloads(got) == [b"%d" % number for number in range(50)]


def test_without_a_session_nothing_is_kept(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    with connected(broker, "reader", filters=["a"], on_message=got.append):
        pass
    with connected(broker, "writer") as writer:
        writer.publish("a", b"missed")
        wait_until(lambda: writer.backlog == 0)
        with connected(broker, "reader", filters=["a"], on_message=got.append):
            writer.publish("a", b"seen")
            wait_until(lambda: got)
    assert payloads(got) == [b"seen"]


def test_only_what_was_acknowledged_is_not_sent_again(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    options: dict[str, Any] = {"filters": ["a"], "on_message": got.append, "session_days": 1, "manual_ack": True}
    with connected(broker, "writer") as writer:
        with connected(broker, "reader", **options) as reader:
            for number in range(10):
                writer.publish("a", b"%d" % number)
            wait_until(lambda: len(got) == 10)
            reader.ack(got[:6])
        first = got.copy()
        got.clear()
        with connected(broker, "reader", **options):
            wait_until(lambda: len(got) == 4)
    assert payloads(got) == payloads(first)[6:]


def test_acknowledging_messages_of_an_older_connection_does_nothing(broker: BrokerUnderTest) -> None:
    """Their ids may be those of others by now: acknowledging those unseen would lose them."""
    got: list[Message] = []
    with connected(broker, "reader", filters=["a"], on_message=got.append, session_days=1, manual_ack=True) as reader:
        with connected(broker, "writer") as writer:
            writer.publish("a", b"old")
            wait_until(lambda: got)
        old = got.copy()
        broker.stop()
        wait_until(lambda: not reader.health().connected)
        broker.start()
        reader.wait_connected(30)
        with connected(broker, "writer") as writer:
            writer.publish("a", b"new")
            wait_until(lambda: got[-1].payload == b"new")
        assert got[-1].connection > old[0].connection
        reader.ack(old)
    got.clear()
    with connected(broker, "reader", filters=["a"], on_message=got.append, session_days=1, manual_ack=True):
        wait_until(lambda: b"new" in payloads(got))


def test_a_handler_that_raises_ends_neither_the_loop_nor_the_connection(broker: BrokerUnderTest) -> None:
    got: list[bytes] = []

    def fragile(message: Message) -> None:
        if message.payload == b"bad":
            raise ValueError("a fault in the handler")
        got.append(message.payload)

    with (
        connected(broker, "reader", filters=["a"], on_message=fragile) as reader,
        connected(broker, "writer") as writer,
    ):
        for payload in (b"bad", b"good", b"bad", b"fine"):
            writer.publish("a", payload)
        wait_until(lambda: got == [b"good", b"fine"])
        health = reader.health()
    assert health.handler_errors == 2
    assert health.connected and health.thread_alive


@pytest.mark.parametrize("hook", ["turn", "on_connect"])
def test_a_hook_that_raises_does_not_end_the_loop(broker: BrokerUnderTest, hook: str) -> None:
    def fails() -> float:
        raise ValueError("a fault in the hook")

    got: list[Message] = []
    options: dict[str, Any] = {hook: fails, "filters": ["a"], "on_message": got.append}
    with connected(broker, "reader", **options) as reader, connected(broker, "writer") as writer:
        writer.publish("a", b"still here")
        wait_until(lambda: got)
        assert reader.health().handler_errors >= 1


def test_it_comes_back_after_the_broker_did_and_subscribes_again(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    connections = threading.Semaphore(0)
    with (
        connected(broker, "reader", filters=["a"], on_message=got.append, on_connect=connections.release) as reader,
        connected(broker, "writer") as writer,
    ):
        assert connections.acquire(timeout=30)
        broker.stop()
        wait_until(lambda: not reader.health().connected)
        assert reader.health().problem
        writer.publish("a", b"sent while the broker was away")
        broker.start()
        assert connections.acquire(timeout=30)
        writer.wait_connected(30)
        writer.publish("a", b"sent afterwards")
        wait_until(lambda: b"sent afterwards" in payloads(got))
        assert reader.health().connections == 2
        assert reader.health().problem is None


def test_who_keeps_nothing_unsent_begins_anew_with_each_connection(broker: BrokerUnderTest) -> None:
    wire = Proxy(free_port(), broker.address.port)
    sender = Client(Broker(port=wire.port), "sender", keeps_unsent=False)
    got: list[bytes] = []
    reader = Client(
        broker.address, "reader", filters=["numbers"], on_message=lambda message: got.append(message.payload)
    )
    try:
        assert not sender.publish("numbers", b"before there is a connection")
        for client in (reader, sender):
            client.start()
            client.wait_connected(30)
        wire.become(Wire.HUNG)
        assert sender.publish("numbers", b"on the way when the connection was lost")
        wire.become(Wire.CUT)
        wait_until(lambda: not sender.connected)
        wire.become(Wire.SOUND)
        sender.wait_connected(30)
        assert sender.publish("numbers", b"new")
        wait_until(lambda: got)
        assert got == [b"new"]
        assert sender.backlog <= 1
    finally:
        sender.stop()
        reader.stop()
        wire.close()


def test_the_will_is_published_when_the_client_vanishes_and_not_when_it_says_good_bye(
    broker: BrokerUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Message] = []
    will = Will("gone", b"vanished", retain=False)
    with connected(broker, "reader", filters=["gone"], on_message=got.append):
        with connected(broker, "polite", will=will) as polite:
            polite.publish("gone", b"good-bye")
        wait_until(lambda: got)
        doomed = Client(broker.address, "doomed", will=will)
        vanish(doomed, monkeypatch)
        wait_until(lambda: len(got) == 2)
    assert payloads(got) == [b"good-bye", b"vanished"]


def vanish(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Connect, then cut the connection and never come back."""
    opened: list[socket.socket] = []
    create = socket.create_connection

    def remember(*args: Any, **options: Any) -> socket.socket:
        opened.append(create(*args, **options))
        return opened[-1]

    monkeypatch.setattr(socket, "create_connection", remember)
    client.start()
    client.wait_connected(30)
    monkeypatch.setattr(client, "_pass_the_time", lambda seconds: client._stopping.wait())
    opened[0].shutdown(socket.SHUT_RDWR)
    wait_until(lambda: not client.health().connected)
    client.stop()


def test_it_falls_back_to_mqtt_311_where_the_broker_hangs_up_on_5() -> None:
    got: list[Message] = []
    with (
        embedded_broker(free_port(), free_port()) as listening,
        connected(listening.mqtt311, "reader", filters=["a"], on_message=got.append),
        connected(listening.mqtt5, "writer") as writer,
    ):
        writer.publish("a", b"from 5 to 3.1.1")
        wait_until(lambda: got)


def test_without_a_broker_the_error_says_who_asked_where_and_what_came_of_it() -> None:
    port = free_port()
    client = Client(Broker(port=port), "station")
    client.start()
    wait_until(lambda: "refused" in str(client.health().problem))
    with pytest.raises(
        BrokerUnreachableError, match=rf"station got no connection to the MQTT broker at 127.0.0.1:{port} .*refused"
    ):
        client.wait_connected(0)
    assert client.health().thread_alive
    client.stop()
    assert not client.health().thread_alive


def test_something_that_is_no_broker_is_told_from_no_answer_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = Client(Broker(port=silent.getsockname()[1]), "station")
        client.start()
        wait_until(lambda: client.health().problem != "connecting")
        with pytest.raises(BrokerUnreachableError, match="no answer to CONNECT"):
            client.wait_connected(0)
        client.stop()


def test_a_wrong_password_is_told_in_the_brokers_words(tmp_path: Path) -> None:
    passwords, port = tmp_path / "passwords", free_port()
    passwords.write_text("station:right\n")
    with mosquitto(port, tmp_path, f"allow_anonymous false\npassword_file {passwords}"):
        client = Client(Broker(port=port, username="station", password="wrong"), "station")
        client.start()
        wait_until(lambda: "refused the connection" in str(client.health().problem))
        with pytest.raises(BrokerUnreachableError, match="refused the connection: Not authorized"):
            client.wait_connected(0)
        client.stop()


def test_a_refused_subscription_is_no_connection_and_tried_again() -> None:
    """A stand-in for a broker with access lists, which answers CONNECT with yes and SUBSCRIBE with no."""
    refused = threading.Semaphore(0)

    def refuse(server: socket.socket) -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                connection.recv(1024)
                connection.sendall(b"\x20\x03\x00\x00\x00")
                subscribe = connection.recv(1024)
                connection.sendall(b"\x90\x04" + subscribe[2:4] + b"\x00\x87")
                connection.recv(1024)
                refused.release()

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:
        refusing = thread.submit(refuse, server)
        client = Client(Broker(port=server.getsockname()[1]), "station", filters=["a/#"])
        client.start()
        assert refused.acquire(timeout=30) and refused.acquire(timeout=30)
        assert not client.connected
        assert "refused the subscription to a/# (Not authorized)" in str(client.health().problem)
        refusing.result(30)
        client.stop()


def test_a_password_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("s3cret\n")
    broker = Broker(username="station", password_file=secret)
    assert broker.secret() == "s3cret"
    assert Broker(password="s3cret").secret() == "s3cret"
    assert "s3cret" not in repr(Broker(password="s3cret"))


def test_many_threads_may_publish_at_once(broker: BrokerUnderTest) -> None:
    got: list[Message] = []
    with (
        connected(broker, "reader", filters=["a/#"], on_message=got.append),
        connected(broker, "writer") as writer,
    ):

        def publish(number: int) -> None:
            for i in range(200):
                writer.publish(f"a/{number}", b"%d" % i)

        with ThreadPoolExecutor(4) as threads:
            list(threads.map(publish, range(4)))
        wait_until(lambda: len(got) == 800)
    for n in range(4):
        assert [m.payload for m in got if m.topic == f"a/{n}"] == [b"%d" % i for i in range(200)]

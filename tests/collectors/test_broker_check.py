"""The broker's self-test on real brokers: with mosquitto's defaults, as deployed, embedded, and with other faults."""

import getpass
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bus.client import Broker, BrokerUnreachableError, Client, Message
from collectors import broker_check, broker_probe
from collectors.broker import embedded_broker
from collectors.broker_check import BrokerCheck, check_broker
from tests.brokers import deployed_mosquitto, mosquitto
from tests.parts import free_port, program
from tests.waiting import wait_until

USER = f"user {getpass.getuser()}"


def check(address: Broker) -> BrokerCheck:
    return check_broker(address, "suite-b", "main")


@contextmanager
def plain_mosquitto(folder: Path, *settings: str) -> Iterator[Broker]:
    """mosquitto with its own defaults for everything but these."""
    port = free_port()
    configuration = folder / "plain.conf"
    configuration.write_text("\n".join([f"listener {port} 127.0.0.1", "allow_anonymous true", *settings, USER]))
    process = subprocess.Popen([program("mosquitto"), "-c", configuration], stderr=subprocess.DEVNULL)
    try:
        client = Client(Broker(port=port), "waits")
        client.start()
        client.wait_connected(30)
        client.stop()
        yield Broker(port=port)
    finally:
        process.kill()
        process.wait()


def test_the_deployed_broker_has_no_problem_and_says_what_it_is(tmp_path: Path) -> None:
    """With passwords, access list and TLS, as the station's own user."""
    with deployed_mosquitto(tmp_path) as deployed:
        found = check(deployed.as_user("station"))
    assert found.problems == ()
    notes = " ".join(found.notes)
    assert "mosquitto version 2." in notes
    assert "keeps 1,500 messages and more" in notes
    assert "1,000 messages on the way" in notes
    assert "restart of the broker cannot be tried" in notes


def test_mosquittos_defaults_keep_too_little(tmp_path: Path) -> None:
    with plain_mosquitto(tmp_path) as address:
        found = check(address)
    assert len(found.problems) == 1
    assert "keeps only 1,0" in found.problems[0]
    assert "max_queued_messages" in found.problems[0]


def test_the_embedded_broker_is_reported_for_what_it_is() -> None:
    with embedded_broker(free_port(), free_port()) as listening:
        found, newer = check(listening.mqtt311), check(listening.mqtt5)
    assert found.problems == newer.problems
    assert len(found.problems) == 1
    assert "in memory only" in found.problems[0]
    assert any("does not speak MQTT 5" in note for note in found.notes)


def test_a_broker_that_limits_what_mqtt_5_lets_it_say(tmp_path: Path) -> None:
    limits = ("max_qos 0", "retain_available false", "max_packet_size 4000")
    with plain_mosquitto(tmp_path, *limits) as address:
        found = " ".join(check(address).problems)
    assert "grants QoS 0 where QoS 1 was asked" in found
    assert "retains no messages" in found
    assert "4,000 bytes" in found


def test_an_access_list_that_hides_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (broker_check, broker_probe):  # nothing comes, however long one waits
        monkeypatch.setattr(module, "QUIET_SECONDS", 0.1)
    access = tmp_path / "access"
    access.write_text("topic write broker-check/#\n")
    with plain_mosquitto(tmp_path, f"acl_file {access}") as address:
        found = " ".join(check(address).problems)
    assert "its access list does not let us read broker-check/suite-b/main/#" in found


def test_nothing_is_left_behind_and_nobody_is_disturbed(tmp_path: Path) -> None:
    port = free_port()
    heard: list[Message] = []
    with mosquitto(port, tmp_path):
        check(Broker(port=port))
        late = Client(Broker(port=port), "late", filters=["#"], on_message=heard.append)
        late.start()
        late.wait_connected(30)
        late.publish("end", b"")
        wait_until(lambda: heard)
        late.stop()
    assert [message.topic for message in heard] == ["end"]


def test_a_broker_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(BrokerUnreachableError, match="could not be tried: Connection refused"):
        check(Broker(port=free_port()))

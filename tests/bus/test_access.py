"""The broker as a site runs it: each role may what it may, and nothing else."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from bus import topics
from bus.client import Broker, Client, Message
from tests.brokers import DEPLOY, DeployedBroker, deployed_mosquitto, run_script
from tests.parts import program
from tests.waiting import wait_until

SITE = "suite-b"
EVERYTHING = ("instruments/#", "cleanwatch/#", "$SYS/broker/version")
TOPICS = (
    topics.source_readings(SITE, "gateway-1"),
    topics.source_events(SITE, "gateway-1"),
    topics.source_ack(SITE, "gateway-1"),
    topics.source_status(SITE, "gateway-1"),
    topics.source_readings(SITE, "gateway-2"),
    topics.source_status(SITE, "gateway-2"),
    topics.source_ack(SITE, "gateway-2"),
    topics.source_readings(SITE, "reader"),
    topics.source_readings(SITE, "app"),
    topics.source_readings(SITE, "station"),
    topics.clean_reading(SITE, "B101.DP1"),
    topics.station(SITE, "all"),
    "elsewhere",
)
OWN_READINGS, OWN_EVENTS, OWN_ACK, OWN_STATUS, OTHERS_READINGS, OTHERS_STATUS, OTHERS_ACK = TOPICS[:7]
CLEAN, STATION = TOPICS[10:12]
SENT = {topic for topic in TOPICS if topic.startswith("instruments/") and not topic.endswith("/ack")}
MAY_WRITE = {
    "gateway-1": {OWN_READINGS, OWN_EVENTS, OWN_STATUS},
    # The status of a source that was retired is taken off the broker by the station.
    "station": {OWN_ACK, OWN_STATUS, OTHERS_ACK, OTHERS_STATUS, CLEAN, STATION},
    "app": set[str](),
    "reader": set[str](),
}
MAY_READ = {
    "gateway-1": {OWN_ACK},
    "station": {*SENT - {topics.source_readings(SITE, "station")}, CLEAN, STATION, "$SYS/broker/version"},
    "app": {CLEAN, STATION},
    "reader": {CLEAN, STATION},
}


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedBroker]:
    with deployed_mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        yield broker


@pytest.mark.parametrize("user", sorted(MAY_WRITE))
def test_a_role_may_write_what_it_may_and_nothing_else(deployed: DeployedBroker, user: str) -> None:
    client = Client(deployed.as_user(user), f"writes as {user}")
    client.start()
    client.wait_connected(30)
    written = set()
    for topic in TOPICS:
        client.publish(topic, b"")
        wait_until(lambda: client.backlog == 0)
        problem = client.health().problem
        if problem is None or topic not in problem:
            written.add(topic)
    client.stop()
    assert written == MAY_WRITE[user]


def test_a_role_hears_what_it_may_and_nothing_else(deployed: DeployedBroker) -> None:
    """mosquitto grants every subscription and looks at the access list when it delivers."""
    heard: dict[str, set[str]] = {user: set() for user in MAY_READ}
    clients = []
    for user, got in heard.items():

        def hear(message: Message, got: set[str] = got) -> None:
            got.add(message.topic)

        client = Client(deployed.as_user(user), f"reads as {user}", filters=EVERYTHING, on_message=hear)
        client.start()
        client.wait_connected(30)
        clients.append(client)
    writers = [("gateway-1", MAY_WRITE["gateway-1"]), ("station", MAY_WRITE["station"])]
    deployed.add_instrument("gateway-2")
    for user, allowed in [*writers, ("gateway-2", {OTHERS_READINGS})]:
        writer = Client(deployed.as_user(user), f"writes for all as {user}")
        writer.start()
        writer.wait_connected(30)
        for topic in sorted(allowed):
            writer.publish(topic, b"{}")
        wait_until(lambda writer=writer: writer.backlog == 0)  # type: ignore[misc]  # mypy cannot infer the default
        writer.stop()
    written = {topic for _, allowed in writers for topic in allowed} | {OTHERS_READINGS, "$SYS/broker/version"}
    expected = {user: MAY_READ[user] & written for user in MAY_READ}
    wait_until(lambda: all(heard[user] >= expected[user] for user in heard))
    for client in clients:
        client.stop()
    assert heard == expected


def test_nobody_comes_in_without_a_password(deployed: DeployedBroker) -> None:
    client = Client(Broker(port=deployed.port), "nobody")
    client.start()
    wait_until(lambda: "it wants a user name and a password" in str(client.health().problem))
    client.stop()


def test_mqtt_311_is_refused_without_a_word_and_delivers_nothing(deployed: DeployedBroker) -> None:
    """What a client of the older version can not notice, this shows: its forbidden message reaches nobody."""
    heard: list[str] = []
    station = Client(
        deployed.as_user("station"), "hears", filters=["instruments/#"], on_message=lambda m: heard.append(m.topic)
    )
    station.start()
    station.wait_connected(30)
    confirmed: list[int] = []
    old = paho.Client(CallbackAPIVersion.VERSION2, "old")
    old.username_pw_set("gateway-1", deployed.as_user("gateway-1").secret())
    old.on_publish = lambda client, userdata, mid, reason, properties: confirmed.append(mid)
    old.connect("127.0.0.1", deployed.port)
    old.loop_start()
    old.publish(OTHERS_READINGS, b"forged", qos=1)
    old.publish(OWN_READINGS, b"own", qos=1)
    wait_until(lambda: len(confirmed) == 2 and heard)
    old.disconnect()
    old.loop_stop()
    station.stop()
    assert heard == [OWN_READINGS]


def test_an_instrument_is_added_given_a_new_password_and_shut_out_while_the_broker_runs(
    deployed: DeployedBroker,
) -> None:
    deployed.add_instrument("gateway-9")
    first = deployed.as_user("gateway-9").secret()
    assert first
    wait_until(lambda: can_connect(deployed, "gateway-9", first))
    deployed.add_instrument("gateway-9")
    second = deployed.as_user("gateway-9").secret()
    assert second
    wait_until(lambda: can_connect(deployed, "gateway-9", second))
    assert not can_connect(deployed, "gateway-9", first)
    deployed.add_instrument("gateway-9", "--remove")
    wait_until(lambda: not can_connect(deployed, "gateway-9", second))
    assert can_connect(deployed, "gateway-1", deployed.as_user("gateway-1").secret() or "")


def can_connect(deployed: DeployedBroker, user: str, password: str) -> bool:
    said: list[bool] = []
    client = paho.Client(CallbackAPIVersion.VERSION2, "tries")
    client.username_pw_set(user, password)
    client.on_connect = lambda client, userdata, flags, reason, properties: said.append(not reason.is_failure)
    client.connect("127.0.0.1", deployed.port)
    while not said:
        client.loop(0.1)
    client.disconnect()
    return said[0]


def test_secrets_are_random_private_and_kept_when_made_again(tmp_path: Path) -> None:
    arguments = ("--folder", tmp_path / "var", "--env", tmp_path / "env")
    run_script("make-secrets", *arguments)
    first = {path: path.read_text() for path in (tmp_path / "var").rglob("*") if path.is_file()}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in first)
    secrets = [text for path, text in first.items() if path.parent.name == "secrets"]
    assert len(set(secrets)) == len(secrets) == 8
    assert all(len(secret) == 32 for secret in secrets)
    assert not any(secret in first[tmp_path / "var" / "passwords" / "mosquitto"] for secret in secrets)
    assert "nothing to do" in run_script("make-secrets", *arguments)
    assert {path: path.read_text() for path in first} == first
    run_script("make-secrets", *arguments, "--new", "broker-app")
    changed = {path.name for path, text in first.items() if path.read_text() != text}
    assert changed == {"broker-app", "mosquitto"}


@pytest.mark.parametrize("name", ["station", "a/b", "a#", "two words", ""])
def test_a_name_that_means_something_else_is_no_name_for_an_instrument(deployed: DeployedBroker, name: str) -> None:
    script = (DEPLOY / "add-instrument", "--folder", deployed.folder, name)
    result = subprocess.run(script, capture_output=True, text=True)
    assert result.returncode == 1
    assert "needs a name of its own" in result.stderr or "is no name for an instrument" in result.stderr


def test_certificates_are_kept_renewed_on_demand_and_their_keys_are_private(tmp_path: Path) -> None:
    openssl = program("openssl")
    made = run_script("make-certificates", "--folder", tmp_path, "cleanwatch.test", "10.1.2.3")
    assert "let instruments and browsers trust it" in made
    certificate = tmp_path / "broker" / "broker.crt"
    shown = subprocess.run([openssl, "x509", "-noout", "-text", "-in", certificate], capture_output=True, text=True)
    for name in ("DNS:mosquitto", "DNS:localhost", "DNS:cleanwatch.test", "IP Address:10.1.2.3"):
        assert name in shown.stdout
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert "kept" in run_script("make-certificates", "--folder", tmp_path, "other.test")
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before
    run_script("make-certificates", "--folder", tmp_path, "--renew", "other.test")
    assert certificate.read_bytes() != before[certificate]
    kept = [path for path in (tmp_path / "broker").iterdir() if "until" in path.name]
    assert {path.read_bytes() for path in kept} == {
        before[certificate],
        before[certificate.with_suffix(".key")],
    }
    assert (tmp_path / "ca" / "ca.crt").read_bytes() == before[tmp_path / "ca" / "ca.crt"]
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.rglob("*.key"))
    assert os.access(certificate, os.R_OK)


@pytest.mark.parametrize("wrong", [("--days", "many", "a.test"), ("999.999.1.1",), ("a test",)])
def test_what_no_certificate_can_be_made_of_is_told_and_the_old_one_stays(
    tmp_path: Path, wrong: tuple[str, ...]
) -> None:
    program("openssl")
    run_script("make-certificates", "--folder", tmp_path, "cleanwatch.test")
    before = {name: (tmp_path / "broker" / name).read_bytes() for name in ("broker.crt", "broker.key")}
    script: list[str | Path] = [DEPLOY / "make-certificates", "--folder", tmp_path, "--renew", *wrong]
    result = subprocess.run(script, capture_output=True, text=True)
    assert result.returncode != 0
    assert "make-certificates: " in result.stderr
    assert {name: (tmp_path / "broker" / name).read_bytes() for name in before} == before


def test_a_password_whose_making_was_cut_short_is_made_again(tmp_path: Path) -> None:
    arguments = ("--folder", tmp_path / "var", "--env", tmp_path / "env")
    run_script("make-secrets", *arguments)
    hashes = tmp_path / "var" / "passwords" / "mosquitto"
    hashes.rename(hashes.with_suffix(".away"))
    hashes.mkdir()  # so that the broker's line cannot be written
    subprocess.run((DEPLOY / "make-secrets", *arguments, "--new", "broker-app"), capture_output=True)
    hashes.rmdir()
    hashes.with_suffix(".away").rename(hashes)
    assert "broker-app" in run_script("make-secrets", *arguments)
    assert hashes.read_text().count("app:") == 1

"""The production stack, end to end, with the configuration files that a site runs."""

import json
import re
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
import urllib3

from bus import topics
from bus.client import Client, Message
from tests.integration.stack import Stack
from tests.parts import program
from tests.signing_in import PASSWORD, fill_in
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(600)  # the first test waits for eight programs to start

SITE, POINT = "suite-b", "B101.DP1"
FAULTY = "B102.VA1"
"""A point that is sampled once a day: none of its alarms is of a value that is late, however slow this machine is."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("stack"))
    stack.start()
    yield stack
    stack.stop()


@pytest.fixture(scope="module")
def administrator(stack: Stack) -> Iterator[requests.Session]:
    """Who signs in first, with what the app has said once, through the proxy."""
    wait_until(lambda: "  password  " in stack.log("app"), seconds=120, what="the first password")
    found = re.search(r"  account   (\S+)\n  password  (\S+)\n", stack.log("app"))
    assert found
    account, password = found.groups()
    with requests.Session() as browser:
        browser.trust_env, browser.verify = False, str(stack.ca_file)
        address = f"https://localhost:{stack.https}"
        wait_until(lambda: ask(stack, "/healthz").status == 200, seconds=120, what="the app")
        asked = fill_in(browser, f"{address}/sign-in", account=account, password=password)
        assert asked.url == f"{address}/sign-in/password"
        assert fill_in(browser, asked.url, new=PASSWORD, again=PASSWORD).url == f"{address}/"
        yield browser


@pytest.fixture(scope="module")
def gateway(stack: Stack) -> Iterator[Client]:
    client = Client(stack.as_user("gateway-1"), "gateway-1")
    client.start()
    client.wait_connected(30)
    yield client
    client.stop()


def send(gateway: Client, point: str, value: float | None, *flags: str) -> None:
    reading = {"point": point, "time": datetime.now(UTC).isoformat(), "value": value, "flags": flags}
    body = json.dumps({"version": 1, "values": [reading]}).encode()
    gateway.publish(topics.source_readings(SITE, "gateway-1"), body)


def ask(stack: Stack, address: str, *, tls: bool = True) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(ca_certs=str(stack.ca_file)) as pool:
        where = f"https://localhost:{stack.https}" if tls else f"http://localhost:{stack.http}"
        return pool.request("GET", where + address, redirect=False, retries=False, timeout=20)


def watch(stack: Stack, address: str) -> urllib3.BaseHTTPResponse:
    """Ask the app itself, past the proxy, as what watches it on its own machine does."""
    with urllib3.PoolManager() as pool:
        return pool.request("GET", f"http://127.0.0.1:{stack.web}{address}", retries=False, timeout=20)


def test_a_reading_comes_through_to_clean_topic_influxdb_records_and_page(
    stack: Stack, gateway: Client, administrator: requests.Session
) -> None:
    heard: dict[str, bytes] = {}

    def hear(message: Message) -> None:
        heard[message.topic] = message.payload

    reader = Client(stack.as_user("reader"), "andon light", filters=[topics.everything_clean(SITE)], on_message=hear)
    reader.start()
    reader.wait_connected(30)
    wait_until(lambda: any("/stations/" in topic for topic in heard), 120, "the station's heartbeat")
    send(gateway, POINT, 15.5)
    send(gateway, FAULTY, None, "sensor")
    clean = topics.clean_reading(SITE, POINT)
    wait_until(lambda: clean in heard, what="the clean reading")
    assert json.loads(heard[clean])["value"] == 15.5
    alarm = topics.clean_alarm(SITE, FAULTY, "instrument fault")
    wait_until(lambda: alarm in heard, what="the alarm")
    reader.stop()
    assert stack.records(f"SELECT condition FROM alarms WHERE point = '{FAULTY}'") == [("instrument fault",)]
    wait_until(lambda: values_in_influxdb(stack) == [15.5], what="the reading in InfluxDB")
    wait_until(lambda: watch(stack, "/readyz").status == 200, seconds=120, what="the app")
    assert [ask(stack, address).status for address in ("/readyz", "/metrics")] == [404, 404]
    assert POINT in administrator.get(f"https://localhost:{stack.https}/live/full", timeout=60).text


def values_in_influxdb(stack: Stack) -> list[object]:
    question = f"SELECT value FROM /.*/ WHERE point = '{POINT}'"
    series = stack.influx.query(question, "cleanwatch")
    return [row[1] for one in series for row in one["values"]]  # type: ignore[attr-defined]


def test_by_tls_cookies_are_for_this_very_host_and_its_browsers_remember_tls(
    stack: Stack, administrator: requests.Session
) -> None:
    kept = {cookie.name: cookie for cookie in administrator.cookies}
    assert set(kept) == {"__Host-cleanwatch_session", "_csrf_token"}
    assert all(cookie.secure and cookie.path == "/" and not cookie.domain_specified for cookie in kept.values())
    assert kept["__Host-cleanwatch_session"].has_nonstandard_attr("HttpOnly")
    answer = administrator.get(f"https://localhost:{stack.https}/api/v1/me", timeout=60)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert answer.status_code == 200, answer.text
    assert answer.json()["origin"] == "browser at 127.0.0.1"


def test_no_secret_is_in_a_log_on_a_page_or_in_the_metrics(stack: Stack, administrator: requests.Session) -> None:
    files = [*(stack.var / "secrets").iterdir(), *(stack.var / "influxdb-token").iterdir()]
    secrets = {file.name: file.read_text().strip() for file in files if file.is_file()}
    (session,) = [cookie.value for cookie in administrator.cookies if cookie.name == "__Host-cleanwatch_session"]
    assert session
    secrets |= {"the password": PASSWORD, "the session": session}
    assert len(secrets) > 8
    address = f"https://localhost:{stack.https}"
    told = {path.name: path.read_text(errors="replace") for path in stack.folder.glob("*.log")}
    assert {"station.log", "app.log", "records.log"} <= told.keys()
    told["/metrics"] = watch(stack, "/metrics").data.decode()
    for path in ("/live/full", "/api/v1/audit?limit=1000", "/api/v1/revisions/1", "/_dash-layout"):
        told[path] = administrator.get(address + path, timeout=60).text
    for command in (["status"], ["records", "migrate"]):
        done = subprocess.run(
            [sys.executable, "-m", "cleanwatch", *command],
            env=stack.environment("station"),
            capture_output=True,
            text=True,
            timeout=60,
        )
        told[" ".join(command)] = done.stdout + done.stderr
    leaks = [
        f"{secret} in {where}" for secret, value in secrets.items() for where, text in told.items() if value in text
    ]
    assert leaks == []


def test_the_proxy_speaks_http_2_and_no_tls_older_than_1_2(stack: Stack) -> None:
    address = f"https://localhost:{stack.https}/"
    curl = (
        program("curl"),
        "--silent",
        "--show-error",
        "--http2",
        "--cacert",
        stack.ca_file,
        "--output",
        "/dev/null",
    )
    answer = subprocess.run(
        (*curl, "--write-out", "%{http_version} %{http_code}", address), capture_output=True, text=True
    )
    assert answer.stdout == "2 302", answer.stderr
    older = ("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")
    old = subprocess.run(
        (program("openssl"), "s_client", "-connect", f"127.0.0.1:{stack.https}", *older),
        input=b"",
        capture_output=True,
    )
    assert old.returncode != 0
    assert ssl.get_server_certificate(("127.0.0.1", stack.https))


def test_every_page_carries_the_headers_that_protect_the_browser(stack: Stack) -> None:
    headers = ask(stack, "/").headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "1." not in headers["Server"]


def test_plain_http_is_sent_to_https(stack: Stack) -> None:
    answer = ask(stack, "/rooms/B101?now", tls=False)
    assert answer.status == 301
    assert answer.headers["Location"] == "https://localhost/rooms/B101?now"


def test_live_values_flow_through_the_proxy_as_they_come(
    stack: Stack, gateway: Client, administrator: requests.Session
) -> None:
    came = threading.Event()
    with urllib3.PoolManager(ca_certs=str(stack.ca_file)) as pool:
        stream = pool.request(
            "GET",
            f"https://localhost:{stack.https}/live",
            headers={"Cookie": "; ".join(f"{cookie.name}={cookie.value}" for cookie in administrator.cookies)},
            preload_content=False,
            timeout=30,
        )
        assert stream.headers["Content-Type"].startswith("text/event-stream")

        def read() -> None:
            text = b""
            while b"23.4" not in text:
                text += stream.read1()
            came.set()

        reading = threading.Thread(target=read)
        reading.start()
        send(gateway, POINT, 23.4)
        assert came.wait(30)
        reading.join()
        stream.close()


def test_no_program_has_a_right_to_change_the_records_and_none_has_anything_to_complain_of(stack: Stack) -> None:
    assert stack.records("SELECT tableowner FROM pg_tables WHERE tablename = 'audit'") == [("cleanwatch_owner",)]
    for process in ("station", "app"):
        complaints = [line for line in stack.log(process).splitlines() if " WARNING " in line or " ERROR " in line]
        # The InfluxDB that stands in for version 2 is an old one, and is told so; and nobody can be called yet.
        told = ("InfluxDB 1.6", "channels: nobody is told of alarms", "on-call duty: ")
        assert [line for line in complaints if not any(words in line for words in told)] == []


def test_every_health_check_of_compose_says_well(stack: Stack, gateway: Client) -> None:
    send(gateway, POINT, 15.0)
    for service in ("mosquitto", "postgresql", "proxy", "app", "station"):
        wait_until(lambda service=service: stack.healthy(service), 60, service)  # type: ignore[misc]


def test_at_last_without_the_app_the_proxy_says_so_and_the_health_checks_fail(stack: Stack) -> None:
    app = stack._processes.pop("app")
    app.terminate()
    app.wait(60)
    answer = ask(stack, "/")
    assert answer.status == 503
    assert b"Collecting and judging do not depend on it" in answer.data
    assert not stack.healthy("app")
    assert stack.healthy("proxy")

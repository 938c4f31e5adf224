"""5,000 points go into alarm within a second: what is lost, what people are told and when, what the app does."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median
from subprocess import Popen
from sys import executable

import msgspec
import requests
from playwright.sync_api import Browser, sync_playwright

from bench.station import SITE, environment, running_station
from bench.told import Layout, Receiver, add_people, receiver
from bus import topics
from bus.client import Broker, Client
from collectors.messages import ReadingsMessage, Value
from facility.instants import datetime_of, system_clock
from storage.records import alarms
from storage.records.alarms import AlarmFilter
from storage.records.database import Records
from storage.samples.local import LocalStore
from tests.brokers import mosquitto
from tests.browsing import FLAGS
from tests.parts import free_port, program
from tests.signing_in import session_cookie_for

LAYOUT = Layout(areas=25, rooms=10, points=20)
POINTS, PEOPLE, A_MESSAGE = 5_000, 10, 10
INSIDE, OUTSIDE = 20.0, 30.0
COUNTED_SECONDS = 60.0
DEADLINE_SECONDS = 120.0
TIMES = 3


def run() -> list[tuple[str, str, str]]:
    """What was measured, the figure, and what it should be."""
    with tempfile.TemporaryDirectory() as name, receiver() as server:
        folder, port, web_port = Path(name), free_port(), free_port()
        add_people(folder, server.port, PEOPLE, admitted=False)
        with (
            mosquitto(port, folder),
            running_station(folder, port, site=LAYOUT.site_file),
            _app(folder, port, web_port),
            closing(Records.open(folder / "data" / "records.db", system_clock)) as records,
        ):
            rows = _flood(folder, port, server, records)
            return [*rows, *_looks(records, f"http://127.0.0.1:{web_port}")]


def _flood(folder: Path, port: int, server: Receiver, records: Records) -> list[tuple[str, str, str]]:
    sender = Client(Broker(port=port), "bench-sender")
    sender.start()
    sender.wait_connected(10)
    with closing(LocalStore.open(folder / "data" / "samples.db", system_clock, read_only=True)) as store:
        _send(sender, INSIDE, 0.0)
        _wait(lambda: _stored(store) == POINTS)
        began = time.monotonic()
        _send(sender, OUTSIDE, 1.0)
        sending = time.monotonic() - began
        _wait(lambda: len(server.taken) > 0)
        _wait(lambda: _alarms(records) == POINTS)
        on_record = time.monotonic() - began
        _wait(lambda: _stored(store) == 2 * POINTS)
        lost = 2 * POINTS - _stored(store)
    sender.stop()
    time.sleep(max(0.0, began + COUNTED_SECONDS - time.monotonic()))
    told = Counter(handed.to for handed in list(server.taken))
    what = f"Flood: {POINTS:,} points go into alarm in {sending:.1f} s"
    return [
        (f"{what}: readings lost", f"{lost}", "0"),
        (f"{what}: until the first message is handed over", f"{server.taken[0].at - began:.1f} s", "2 s"),
        (f"{what}: until the last alarm is on record", f"{on_record:.1f} s", ""),
        (f"{what}: messages to each of {PEOPLE} people in a minute", f"{max(told.values())}", "a handful"),
    ]


def _send(sender: Client, value: float, seconds: float) -> None:
    """A reading of each point, spread over so many seconds."""
    now, begin = system_clock(), time.monotonic()
    for n in range(0, POINTS, A_MESSAGE):
        time.sleep(max(0.0, begin + seconds * n / POINTS - time.monotonic()))
        values = tuple(Value(LAYOUT.point(i), datetime_of(now), value) for i in range(n, n + A_MESSAGE))
        sender.publish(topics.source_readings(SITE, "bench"), msgspec.json.encode(ReadingsMessage(1, values=values)))


def _looks(records: Records, base: str) -> list[tuple[str, str, str]]:
    """How long the API and the page of alarms take while all of them stand."""
    name, cookie = session_cookie_for(records, system_clock, "person0")
    with requests.Session() as client:
        client.cookies.set(name, cookie)
        api = _seconds(lambda: _get(client, f"{base}/api/v1/alarms/standing"))
    with _chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": name, "value": cookie, "url": base}])
        page = context.new_page()

        def look() -> None:
            page.goto(f"{base}/alarms", timeout=DEADLINE_SECONDS * 1000)
            page.wait_for_selector("html[data-known=yes]", timeout=DEADLINE_SECONDS * 1000)

        seen = _seconds(look)
    what = f"Flood: with {POINTS:,} alarms standing,"
    return [
        (f"{what} the API's answer with all of them", f"{api:.1f} s", "5 s"),
        (f"{what} the page of alarms, drawn in Chromium", f"{seen:.1f} s", "5 s"),
    ]


def _get(client: requests.Session, address: str) -> None:
    answer = client.get(address, timeout=DEADLINE_SECONDS)
    answer.raise_for_status()
    found = len(answer.json()["alarms"])
    if found != POINTS:
        raise RuntimeError(f"{found} alarms stand instead of {POINTS}")


def _seconds(work: Callable[[], None]) -> float:
    """The median of a few."""
    taken = []
    for _ in range(TIMES):
        began = time.monotonic()
        work()
        taken.append(time.monotonic() - began)
    return median(taken)


@contextmanager
def _app(folder: Path, port: int, web_port: int) -> Iterator[None]:
    web = environment(folder, port) | {"CLEANWATCH_WEB_PORT": str(web_port)}
    process = Popen([executable, "-m", "cleanwatch", "app"], env=web)
    try:
        yield
    finally:
        process.kill()
        process.wait(30)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(program("chromium")), args=list(FLAGS))
        yield browser
        browser.close()


def _stored(store: LocalStore) -> int:
    return sum(balance.stored for balance in store.balance())


def _alarms(records: Records) -> int:
    with records.reading() as connection:
        return alarms.count(connection, AlarmFilter())


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it took too long")
        time.sleep(0.05)

"""The whole demo, started as a person starts it, and the README's example in it."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from bus import topics
from bus.client import Broker, Client, Message
from bus.messages import StationBeat
from facility.instants import system_clock
from facility.site import MAIN
from facility.site_file import load_site
from storage.records import revisions
from storage.records.database import Records
from storage.samples.local import LocalStore
from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.stories import facility_staff, on_call, qa
from tests.integration.stories.story import with_thermometers
from tests.parts import program

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
LONG = 120_000
"""Milliseconds to wait for what comes at once on a machine that is not busy."""

pytestmark = pytest.mark.timeout(900)  # whole demos are started, some of them twice


@pytest.fixture(scope="module")
def person(demo: RunningDemo, browser: Browser) -> Iterator[BrowserContext]:
    """A browser at which somebody has signed in with what the demo says."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo.address}/alarms")
    page.get_by_label("Account").fill(demo.wait_for(r"([\w.]+) \(operator\)").group(1))
    page.get_by_label("Password").fill(demo.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Alarms")).to_be_visible(timeout=LONG)
    assert page.url == f"{demo.address}/alarms"
    yield context
    context.close()


def site_with(folder: Path, instrument: str) -> Path:
    """The demo's site file with one more instrument among those of room B109."""
    text = (ROOT / "sites" / "demo.yaml").read_text()
    neighbour = "      - {id: B109.T1,"
    assert neighbour in text
    path = folder / "site.yaml"
    path.write_text(text.replace(neighbour, f"{instrument}\n{neighbour}"))
    return path


def load(demo: RunningDemo, site_file: Path) -> None:
    """Put a site file in force, and wait until the station says that it is."""
    done = subprocess.run(
        [sys.executable, "-m", "cleanwatch", "site", "apply", str(site_file), "--reason", "A second thermometer"],
        env={**os.environ, "CLEANWATCH_DATA": str(demo.data)},
        check=True,
        capture_output=True,
        text=True,
    )
    found = re.search(r"Site revision (\d+) is in force", done.stdout)
    assert found, done.stdout
    number, taken_over = int(found.group(1)), threading.Event()

    def hear(message: Message) -> None:
        if msgspec.json.decode(message.payload, type=StationBeat).revision == number:
            taken_over.set()

    listener = Client(
        Broker(port=demo.mqtt_port),
        f"test-listener-{number}",
        filters=[topics.station("suite-b", MAIN)],
        on_message=hear,
    )
    listener.start()
    assert taken_over.wait(LONG / 1000)
    listener.stop()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def publish(demo: RunningDemo, **changes: str) -> None:
    """The README's mosquitto_pub, copied, but for the port and what `changes` says."""
    program("mosquitto_pub")
    command = next(block for block in blocks("sh") if block.startswith("mosquitto_pub"))
    for old, new in {"-p 1883": f"-p {demo.mqtt_port}", **changes}.items():
        assert old in command
        command = command.replace(old, new)
    subprocess.run(["bash", "-c", command], check=True)


def test_a_new_instrument_from_the_readme_is_on_the_page(
    demo: RunningDemo, person: BrowserContext, tmp_path: Path
) -> None:
    load(demo, site_with(tmp_path, blocks("yaml")[0].rstrip()))
    page = person.new_page()
    expect(page.locator("body")).to_be_visible()
    page.goto(f"{demo.address}/rooms/B109")
    expect(page.locator("[data-point='B109.T2']").first).to_be_visible(timeout=LONG)
    publish(demo)
    expect(page.locator("[data-point='B109.T2']").first).to_contain_text("20.7", timeout=LONG)
    page.close()


def test_an_alarm_goes_from_an_instrument_to_the_page_and_is_acknowledged(
    demo: RunningDemo,
    person: BrowserContext,
    tmp_path: Path,
) -> None:
    limits = "limits: [{severity: action, high: 30}]"
    load(
        demo,
        site_with(
            tmp_path,
            f"      - {{id: B109.T3, name: Drying cabinet, interval: 10 min, "
            f"points: [{{quantity: temperature, {limits}}}]}}",
        ),
    )
    page = person.new_page()
    page.goto(f"{demo.address}/alarms")
    publish(demo, **{"B109.T2": "B109.T3", "20.7": "34.5"})
    row = page.locator(".standing tbody tr").filter(has_text="34.5")
    expect(row).to_be_visible(timeout=LONG)
    row.get_by_role("button", name="Acknowledge").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Door left open, closed it")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(row).to_contain_text("Door left open, closed it", timeout=LONG)
    page.close()


@pytest.fixture(scope="module")
def thermometers(demo: RunningDemo, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The instruments of the stories are in the site."""
    file = tmp_path_factory.mktemp("stories") / "site.yaml"
    file.write_text(with_thermometers())
    load(demo, file)


@pytest.mark.usefixtures("thermometers")
def test_facility_staff_open_an_abnormal_room_from_the_plan_and_everybody_sees_the_answer(
    demo: RunningDemo, browser: Browser, watch: Watch
) -> None:
    facility_staff.at_the_desk(demo, browser, watch)


@pytest.mark.usefixtures("thermometers")
def test_on_a_phone_an_alarm_is_answered_by_two_touches_after_sign_in(
    demo: RunningDemo, browser: Browser, watch: Watch
) -> None:
    facility_staff.on_a_phone(demo, browser, watch)


@pytest.mark.usefixtures("thermometers")
def test_who_is_on_call_answers_from_the_message_and_nobody_else_is_called(
    demo: RunningDemo, browser: Browser, watch: Watch
) -> None:
    on_call.answers_from_the_message(demo, browser, watch)


def test_qa_finds_judges_and_closes_an_excursion_and_takes_its_trend_along(
    demo: RunningDemo, browser: Browser, watch: Watch
) -> None:
    number = qa.looks_into_an_excursion(demo, browser, watch)
    qa.draws_its_trend(number, demo, browser, watch)


def test_the_demo_says_what_will_happen_when(demo: RunningDemo) -> None:
    demo.wait_for(r"after\s+\d+ s\s+the door between B101 and B106 is held open")


def test_every_page_says_that_the_data_are_simulated(demo: RunningDemo, person: BrowserContext) -> None:
    page = person.new_page()
    for path in ("/", "/rooms", "/rooms/B101", "/trends", "/alarms"):
        page.goto(demo.address + path)
        expect(page.get_by_text("simulated data", exact=False).first).to_be_visible(timeout=LONG)
    page.close()


def test_a_taken_port_is_said_in_words_and_the_next_free_one_used(demo: RunningDemo) -> None:
    demo.wait_for(r"Port 8050 for the dashboard is taken; using \d+\.")
    assert not demo.address.endswith(":8050")


def test_a_second_demo_on_the_same_folder_is_refused_in_words(demo: RunningDemo) -> None:
    assert demo.address
    with RunningDemo(demo.data) as second:
        second.wait_for("a demo is already running on")


def test_at_last_ctrl_c_ends_every_process_and_a_second_start_goes_on_where_it_was(demo: RunningDemo) -> None:
    demo.wait_for("History")
    processes = demo.processes()
    demo.interrupt()
    assert len(processes) >= 5
    assert [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    before = kept(demo.data)
    with RunningDemo(demo.data) as second:
        assert second.address
    after = kept(demo.data)
    assert after[0] <= before[0]
    assert after[1] == before[1]


def kept(data: Path) -> tuple[int, int]:
    """When the first reading of a point was taken, and how many site files were in force."""
    point = next(iter(load_site(ROOT / "sites" / "demo.yaml").points))
    with closing(LocalStore.open(data / "samples.db", system_clock, read_only=True)) as store:
        extent = store.extent([point])
    assert extent is not None
    with closing(Records.open(data / "records.db", system_clock)) as records, records.reading() as connection:
        return extent[0], revisions.newest_number(connection)

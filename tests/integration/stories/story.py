"""What a person does at a screen, step by step, with a picture of each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import paho.mqtt.publish
from playwright.sync_api import Browser, BrowserContext, Page, expect

from collectors.messages import ReadingsMessage, Value
from facility.instants import datetime_of, system_clock
from tests.browsing import Watch
from tests.integration.demo import RunningDemo
from tests.integration.looking import SIZES, Look, listen, violations
from tests.integration.walking import LONG, enter

SITE = Path(__file__).parents[3] / "sites" / "demo.yaml"
GATEWAY = "instruments/suite-b/tests/readings"
THERMOMETERS = {"B109.T5": "B109", "B109.T6": "B109", "B107.T7": "B107"}
"""Instruments of the stories, and their rooms: they say what a story needs when it needs it."""
HOT, LIMIT = 34.5, 30


COME_TO_REST = """() => document.getAnimations()
  .every((one) => one.effect.getComputedTiming().iterations === Infinity)"""


class Story:
    """One person with one screen. `seen` looks at it, keeps a picture, and gathers what is wrong with it."""

    def __init__(self, name: str, demo: RunningDemo, page: Page) -> None:
        self.demo, self.page = demo, page
        self._name, self._steps, self._faults = name, 0, list[str]()

    def opens(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.demo.address + path)
        self.page.wait_for_selector("html[data-known=yes]", timeout=LONG)

    def signs_in(self, account: str) -> None:
        """Come to the address and get in."""
        self.page.goto(self.demo.address)
        enter(self.demo, self.page, account)

    def seen(self, what: str) -> None:
        """A step is done."""
        self._steps += 1
        expect(self.page.locator("._dash-loading-callback")).to_have_count(0, timeout=LONG)
        self.page.wait_for_function(COME_TO_REST)
        look = Look(self.page, still=False)
        look.keep(f"story-{self._name}-{self._steps}-{what.replace(' ', '-')}")
        self._faults += [f"{what}: {fault}" for fault in look.misplaced()]

    def ends(self) -> None:
        """Nothing was wrong with what was seen."""
        faults = self._faults + violations(self.page)
        assert not faults, "\n".join(faults)


@contextmanager
def story(name: str, demo: RunningDemo, browser: Browser, watch: Watch, size: str) -> Iterator[Story]:
    """A screen of this size for one person, with nobody signed in."""
    phone = size == "phone"
    context: BrowserContext = browser.new_context(viewport=SIZES[size], has_touch=phone, is_mobile=phone)
    context.set_default_timeout(LONG)
    page = context.new_page()
    watch.over(page, demo.address)
    listen(page)
    told = Story(name, demo, page)
    yield told
    told.ends()
    context.close()


def with_thermometers() -> str:
    """The demo's site file with the instruments of the stories."""
    text = SITE.read_text()
    for id, room in THERMOMETERS.items():
        neighbour = f"      - {{id: {room}.T1,"
        assert neighbour in text
        limits = f"limits: [{{severity: action, high: {LIMIT}}}]"
        points = f"points: [{{quantity: temperature, name: Thermometer {id[-1]}, {limits}}}]"
        new = f"      - {{id: {id}, name: Thermometer {id[-1]}, interval: 10 min, {points}}}"
        text = text.replace(neighbour, f"{new}\n{neighbour}")
    return text


def says(demo: RunningDemo, point: str, value: float) -> None:
    """A thermometer is read now."""
    message = ReadingsMessage(1, values=(Value(point, datetime_of(system_clock()), value),))
    paho.mqtt.publish.single(GATEWAY, msgspec.json.encode(message), qos=1, port=demo.mqtt_port)

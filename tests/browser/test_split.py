"""A site of two stations, one of which is silent, and a source that is lost: seen where they blind somebody."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, expect

from facility.alarm import Alarm, AlarmState, Blinded, Condition, of_source
from facility.instants import system_clock
from facility.limit import Severity
from facility.site import Area, Site, Station
from tests.browser.running import RunningApp
from tests.browsing import Watch

pytestmark = pytest.mark.browser


def split(site: Site) -> Site:
    """The demo suite with a wing of its own that another station watches: the cold store."""
    rooms = {**site.rooms, "B115": replace(site.rooms["B115"], area="W")}
    stations = (Station("suite", ("B",), ("gw-1",)), Station("wing", ("W",), ("gw-2",)))
    return replace(site, areas=(*site.areas, Area("W", "Cold wing")), rooms=rooms, stations=stations)


def lost_source(app: RunningApp) -> Alarm:
    now = system_clock()
    return Alarm(
        point=of_source("gw-1"),
        room="B101",
        condition=Condition.SOURCE_LOST,
        severity=Severity.ACTION,
        state=AlarmState.UNACKNOWLEDGED,
        onset=now - 30_000,
        raised=now,
        blinds=(Blinded("B101.DP1", "B101"),),
    )


def test_only_what_is_blind_looks_blind_and_it_is_said_why(
    profile: BrowserContext, watch: Watch, tmp_path: Path, port: int
) -> None:
    app = RunningApp(tmp_path, port)
    app.site, app.beats = split(app.site), ["suite"]
    with app.running():
        app.everything_normal()
        app.let_in(profile)
        page = profile.new_page()
        watch.over(page, app.address)
        page.goto(app.address)
        expect(page.locator("#stale")).to_contain_text("Not heard: station wing", timeout=20_000)
        expect(page.locator("#stale")).to_contain_text("alarms may be missing")
        expect(page.locator(".plan [data-room=B115].rm")).to_have_attribute("data-status", "nodata")
        app.publish(lost_source(app))
        expect(page.locator(".plan [data-room=B101].rm")).to_have_attribute("data-status", "nodata")
        expect(page.locator(".plan [data-room=B102].rm")).to_have_attribute("data-status", "normal")
        page.get_by_role("link", name="Alarms").click()
        row = page.locator(".standing tbody tr")
        expect(row).to_contain_text("SOURCE LOST")
        expect(row).to_contain_text("Source gw-1")
        expect(row).to_contain_text("one point not heard")
        expect(page.locator("#stale")).to_contain_text("Not heard: station wing")
        page.close()

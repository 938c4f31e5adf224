"""What the measurements in a browser share: Chromium, a year of readings to look at, and how figures are told."""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, sync_playwright

from facility.alarm import Alarm, AlarmState, Condition
from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.limit import RoomState, Severity
from facility.people import CLEANWATCH
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.quantities import Quantity
from facility.site import Point, Site
from facility.site_file import parse_site
from storage.records import alarms, batches, revisions, room_states
from storage.records.database import Records
from storage.samples.columns import NO_NUMBER, Array, Columns
from storage.samples.local import LocalStore
from tests.app.past import NOW, Past
from tests.browser.running import inside
from tests.browsing import FLAGS
from tests.parts import program

DEMO = Path(__file__).parents[1] / "sites" / "demo.yaml"
DAYS = 365
BEGIN: Instant = NOW // DAY * DAY - DAYS * DAY
KINDS = (Quantity.PARTICLES, Quantity.PRESSURE, Quantity.TEMPERATURE, Quantity.HUMIDITY)
PLAN = (
    (0, RoomState.AT_REST),
    (6, RoomState.CLEANING),
    (7, RoomState.AT_REST),
    (8, RoomState.IN_OPERATION),
    (17, RoomState.AT_REST),
)
"""The states of a room over a day, by the hour."""
ALARM_EVERY = 2 * DAY + 5 * HOUR


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def p50_p95(figures: Sequence[float], digits: int = 0) -> str:
    """Median and 95th percentile of figures, without their unit: 210 / 340."""
    ordered = sorted(figures)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"{statistics.median(ordered):.{digits}f} / {p95:.{digits}f}"


def year_of(site: Site) -> list[Point]:
    """The points that have a year: four quantities of the first rooms that measure them, room by room."""
    found = []
    for room in site.rooms:
        of_kind = [next((p for p in site.points_by_room[room] if p.quantity is kind), None) for kind in KINDS]
        if all(of_kind):
            found += [point for point in of_kind if point is not None]
    return found


def write_year(folder: Path, most: int) -> Past:
    """A year of points at the demo's intervals, with the room states, batches and alarms of that year."""
    text = DEMO.read_text(encoding="utf-8")
    site = parse_site(text, "the demo")
    points = year_of(site)[:most]
    samples = LocalStore.open(folder / "samples.db", lambda: NOW)
    chance = np.random.default_rng(1)
    for first in range(0, DAYS, 73):
        start, end = BEGIN + first * DAY, NOW if first + 73 >= DAYS else BEGIN + (first + 73) * DAY
        samples.backfill({point.id: _readings(site, point, start, end, chance) for point in points}, "year")
    samples.seal(NOW)
    records = Records.open(folder / "records.db", lambda: NOW)
    _write_records(records, text, site, points)
    return Past(site, samples, records, folder)


def _readings(site: Site, point: Point, start: Instant, end: Instant, chance: np.random.Generator) -> Columns:
    times: Array = np.arange(start, end, site.instruments[point.instrument].interval)
    if point.quantity is Quantity.PARTICLES:
        busy = (times % DAY >= 8 * HOUR) & (times % DAY < 17 * HOUR)
        value = np.round(np.where(busy, chance.poisson(900, len(times)), chance.poisson(8, len(times))) * 1000 / 28.3)
    else:
        slow = np.sin(times / DAY * 2 * np.pi) * 0.3
        value = np.round(inside(point) + slow + chance.normal(0, 0.1, len(times)), 2)
    none = np.full(len(times), NO_NUMBER, np.int64)
    no_volume = np.full(len(times), np.nan)
    return Columns(times, value, np.zeros(len(times), np.uint16), times + 300, none, none, no_volume)


def _write_records(records: Records, text: str, site: Site, points: Sequence[Point]) -> None:
    rooms = list(dict.fromkeys(site.rooms[point.room].inside or point.room for point in points))
    with records.transaction() as connection:
        revisions.add(
            connection,
            BEGIN - DAY,
            in_force_from=BEGIN - DAY,
            author=CLEANWATCH,
            reason="the first",
            text=text,
            differences=(),
        )
        for room in rooms:
            for day in range(DAYS):
                morning = BEGIN + day * DAY
                for hour, state in PLAN:
                    room_states.record(connection, RoomStateSet(room, state, morning + hour * HOUR, "plan"), NOW)
                if day % 7 < 5:
                    batch = f"CT-{room}-{day:03}"
                    batches.record(connection, BatchStarted(batch, room, morning + 9 * HOUR, "plan"), NOW)
                    batches.record(connection, BatchEnded(batch, room, morning + 15 * HOUR, "plan"), NOW)
        for point in points:
            alarms.save(connection, [_alarm(point, at) for at in range(BEGIN + DAY, NOW - DAY, ALARM_EVERY)])


def _alarm(point: Point, at: Instant) -> Alarm:
    return Alarm(
        point=point.id,
        room=point.room,
        condition=Condition.HIGH,
        severity=Severity.ALERT,
        state=AlarmState.NORMAL,
        onset=at,
        raised=at + MINUTE,
        worst=inside(point),
        returned=at + 20 * MINUTE,
    )

"""Late readings are judged by what was in force at their time: which description of a point that is."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from alerts.engine import Engine
from alerts.past_sites import PastSites
from facility.instants import DAY, HOUR, MINUTE, Instant
from facility.reading import Reading
from facility.site_file import parse_site
from storage.records import alarms, revisions
from storage.records.alarms import AlarmFilter
from storage.records.database import Records
from storage.samples.commit import Intake
from storage.samples.local import LocalStore
from tests.facility.sites import SMALL
from tests.people import ANN
from tests.records import open_records
from tests.storage.conftest import NOON

COOLER = SMALL.replace("high: 23", "high: 22")
PRESENT = parse_site(COOLER, "")
POINT = PRESENT.points["N1.T1"]


def add(records: Records, text: str, since: Instant) -> None:
    with records.transaction() as connection:
        revisions.add(connection, NOON, in_force_from=since, author=ANN, reason="x", text=text, differences=[])


def described(records: Records, start: Instant, end: Instant, point: str = "N1.T1") -> list[tuple[Instant, float]]:
    """Since when which high alert level of a point is described."""
    asked = replace(POINT, id=point)
    with records.reading() as connection:
        found = PastSites().described(connection, PRESENT, asked, start, end)
    return [(since, then.limits[1].value) for since, then in found]


def test_a_point_is_described_by_the_revision_of_each_time(tmp_path: Path) -> None:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    assert described(records, NOON, NOON + DAY) == [(NOON, 22)]
    add(records, SMALL, 0)
    add(records, COOLER, NOON)
    assert described(records, NOON - DAY, NOON) == [(0, 23)]
    assert described(records, NOON - DAY, NOON + DAY) == [(0, 23), (NOON, 22)]
    assert described(records, NOON, NOON + DAY) == [(NOON, 22)]
    records.close()


def test_a_point_that_was_not_described_then_has_the_limits_of_its_first_description(tmp_path: Path) -> None:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    add(records, SMALL.replace("id: N1.T1", "id: N1.T9"), 0)
    add(records, COOLER, NOON)
    assert described(records, NOON - DAY, NOON + DAY) == [(NOON, 22)]
    assert described(records, NOON - DAY, NOON - 1) == [(NOON - DAY, 22)]
    records.close()


def test_a_newer_revision_in_force_from_earlier_on_takes_the_place_of_an_older_one(tmp_path: Path) -> None:
    records = open_records(tmp_path / "records.db", lambda: NOON)
    add(records, SMALL, 0)
    add(records, SMALL.replace("high: 23", "high: 25"), NOON + DAY)
    add(records, COOLER, NOON)
    assert described(records, NOON - DAY, NOON + 2 * DAY) == [(0, 23), (NOON, 22)]
    records.close()


def test_a_backlog_is_judged_by_the_limits_of_its_time(tmp_path: Path) -> None:
    now = NOON
    store = LocalStore.open(tmp_path / "samples.db", lambda: now)
    records = open_records(tmp_path / "records.db", lambda: now)
    add(records, SMALL, 0)
    add(records, COOLER, NOON - 2 * HOUR)
    engine = Engine(PRESENT, store, records, lambda: now)
    send(store, [NOON], 20, now)
    engine.step(0)
    for begin in (NOON - 4 * HOUR, NOON - HOUR):  # 22.5 °C is outside by the second revision only
        send(store, [begin + n * MINUTE for n in range(20)], 22.5, now)
        send(store, [begin + 20 * MINUTE], 20, now)
    engine.step(0)
    now += MINUTE
    for _ in range(10):
        engine.step(0)
    with records.reading() as connection:
        found = alarms.history(connection, AlarmFilter(retrospective=True), limit=10)
    assert [(alarm.onset, alarm.limit) for alarm in found] == [(NOON - HOUR, 22.0)]
    store.close()
    records.close()


def send(store: LocalStore, times: Sequence[Instant], value: float, now: Instant) -> None:
    store.append([Intake("gw", [Reading("N1.T1", time, value, 0, now) for time in times])])

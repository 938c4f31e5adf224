"""The station notices that the app is gone and tries the ways to people daily; the app notices a silent station."""

from collections.abc import Iterator
from datetime import time as clock_time
from pathlib import Path

import msgspec
import pytest

from alerts.daily_test import last_due
from app.stations import SILENT_AFTER, Stations
from cleanwatch.proving import Proving
from cleanwatch.settings import Settings
from cleanwatch.station_absence import StationAbsence
from facility.instants import HOUR, MINUTE, SECOND
from storage.records import app_beats, notifications
from storage.records.app_beats import AppBeat
from storage.records.database import Records
from storage.records.notifications import Purpose
from tests.alerts.telling import SITE, START, person
from tests.app.parts import Time
from tests.app.test_stations import report
from tests.records import open_records


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = open_records(tmp_path / "records.db", lambda: START)
    person(opened, "ann", mail="ann@example.org")
    yield opened
    opened.close()


def told(records: Records) -> list[tuple[Purpose, str]]:
    with records.reading() as connection:
        return [(m.notification.purpose, m.notification.event) for m in notifications.newest(connection, 10)]


def test_a_station_says_that_the_app_is_gone_and_has_somebody_told(records: Records) -> None:
    time = Time()
    time.now = last_due(clock_time(9), SITE.timezone, START) + 3 * HOUR  # no test is due
    proving = Proving(Settings(), records, lambda: SITE, time)
    with records.transaction() as connection:
        app_beats.beat(connection, AppBeat("web:8050", time.now))
    assert proving.step() == []
    time.now += 2 * MINUTE
    (finding,) = proving.step()
    assert "The app web:8050 is not heard any more" in finding.text
    assert told(records) == [(Purpose.ABSENT, "The app web:8050")]


def test_the_ways_to_people_are_tried_when_it_is_time(records: Records) -> None:
    time = Time()
    time.now = last_due(clock_time(9), SITE.timezone, START)
    Proving(Settings(), records, lambda: SITE, time).step()
    assert told(records) == [(Purpose.TEST, "daily test")]
    Proving(Settings(daily_test_at=""), records, lambda: SITE, time).step()
    assert len(told(records)) == 1


def test_the_app_beats_until_it_ends(records: Records) -> None:
    time = Time()
    absence = StationAbsence(Settings(), records, lambda: SITE, Stations(time), time)
    absence.step()
    with records.reading() as connection:
        (beat,) = app_beats.all(connection)
    assert (beat.at, beat.ended) == (time.now, False)
    absence.end()
    with records.reading() as connection:
        assert app_beats.all(connection)[0].ended


def test_the_app_has_somebody_told_of_a_silent_station_once(records: Records) -> None:
    time, elapsed = Time(), [0.0]
    stations = Stations(time, lambda: elapsed[0])
    stations.take(msgspec.json.encode(report(at=time.now)))
    absence = StationAbsence(Settings(), records, lambda: SITE, stations, time)
    absence.step()
    assert told(records) == []
    silence = SILENT_AFTER + MINUTE
    elapsed[0] += silence / 1000
    time.now += silence
    for late in (0.004, 0.011, 0.002):  # two clocks are never read at the same moment
        absence.step()
        elapsed[0] += 10 + late
        time.now += 10 * SECOND
    absence.end()
    assert told(records) == [(Purpose.ABSENT, "Station main")]

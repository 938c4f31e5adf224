"""Who is missed and when, and that those on call are told of it once."""

from alerts import absence
from alerts.absence import MISSED_AFTER, missed_apps, missed_stations
from facility.instants import DAY, HOUR, MINUTE, SECOND
from facility.limit import Severity
from storage.records import notifications
from storage.records.app_beats import AppBeat
from storage.records.database import Records
from tests.alerts.telling import SITE, START, person

WEB = AppBeat("web:8050", START)


def test_an_app_is_missed_after_a_minute_and_not_before() -> None:
    assert missed_apps([WEB], START + MISSED_AFTER - 1) == []
    (missed,) = missed_apps([WEB], START + MISSED_AFTER)
    assert (missed.what, missed.since, missed.severity) == ("The app web:8050", START, Severity.ALERT)


def test_an_app_that_was_ended_or_has_another_beside_it_or_left_long_ago_is_not_missed() -> None:
    now = START + HOUR
    assert missed_apps([AppBeat("web:8050", START, ended=True)], now) == []
    assert missed_apps([WEB, AppBeat("other:8050", now - SECOND)], now) == []
    assert missed_apps([WEB], START + 8 * DAY) == []
    assert missed_apps([], now) == []


def test_a_silent_station_is_missed_as_an_action() -> None:
    assert missed_stations({"main": (START, MISSED_AFTER - 1)}) == []
    (missed,) = missed_stations({"main": (START, MINUTE)})
    assert (missed.what, missed.severity) == ("Station main", Severity.ACTION)


def test_whoever_may_answer_is_told_once_of_each_absence(records: Records) -> None:
    person(records, "ann", mail="ann@example.org")
    missed = missed_stations({"main": (START, MINUTE)})
    with records.transaction() as connection:
        assert absence.tell(connection, START + MINUTE, SITE, "https://cleanwatch.example", missed) == 1
        assert absence.tell(connection, START + 2 * MINUTE, SITE, "https://cleanwatch.example", missed) == 0
        (told,) = notifications.newest(connection, 10)
        again = missed_stations({"main": (START + HOUR, HOUR)})
        assert absence.tell(connection, START + 2 * HOUR, SITE, "", again) == 1
    assert told.notification.subject == "ACTION: Station main has not been heard since 23 Nov 03:12"
    assert "Look after the rooms by other means" in told.notification.body
    assert "https://cleanwatch.example/system" in told.notification.body
    assert len(told.notification.short) <= 160

"""A source comes, goes and comes back: one alarm for all that is heard through it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from facility.alarm import AlarmState, Blinded, Condition, of_source
from facility.instants import SECOND
from facility.limit import Severity
from facility.people import Actor
from facility.plant_events import SourceHeard, SourceStatus
from facility.reading import Reading
from storage.records import alarms, commands, outbox, sources
from storage.records.alarms import AlarmFilter
from storage.records.commands import DONE, RetireSource
from tests.acceptance.story import Story
from tests.alerts.examples import low, point

GATEWAY = "gw-1"
DP1 = point(low(10), silent_after=50 * SECOND)
DP2 = replace(point(low(10), id="A101.DP1", room="A101", silent_after=50 * SECOND), fault_severity=Severity.ACTION)
LOST = Condition.SOURCE_LOST


class Plant(Story):
    """A gateway through which both points are heard."""

    def comes(self, source: str = GATEWAY) -> "Plant":
        return self._says(source, online=True)

    def goes(self, source: str = GATEWAY) -> "Plant":
        return self._says(source, online=False)

    def _says(self, source: str, online: bool) -> "Plant":
        self.receives(events=[SourceStatus(source, online, self.now)])
        return self

    def is_heard(self, *points: str, source: str = GATEWAY) -> "Plant":
        self.receives(events=[SourceHeard(source, points)])
        return self

    def read_all(self) -> "Plant":
        self.receives(Reading(DP1.id, self.now, 15, 0, self.now), Reading(DP2.id, self.now, 15, 0, self.now))
        return self

    def retires(self, source: str = GATEWAY) -> str:
        with self.records.transaction() as connection:
            id = commands.submit(connection, self.now, Actor("Ada Muster"), RetireSource(source, "replaced"))
        self.engine.step(0)
        with self.records.reading() as connection:
            return str(commands.outcome(connection, id))

    def known(self) -> list[sources.KnownSource]:
        with self.records.reading() as connection:
            return sources.all(connection)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Plant]:
    story = Plant(tmp_path, DP1, DP2)
    story.at("00:40").read_all().at("01:00").comes().is_heard(DP1.id, DP2.id).read_all()
    yield story
    story.close()


def test_a_lost_source_is_one_alarm_as_bad_as_its_worst_point(story: Plant) -> None:
    story.at("01:05").goes().at("01:24")
    assert story.alarms() == []
    story.at("05:00")
    (alarm,) = story.alarms()
    assert (alarm.condition, alarm.severity, alarm.source) == (LOST, Severity.ACTION, GATEWAY)
    assert (alarm.onset, alarm.raised) == (story.now - 235 * SECOND, story.now - 215 * SECOND)
    assert alarm.blinds == (Blinded(DP2.id, "A101"), Blinded(DP1.id, "B101"))
    assert alarm.rooms == ("A101", "B101")


def test_a_reconnect_of_some_seconds_calls_nobody(story: Plant) -> None:
    for moment in ("01:05", "01:24"):
        story.at(moment).goes()
    story.at("01:24").comes().read_all().at("01:45").read_all().at("02:10")
    assert story.alarms() == []
    assert story.known()[0].lost is None


def test_a_source_that_comes_and_goes_all_the_time_is_lost(story: Plant) -> None:
    for second in range(5, 30, 5):
        story.at(f"01:{second:02}").goes().at(f"01:{second + 2:02}").comes()
    story.at("01:31").goes()
    story.at("01:32")
    assert story.alarm(LOST).state is AlarmState.UNACKNOWLEDGED


def test_it_returns_when_the_source_has_been_back_for_a_while(story: Plant) -> None:
    story.at("01:05").goes().at("03:00").comes().at("03:09")
    assert story.alarm(LOST).returned is None
    story.at("03:10")
    assert story.alarm(LOST).state is AlarmState.RETURNED
    assert story.acknowledges(story.alarm(LOST), "network cable was loose") == DONE
    assert story.alarm(LOST).state is AlarmState.NORMAL
    told = [action for action in story.told() if action.startswith("alarm")]
    assert told == ["alarm raised", "alarm returned", "alarm acknowledged"]


def test_a_point_that_stays_silent_when_its_source_is_back_is_an_alarm_of_its_own(story: Plant) -> None:
    story.at("01:05").goes().at("05:00").comes().at("05:30")
    story.reads(15, DP1.id).at("06:01")
    assert [alarm.point for alarm in story.alarms(Condition.NO_DATA)] == [DP2.id]


def test_points_that_come_by_another_way_are_not_blinded(story: Plant) -> None:
    story.comes("gw-2").is_heard(DP1.id, source="gw-2")
    story.at("01:05").goes().at("02:00")
    assert [blinded.point for blinded in story.alarm(LOST).blinds] == [DP2.id]
    assert [alarm.point for alarm in story.alarms(Condition.NO_DATA)] == [DP1.id]


def test_a_source_that_never_announced_itself_is_not_judged(tmp_path: Path) -> None:
    story = Plant(tmp_path, DP1)
    story.at("00:10").is_heard(DP1.id, source="old").reads(15).at("05:00")
    assert [alarm.condition for alarm in story.alarms()] == [Condition.NO_DATA]
    assert story.known() == []
    story.close()


def test_a_restart_forgets_nothing_and_gives_each_source_a_minute_to_come(story: Plant) -> None:
    story.at("01:05").goes().at("01:15").restarts().at("02:14")
    assert story.alarms() == []
    story.at("02:16").restarts()
    assert story.alarm(LOST).onset == story.now - 71 * SECOND
    story.at("03:00").comes().restarts().at("03:30")
    assert story.alarm(LOST).state is AlarmState.RETURNED


def test_the_same_status_again_after_a_restart_is_no_news(story: Plant) -> None:
    before = len(story.audit())
    story.restarts().comes().comes()
    assert len(story.audit()) == before


def test_one_that_will_never_come_back_is_retired_by_a_person(story: Plant) -> None:
    assert story.retires("gw-9").startswith("No source gw-9 has announced itself")
    assert story.retires() == "Source gw-1 is online; end it first, or it announces itself again."
    story.at("01:05").goes().at("02:00")
    assert story.retires() == DONE
    assert story.alarm(LOST).state is AlarmState.NORMAL
    assert story.known() == []
    with story.records.reading() as connection:
        (cleared,) = (m.payload for m in outbox.waiting(connection) if m.topic == "instruments/demo/gw-1/status")
    assert cleared == b""
    told = [(row.actor, row.action) for row in story.audit() if row.object == "source gw-1"]
    assert told[-2:] == [("cleanwatch", "command applied"), ("Ada Muster", "source retired")]
    story.at("03:00")
    assert len(story.alarms(Condition.NO_DATA)) == 2, "its points are watched on, each for itself"


def test_the_alarm_is_found_by_each_room_that_it_blinds_and_published_with_its_points(story: Plant) -> None:
    story.at("01:05").goes().at("02:00")
    with story.records.reading() as connection:
        for room, found in (("A101", 1), ("B101", 1), ("C9", 0)):
            assert alarms.count(connection, AlarmFilter(rooms=[room])) == found
        (notice,) = (m for m in outbox.waiting(connection) if "source-lost" in m.topic)
    assert notice.topic == "cleanwatch/demo/alarms/source:gw-1/source-lost"
    told = msgspec.json.decode(notice.payload)
    assert (told["point"], told["blinds"]) == (of_source(GATEWAY), [DP2.id, DP1.id])


def test_a_source_that_is_gone_from_the_beginning_is_an_alarm_too(tmp_path: Path) -> None:
    story = Plant(tmp_path, DP1)
    story.at("02:00").goes().at("02:19")
    assert story.alarms(LOST) == []
    story.at("02:20")
    alarm = story.alarm(LOST)
    assert (alarm.severity, alarm.room, alarm.onset) == (Severity.ALERT, "", story.now - 20 * SECOND)
    assert alarm.raised == story.now
    story.close()

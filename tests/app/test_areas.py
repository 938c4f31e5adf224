"""Who is admitted to some areas only sees and does nothing in the others."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from app.areas import NOT_YOURS
from app.components import acknowledge, room_state
from app.guard import NotAllowedError
from app.live.hub import Frame
from facility.alarm import Alarm, AlarmState, Blinded, Condition, of_source
from facility.instants import SECOND
from facility.limit import RoomState, Severity
from facility.site import Area, Site
from facility.site_areas import Parts, within
from storage.records import alarms, commands
from tests.app import parts
from tests.app.house import House, house
from tests.app.parts import NOON, alarm_notice, publish_alarm, publish_reading
from tests.people import MOREAU

CORRIDOR = replace(MOREAU, areas=frozenset({"C"}))


def two_areas() -> Site:
    """The suite, of which the corridor B109 is an area of its own."""
    whole = parts.site()
    rooms = {id: replace(room, area="C") if id == "B109" else room for id, room in whole.rooms.items()}
    return replace(whole, areas=(Area("B", "Suite B"), Area("C", "Corridors")), rooms=rooms)


def alarm(point: str, *blinds: Blinded, onset: int = NOON) -> Alarm:
    room = blinds[0].room if blinds else point.split(".")[0]
    return Alarm(point, room, Condition.LOW, Severity.ACTION, AlarmState.UNACKNOWLEDGED, onset, onset, blinds=blinds)


ROOM, OWN = alarm("B101.DP1"), alarm("B109.DP1")
BOTH = alarm(of_source("gw-1"), Blinded("B101.DP1", "B101"), Blinded("B109.DP1", "B109"))
OTHER = alarm(of_source("gw-2"), Blinded("B102.T1", "B102"))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[House]:
    """The app, with alarms of both areas, at which somebody sits who is admitted to the corridors."""
    with house(tmp_path, two_areas()) as found:
        with found.records.transaction() as connection:
            alarms.save(connection, [ROOM, OWN, BOTH, OTHER])
        for point in ("B101.DP1", "B109.DP1"):
            publish_reading(found.hub, point, 44.0, NOON)
        publish_alarm(found.hub, alarm_notice("B101.DP1"))
        found.hub.refresh()
        found.person = CORRIDOR
        yield found


def elsewhere(text: str) -> list[str]:
    """The rooms of the other area that a text tells of."""
    return [room for room in ("B101", "BSC1", "B102") if room in text]


def test_a_part_of_the_site_is_a_site_like_any_other() -> None:
    part = within(two_areas(), frozenset({"B"}))
    assert list(part.rooms) == ["B101", "BSC1", "B102"]
    assert {point.room for point in part.points.values()} == set(part.rooms)
    assert {point.instrument for point in part.points.values()} <= part.instruments.keys()
    assert [door.between for door in part.doors] == [("B101", "B102")]
    assert [step.low for step in part.cascade] == [None]


def test_a_part_is_cut_out_once_until_the_site_is_another() -> None:
    whole, areas, cut = two_areas(), frozenset({"C"}), Parts()
    assert cut.of(whole, None) is whole
    assert cut.of(whole, areas) is cut.of(whole, areas)
    assert cut.of(two_areas(), areas) is not cut.of(whole, areas)


@pytest.mark.parametrize("page", ["/", "/rooms", "/rooms/B109", "/alarms", "/trends"])
def test_a_page_tells_nothing_of_another_area(here: House, page: str) -> None:
    assert elsewhere(here.page(page)) == []
    here.person = MOREAU
    assert elsewhere(here.page(page)) or page == "/trends"


def test_the_find_box_has_only_what_the_person_may_see(here: House) -> None:
    layout = here.client.get("/_dash-layout").text
    assert "B109 Clean corridor" in layout
    assert elsewhere(layout) == []


def test_the_page_of_a_room_elsewhere_is_refused_in_words_and_on_record(here: House) -> None:
    assert NOT_YOURS in here.page("/rooms/B101")
    assert [row.object for row in here.refused()] == ["page /rooms/<room>"]


def test_the_alarms_of_sources_are_seen_by_whom_they_blind_and_tell_nobody_more(here: House) -> None:
    answer = here.page("/alarms")
    assert "Source gw-1" in answer
    assert "one point not heard" in answer
    assert "Source gw-2" not in answer
    assert "2 alarms" in answer


@pytest.mark.parametrize("search", ["?room=B101", "?text=B101", "?room=B101&room=B102"])
def test_no_filter_of_the_history_reaches_another_area(here: House, search: str) -> None:
    told = json.loads(here.page("/alarms", search))["response"]["page"]["children"]
    assert "B101 Aseptic" not in json.dumps(told)
    assert "B102 Cell" not in json.dumps(told)


def test_live_values_come_from_the_areas_of_the_person_only(here: House) -> None:
    full = json.loads(here.client.get("/live/full").text)["look"]
    assert list(full["rooms"]) == ["B109"]
    assert list(full["points"]) == ["B109.DP1"]
    assert full["site"]["title"] == "All rooms are normal"
    assert "standing" not in full["site"]
    assert json.loads(here.client.get("/live/history?points=B101.DP1,B109.DP1").text) == {"B109.DP1": []}


def test_each_viewer_streams_what_he_may_see_and_frames_are_numbered_for_each(here: House) -> None:
    with here.hub.place(frozenset({"C"})) as corridor, here.hub.place(None) as everything:
        assert set(look(next(corridor)).look.rooms) == {"B109"}
        assert len(look(next(everything)).look.rooms) == 4
        publish_reading(here.hub, "B102.T1", 20.0, NOON + SECOND)
        here.hub.refresh()
        assert set(look(next(everything)).look.points) == {"B102.T1"}
        publish_reading(here.hub, "B109.DP1", 45.0, NOON + SECOND)
        here.hub.refresh()
        seen = look(next(corridor))
    assert set(seen.look.points) == {"B109.DP1"}
    assert here.hub.viewers == 0


def look(event: bytes) -> Frame:
    return msgspec.json.decode(event.decode().strip().split("\n")[-1].removeprefix("data: "), type=Frame)


@pytest.mark.parametrize("id", [ROOM.id, OTHER.id, "B101.DP1/low/9"])
def test_an_alarm_of_another_area_cannot_be_answered(here: House, id: str) -> None:
    with pytest.raises(NotAllowedError, match="not admitted"):
        acknowledge.send(here.context, {id: Severity.ACTION}, "On my way", patience=0)
    with here.records.reading() as connection:
        assert commands.waiting(connection) == []


@pytest.mark.parametrize("id", [OWN.id, BOTH.id])
def test_an_alarm_that_the_person_sees_can_be_answered(here: House, id: str) -> None:
    assert acknowledge.send(here.context, {id: Severity.ACTION}, "On my way", patience=0) == acknowledge.NO_ANSWER


def test_the_api_does_not_tell_whether_there_is_an_alarm_elsewhere(here: House) -> None:
    def told(id: str) -> tuple[int, str]:
        answer = here.client.get(f"/api/v1/alarms?before={id}")
        return answer.status_code, answer.text.replace(id, "")

    assert told(ROOM.id) == told("B101.DP1/low/9")
    assert told(ROOM.id)[0] == 400
    assert told(OWN.id)[0] == 200


def test_the_state_of_a_room_elsewhere_cannot_be_set(here: House) -> None:
    with pytest.raises(NotAllowedError, match="not admitted"):
        room_state.set_state(here.context, "B101", RoomState.CLEANING)


def test_somebody_admitted_nowhere_sees_an_empty_site(here: House) -> None:
    here.person = replace(MOREAU, areas=frozenset())
    assert json.loads(here.client.get("/live/full").text)["look"].get("rooms", {}) == {}
    for page in ("/", "/rooms", "/alarms", "/trends", "/system"):
        assert elsewhere(here.page(page)) == []

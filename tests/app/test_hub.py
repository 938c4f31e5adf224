import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import pytest

from app.live import hub as hub_module
from app.live.hub import FRAMES_KEPT, Frame, Hub, TooManyViewersError, rest_after
from app.live.look import Known
from app.status import Newest
from bus import topics
from bus.messages import StationBeat
from facility.alarm import AlarmState, Condition
from facility.instants import HOUR, MINUTE, SECOND, datetime_of
from facility.reading import Validity
from facility.site import Area, Rectangle, Room, Station
from tests.app.parts import (
    NOON,
    Time,
    alarm_notice,
    publish_alarm,
    publish_beat,
    publish_reading,
    publish_room,
    site,
)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def hub(time: Time) -> Hub:
    suite = site()
    return Hub(lambda: suite, time)


def event_of(raw: bytes) -> tuple[str, Frame]:
    """The kind and the content of the last event in what a stream gave."""
    kind, data = raw.decode().strip().split("\n\n")[-1].split("\n")
    return kind.removeprefix("event: "), msgspec.json.decode(data.removeprefix("data: "), type=Frame)


def test_a_reading_is_seen_in_the_look(hub: Hub) -> None:
    publish_reading(hub, "B101.DP1", 44.14, NOON)
    hub.refresh()
    point = hub.look().points["B101.DP1"]
    assert (point.value, point.status, point.until) == ("44.1", "normal", NOON + 30 * SECOND)


def test_a_late_reading_does_not_move_the_look_backwards(hub: Hub) -> None:
    publish_reading(hub, "B101.DP1", 44.0, NOON)
    publish_reading(hub, "B101.DP1", 12.0, NOON - HOUR)
    hub.refresh()
    assert hub.look().points["B101.DP1"].value == "44.0"


def test_a_value_grows_old_without_any_message(hub: Hub, time: Time) -> None:
    publish_reading(hub, "B102.T1", 20.0, NOON)
    hub.refresh()
    assert hub.look().rooms["B102"].status == "normal"
    time.now += 31 * SECOND
    hub.refresh()
    assert hub.look().rooms["B102"].status == "nodata"


def test_an_alarm_colours_its_room_but_not_the_zone_inside(hub: Hub) -> None:
    for point in ("B101.DP1", "B101.DP2", "B101.PC1.p0_5", "BSC1.PC1.p0_5"):
        publish_reading(hub, point, 20.0, NOON)
    publish_alarm(hub, alarm_notice("B101.PC1.p0_5"))
    hub.refresh()
    assert hub.look().rooms["B101"].status == "action"
    assert hub.look().rooms["BSC1"].status == "normal"


def test_an_alarm_that_is_over_is_gone(hub: Hub) -> None:
    publish_alarm(hub, alarm_notice("B101.DP1"))
    publish_alarm(hub, alarm_notice("B101.DP1", state=AlarmState.NORMAL))
    hub.refresh()
    assert hub.look().site is not None
    assert hub.look().site.standing == 0  # type: ignore[union-attr]  # asserted above


def test_an_older_record_does_not_bring_an_alarm_back_that_is_over(hub: Hub) -> None:
    publish_alarm(hub, alarm_notice("B101.DP1", state=AlarmState.NORMAL))
    hub.begin_with(Known(alarms={"B101.DP1/high": alarm_notice("B101.DP1")}))
    assert hub.look().rooms["B101"].word != "ACTION"


def test_what_was_heard_meanwhile_is_newer_than_what_the_stores_know(hub: Hub) -> None:
    publish_reading(hub, "B101.DP1", 44.0, NOON)
    hub.begin_with(
        Known(
            newest={
                "B101.DP1": Newest(NOON - MINUTE, 11.0, Validity.VALID),
                "B102.T1": Newest(NOON, 21.0, Validity.VALID),
            },
            received=NOON - MINUTE,
        )
    )
    assert hub.look().points["B101.DP1"].value == "44.0"
    assert hub.look().points["B102.T1"].value == "21.0"


def test_whether_broker_and_records_are_there_is_told_and_outlives_a_comparison_with_the_stores(hub: Hub) -> None:
    hub.say(cut_off=True, without_records=True)
    hub.begin_with(Known())
    told = hub.look().site
    assert told is not None
    assert told.cut_off
    assert told.without_records


def test_a_zone_has_the_room_state_of_its_room(hub: Hub) -> None:
    publish_room(hub, "B101", "at rest")
    hub.refresh()
    assert hub.look().rooms["BSC1"].state == "At rest"


def test_a_message_that_cannot_be_understood_changes_nothing(hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    before = hub.everything()
    hub.take("cleanwatch/suite/readings/B101.DP1", b"{nonsense")
    hub.take("cleanwatch/suite/readings/B101.DP1", b'{"point": 3}')
    hub.refresh()
    assert hub.everything() == before
    assert "not understood" in caplog.text


def test_a_message_about_a_point_that_is_not_in_the_site_file_harms_nothing(hub: Hub) -> None:
    publish_reading(hub, "B999.X1", 1.0, NOON)
    publish_alarm(hub, alarm_notice("B999.X1"))
    hub.refresh()
    assert "B999.X1" not in hub.look().points


def test_a_stream_begins_with_everything_and_goes_on_with_what_is_new(hub: Hub) -> None:
    with hub.place() as events:
        kind, frame = event_of(next(events))
        assert kind == "full"
        assert set(frame.look.points) == set(site().points)
        publish_reading(hub, "B101.DP1", 44.0, NOON)
        hub.refresh()
        kind, frame = event_of(next(events))
        assert kind == "delta"
        assert set(frame.look.points) == {"B101.DP1"}


def test_frames_are_numbered_without_gaps_for_a_viewer_that_keeps_up(hub: Hub) -> None:
    with hub.place() as events:
        first = event_of(next(events))[1].number
        numbers = []
        for second in range(5):
            publish_beat(hub, NOON + second * SECOND)
            hub.refresh()
            numbers.append(event_of(next(events))[1].number)
        assert numbers == [first + n for n in range(1, 6)]


def test_a_slow_viewer_skips_to_the_latest(hub: Hub) -> None:
    with hub.place() as events:
        next(events)
        for second in range(FRAMES_KEPT + 5):
            publish_beat(hub, NOON + second * SECOND)
            hub.refresh()
        kind, frame = event_of(next(events))
        assert kind == "full"
        assert frame.look.station is not None
        assert frame.look.station.at == NOON + (FRAMES_KEPT + 4) * SECOND


def test_a_look_without_anything_new_sends_nothing(hub: Hub) -> None:
    number = msgspec.json.decode(hub.everything(), type=Frame).number
    hub.refresh()
    hub.refresh()
    assert msgspec.json.decode(hub.everything(), type=Frame).number == number


def test_one_viewer_too_many_is_told_so_and_a_free_place_is_given_again(time: Time) -> None:
    suite = site()
    hub = Hub(lambda: suite, time, most_viewers=1)
    with hub.place(), pytest.raises(TooManyViewersError, match="All 1 live places are taken"), hub.place():
        pass
    with hub.place() as events:
        assert next(events)


def test_closing_the_hub_ends_every_stream(hub: Hub) -> None:
    ended = threading.Event()
    begun = threading.Event()

    def watch(open_place: Callable[[], Iterator[bytes]]) -> None:
        for _ in open_place():
            begun.set()
        ended.set()

    with hub.place() as events:
        thread = threading.Thread(target=watch, args=(lambda: events,))
        thread.start()
        assert begun.wait(30)
        hub.close()
        assert ended.wait(30)
        thread.join()


def test_the_hub_is_closed_at_once_also_while_it_rests(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "SHORTEST_PAUSE", HOUR)
    monkeypatch.setattr(hub_module, "LONGEST_REST", HOUR)
    with hub.place() as events:
        next(events)
        publish_reading(hub, "B101.DP1", 44.0, NOON)
        hub.start()
        next(events)  # it has looked, and rests
        closing = threading.Thread(target=hub.close, daemon=True)
        closing.start()
        closing.join(30)
        assert not closing.is_alive()


def test_the_hub_rests_after_a_look_as_long_as_that_costs_but_never_so_long_that_values_grow_old() -> None:
    assert [rest_after(took) for took in (0.001, 0.1, 5.0)] == [0.2, pytest.approx(0.9), 2.0]


def test_the_hub_sends_by_itself_once_it_is_started(hub: Hub) -> None:
    hub.start()
    try:
        with hub.place() as events:
            next(events)
            publish_reading(hub, "B101.DP1", 44.0, NOON)
            assert event_of(next(events))[1].look.points["B101.DP1"].value == "44.0"
    finally:
        hub.close()


SITE = site()
SPLIT = replace(
    SITE,
    rooms={**SITE.rooms, "S1": Room("S1", "South", "S", None, Rectangle(0, 0, 1, 1))},
    areas=(*SITE.areas, Area("S", "South")),
    stations=(Station("north", ("B",), ("gw-n",)), Station("south", ("S",), ("gw-s",))),
)


def beat_of(hub: Hub, station: str, alive: bool = True) -> None:
    beat = StationBeat(station, alive, datetime_of(NOON), 1, 1, 1)
    hub.take(topics.station("suite", station), msgspec.json.encode(beat))


def silent(hub: Hub) -> str:
    hub.refresh()
    look = hub.look().site
    assert look is not None
    return look.silent


def test_rooms_of_a_silent_station_are_without_data(time: Time) -> None:
    hub = Hub(lambda: SPLIT, time)
    publish_reading(hub, "B101.DP1", 44.0, NOON)
    beat_of(hub, "north")
    beat_of(hub, "south")
    assert silent(hub) == ""
    assert hub.look().points["B101.DP1"].status == "normal"
    beat_of(hub, "north", alive=False)
    assert silent(hub) == "north"
    point, station = hub.look().points["B101.DP1"], hub.look().station
    assert (point.status, point.word) == ("nodata", "STATION SILENT")
    assert station is not None and station.alive, "the page is not stale while another station is heard"


def test_a_last_will_does_not_bring_back_the_time_when_it_was_made(time: Time) -> None:
    hub = Hub(lambda: SITE, time)
    publish_beat(hub, NOON + MINUTE)
    publish_beat(hub, NOON, alive=False)
    hub.refresh()
    station = hub.look().station
    assert station is not None
    assert (station.alive, station.at) == (False, NOON + MINUTE)


def test_a_station_that_beats_no_more_is_silent_by_the_clock_of_whoever_looks(time: Time) -> None:
    hub = Hub(lambda: SPLIT, time)
    beat_of(hub, "north")
    beat_of(hub, "south")
    time.now += 5 * SECOND
    assert silent(hub) == ""
    beat_of(hub, "north")
    time.now += SECOND
    assert silent(hub) == "south"


def test_a_lost_source_blinds_all_its_points_at_once(hub: Hub) -> None:
    publish_reading(hub, "B101.DP1", 44.0, NOON)
    publish_reading(hub, "B102.T1", 20.0, NOON)
    notice = alarm_notice("source:gw-1", condition=Condition.SOURCE_LOST)
    publish_alarm(hub, msgspec.structs.replace(notice, room="B101", blinds=("B101.DP1", "B102.T1")))
    hub.refresh()
    look = hub.look()
    for point in ("B101.DP1", "B102.T1"):
        assert (look.points[point].status, look.points[point].word) == ("nodata", "SOURCE LOST")
    assert look.rooms["B102"].open
    assert look.site is not None and look.site.standing == 1

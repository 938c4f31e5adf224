"""Which state a room is in."""

from alerts.rooms import RoomStates, around, periods, within
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from tests.acceptance.story import site_of

SITE = site_of()
BUSY, IDLE, WET = RoomState.IN_OPERATION, RoomState.AT_REST, RoomState.CLEANING


def state(rooms: RoomStates, room: str) -> RoomState | None:
    held = rooms.of(SITE, room)
    return held.state if held else None


def test_a_zone_and_the_room_around_it_know_each_other() -> None:
    assert around(SITE, "A101") == ("A101", "B101")
    assert within(SITE, "B101") == ("B101", "A101")
    assert within(SITE, "A101") == ("A101",)


def test_a_state_is_unknown_until_it_is_set() -> None:
    assert state(RoomStates({}), "B101") is None


def test_what_was_set_last_holds_for_the_room_or_for_the_one_around_it() -> None:
    rooms = RoomStates({}).with_set(RoomStateSet("B101", IDLE, 10, "BMS"), 10)
    assert (state(rooms, "B101"), state(rooms, "A101")) == (IDLE, IDLE)
    rooms = rooms.with_set(RoomStateSet("A101", BUSY, 20, "BMS"), 20)
    assert (state(rooms, "B101"), state(rooms, "A101")) == (IDLE, BUSY)
    rooms = rooms.with_set(RoomStateSet("B101", WET, 30, "BMS"), 30)
    assert (state(rooms, "B101"), state(rooms, "A101")) == (WET, WET)


def test_word_of_an_earlier_time_changes_nothing_and_of_the_same_time_the_later_word_holds() -> None:
    rooms = RoomStates({}).with_set(RoomStateSet("B101", IDLE, 10, "BMS"), 10)
    assert state(rooms.with_set(RoomStateSet("B101", WET, 5, "BMS"), 11), "B101") is IDLE
    assert state(rooms.with_set(RoomStateSet("B101", WET, 10, "BMS"), 11), "B101") is WET


def test_a_state_of_later_waits_for_its_time() -> None:
    rooms = RoomStates({}).with_set(RoomStateSet("B101", IDLE, 10, "BMS"), 5)
    assert (state(rooms, "B101"), rooms.due) == (None, 10)
    assert (state(rooms.at(10), "B101"), rooms.at(10).due) == (IDLE, None)


def test_a_range_of_time_falls_into_periods_of_one_state_each() -> None:
    timeline = [RoomStateSet("B101", s, t, "BMS") for s, t in ((IDLE, 5), (BUSY, 20), (WET, 30), (IDLE, 90))]
    assert list(periods(timeline, 10, 40)) == [(10, 20, IDLE), (20, 30, BUSY), (30, 40, WET)]
    assert list(periods(timeline, 0, 10)) == [(0, 5, None), (5, 10, IDLE)]
    assert list(periods([], 0, 10)) == [(0, 10, None)]

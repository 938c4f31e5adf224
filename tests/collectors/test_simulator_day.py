"""A day of people: through doors in order, one party in an airlock, and rooms in the state of what is done there."""

from collections import Counter
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import pytest

from collectors.simulator.changes import CabinetMoves, DoorMoves, PeopleMove
from collectors.simulator.day import CLEAN_UP, Plan, plan_of_day
from collectors.simulator.people import route
from collectors.simulator.workdays import midnight
from facility.instants import HOUR, MINUTE
from facility.limit import RoomState
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from tests.collectors.suite import DESIGN, SITE

TUESDAY = date(2026, 11, 17)
AIRLOCKS = [room for room, design in DESIGN.rooms.items() if design.dwell]


@cache
def plan(day: date = TUESDAY, seed: int = 1) -> Plan:
    return plan_of_day(SITE, DESIGN, seed, day, midnight(SITE, day), midnight(SITE, day + timedelta(days=1)))


def states(plan: Plan, room: str) -> list[RoomStateSet]:
    return [event for event in plan.events if isinstance(event, RoomStateSet) and event.room == room]


def open_times(plan: Plan, room: str) -> list[tuple[int, int, frozenset[str]]]:
    """When the doors of a room stand open, by the beginning."""
    opened, found = {}, []
    for change in plan.changes:
        if isinstance(change, DoorMoves) and room in change.between:
            door = frozenset(change.between)
            if change.opens:
                opened[door] = change.time
            else:
                found.append((opened.pop(door), change.time, door))
    assert not opened
    return sorted(found, key=lambda passage: passage[0])


def test_the_same_seed_and_day_give_the_same_plan() -> None:
    assert plan() == plan.__wrapped__()


@pytest.mark.parametrize("other", [plan(seed=2), plan(TUESDAY + timedelta(days=1))])
def test_another_seed_or_day_gives_another(other: Plan) -> None:
    assert [c for c in plan().changes if isinstance(c, DoorMoves)] != [
        c for c in other.changes if isinstance(c, DoorMoves)
    ]


def test_people_gown_on_their_way_in_through_personnel_airlocks() -> None:
    assert route(SITE, DESIGN, "people", "B101") == ("B113", "B110", "B109", "B106", "B101")
    assert route(SITE, DESIGN, "people", "B102") == ("B113", "B110", "B109", "B107", "B102")


def test_material_comes_through_material_airlocks() -> None:
    assert route(SITE, DESIGN, "material", "B102") == ("B114", "B111", "B109", "B108", "B102")


def test_where_no_door_leads_there_is_no_route() -> None:
    assert route(SITE, DESIGN, "material", "B112") == ()


@pytest.mark.parametrize("airlock", AIRLOCKS)
@pytest.mark.parametrize("seed", range(5))
def test_never_are_two_doors_of_an_airlock_open(airlock: str, seed: int) -> None:
    for (_, closed, door), (opened, _, other) in pairwise(open_times(plan(seed=seed), airlock)):
        assert door == other or opened > closed


def test_no_room_ever_has_fewer_than_no_people_and_in_the_end_all_have_left() -> None:
    present: Counter[str] = Counter()
    for change in plan().changes:
        if isinstance(change, PeopleMove):
            present[change.room] += change.number
            assert present[change.room] >= 0, change
    assert not any(present.values())


def test_cabinets_that_are_opened_are_closed_again() -> None:
    moves = Counter((c.cabinet, c.opens) for c in plan().changes if isinstance(c, CabinetMoves))
    assert moves["B105.INC1", True] == moves["B105.INC1", False] > 2


def test_a_room_is_in_operation_then_cleaned_then_at_rest() -> None:
    for room in DESIGN.rooms:
        assert [event.state for event in states(plan(), room)] == [
            RoomState.IN_OPERATION,
            RoomState.CLEANING,
            RoomState.AT_REST,
        ], room


def test_a_room_is_at_rest_only_when_the_air_has_had_time_to_clear_it() -> None:
    for room in DESIGN.rooms:
        at_rest = states(plan(), room)[-1].time
        assert at_rest >= max(end for _, end, _ in open_times(plan(), room)) + CLEAN_UP
        left = max(c.time for c in plan().changes if isinstance(c, PeopleMove) and c.room == room)
        assert at_rest > left + 20 * MINUTE


def test_no_door_of_a_room_is_opened_before_it_is_in_operation() -> None:
    for room in DESIGN.rooms:
        assert states(plan(), room)[0].time < open_times(plan(), room)[0][0]


def test_a_batch_is_made_while_its_room_is_in_operation() -> None:
    started = {e.room: e for e in plan().events if isinstance(e, BatchStarted)}
    ended = {e.room: e for e in plan().events if isinstance(e, BatchEnded)}
    assert set(started) == {"B101", "B102"}
    for room, event in started.items():
        assert ended[room].batch == event.batch
        assert states(plan(), room)[0].time < event.time < ended[room].time < states(plan(), room)[1].time


def test_batches_are_numbered_on_through_the_year() -> None:
    def batches(day: date) -> list[str]:
        return sorted(e.batch for e in plan(day).events if isinstance(e, BatchStarted))

    assert batches(date(2026, 1, 1)) == ["CT-26-0001", "CT-26-0002"]
    assert batches(date(2026, 1, 2)) == ["CT-26-0003", "CT-26-0004"]
    assert batches(date(2026, 1, 5)) == ["CT-26-0005", "CT-26-0006"]


def test_at_the_weekend_nobody_comes() -> None:
    weekend = plan(date(2026, 11, 21))
    assert not weekend.events
    assert not [c for c in weekend.changes if isinstance(c, DoorMoves | PeopleMove | CabinetMoves)]


def test_what_happens_is_in_the_order_of_time_and_within_the_day() -> None:
    times = [change.time for change in plan().changes]
    assert times == sorted(times)
    start = midnight(SITE, TUESDAY)
    assert start <= times[0]
    assert times[-1] < start + 24 * HOUR

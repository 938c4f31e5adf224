from app.trends.steps import PointVersion, joined, limit_lines, limit_steps, revision_changes, room_stretches
from facility.limit import Limit, RoomState, Severity, Side
from facility.plant_events import RoomStateSet
from facility.quantities import Quantity
from facility.site import Point

BUSY = frozenset({RoomState.IN_OPERATION})
QUIET = frozenset({RoomState.AT_REST})


def limit(
    value: float, states: frozenset[RoomState] = frozenset(RoomState), severity: Severity = Severity.ACTION
) -> Limit:
    return Limit(severity, Side.HIGH, value, room_states=states)


def point(*limits: Limit) -> Point:
    return Point("P", "P", "Z", "I", Quantity.PARTICLES, 0.5, limits, 60_000, Severity.ACTION)


def version(number: int, since: int, of: Point | None) -> PointVersion:
    return PointVersion(number, since, of)


def state(time: int, which: RoomState, room: str = "R") -> RoomStateSet:
    return RoomStateSet(room, which, time, "plan")


def test_limits_step_with_the_state_of_the_room() -> None:
    states = [state(0, RoomState.AT_REST), state(50, RoomState.IN_OPERATION)]
    steps = limit_steps([version(1, 0, point(limit(10, QUIET), limit(100, BUSY)))], states, ["R"], 10, 90)
    assert [(s.start, s.end, s.bounds.high_action) for s in steps] == [(10, 50, 10), (50, 90, 100)]


def test_a_state_that_changes_no_limit_needs_no_step_of_its_own_to_be_drawn() -> None:
    states = [state(0, RoomState.AT_REST), state(50, RoomState.CLEANING), state(70, RoomState.IN_OPERATION)]
    always, busy = limit(10), limit(5, BUSY)
    steps = limit_steps([version(1, 0, point(always, busy))], states, ["R"], 0, 90)
    assert [(s.start, s.end, s.state) for s in joined(steps)] == [
        (0, 70, RoomState.AT_REST),
        (70, 90, RoomState.IN_OPERATION),
    ]
    assert limit_lines(joined(steps)) == limit_lines(steps)


def test_while_the_state_is_unknown_the_stricter_limits_are_drawn() -> None:
    steps = limit_steps([version(1, 0, point(limit(10, QUIET), limit(100, BUSY)))], [], ["R"], 0, 90)
    assert [s.bounds.high_action for s in steps] == [10]


def test_limits_step_with_the_revision_of_the_site_file() -> None:
    versions = [version(2, 40, point(limit(5))), version(1, 0, point(limit(10)))]
    steps = limit_steps(versions, [], ["R"], 0, 90)
    assert [(s.start, s.revision, s.bounds.high_action) for s in steps] == [(0, 1, 10), (40, 2, 5)]
    assert revision_changes(steps) == ((40, 2, "action high 10 to 5"),)


def test_a_revision_that_is_newer_holds_although_an_older_one_comes_into_force_later() -> None:
    versions = [version(1, 50, point(limit(10))), version(2, 20, point(limit(5)))]
    steps = limit_steps(versions, [], ["R"], 20, 90)
    assert [s.bounds.high_action for s in steps] == [5]


def test_before_the_first_revision_there_was_no_limit() -> None:
    steps = limit_steps([version(1, 40, point(limit(10)))], [], ["R"], 0, 90)
    assert next((s.end, s.limits) for s in steps) == (40, ())
    assert limit_lines(steps)[0].stretches == ((40, 90),)


def test_a_point_that_a_revision_does_not_have_has_no_limit_then() -> None:
    steps = limit_steps([version(1, 0, point(limit(10))), version(2, 40, None)], [], ["R"], 0, 90)
    assert steps[-1].limits == ()


def test_what_was_set_last_holds_for_a_zone_be_it_for_the_zone_or_its_room() -> None:
    states = [state(0, RoomState.AT_REST), state(50, RoomState.CLEANING, "Z"), state(60, RoomState.IN_OPERATION)]
    steps = limit_steps([version(1, 0, point(limit(10)))], states, ["Z", "R"], 0, 90)
    assert [s.state for s in steps] == [RoomState.AT_REST, RoomState.CLEANING, RoomState.IN_OPERATION]


def test_a_state_that_is_set_again_is_no_step() -> None:
    states = [state(0, RoomState.AT_REST), state(50, RoomState.AT_REST)]
    assert len(limit_steps([version(1, 0, point(limit(10)))], states, ["R"], 0, 90)) == 1
    assert room_stretches(states, "R", 0, 90) == [(0, 90, RoomState.AT_REST)]


def test_a_line_is_drawn_only_where_its_limit_held() -> None:
    states = [state(0, RoomState.AT_REST), state(30, RoomState.IN_OPERATION), state(60, RoomState.AT_REST)]
    lines = limit_lines(limit_steps([version(1, 0, point(limit(10, QUIET)))], states, ["R"], 0, 90))
    assert [line.stretches for line in lines] == [((0, 30), (60, 90))]


def test_a_limit_is_drawn_across_pauses_too_short_to_be_seen() -> None:
    rest, busy = RoomState.AT_REST, RoomState.IN_OPERATION
    states = [state(0, rest), state(300, busy), state(301, rest), state(500, busy), state(700, rest)]
    (line,) = limit_lines(limit_steps([version(1, 0, point(limit(10, QUIET)))], states, ["R"], 0, 1000))
    assert line.stretches == ((0, 300), (301, 500), (700, 1000))
    assert line.drawn(1000).tolist() == [[0, 500], [700, 1000]]
    assert line.drawn(500).tolist() == [[0, 300], [301, 500], [700, 1000]]

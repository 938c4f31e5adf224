"""How alarms become one event, told as time lines."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facility.alarm import AlarmState, Condition, HoldKind
from facility.causes import Cause, Which
from facility.excursion import Excursion
from facility.instants import DAY, MINUTE, SECOND
from facility.quantities import Quantity
from facility.reading import Reading
from facility.site import Area, Grade, Point, Rectangle, Room, Site
from storage.records import alarm_steps, excursion_search, excursions
from storage.records.commands import DONE, MergeExcursions, SplitExcursion, TakeOutOfService
from storage.records.excursion_search import ExcursionFilter
from tests.acceptance.story import Story, instant, site_of
from tests.alerts.examples import ACTION, ALERT, high, low, point

Tell = Callable[..., Story]

HIGH, LOW = Condition.HIGH, Condition.LOW
FAN = point(low(1), id="AHU1.SF1", room="C1", silent_after=None)
DP1 = point(low(10), id="B101.DP1", silent_after=None)
DP2 = point(low(10), id="B102.DP1", room="B102", silent_after=None)
PARTICLES = replace(point(high(100), id="B101.PC1", silent_after=None), quantity=Quantity.PARTICLES)
POINTS = (FAN, DP1, DP2, PARTICLES)
AIR_HANDLER = Cause(
    "AHU1",
    "Air handler AHU1 has tripped",
    Which(points=("AHU1.SF1",)),
    Which(rooms=("B101", "B102"), quantities=(Quantity.PRESSURE,), conditions=(LOW,)),
    30 * MINUTE,
)
PRESSURE = Cause(
    "pressure",
    "Pressure is lost",
    Which(quantities=(Quantity.PRESSURE,), conditions=(LOW,)),
    Which(quantities=(Quantity.PARTICLES,), conditions=(HIGH,)),
    20 * MINUTE,
)
GROUP = replace(AIR_HANDLER, cause=AIR_HANDLER.explains)
"""For an air handler that has no point of its own: the first of its rooms explains the others."""


def site(*causes: Cause, points: tuple[Point, ...] = POINTS) -> Site:
    plain = site_of(*points)
    rooms = [Room("B102", "Corridor", "suite", Grade.B, Rectangle(4, 0, 4, 4))]
    rooms.append(Room("C1", "Plant room", "plant", None, Rectangle(8, 0, 4, 4)))
    return replace(
        plain,
        areas=(*plain.areas, Area("plant", "Plant")),
        rooms={**plain.rooms, **{room.id: room for room in rooms}},
        causes=causes,
    )


def begin(tell: Tell, *causes: Cause) -> Story:
    return tell(DP1).uses(site(*causes))


def going_on(story: Story) -> list[Excursion]:
    """Every excursion that is one of its own, oldest first."""
    with story.records.reading() as connection:
        return excursion_search.history(connection, ExcursionFilter(), limit=100)[::-1]


def points_of(story: Story) -> list[list[str]]:
    return [[alarm.point for alarm in excursion.in_order()] for excursion in going_on(story)]


def called(story: Story) -> list[tuple[str, str]]:
    """The steps of which people are told."""
    with story.records.reading() as connection:
        return [
            (step.alarm.split("/")[0], step.step) for _, step in alarm_steps.after(connection, 0) if step.announced
        ]


def test_an_air_handler_that_trips_is_one_alarm_with_its_children(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(0, "AHU1.SF1").at("00:20").reads(5, "B101.DP1").reads(4, "B102.DP1")
    (excursion,) = going_on(story)
    fan, *children = excursion.in_order()
    assert (fan.first_out, [child.cause for child in children]) == (True, [fan.id, fan.id])
    for child in children:
        assert child.state is AlarmState.UNACKNOWLEDGED
        assert child.held is not None
        assert (child.held.kind, child.held.reason) == (HoldKind.CAUSE, "Air handler AHU1 has tripped")
        assert child.held.until == instant("30:10")
    assert called(story) == [("AHU1.SF1", "alarm raised"), ("AHU1.SF1", "alarm marked first-out")]
    story.at("01:00").reads(12, "B101.DP1").reads(12, "B102.DP1").reads(2, "AHU1.SF1")
    (excursion,) = going_on(story)
    assert (excursion.onset, excursion.returned) == (instant("00:10"), instant("01:00"))
    assert [alarm.state for alarm in excursion.in_order()] == [
        AlarmState.RETURNED,
        AlarmState.NORMAL,
        AlarmState.NORMAL,
    ]


def test_a_child_that_stands_when_its_cause_has_returned_calls(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(0, "AHU1.SF1").at("00:20").reads(5, "B101.DP1")
    story.at("05:00").reads(2, "AHU1.SF1")
    alarm = story.alarm(LOW, "B101.DP1")
    assert (alarm.held, alarm.announced, alarm.cause) == (None, True, story.alarm(LOW, "AHU1.SF1").id)
    assert called(story)[-1] == ("B101.DP1", "alarm hold ended")


def test_a_child_that_stands_when_its_time_has_run_out_calls(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(0, "AHU1.SF1").at("00:20").reads(5, "B101.DP1").at("30:09")
    assert not story.alarm(LOW, "B101.DP1").announced
    assert story.at("30:10").alarm(LOW, "B101.DP1").announced


def test_a_child_that_begins_when_the_time_has_run_out_calls(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(0, "AHU1.SF1").at("30:10").reads(5, "B101.DP1")
    assert story.alarm(LOW, "B101.DP1").announced


def test_of_one_commit_the_cause_is_found_whatever_the_order(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").receives(
        Reading("B101.DP1", instant("00:05"), 5, 0, story.now), Reading("AHU1.SF1", instant("00:10"), 0, 0, story.now)
    )
    assert called(story) == [("AHU1.SF1", "alarm raised")]


def test_a_cause_that_comes_later_takes_back_no_call_and_is_on_record(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(5, "B101.DP1").at("00:30").reads(0, "AHU1.SF1")
    child = story.alarm(LOW, "B101.DP1")
    assert (child.announced, child.cause) == (True, story.alarm(LOW, "AHU1.SF1").id)
    assert points_of(story) == [["B101.DP1", "AHU1.SF1"]]


def test_the_first_room_of_an_air_handler_without_a_point_explains_the_others(tell: Tell) -> None:
    story = begin(tell, GROUP)
    story.at("00:10").reads(5, "B102.DP1").at("00:20").reads(5, "B101.DP1")
    assert [point for point, _ in called(story)] == ["B102.DP1", "B102.DP1"]
    assert story.alarm(LOW, "B102.DP1").first_out


def test_pressure_loss_explains_the_particles_of_its_room_and_no_other(tell: Tell) -> None:
    story = begin(tell, PRESSURE)
    story.at("00:10").reads(5, "B102.DP1").at("00:20").reads(500, "B101.PC1")
    assert story.alarm(HIGH).announced
    story.at("00:30").reads(5, "B101.DP1").at("00:40").reads(5, "B101.PC1").at("00:50").reads(500, "B101.PC1")
    assert not story.alarms(HIGH)[-1].announced


def test_what_is_more_severe_than_its_cause_calls(tell: Tell) -> None:
    alert = replace(DP1, limits=(low(10, ALERT), low(5, ACTION)))
    particles = replace(PARTICLES, limits=(high(100, ALERT), high(1000, ACTION)))
    story = tell(alert, particles).uses(site(PRESSURE, points=(alert, particles)))
    story.at("00:10").reads(8, "B101.DP1").at("00:20").reads(500, "B101.PC1")
    assert not story.alarm(HIGH).announced
    story.at("00:30").reads(5000, "B101.PC1")
    assert story.alarm(HIGH).announced
    assert called(story)[-1] == ("B101.PC1", "alarm hold ended")


def test_an_alarm_that_is_put_aside_explains_nothing(tell: Tell) -> None:
    story = begin(tell, AIR_HANDLER)
    story.at("00:10").reads(0, "AHU1.SF1").at("00:20").reads(5, "B101.DP1")
    story.acknowledges(story.alarm(LOW, "AHU1.SF1"))
    assert not story.at("00:30").alarm(LOW, "B101.DP1").announced
    put_aside = TakeOutOfService("AHU1.SF1", DAY, "sensor replaced")
    assert story.asks(put_aside, "m.keller") == DONE
    assert story.alarm(LOW, "B101.DP1").announced
    story.at("00:40").reads(5, "B102.DP1")
    assert story.alarm(LOW, "B102.DP1").announced


def test_late_readings_complete_the_excursion_that_they_belong_to(tell: Tell) -> None:
    story = begin(tell)
    story.at("00:10").reads(12, "B101.PC1").reads(5, "B101.DP1").at("02:00").reads(12, "B101.DP1")
    story.at("10:00:00").reads(12, "B101.DP1").reads(12, "B101.PC1")
    assert going_on(story)[0].returned == instant("02:00")
    for moment, value in (("00:05", 500.0), ("02:30", 500.0), ("03:00", 12.0)):
        story.reads(value, "B101.PC1", stamped=moment)
    story.at("10:01:00")
    (excursion,) = going_on(story)
    assert (excursion.onset, excursion.returned) == (instant("00:05"), instant("03:00"))
    assert [alarm.retrospective for alarm in excursion.in_order()] == [True, False, True]
    assert excursion.first_out == story.alarm(LOW).id


def test_an_alarm_found_in_late_readings_is_explained_by_what_was_outside_when_it_began(tell: Tell) -> None:
    story = begin(tell, PRESSURE)
    story.at("00:10").reads(12, "B101.PC1").reads(5, "B101.DP1").at("02:00").reads(12, "B101.DP1")
    story.at("10:00:00").reads(12, "B101.PC1")
    for moment, value in (("00:30", 500.0), ("01:30", 12.0), ("03:00", 500.0), ("03:30", 12.0)):
        story.reads(value, "B101.PC1", stamped=moment)
    story.at("10:01:00")
    (excursion,) = going_on(story)
    pressure, particles, later = excursion.in_order()
    assert (particles.retrospective, particles.cause, later.cause) == (True, pressure.id, None)
    assert excursion.first_out == pressure.id


def test_a_cause_found_in_late_readings_explains_what_was_found_before_it(tell: Tell) -> None:
    story = begin(tell, PRESSURE)
    story.at("00:10").reads(12, "B101.PC1").reads(12, "B101.DP1")
    story.at("10:00:00").reads(12, "B101.DP1").reads(12, "B101.PC1")
    for moment, value in (("00:30", 500.0), ("01:30", 12.0)):
        story.reads(value, "B101.PC1", stamped=moment)
    story.at("10:01:00")
    assert [alarm.cause for alarm in going_on(story)[0].in_order()] == [None]
    for moment, value in (("00:20", 5.0), ("02:00", 12.0)):
        story.reads(value, "B101.DP1", stamped=moment)
    story.at("10:02:00")
    (excursion,) = going_on(story)
    pressure, particles = excursion.in_order()
    assert (particles.cause, excursion.first_out) == (pressure.id, pressure.id)


def test_qa_merges_two_excursions_and_splits_them_again(tell: Tell) -> None:
    story = begin(tell)
    story.at("00:10").reads(5, "B101.DP1").at("00:20").reads(0, "AHU1.SF1")
    one, other = going_on(story)
    assert story.asks(MergeExcursions(other.number, one.number, "the fan stood still"), "s.brandt") == DONE
    assert points_of(story) == [["B101.DP1", "AHU1.SF1"]]
    assert story.alarm(LOW, "B101.DP1").first_out
    moved = tuple(other.alarms)
    story.restarts()
    assert story.asks(SplitExcursion(one.number, moved, "no: two"), "s.brandt") == DONE
    assert [excursion.number for excursion in going_on(story)] == [one.number, other.number]
    assert not story.alarm(LOW, "B101.DP1").first_out
    with story.records.reading() as connection:
        told = [(m.move.previous, m.move.excursion, m.by.name) for m in excursions.moves(connection, other.number)]
    assert told == [
        (None, other.number, "cleanwatch"),
        (other.number, one.number, "s.brandt"),
        (one.number, other.number, "s.brandt"),
    ]


def test_an_excursion_of_the_past_is_split_too(tell: Tell) -> None:
    story = begin(tell)
    story.at("00:10").reads(5, "B101.DP1").reads(5, "B102.DP1")
    for alarm in story.alarms():
        story.acknowledges(alarm)
    story.at("01:00").reads(12, "B101.DP1").reads(12, "B102.DP1").at("20:00:00").reads(0, "AHU1.SF1")
    number = going_on(story)[0].number
    assert story.asks(SplitExcursion(number, (story.alarm(LOW, "B102.DP1").id,), "another door"), "s.brandt") == DONE
    assert points_of(story) == [["B101.DP1"], ["B102.DP1"], ["AHU1.SF1"]]
    assert "no such excursion" in story.asks(SplitExcursion("E-1999-0001", ("x",), "why"), "s.brandt")


def lived(folder: Path, restarts: set[int]) -> list[object]:
    """Values in and out at every point, with the engine replaced at some commits: what is on record in the end."""
    folder.mkdir()
    story = Story(folder, DP1)
    story.uses(site(AIR_HANDLER, PRESSURE))
    chance = random.Random(3)
    for number in range(50):
        story.now += 20 * SECOND
        names = chance.sample([p.id for p in POINTS], 2)
        story.receives(*(Reading(name, story.now, chance.choice([0.0, 12.0, 500.0]), 0, story.now) for name in names))
        if number in restarts:
            story.restarts()
        if number % 9 == 8:
            for alarm in [alarm for alarm in story.alarms() if alarm.state is AlarmState.UNACKNOWLEDGED]:
                story.acknowledges(alarm)
    with story.records.reading() as connection:
        told = [excursions.moves(connection, excursion.number) for excursion in going_on(story)]
    rows = [(row.action, row.object, row.data) for row in story.audit() if row.action != "schema migrated"]
    state = [story.alarms(), going_on(story), told, rows]
    story.close()
    return state


@pytest.mark.parametrize("seed", range(2))
def test_restarts_at_any_commit_change_nothing(tmp_path: Path, seed: int) -> None:
    restarts = set(random.Random(seed).sample(range(50), 12))
    assert lived(tmp_path / "restarted", restarts) == lived(tmp_path / "undisturbed", set())


def test_a_delay_that_runs_out_while_a_cause_stands_is_explained_from_then_on_whenever_time_is_looked_at(
    tell: Tell,
) -> None:
    slow = point(low(10, on_delay=20 * SECOND), id="B101.DP1", silent_after=None)
    story = tell(slow).uses(site(AIR_HANDLER, points=(FAN, slow, DP2, PARTICLES)))
    story.at("00:05").reads(0, FAN.id).at("00:05.3").reads(8, slow.id).at("00:40").reads(8, slow.id)
    held = story.alarm(LOW, slow.id).held
    assert held is not None
    assert (held.kind, held.since) == (HoldKind.CAUSE, instant("00:25.3"))

"""What is suppressed by design, told as time lines."""

from collections.abc import Callable
from dataclasses import replace

from facility.alarm import AlarmState, Condition, HoldKind
from facility.causes import Which
from facility.limit import RoomState, Severity
from facility.suppression import Suppression
from tests.acceptance.story import Story, instant
from tests.alerts.examples import ACTION, ALERT, low, point

LOW = Condition.LOW
CLEANING = frozenset({RoomState.CLEANING})

Tell = Callable[..., Story]


def suppressing(story: Story, up_to: Severity = ALERT) -> Story:
    """With a rule that low values mean nothing while the room is cleaned."""
    rule = Suppression(
        "cleaning", "Doors are open while a room is cleaned", CLEANING, Which(conditions=(LOW,)), up_to
    )
    return story.uses(replace(story.site, suppressions=(rule,)))


def test_what_rises_while_a_room_is_cleaned_is_recorded_and_calls_when_it_is_at_work_again(tell: Tell) -> None:
    story = suppressing(tell(point(low(10, ALERT), silent_after=None)))
    story.at("00:10").room_becomes(RoomState.CLEANING).at("01:00").reads(8)
    held = story.alarm(LOW).held
    assert held is not None
    assert (held.kind, held.reason) == (HoldKind.SUPPRESSED, "Doors are open while a room is cleaned")
    assert (held.since, held.until, held.by) == (instant("00:10"), None, "cleanwatch")
    story.at("20:00").room_becomes(RoomState.IN_OPERATION)
    alarm = story.alarm(LOW)
    assert (alarm.announced, alarm.state) == (True, AlarmState.UNACKNOWLEDGED)


def test_an_alarm_that_stands_calls_nobody_once_its_room_is_cleaned(tell: Tell) -> None:
    story = suppressing(tell(point(low(10, ALERT), silent_after=None)))
    story.at("00:10").reads(8).at("00:20").room_becomes(RoomState.CLEANING)
    assert not story.alarm(LOW).announced
    story.at("00:30").reads(12)
    assert story.standing() == []


def test_while_nobody_knows_the_room_state_nothing_is_suppressed(tell: Tell) -> None:
    story = suppressing(tell(point(low(10, ALERT), silent_after=None)))
    assert story.at("00:10").reads(8).alarm(LOW).announced


def test_the_action_limit_calls_all_the_same_unless_the_rule_says_so(tell: Tell) -> None:
    story = suppressing(tell(point(low(10), silent_after=None)))
    story.at("00:10").room_becomes(RoomState.CLEANING).at("00:20").reads(8)
    assert story.alarm(LOW).announced
    assert not suppressing(story, up_to=ACTION).alarm(LOW).announced


def test_a_rule_that_is_taken_out_of_the_site_file_holds_nothing_back_any_more(tell: Tell) -> None:
    story = suppressing(tell(point(low(10, ALERT), silent_after=None)))
    story.at("00:10").room_becomes(RoomState.CLEANING).at("00:20").reads(8)
    assert not story.alarm(LOW).announced
    assert story.uses(replace(story.site, suppressions=())).alarm(LOW).announced

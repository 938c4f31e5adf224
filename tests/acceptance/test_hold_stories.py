"""How alarms are put aside and call again, told as time lines."""

import json
from collections.abc import Callable

import pytest

from facility.alarm import AlarmState, Condition, HoldKind
from facility.holds import Hold, of_instrument
from facility.instants import DAY, HOUR, MINUTE, Span
from facility.limit import Severity
from storage.records import alarm_steps, holds, outbox
from storage.records.commands import DONE, ApproveShelving, EndHold, Shelve, TakeOutOfService
from tests.acceptance.story import Story, instant
from tests.alerts.examples import ACTION, ALERT, low, point

LOW, NO_DATA, LATE = Condition.LOW, Condition.NO_DATA, Condition.STILL_OUT_OF_SERVICE
POINT = "B101.DP1"
UNACKNOWLEDGED, ACKNOWLEDGED, NORMAL = AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.NORMAL

Tell = Callable[..., Story]


def shelve(severity: Severity = ALERT, span: Span = 10 * MINUTE, reason: str = "filter change") -> Shelve:
    return Shelve(POINT, LOW, severity, span, reason)


def open_holds(story: Story) -> list[Hold]:
    with story.records.reading() as connection:
        return holds.open(connection)


def the_hold(story: Story) -> Hold:
    (hold,) = open_holds(story)
    return hold


def called(story: Story) -> list[str]:
    """The steps of which people are told."""
    with story.records.reading() as connection:
        return [step.step for _, step in alarm_steps.after(connection, 0) if step.announced]


def test_a_shelved_alarm_is_recorded_and_calls_nobody_until_its_time_is_over(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    assert story.asks(shelve(), "j.moreau") == DONE
    story.at("01:00").reads(8)
    alarm = story.alarm(LOW)
    assert (alarm.state, alarm.announced, called(story)) == (UNACKNOWLEDGED, False, [])
    assert alarm.held is not None
    assert (alarm.held.kind, alarm.held.by, alarm.held.until) == (HoldKind.SHELVED, "j.moreau", instant("10:00"))
    story.at("09:59").reads(8).at("10:00")
    assert story.alarm(LOW).announced
    assert called(story) == ["alarm hold ended"]
    assert open_holds(story) == []


def test_an_alarm_that_was_acknowledged_and_then_shelved_calls_again_if_it_is_still_outside(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    story.asks(shelve(span=MINUTE), "j.moreau")
    assert story.alarm(LOW).state is ACKNOWLEDGED
    assert story.at("01:10").alarm(LOW).state is UNACKNOWLEDGED


def test_an_alarm_that_returns_while_it_is_shelved_waits_for_no_answer(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    story.at("00:10").reads(8).asks(shelve(), "j.moreau")
    story.at("05:00").reads(12)
    assert story.alarm(LOW).state is NORMAL
    assert story.at("06:00").reads(8).alarms(LOW)[1].held is not None


def test_a_person_ends_shelving_before_its_time_and_says_why(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    story.asks(shelve(), "j.moreau")
    story.at("01:00").reads(8)
    hold = the_hold(story)
    assert "needs a reason" in story.asks(EndHold(hold.id, HoldKind.SHELVED, POINT, " "), "s.brandt")
    assert story.asks(EndHold(hold.id, HoldKind.SHELVED, POINT, "filter is in"), "s.brandt") == DONE
    assert "over already" in story.asks(EndHold(hold.id, HoldKind.SHELVED, POINT, "again"), "s.brandt")
    assert story.alarm(LOW).announced
    told = [row for row in story.audit() if row.object == f"hold {hold.id}" and row.action != "command submitted"]
    assert [
        (row.action, row.actor, json.loads(row.data)["reason"]) for row in told if "command" not in row.action
    ] == [
        ("shelved", "j.moreau", "filter change"),
        ("unshelved", "s.brandt", "filter is in"),
    ]


def test_shelving_an_action_limit_waits_for_another_person(tell: Tell) -> None:
    story = tell(point(low(10), silent_after=None))
    story.at("00:10").reads(8)
    assert story.asks(shelve(ACTION), "j.moreau") == DONE
    hold = the_hold(story)
    assert hold.waits
    assert story.at("20:00").alarm(LOW).announced, "asking changes nothing"
    assert "another person" in story.asks(ApproveShelving(hold.id, POINT, "yes"), "j.moreau")
    assert story.asks(ApproveShelving(hold.id, POINT, "seen it"), "s.brandt") == DONE
    assert not story.alarm(LOW).announced
    assert the_hold(story).until == instant("30:00"), "its time begins with the approval"
    assert story.at("30:00").alarm(LOW).announced


def test_what_one_person_has_shelved_calls_all_the_same_at_the_action_limit(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), low(5), silent_after=None))
    story.asks(shelve(), "j.moreau")
    story.at("01:00").reads(8).at("02:00").reads(4)
    alarm = story.alarm(LOW)
    assert (alarm.severity, alarm.announced, alarm.state) == (ACTION, True, UNACKNOWLEDGED)
    assert called(story) == ["alarm rose"]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (shelve(reason=" "), "needs a reason"),
        (shelve(span=2 * DAY), "1 minute to 24 hours"),
        (Shelve("B999.T1", LOW, ALERT, HOUR, "x"), "no point B999.T1"),
        (Shelve(of_instrument("X"), None, ALERT, HOUR, "x"), "no instrument X"),
        (TakeOutOfService(POINT, 0, "x"), "expected back"),
        (TakeOutOfService("source:gw", DAY, "x"), "shelve its alarm"),
    ],
)
def test_what_cannot_be_put_aside_is_refused_in_words(
    tell: Tell, command: Shelve | TakeOutOfService, words: str
) -> None:
    story = tell(point(low(10)))
    assert words in story.asks(command, "m.keller")
    assert open_holds(story) == []


def test_nothing_is_put_aside_twice(tell: Tell) -> None:
    story = tell(point(low(10, ALERT)))
    story.asks(shelve(), "j.moreau")
    assert "That is shelved already, until 2024-10-04 00:10 UTC, by j.moreau: filter change" in story.asks(
        shelve(), "s.brandt"
    )
    story.asks(shelve(ACTION), "s.brandt")
    assert "That is asked for already, by s.brandt" in story.asks(shelve(ACTION), "j.moreau")


def test_an_instrument_out_of_service_calls_for_none_of_its_points_until_somebody_puts_it_back(tell: Tell) -> None:
    story = tell(point(low(10)))
    place = of_instrument("B101.DP1.I")
    assert story.asks(TakeOutOfService(place, HOUR, "calibration"), "m.keller") == DONE
    story.at("00:30").reads(8).at("01:10:00")
    assert {alarm.condition: alarm.announced for alarm in story.alarms()} == {LOW: False, NO_DATA: False, LATE: True}
    hold, task = the_hold(story), story.alarm(LATE)
    assert hold.in_force, "it is only expected back after its time, and then a task"
    assert (task.severity, task.onset, task.held) == (Severity.ADVISORY, instant("01:00:00"), None)
    story.asks(EndHold(hold.id, HoldKind.OUT_OF_SERVICE, place, "calibrated"), "m.keller")
    assert [story.alarm(condition).announced for condition in (LOW, NO_DATA)] == [True, True]
    assert story.alarm(LATE).returned == instant("01:10:00")


def test_holds_and_their_requests_are_there_after_a_restart(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    story.asks(shelve(), "j.moreau")
    story.asks(shelve(ACTION), "j.moreau")
    before = open_holds(story)
    story.restarts().at("01:00").reads(8)
    assert not story.alarm(LOW).announced
    assert open_holds(story) == before
    story.restarts()
    story.now = instant("30:00")
    story.restarts()
    assert story.alarm(LOW).announced
    ended = [row for row in story.audit() if row.action == "unshelved"]
    assert [row.at for row in ended] == [instant("10:00")], "when its time was over, although nobody ran then"


def test_a_hold_of_what_is_watched_no_longer_is_over(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.asks(TakeOutOfService(POINT, DAY, "broken"), "m.keller")
    story.watches(point(low(10), id="B101.DP2"))
    assert open_holds(story) == []


def test_a_latched_alarm_stays_until_a_person_resets_it(tell: Tell) -> None:
    story = tell(point(low(10, latched=True), silent_after=None))
    alarm = story.at("00:10").reads(8).alarm(LOW)
    assert "has not returned" in story.resets(alarm)
    story.at("00:20").reads(12)
    assert "acknowledge it first" in story.resets(alarm)
    story.acknowledges(alarm)
    assert story.alarm(LOW).state is AlarmState.LATCHED
    assert "needs a comment" in story.resets(alarm, " ")
    assert story.at("00:30").resets(alarm, "leak found and closed") == DONE
    assert story.alarm(LOW).state is NORMAL
    assert story.told()[-1] == "alarm reset"


def test_a_latched_alarm_that_comes_back_is_the_same_alarm(tell: Tell) -> None:
    story = tell(point(low(10, latched=True), silent_after=None))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    story.at("00:20").reads(12).at("00:30").reads(8)
    assert story.alarm(LOW).state is UNACKNOWLEDGED


def test_what_is_published_of_an_alarm_says_why_it_calls_nobody(tell: Tell) -> None:
    story = tell(point(low(10, ALERT, latched=True), silent_after=None))
    story.asks(shelve(), "j.moreau")
    story.at("00:01").reads(8)
    with story.records.reading() as connection:
        newest = {message.topic: message.payload for message in outbox.waiting(connection)}
    told = json.loads(newest[f"cleanwatch/demo/alarms/{POINT}/low"])
    assert (told["latched"], told["held"]["kind"], told["held"]["by"]) == (True, "shelved", "j.moreau")
    assert told["held"]["until"] == "2024-10-04T00:10:00Z"


def test_the_trail_tells_of_an_alarm_where_it_is_and_what_holds_it_back(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), silent_after=None))
    story.asks(shelve(), "j.moreau")
    story.at("00:01").reads(8)
    raised = next(json.loads(row.data) for row in story.audit() if row.action == "alarm raised")
    assert raised["room"] == "B101"
    assert raised["held"]["reason"] == "filter change"
    story.at("12:00")
    ended = next(json.loads(row.data) for row in story.audit() if row.action == "alarm hold ended")
    assert ended["changes"]["held"][1] is None

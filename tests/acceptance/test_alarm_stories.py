"""How alarms come and go, told as time lines."""

import json
from collections.abc import Callable
from math import nan

from facility.alarm import AlarmState, Condition
from facility.instants import MINUTE, SECOND
from facility.limit import RoomState
from facility.people import Actor
from facility.plant_events import BatchEnded, BatchStarted, RoomStateSet
from facility.reading import Reading, Reason
from storage.records import batches, commands, outbox
from storage.records.commands import DONE, Acknowledge
from storage.samples.commit import Intake
from tests.acceptance.story import Story, instant
from tests.alerts.examples import ACTION, ALERT, high, low, point

HIGH, LOW, NO_DATA, FAULT = Condition.HIGH, Condition.LOW, Condition.NO_DATA, Condition.INSTRUMENT_FAULT
UNACKNOWLEDGED, ACKNOWLEDGED, NORMAL = AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED, AlarmState.NORMAL
RETURNED = AlarmState.RETURNED

Tell = Callable[..., Story]


def test_a_door_that_is_closed_in_time_is_no_alarm(tell: Tell) -> None:
    story = tell(point(low(10, on_delay=30 * SECOND)))
    story.at("00:10").reads(8).at("00:30").reads(12).at("02:00")
    assert story.alarms(LOW) == []


def test_a_door_left_open_is_an_alarm_when_the_delay_has_run_out(tell: Tell) -> None:
    story = tell(point(low(10, on_delay=30 * SECOND)))
    story.at("00:10").reads(8).at("00:20").reads(7).at("00:39")
    assert story.alarms(LOW) == []
    alarm = story.at("00:40").alarm(LOW)
    assert (alarm.state, alarm.onset, alarm.raised) == (UNACKNOWLEDGED, instant("00:10"), instant("00:40"))
    assert (alarm.value, alarm.worst, alarm.limit, alarm.operator) == (7, 7, 10, "<")


def test_a_delay_runs_out_although_no_further_reading_comes(tell: Tell) -> None:
    story = tell(point(low(10, on_delay=30 * SECOND)))
    assert story.at("00:10").reads(8).at("00:45").alarm(LOW).raised == instant("00:40")


def test_from_alarm_to_normal_by_way_of_a_person(tell: Tell) -> None:
    story = tell(point(low(10)))
    alarm = story.at("00:10").reads(8).alarm(LOW)
    assert story.at("00:15").acknowledges(alarm, "door wedged open, closing it") == DONE
    assert story.alarm(LOW).state is ACKNOWLEDGED
    over = story.at("00:20").reads(12).alarm(LOW)
    assert (over.state, over.returned) == (NORMAL, instant("00:20"))
    assert over.acknowledgements[0].comment == "door wedged open, closing it"
    assert story.told() == [
        "alarm raised",
        "command submitted",
        "command applied",
        "alarm acknowledged",
        "alarm returned",
    ]


def test_an_alarm_that_nobody_has_seen_waits_after_it_has_returned(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(8).at("00:20").reads(12)
    assert story.standing() == [(LOW, RETURNED)]
    story.at("00:30").reads(7)
    again = story.alarm(LOW)
    assert (again.state, again.onset, again.returned, again.worst) == (UNACKNOWLEDGED, instant("00:10"), None, 7)
    story.at("00:40").reads(12).acknowledges(story.alarm(LOW))
    assert story.standing() == []
    assert "alarm came back" in story.told()


def test_an_alarm_after_one_that_is_over_is_another_alarm(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    story.at("00:20").reads(12).at("00:30").reads(8)
    assert [alarm.state for alarm in story.alarms(LOW)] == [NORMAL, UNACKNOWLEDGED]


def test_an_acknowledged_alarm_that_rises_calls_again(tell: Tell) -> None:
    story = tell(point(low(10, ALERT, on_delay=30 * SECOND, deadband=1), low(5)))
    story.at("00:10").reads(8).at("00:40")
    assert story.alarm(LOW).severity is ALERT
    story.acknowledges(story.alarm(LOW))
    story.at("00:50").reads(4)
    alarm = story.alarm(LOW)
    assert (alarm.state, alarm.severity, alarm.limit, alarm.value) == (UNACKNOWLEDGED, ACTION, 5, 4)
    assert "risen to the action limit" in story.acknowledges(alarm, seen=ALERT)
    assert story.acknowledges(alarm) == DONE


def test_an_acknowledgement_without_a_comment_or_of_an_alarm_that_is_over_is_refused(tell: Tell) -> None:
    story = tell(point(low(10)))
    alarm = story.at("00:10").reads(8).alarm(LOW)
    assert "needs a comment" in story.acknowledges(alarm, " ")
    assert story.acknowledges(alarm) == DONE
    assert "already: seen" in story.acknowledges(alarm, by="Ben Beispiel")
    story.at("00:20").reads(12)
    assert "no such alarm any more" in story.acknowledges(alarm)
    assert len(story.alarm(LOW).acknowledgements) == 1


def test_silence_is_an_alarm_that_ends_with_the_next_reading(tell: Tell) -> None:
    story = tell(point(low(10), silent_after=MINUTE))
    story.at("00:10").reads(12).at("01:09")
    assert story.alarms() == []
    alarm = story.at("01:10").alarm(NO_DATA)
    assert (alarm.severity, alarm.onset, alarm.raised) == (ALERT, instant("00:10"), instant("01:10"))
    story.acknowledges(alarm)
    assert story.at("02:00").reads(12).alarm(NO_DATA).returned == instant("02:00")


def test_a_point_that_was_never_heard_is_silent_from_the_moment_it_is_watched(tell: Tell) -> None:
    story = tell(point(silent_after=MINUTE))
    alarm = story.at("02:00").alarm(NO_DATA)
    assert (alarm.onset, alarm.raised) == (instant("00:00"), instant("01:00"))


def test_silence_is_no_alarm_where_the_site_says_never(tell: Tell) -> None:
    assert tell(point(silent_after=None)).at("10:00").alarms() == []


def test_silence_is_judged_by_arrival_and_not_by_the_instruments_clock(tell: Tell) -> None:
    story = tell(point(silent_after=MINUTE))
    story.at("10:00").acknowledges(story.alarm(NO_DATA))
    story.reads(12, stamped="01:00").at("10:59")
    assert story.standing() == []
    story.at("11:00")
    assert story.standing() == [(NO_DATA, UNACKNOWLEDGED)]


def test_losing_the_signal_does_not_erase_the_alarm_that_stands(tell: Tell) -> None:
    story = tell(point(low(10), silent_after=MINUTE))
    story.at("00:10").reads(8).at("02:00")
    assert story.standing() == [(LOW, UNACKNOWLEDGED), (NO_DATA, UNACKNOWLEDGED)]


def test_a_broken_instrument_is_an_alarm_of_its_own_and_silences_no_other(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(8).at("00:20").reads(nan, reasons=Reason.SENSOR_FAULT)
    assert story.standing() == [(LOW, UNACKNOWLEDGED), (FAULT, UNACKNOWLEDGED)]
    story.at("00:30").reads(12)
    assert story.standing() == [(LOW, RETURNED), (FAULT, RETURNED)]


def test_limits_follow_the_room_state(tell: Tell) -> None:
    at_rest, busy = frozenset({RoomState.AT_REST}), frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=at_rest), high(1000, room_states=busy)))
    story.room_becomes(RoomState.IN_OPERATION)
    story.at("00:10").reads(500)
    assert story.alarms() == []
    story.at("00:15").room_becomes(RoomState.AT_REST)
    assert story.alarms() == []
    assert story.at("00:20").reads(500).alarm(HIGH).limit == 100


def test_the_stricter_limit_holds_while_the_room_state_is_unknown(tell: Tell) -> None:
    at_rest, busy = frozenset({RoomState.AT_REST}), frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=at_rest), high(1000, room_states=busy)))
    assert story.at("00:10").reads(500).alarm(HIGH).limit == 100


def test_a_zone_follows_the_room_around_it(tell: Tell) -> None:
    busy = frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=busy), room="A101"))
    story.room_becomes(RoomState.CLEANING, "B101").at("00:10").reads(500)
    assert story.alarms() == []
    story.room_becomes(RoomState.IN_OPERATION, "A101").at("00:20").reads(500)
    assert story.alarm(HIGH).room == "A101"


def test_an_alarm_of_a_limit_that_holds_no_longer_returns_with_the_next_reading_inside(tell: Tell) -> None:
    busy = frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=busy)))
    story.room_becomes(RoomState.IN_OPERATION).at("00:10").reads(500)
    story.at("00:20").room_becomes(RoomState.CLEANING)
    assert story.standing() == [(HIGH, UNACKNOWLEDGED)]
    assert story.at("00:30").reads(500).alarm(HIGH).returned == instant("00:30")


def test_a_room_state_set_for_later_begins_then(tell: Tell) -> None:
    busy = frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=busy)))
    story.room_becomes(RoomState.CLEANING).at("00:01").room_becomes(RoomState.IN_OPERATION, since="00:30")
    story.at("00:20").reads(500)
    assert story.alarms() == []
    story.restarts().at("00:40").reads(500)
    assert len(story.alarms(HIGH)) == 1


def test_one_wrong_stamp_in_the_future_mutes_no_point(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(12, stamped="10:00:00", reasons=Reason.CLOCK_AHEAD)
    assert story.at("00:20").reads(8).alarm(LOW).onset == instant("00:20")


def test_a_clock_that_is_always_ahead_is_judged_by_when_its_readings_are_received(tell: Tell) -> None:
    story = tell(point(low(10, on_delay=30 * SECOND)))
    for second, value in ((10, 12), (20, 8), (30, 8), (40, 8), (50, 8)):
        story.at(f"00:{second}").reads(value, stamped=f"05:00:{second}", reasons=Reason.CLOCK_AHEAD)
    alarm = story.alarm(LOW)
    assert (alarm.onset, alarm.raised) == (instant("00:20"), instant("00:50"))


def test_a_late_reading_never_moves_the_present(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(8).at("00:20").reads(12, stamped="00:05")
    assert story.standing() == [(LOW, UNACKNOWLEDGED)]


def test_an_excursion_found_in_late_readings_is_recorded_and_calls_nobody(tell: Tell) -> None:
    story = tell(point(low(10), silent_after=None))
    story.at("00:10").reads(12).at("10:00").reads(12)
    for moment, value in (("05:00", 8), ("05:10", 7), ("05:20", 12)):
        story.reads(value, stamped=moment)
    story.at("10:09")
    assert story.alarms() == []
    alarm = story.at("10:20").alarm(LOW)
    assert (alarm.state, alarm.retrospective) == (NORMAL, True)
    assert (alarm.onset, alarm.returned, alarm.worst) == (instant("05:00"), instant("05:20"), 7)
    assert story.told() == ["alarm found in late readings"]
    with story.records.reading() as connection:
        assert not [message for message in outbox.waiting(connection) if b"05:00" in message.payload]


def test_late_readings_that_say_nothing_new_leave_the_record_as_it_is(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    before = story.at("00:30").reads(12).alarm(LOW)
    story.reads(9, stamped="00:15").reads(12, stamped="00:05").at("01:00")
    assert story.alarms() == [before]


def test_a_late_reading_may_show_that_an_alarm_was_worse(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), low(5)))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    story.at("00:30").reads(12).reads(3, stamped="00:15").at("01:00")
    alarm = story.alarm(LOW)
    assert (alarm.severity, alarm.worst, alarm.worst_at, alarm.state) == (ACTION, 3, instant("00:15"), NORMAL)
    assert story.told()[-1] == "alarm completed by late readings"


def test_a_late_reading_does_not_change_an_alarm_that_stands_before_it_is_over(tell: Tell) -> None:
    story = tell(point(low(10, ALERT), low(5), silent_after=None))
    story.at("00:10").reads(8).acknowledges(story.alarm(LOW))
    story.at("00:30").reads(8).reads(3, stamped="00:15").at("01:00")
    assert (story.alarm(LOW).state, story.alarm(LOW).severity) == (ACKNOWLEDGED, ALERT)
    story.reads(12).at("01:30")
    assert (story.alarm(LOW).state, story.alarm(LOW).severity) == (NORMAL, ACTION)


def test_an_excursion_of_the_past_that_has_not_returned_is_completed_when_it_has(tell: Tell) -> None:
    story = tell(point(low(10), silent_after=None))
    story.at("00:10").reads(12)
    story.at("20:00").reads(8, stamped="10:00").at("21:00").reads(12)
    story.reads(12, stamped="10:10").at("22:00")
    assert story.alarms(LOW)[0].state is RETURNED
    live = story.alarms(LOW)[0]
    assert (live.onset, live.returned) == (instant("10:00"), instant("21:00"))


def test_the_room_states_of_the_past_judge_the_past(tell: Tell) -> None:
    busy = frozenset({RoomState.IN_OPERATION})
    story = tell(point(high(100, room_states=busy), silent_after=None))
    story.room_becomes(RoomState.CLEANING).at("05:00").room_becomes(RoomState.IN_OPERATION)
    story.at("10:00").room_becomes(RoomState.CLEANING).at("20:00").reads(1)
    story.reads(500, stamped="02:00").reads(500, stamped="06:00").reads(1, stamped="06:10").reads(
        500, stamped="12:00"
    )
    story.at("21:00")
    assert [alarm.onset for alarm in story.alarms()] == [instant("06:00")]


def test_a_restart_in_the_middle_of_a_delay_changes_nothing(tell: Tell) -> None:
    story = tell(point(low(10, on_delay=30 * SECOND)))
    story.at("00:10").reads(8).at("00:20").restarts().at("00:30").reads(7).restarts()
    assert story.at("00:41").alarm(LOW).raised == instant("00:40")
    story.restarts().at("00:50").reads(12)
    assert story.standing() == [(LOW, RETURNED)]
    assert story.told() == ["alarm raised", "alarm returned"]


def test_what_became_true_while_the_engine_was_down_is_raised(tell: Tell) -> None:
    story = tell(point(low(10)))
    story.at("00:10").reads(12)
    story.now = instant("00:20")
    story.store.append([Intake("test", [Reading("B101.DP1", story.now, 8, 0, story.now)])])
    story.now = instant("00:30")
    assert story.restarts().alarm(LOW).onset == instant("00:20")


def test_after_a_restart_silence_counts_from_the_start_of_listening(tell: Tell) -> None:
    story = tell(point(silent_after=MINUTE))
    story.at("00:10").reads(12)
    story.now = instant("30:00")
    story.restarts().at("30:59")
    assert story.alarms() == []
    alarm = story.at("31:00").alarm(NO_DATA)
    assert (alarm.onset, alarm.raised) == (instant("00:10"), instant("31:00"))
    story.restarts().at("40:00")
    assert story.alarm(NO_DATA) == alarm


def test_a_point_that_is_watched_no_longer_has_its_alarms_closed(tell: Tell) -> None:
    first, second = point(low(10)), point(low(10), id="B101.DP2")
    story = tell(first, second)
    story.at("00:10").reads(8, first.id).reads(8, second.id)
    story.at("00:20").watches(second)
    assert [(alarm.point, alarm.state) for alarm in story.alarms(LOW)] == [
        (first.id, NORMAL),
        (second.id, UNACKNOWLEDGED),
    ]
    closed = next(row for row in story.audit() if row.action == "alarm closed")
    assert "watched no longer" in closed.data


def test_a_new_point_is_watched_from_the_moment_it_is_there(tell: Tell) -> None:
    first, second = point(silent_after=None), point(low(10), id="B101.DP2", silent_after=MINUTE)
    story = tell(first).at("10:00").watches(first, second)
    story.at("10:30")
    assert story.alarms() == []
    assert story.at("11:01").alarm(NO_DATA, second.id).raised == instant("11:00")


def test_batches_and_room_states_are_recorded_and_published(tell: Tell) -> None:
    story = tell(point())
    story.at("00:10").receives(events=[BatchStarted("P-001", "B101", story.now, "MES")])
    story.room_becomes(RoomState.IN_OPERATION)
    with story.records.reading() as connection:
        assert [run.batch for run in batches.running(connection, story.now)] == ["P-001"]
        newest = {message.topic: message.payload for message in outbox.waiting(connection)}
    for room in ("B101", "A101"):
        assert b'"state":"in operation"' in newest[f"cleanwatch/demo/rooms/{room}"]
        assert b'"batches":["P-001"]' in newest[f"cleanwatch/demo/rooms/{room}"]
    story.at("00:20").receives(events=[BatchEnded("P-001", "B101", story.now, "MES")])
    with story.records.reading() as connection:
        newest = {message.topic: message.payload for message in outbox.waiting(connection)}
    assert b'"batches":[]' in newest["cleanwatch/demo/rooms/B101"]


def test_what_a_person_decides_is_on_record_with_role_and_origin_and_what_was_before(tell: Tell) -> None:
    story = tell(point(low(10)))
    keller = Actor("m.keller", "QA", "192.168.10.23")
    story.at("00:10").reads(8)
    (alarm,) = story.alarms(LOW)
    with story.records.transaction() as connection:
        state = RoomStateSet("B101", RoomState.CLEANING, story.now, "whoever")
        commands.submit(connection, story.now, keller, state)
        commands.submit(connection, story.now, keller, Acknowledge(alarm.id, alarm.severity, "closed the door"))
    story.engine.step(0)
    rows = {row.action: row for row in story.audit()}
    for action in ("room state set", "alarm acknowledged"):
        told = json.loads(rows[action].data)
        assert (rows[action].actor, told["role"], told["origin"]) == ("m.keller", "QA", "192.168.10.23")
    assert json.loads(rows["room state set"].data)["changes"] == {"state": [None, "cleaning"]}
    raised, acknowledged = (json.loads(rows[action].data) for action in ("alarm raised", "alarm acknowledged"))
    assert raised["changes"] == {"severity": [None, "action"], "state": [None, "unacknowledged"]}
    assert acknowledged["changes"] == {"state": ["unacknowledged", "acknowledged"]}
    assert acknowledged["reason"] == "closed the door"

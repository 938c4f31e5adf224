"""What the stream tells a wall display beyond rooms and points."""

import pytest

from alerts.daily_test import PROVEN_FOR
from app.live.hub import Hub
from app.live.look import Known
from app.live.unanswered import MOST
from app.live.ways import WaysLook, ways_look
from facility.alarm import AlarmState, of_source
from facility.instants import HOUR, MINUTE
from tests.app.parts import NOON, Time, alarm_notice, publish_alarm, site
from tests.app.test_areas import CORRIDOR, two_areas
from tests.app.test_hub import event_of


@pytest.fixture
def hub() -> Hub:
    suite = site()
    return Hub(lambda: suite, Time())


def test_unanswered_alarms_are_told_worst_first_then_oldest_first(hub: Hub) -> None:
    publish_alarm(hub, alarm_notice("B101.DP1", severity="alert", onset=NOON - HOUR))
    publish_alarm(hub, alarm_notice("B109.DP1", onset=NOON - MINUTE))
    publish_alarm(hub, alarm_notice("BSC1.PC1.p0_5", onset=NOON - 5 * MINUTE))
    hub.refresh()
    told = hub.look().unanswered or ()
    assert [(alarm.room, alarm.what, alarm.word) for alarm in told] == [
        ("BSC1", "≥ 0.5 µm", "ACTION"),
        ("B109", "Room pressure", "ACTION"),
        ("B101", "Room pressure", "ALERT"),
    ]
    assert (told[0].since, told[0].point) == (NOON - 5 * MINUTE, "BSC1.PC1.p0_5")


def test_an_answered_alarm_is_told_no_more_and_one_that_is_back_inside_still_is(hub: Hub) -> None:
    publish_alarm(hub, alarm_notice("B101.DP1", state=AlarmState.ACKNOWLEDGED))
    publish_alarm(hub, alarm_notice("B109.DP1", state=AlarmState.RETURNED))
    hub.refresh()
    assert [(alarm.room, alarm.status) for alarm in hub.look().unanswered or ()] == [("B109", "returned")]


def test_all_that_sound_are_counted_however_many_are_told(hub: Hub) -> None:
    for minute in range(MOST + 3):
        publish_alarm(hub, alarm_notice(of_source(f"gw-{minute}"), onset=NOON - minute * MINUTE))
    publish_alarm(hub, alarm_notice("B101.DP1", severity="alert"))
    hub.refresh()
    look = hub.look()
    assert look.site is not None
    assert (look.site.unanswered, look.site.sounding, len(look.unanswered or ())) == (MOST + 4, MOST + 3, MOST)


def test_an_advisory_is_a_task_and_does_not_wait_on_a_wall(hub: Hub) -> None:
    publish_alarm(hub, alarm_notice("B101.DP1", severity="advisory"))
    publish_alarm(hub, alarm_notice("B109.DP1", severity="alert"))
    hub.refresh()
    look = hub.look()
    assert look.site is not None
    assert (look.site.standing, look.site.tasks, look.site.unanswered) == (2, 1, 1)
    assert [alarm.room for alarm in look.unanswered or ()] == ["B109"]


def test_unanswered_alarms_go_out_only_when_one_is_another(hub: Hub) -> None:
    with hub.place() as events:
        next(events)
        publish_alarm(hub, alarm_notice("B101.DP1"))
        hub.refresh()
        _, told = event_of(next(events))
        hub.say("One system problem")
        hub.refresh()
        _, after = event_of(next(events))
        publish_alarm(hub, alarm_notice("B101.DP1", state=AlarmState.ACKNOWLEDGED))
        hub.refresh()
        _, answered = event_of(next(events))
    assert told.look.unanswered is not None
    assert len(told.look.unanswered) == 1
    assert after.look.unanswered is None
    assert answered.look.unanswered == ()


def test_who_is_admitted_to_some_areas_is_told_of_alarms_there_only() -> None:
    whole = two_areas()
    hub = Hub(lambda: whole, Time())
    publish_alarm(hub, alarm_notice("B101.DP1"))
    publish_alarm(hub, alarm_notice("B109.DP1"))
    hub.refresh()
    look = hub.look(CORRIDOR.areas)
    assert look.site is not None
    assert [alarm.room for alarm in look.unanswered or ()] == ["B109"]
    assert (look.site.unanswered, look.site.sounding) == (1, 1)


def test_the_ways_are_as_good_as_the_one_proven_longest_ago() -> None:
    ways = {"mail": NOON - HOUR, "texts": NOON - 2 * HOUR}
    assert ways_look(ways, NOON) == WaysLook("proven", NOON - 2 * HOUR)
    assert ways_look(ways, NOON - HOUR + PROVEN_FOR) == WaysLook("unproven", NOON - 2 * HOUR, "texts")
    assert ways_look({**ways, "chat": None}, NOON) == WaysLook("unproven", None, "chat")
    assert ways_look({}, NOON) == WaysLook("none")


def test_ways_grow_old_by_themselves() -> None:
    suite, time = site(), Time()
    hub = Hub(lambda: suite, time)
    assert ways_of(hub) is None
    hub.begin_with(Known(ways={"mail": NOON}))
    time.now += PROVEN_FOR + 1
    hub.refresh()
    assert ways_of(hub) == WaysLook("unproven", NOON, "mail")


def ways_of(hub: Hub) -> WaysLook | None:
    look = hub.look().site
    assert look is not None
    return look.ways

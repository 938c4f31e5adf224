from app.live.hub import Hub
from bus.messages import AlarmNotice
from facility.alarm import AlarmState
from tests.app.parts import NOON, Time, alarm_notice, publish_alarm, publish_beat, publish_reading, site


def found(*alarms: AlarmNotice) -> tuple[str, str]:
    suite = site()
    hub = Hub(lambda: suite, Time())
    for point, value in (
        ("B101.DP1", 46.0),
        ("B101.DP2", 12.0),
        ("B101.PC1.p0_5", 1000.0),
        ("BSC1.PC1.p0_5", 10.0),
        ("B102.T1", 20.0),
        ("B109.DP1", 46.0),
    ):
        publish_reading(hub, point, value, NOON)
    publish_beat(hub, NOON)
    for alarm in alarms:
        publish_alarm(hub, alarm)
    hub.refresh()
    look = hub.look().site
    assert look is not None
    return look.title, look.lead


def test_a_suite_without_alarm_is_normal() -> None:
    assert found() == ("All rooms are normal", "3 rooms, 6 points.")


def test_the_title_says_the_worst_finding_and_where() -> None:
    title, lead = found(alarm_notice("B101.PC1.p0_5"))
    assert title == "One action alarm, in Aseptic processing 1"
    assert lead == "2 of 3 rooms are normal, and the grade A zone."


def test_what_is_less_bad_stands_below_the_title() -> None:
    title, lead = found(alarm_notice("B101.PC1.p0_5"), alarm_notice("B109.DP1", severity="alert"))
    assert title == "One action alarm, in Aseptic processing 1"
    assert lead.startswith("One alert. 1 of 3 rooms is normal")


def test_two_places_are_named_and_more_are_counted() -> None:
    two = [alarm_notice(point) for point in ("B101.DP1", "B109.DP1")]
    assert found(*two)[0] == "Two action alarms, in Aseptic processing 1 and Clean corridor"
    three = [*two, alarm_notice("B102.T1")]
    assert found(*three)[0] == "Three action alarms, in three rooms"


def test_a_zone_that_is_not_normal_is_counted() -> None:
    assert found(alarm_notice("BSC1.PC1.p0_5"))[1] == "3 of 3 rooms are normal, and 0 of 1 grade A zone."


def test_an_alarm_that_is_back_inside_still_waits_for_an_answer() -> None:
    assert found(alarm_notice("B101.DP1", state=AlarmState.RETURNED))[0] == (
        "One alarm back inside, not acknowledged, in Aseptic processing 1"
    )

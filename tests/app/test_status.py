import pytest

from app.scale import bounds_of
from app.status import Newest, PointStatus, Status, overdue_by, point_status, room_status, worst_first
from bus.messages import AlarmNotice
from facility.alarm import AlarmState, Condition
from facility.instants import SECOND
from facility.quantities import Quantity
from facility.reading import Validity
from facility.site import Instrument
from tests.app.parts import NOON, PRESSURE_LIMITS, alarm_notice, point

DP1 = point("B101.DP1", Quantity.PRESSURE, PRESSURE_LIMITS)
FRESH = Newest(NOON - SECOND, 46.0, Validity.VALID)


def stands(*alarms: AlarmNotice, newest: Newest | None = FRESH, overdue: int | None = None) -> PointStatus:
    return point_status(DP1, newest, alarms, bounds_of(PRESSURE_LIMITS), overdue, NOON)


def test_a_fresh_value_inside_its_limits_is_normal() -> None:
    assert stands().status is Status.NORMAL


def test_a_point_never_starts_as_normal() -> None:
    assert stands(newest=None).status is Status.NO_DATA


def test_a_point_whose_silence_is_no_alarm_may_wait_for_its_first_reading() -> None:
    plate = point("B101.VA1", Quantity.VIABLE_AIR, silent_after=None)
    assert point_status(plate, None, (), bounds_of(()), None, NOON).status is Status.NORMAL


def test_an_old_value_is_no_data_even_before_the_engine_says_so() -> None:
    old = Newest(NOON - 31 * SECOND, 46.0, Validity.VALID)
    assert stands(newest=old).status is Status.NO_DATA


def test_an_invalid_reading_is_never_normal() -> None:
    assert stands(newest=Newest(NOON, 46.0, Validity.INVALID)).status is Status.NO_DATA


def test_a_suspect_reading_is_an_advisory() -> None:
    assert stands(newest=Newest(NOON, 46.0, Validity.SUSPECT)).status is Status.ADVISORY


def test_an_overdue_calibration_is_an_advisory() -> None:
    assert stands(overdue=2).status is Status.ADVISORY


@pytest.mark.parametrize(
    ("condition", "severity", "state", "status"),
    [
        (Condition.HIGH, "action", AlarmState.UNACKNOWLEDGED, Status.ACTION),
        (Condition.LOW, "alert", AlarmState.ACKNOWLEDGED, Status.ALERT),
        (Condition.NO_DATA, "action", AlarmState.UNACKNOWLEDGED, Status.NO_DATA),
        (Condition.INSTRUMENT_FAULT, "alert", AlarmState.UNACKNOWLEDGED, Status.NO_DATA),
        (Condition.HIGH, "action", AlarmState.RETURNED, Status.RETURNED),
        (Condition.HIGH, "action", AlarmState.NORMAL, Status.NORMAL),
    ],
)
def test_a_standing_alarm_decides_how_its_point_looks(
    condition: str, severity: str, state: str, status: Status
) -> None:
    notice = alarm_notice("B101.DP1", condition=condition, severity=severity, state=state)
    assert stands(notice).status is status


def test_the_worst_of_several_alarms_speaks_for_the_point() -> None:
    alert = alarm_notice("B101.DP1", severity="alert", condition=Condition.LOW)
    action = alarm_notice("B101.DP1", severity="action")
    assert stands(alert, action).status is Status.ACTION


def test_an_action_alarm_stays_visible_while_its_point_is_silent() -> None:
    old = Newest(NOON - 300 * SECOND, 80.0, Validity.VALID)
    assert stands(alarm_notice("B101.DP1"), newest=old).status is Status.ACTION


def test_the_order_of_badness() -> None:
    assert Status.ACTION > Status.NO_DATA > Status.ALERT > Status.ADVISORY > Status.NORMAL


def test_the_normal_point_nearest_to_its_limit_speaks_for_a_normal_room() -> None:
    far, near = (PointStatus(id, Status.NORMAL, "NORMAL", used=used) for id, used in (("a", 0.2), ("b", 0.8)))
    assert room_status([far, near]) is near


def test_rooms_are_worst_first_and_unanswered_before_answered() -> None:
    rooms: dict[str, PointStatus | None] = {
        "normal": PointStatus("a", Status.NORMAL, "", used=0.9),
        "answered": PointStatus("b", Status.ACTION, "", since=1),
        "unwatched": None,
        "open": PointStatus("c", Status.ACTION, "", since=2, unacknowledged=True),
        "silent": PointStatus("d", Status.NO_DATA, "", since=0),
    }
    assert worst_first(rooms) == ["open", "answered", "silent", "normal", "unwatched"]


def test_calibration_is_overdue_from_the_day_after_it_was_due() -> None:
    from datetime import date

    due = Instrument("B101.DP1", "", "B101", None, date(2026, 11, 20), SECOND)
    assert overdue_by(due, NOON, "UTC") == 2
    assert overdue_by(due, NOON - 2 * 86_400 * SECOND, "UTC") is None
    assert overdue_by(due, NOON, "Pacific/Kiritimati") == 3, "14 hours ahead, it is the next day already"

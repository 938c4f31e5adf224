"""How alarms beside limits are told where others tell their point and limit."""

from typing import get_args

import pytest

from app.api.alarms import CONDITIONS, ConditionWord
from app.components.alarm_words import limit_beside_condition, limit_words, point_words
from app.status import Status, alarm_status
from facility.alarm import Alarm, AlarmState, Condition, of_room
from facility.limit import Severity
from tests.app.parts import NOON, site


def alarm(condition: Condition, point: str = "B101.DP1", limit: float | None = None) -> Alarm:
    operator = None if limit is None else ">"
    state = AlarmState.UNACKNOWLEDGED
    return Alarm(point, "B101", condition, Severity.ALERT, state, NOON, NOON, limit=limit, operator=operator)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (alarm(Condition.HIGH, limit=20), "alert > 20.0"),
        (alarm(Condition.RATE, limit=5), "rate of change > 5.0"),
        (alarm(Condition.CLOCK_SKEW), "clock skew"),
        (alarm(Condition.ROOM_STATE_UNKNOWN, of_room("B101")), "room state unknown"),
    ],
)
def test_where_no_limit_is_behind_it_its_condition_is_told(told: Alarm, words: str) -> None:
    assert limit_words(site(), told) == words


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (alarm(Condition.HIGH, limit=20), "alert > 20.0"),
        (alarm(Condition.RATE, limit=5), "> 5.0"),
        (alarm(Condition.CALIBRATION_OVERDUE), ""),
    ],
)
def test_beside_its_condition_a_limit_does_not_say_it_again(told: Alarm, words: str) -> None:
    assert limit_beside_condition(site(), told) == words


def test_an_alarm_of_a_room_is_about_its_state() -> None:
    assert point_words(site(), of_room("B101")) == "Room state"


def test_a_value_that_may_not_be_believed_looks_like_no_data() -> None:
    assert alarm_status(Condition.FROZEN, Severity.ACTION, AlarmState.UNACKNOWLEDGED) is Status.NO_DATA
    assert alarm_status(Condition.RATE, Severity.ACTION, AlarmState.UNACKNOWLEDGED) is Status.ACTION


def test_the_api_knows_every_condition() -> None:
    assert set(get_args(ConditionWord)) == set(CONDITIONS)

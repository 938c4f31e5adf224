"""The steps of alarms, as those who follow them read them."""

from facility.limit import Severity
from storage.records import alarm_steps
from storage.records.alarm_steps import AlarmStep
from storage.records.database import Records
from tests.storage.conftest import NOON

RAISED = AlarmStep(NOON, "T1/high/1", "alarm raised", Severity.ALERT, False, "Cleanwatch")
ROSE = AlarmStep(NOON + 1, "T1/high/1", "alarm rose", Severity.ACTION, False, "Cleanwatch", announced=False)
ELSEWHERE = AlarmStep(NOON + 2, "T2/high/1", "alarm raised", Severity.ALERT, False, "Cleanwatch")


def test_a_follower_gets_the_steps_of_its_station_in_order(records: Records) -> None:
    with records.transaction() as connection:
        alarm_steps.add(connection, [RAISED], "north")
        alarm_steps.add(connection, [ELSEWHERE], "south")
        alarm_steps.add(connection, [ROSE], "north")
        (first, step), (second, other) = alarm_steps.after(connection, 0, "north")
        assert (step, other) == (RAISED, ROSE)
        assert alarm_steps.after(connection, first, "north") == [(second, ROSE)]
        assert alarm_steps.newest_number(connection, "north") == second


def test_a_follower_that_has_not_begun_is_told_apart_from_one_at_the_beginning(records: Records) -> None:
    with records.transaction() as connection:
        assert alarm_steps.passed(connection, "notifier") is None
        alarm_steps.set_passed(connection, "notifier", 0)
        assert alarm_steps.passed(connection, "notifier") == 0


def test_steps_are_found_by_time_and_by_alarm(records: Records) -> None:
    with records.transaction() as connection:
        alarm_steps.add(connection, [RAISED, ROSE, ELSEWHERE])
        assert alarm_steps.between(connection, NOON + 1, NOON + 3) == [ROSE, ELSEWHERE]
        assert alarm_steps.of(connection, "T1/high/1") == [RAISED, ROSE]

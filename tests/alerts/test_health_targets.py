"""The targets of alarm health: what meets them, and when nothing is said."""

import pytest

from alerts.health import health
from alerts.health_targets import Verdict, figures
from facility.instants import DAY, HOUR, MINUTE
from tests.alerts.test_health import MONTH, call


def verdicts(every: int, days: int = 30) -> dict[str, Verdict]:
    """Of calls of different alarms, one every so often."""
    made = [call(at, f"P{number % 400}/high") for number, at in enumerate(range(0, days * DAY, every))]
    return {figure.name: figure.verdict for figure in figures(health(made, [], 0, days * DAY))}


@pytest.mark.parametrize(
    ("every", "verdict"),
    [(10 * MINUTE, Verdict.MET), (6 * MINUTE, Verdict.BORDERLINE), (4 * MINUTE, Verdict.MISSED)],
)
def test_one_call_in_ten_minutes_is_acceptable_and_two_the_most(every: int, verdict: Verdict) -> None:
    assert verdicts(every)["Calls in 10 minutes, average"] is verdict


def test_a_load_that_is_spread_over_many_alarms_meets_every_target() -> None:
    assert set(verdicts(HOUR).values()) == {Verdict.MET}


def test_under_thirty_days_there_is_no_verdict() -> None:
    assert set(verdicts(HOUR, 29).values()) == {Verdict.NONE}


def test_without_a_call_the_most_frequent_are_not_judged() -> None:
    found = {figure.name: figure for figure in figures(health([], [], 0, MONTH))}
    assert found["The ten most frequent alarms' share"].value is None
    assert found["The ten most frequent alarms' share"].verdict is Verdict.NONE

"""How an alarm lives."""

from dataclasses import replace

import pytest

from alerts import machine
from alerts.findings import Raised, Returned, Worsened
from alerts.machine import RefusedError, Transition
from facility.alarm import Alarm, AlarmState, Condition, Held, HoldKind
from facility.limit import Severity
from tests.alerts.examples import ACTION, ALERT, point

POINT = point()


def raised(severity: Severity = ALERT, onset: int = 60, at: int = 90, worst: float = 8) -> Raised:
    return Raised(Condition.LOW, severity, onset, at, 9, 10, "<", worst, 70)


def alarm(severity: Severity = ALERT) -> Alarm:
    return machine.raised(POINT, raised(severity))


HELD = Held(HoldKind.SHELVED, 95, 200, "Ada Muster", "filter change", 7)


def put_aside(alarm: Alarm) -> Alarm:
    return machine.held(alarm, HELD)[0]


def answered(alarm: Alarm) -> Alarm:
    return machine.acknowledged(alarm, "Ada Muster", 100, "door closed", alarm.severity)


def test_a_new_alarm_is_unacknowledged_and_tells_what_was_found() -> None:
    found, transition = machine.follow(None, POINT, raised())
    assert transition is Transition.RAISED
    assert found == alarm()
    assert (alarm().state, alarm().onset, alarm().raised, alarm().limit) == (AlarmState.UNACKNOWLEDGED, 60, 90, 10)
    assert alarm().id == "B101.DP1/low/60"


def test_an_alarm_that_rises_needs_a_new_acknowledgement() -> None:
    after, transition = machine.follow(answered(alarm()), POINT, raised(ACTION))
    assert after is not None
    assert (transition, after.state, after.severity) == (Transition.ROSE, AlarmState.UNACKNOWLEDGED, ACTION)
    assert len(after.acknowledgements) == 1


def test_an_alarm_stays_as_severe_as_it_ever_was() -> None:
    standing = answered(alarm(ACTION))
    assert machine.follow(standing, POINT, raised(ALERT)) == (standing, None)


def test_an_acknowledged_alarm_is_over_when_it_returns() -> None:
    after, transition = machine.follow(answered(alarm()), POINT, Returned(Condition.LOW, 120))
    assert after is not None
    assert (transition, after.state, after.returned) == (Transition.RETURNED, AlarmState.NORMAL, 120)


def test_an_alarm_that_returns_first_waits_for_its_acknowledgement() -> None:
    after, _ = machine.follow(alarm(), POINT, Returned(Condition.LOW, 120))
    assert after is not None
    assert after.state is AlarmState.RETURNED
    assert answered(after).state is AlarmState.NORMAL


def test_an_alarm_that_comes_back_before_it_is_acknowledged_is_the_same_alarm() -> None:
    back = machine.returned(alarm(ACTION), 120)
    after, transition = machine.follow(back, POINT, raised(ALERT, onset=130, at=130))
    assert after is not None
    assert (transition, after.state, after.id) == (Transition.CAME_BACK, AlarmState.UNACKNOWLEDGED, back.id)
    assert (after.returned, after.severity) == (None, ACTION)


def test_an_alarm_may_come_back_more_severe() -> None:
    back = machine.returned(alarm(), 120)
    after, transition = machine.follow(back, POINT, raised(ACTION, onset=130, at=130))
    assert after is not None
    assert (transition, after.severity, after.returned) == (Transition.CAME_BACK, ACTION, None)


def test_the_value_farthest_outside_is_kept() -> None:
    after, transition = machine.follow(alarm(), POINT, Worsened(Condition.LOW, 4, 95))
    assert after is not None
    assert (after.worst, after.worst_at, transition) == (4, 95, None)
    assert machine.follow(after, POINT, Worsened(Condition.LOW, 6, 99)) == (after, None)


def test_an_alarm_never_returned_before_it_was_raised() -> None:
    assert machine.returned(alarm(), 70).returned == 90


def test_findings_about_an_alarm_that_is_over_change_nothing() -> None:
    assert machine.follow(None, POINT, Returned(Condition.LOW, 120)) == (None, None)
    assert machine.follow(None, POINT, Worsened(Condition.LOW, 3, 120)) == (None, None)


def test_an_acknowledgement_says_who_when_and_why() -> None:
    answer = answered(alarm()).acknowledgements[0]
    assert (answer.by, answer.at, answer.comment, answer.severity) == ("Ada Muster", 100, "door closed", ALERT)


@pytest.mark.parametrize(
    ("standing", "by", "comment", "words"),
    [
        (alarm(), "Ada Muster", "  ", "needs a comment"),
        (alarm(), " ", "seen", "must name a person"),
        (alarm(ACTION), "Ada Muster", "seen", "risen to the action limit"),
        (answered(alarm()), "Ada Muster", "seen", "acknowledged this alarm already: door closed"),
        (machine.returned(answered(alarm()), 120), "Ada Muster", "seen", "no such alarm any more"),
        (None, "Ada Muster", "seen", "no such alarm any more"),
    ],
)
def test_an_acknowledgement_that_cannot_be_is_refused_in_words(
    standing: Alarm | None, by: str, comment: str, words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        machine.acknowledged(standing, by, 100, comment, seen=ALERT)


def latched() -> Alarm:
    return machine.raised(POINT, replace(raised(), latched=True))


def test_a_latched_alarm_stays_after_its_return_and_acknowledgement_until_it_is_reset() -> None:
    stays = machine.returned(answered(latched()), 120)
    assert stays.state is AlarmState.LATCHED
    assert answered(machine.returned(latched(), 120)).state is AlarmState.LATCHED
    assert machine.reset(stays, "leak closed").state is AlarmState.NORMAL


def test_a_latched_alarm_that_comes_back_calls_again() -> None:
    after, transition = machine.follow(machine.returned(answered(latched()), 120), POINT, raised())
    assert after is not None
    assert (transition, after.state, after.returned) == (Transition.CAME_BACK, AlarmState.UNACKNOWLEDGED, None)
    assert after.latched


@pytest.mark.parametrize(
    ("standing", "comment", "words"),
    [
        (None, "x", "no such alarm"),
        (answered(alarm()), "x", "no such alarm"),
        (answered(latched()), "x", "has not returned"),
        (machine.returned(latched(), 120), "x", "acknowledge it first"),
        (machine.returned(answered(latched()), 120), " ", "needs a comment"),
    ],
)
def test_a_reset_that_cannot_be_is_refused_in_words(standing: Alarm | None, comment: str, words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        machine.reset(standing, comment)


def test_when_a_hold_ends_the_live_condition_decides() -> None:
    back, transition = machine.held(put_aside(answered(alarm())), None)
    assert (back.state, back.announced, transition) == (AlarmState.UNACKNOWLEDGED, True, Transition.HOLD_ENDED)
    over = machine.held(machine.returned(put_aside(alarm()), 120), None)[0]
    assert over.state is AlarmState.NORMAL
    waited = machine.held(put_aside(machine.returned(alarm(), 120)), None)[0]
    assert waited.state is AlarmState.NORMAL
    kept = machine.held(machine.returned(put_aside(latched()), 120), None)[0]
    assert kept.state is AlarmState.LATCHED


def test_a_hold_that_goes_on_is_no_step() -> None:
    standing = put_aside(alarm())
    assert machine.held(standing, replace(HELD, since=99)) == (standing, None)
    assert machine.held(standing, replace(HELD, reason="another"))[1] is Transition.HELD
    assert machine.held(alarm(), None) == (alarm(), None)

"""Whom an escalation calls and when it stops, step by step, without a clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from alerts.escalation import Ring, advance, alarms_are, calls, follow, is_stuck
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition, Held, HoldKind
from facility.escalation import Policy, Quiet, Step
from facility.instants import DAY, HOUR, MINUTE, SECOND, Instant
from facility.limit import Severity
from storage.records.escalations import Escalation, Rung, Snapshot, State
from storage.records.notifications import Recipient

ANN, BOB, CLEO = (Recipient(name, name.title(), 1, f"{name}@example.org") for name in ("ann", "bob", "cleo"))
ALERT, ACTION = Severity.ALERT, Severity.ACTION
UNACKNOWLEDGED, RETURNED, ACKNOWLEDGED = (
    AlarmState.UNACKNOWLEDGED,
    AlarmState.RETURNED,
    AlarmState.ACKNOWLEDGED,
)
NOON: Instant = 20_000 * DAY + 12 * HOUR


def snapshot(
    *whom: Sequence[Recipient],
    policy: str = "action",
    rounds: int = 2,
    goes_on: bool = True,
    quiet: Quiet | None = None,
) -> Snapshot:
    rungs = tuple(Rung("somebody", tuple(recipients), 10 * MINUTE) for recipients in whom)
    return Snapshot(policy, policy, rungs, rounds, goes_on, quiet, "UTC")


def alarm(state: AlarmState = UNACKNOWLEDGED, severity: Severity = ACTION, point: str = "B101.DP1") -> Alarm:
    answers = (Acknowledgement("dora", NOON, "seen", severity),) if state is ACKNOWLEDGED else ()
    returned = NOON + MINUTE if state is RETURNED else None
    made = Alarm(point, "B101", Condition.LOW, severity, state, NOON, NOON, returned=returned)
    return replace(made, acknowledgements=answers)


def policy(id: str = "action", goes_on: bool = True) -> Policy:
    return Policy(id, id, frozenset({ALERT, ACTION}), (Step(everybody=True),), goes_on=goes_on)


def told(running: Sequence[Escalation], alarm: Alarm, made: Snapshot, now: Instant = NOON) -> tuple[Escalation, ...]:
    found = policy(made.policy, made.goes_on)
    return follow(running, "main", "E-1", [alarm], found, lambda: made, now)


def begun(made: Snapshot, severity: Severity = ACTION) -> Escalation:
    (escalation,) = told([], alarm(severity=severity), made)
    return replace(escalation, number=1)


def names(rings: Sequence[Ring]) -> list[str]:
    return [recipient.account for ring in rings for recipient in ring.recipients]


def called(escalation: Escalation, *minutes: int) -> tuple[Escalation, list[str]]:
    found: list[str] = []
    for minute in minutes:
        escalation, rings = advance(escalation, NOON + minute * MINUTE)
        found += [f"{minute} {name}" for name in names(rings)]
    return escalation, found


def test_one_step_after_the_other_and_the_whole_round_again_until_it_is_told_that_nobody_answers() -> None:
    escalation, found = called(begun(snapshot([ANN], [BOB, CLEO])), *range(60))
    assert found == ["0 ann", "10 bob", "10 cleo", "20 ann", "30 bob", "30 cleo"]
    assert (escalation.state, escalation.next_due, escalation.running) == (State.EXHAUSTED, None, True)


def test_an_answer_to_every_alarm_stops_it_and_says_whose_it_was() -> None:
    escalation, _ = called(begun(snapshot([ANN], [BOB])), 0)
    (escalation,) = told([escalation], alarm(point="B101.T1"), snapshot([ANN], [BOB]))
    escalation = alarms_are(escalation, [alarm(ACKNOWLEDGED)], NOON + MINUTE)
    assert escalation.state is State.CALLING
    escalation = alarms_are(escalation, [alarm(ACKNOWLEDGED, point="B101.T1")], NOON + 2 * MINUTE)
    assert (escalation.state, escalation.ended, escalation.ended_by) == (State.ANSWERED, NOON + 2 * MINUTE, "dora")
    assert called(escalation, 10, 20)[1] == []


def test_waits_count_from_the_call_that_was_made_so_that_after_an_outage_not_everybody_is_called_at_once() -> None:
    _, found = called(begun(snapshot([ANN], [BOB], [CLEO])), 0, 45, 46, 55)
    assert found == ["0 ann", "45 bob", "55 cleo"]


def test_a_step_that_reaches_nobody_is_made_up_for_by_the_last_one() -> None:
    escalation, rings = advance(begun(snapshot([], [BOB])), NOON)
    assert (names(rings), rings[0].instead) == (["bob"], True)
    assert called(escalation, 10)[1] == ["10 bob"]


def test_where_all_is_back_the_policy_says_whether_calling_goes_on() -> None:
    for goes_on, state in [(True, State.CALLING), (False, State.RETURNED)]:
        escalation, _ = called(begun(snapshot([ANN], goes_on=goes_on)), 0)
        assert alarms_are(escalation, [alarm(RETURNED)], NOON + MINUTE).state is state


def test_an_alarm_that_is_put_aside_calls_nobody() -> None:
    aside = replace(alarm(), held=Held(HoldKind.SHELVED, NOON, NOON + HOUR, "ann", "being mended"))
    assert alarms_are(begun(snapshot([ANN])), [aside], NOON).state is State.HELD
    assert told([], aside, snapshot([ANN])) == ()


def test_an_alarm_that_rises_begins_anew_by_the_policy_of_its_severity() -> None:
    escalation, _ = called(begun(snapshot([ANN], [BOB], policy="alert"), ALERT), 0)
    over, anew = told([escalation], alarm(), snapshot([CLEO]), NOON + 2 * MINUTE)
    assert (over.state, over.number, anew.number, anew.severity) == (State.RENEWED, 1, 0, ACTION)
    assert called(anew, 2)[1] == ["2 cleo"]


def test_an_alert_joins_the_escalation_of_an_action_and_one_more_of_the_same_policy_calls_nobody_anew() -> None:
    escalation, _ = called(begun(snapshot([ANN], [BOB])), 0)
    for more in (alarm(severity=ALERT, point="B101.T1"), alarm(point="B101.RH1")):
        (escalation,) = told([escalation], more, snapshot([ANN], policy="action"))
        assert (escalation.number, escalation.next_due) == (1, NOON + 10 * MINUTE)


def test_one_more_alarm_after_nobody_has_answered_begins_anew() -> None:
    escalation, _ = called(begun(snapshot([ANN], rounds=1)), 0, 10)
    assert escalation.state is State.EXHAUSTED
    assert told([escalation], alarm(), snapshot([ANN])) == ()
    over, anew = told([escalation], alarm(point="B101.T1"), snapshot([ANN]), NOON + HOUR)
    assert (over.state, set(anew.alarms)) == (State.RENEWED, {alarm().id, alarm(point="B101.T1").id})


def test_a_less_severe_alarm_never_takes_the_place_of_one_that_nobody_has_answered() -> None:
    escalation, _ = called(begun(snapshot([ANN], rounds=1)), 0, 10)
    alert = alarm(severity=ALERT, point="B101.T1")
    (beside,) = told([escalation], alert, snapshot([BOB], policy="alert"), NOON + HOUR)
    assert (beside.number, set(beside.alarms), beside.snapshot.policy) == (0, {alert.id}, "alert")


def test_in_quiet_hours_the_call_waits_until_they_end() -> None:
    made = snapshot([ANN], [BOB], quiet=Quiet(time(11), time(13)))
    escalation = begun(made, ALERT)
    assert escalation.next_due == NOON + HOUR
    assert called(escalation, 59, 60)[1] == ["60 ann"]
    over_night = snapshot([ANN], [BOB], quiet=Quiet(time(12, 5), time(13)))
    assert called(begun(over_night, ALERT), 0, 10, 59, 60)[1] == ["0 ann", "60 bob"]


def test_a_call_that_is_long_overdue_is_one_that_nobody_makes() -> None:
    escalation = begun(snapshot([ANN]))
    assert not is_stuck(escalation, NOON + MINUTE)
    assert is_stuck(escalation, NOON + 2 * MINUTE + SECOND)


class AnyOrder(RuleBasedStateMachine):
    """Whatever happens to alarms in whatever order: none that is unanswered is left without a next call."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.all: dict[int, Escalation] = {}
        self.alarms: dict[str, Alarm] = {}
        self.exhausted_and_told: set[int] = set()

    @rule(
        point=st.sampled_from(["a", "b", "c"]),
        severity=st.sampled_from([ALERT, ACTION]),
        state=st.sampled_from([UNACKNOWLEDGED, RETURNED, ACKNOWLEDGED, AlarmState.NORMAL]),
        held=st.booleans(),
        reach=st.lists(st.sampled_from([(), (ANN,), (BOB, CLEO)]), min_size=1, max_size=3),
    )
    def an_alarm_is(
        self, point: str, severity: Severity, state: AlarmState, held: bool, reach: list[tuple[Recipient, ...]]
    ) -> None:
        before = self.alarms.get(point)
        if before is not None and before.severity > severity:
            severity = before.severity
        present = alarm(state, severity, point)
        if held:
            present = replace(present, held=Held(HoldKind.SHELVED, NOON, NOON + HOUR, "ann", "why"))
        self.alarms[point] = present
        made = snapshot(*reach, [CLEO], policy=severity.name)
        running = [one for one in self.all.values() if one.running]
        for after in told(running, present, made, self.now):
            number = after.number or len(self.all) + 1
            self.all[number] = replace(after, number=number)

    @rule(span=st.sampled_from([SECOND, MINUTE, 10 * MINUTE, HOUR]))
    def time_passes(self, span: int) -> None:
        self.now += span
        for number, one in self.all.items():
            before = one.state
            self.all[number], rings = advance(one, self.now)
            assert not rings or one.running
            assert all(ring.recipients for ring in rings)
            if before is not self.all[number].state:
                self.exhausted_and_told.add(number)

    @invariant()
    def none_is_forgotten(self) -> None:
        running = [one for one in self.all.values() if one.running]
        for present in self.alarms.values():
            if calls(present):
                (mine,) = [one for one in running if present.id in one.alarms]
                assert mine.severity >= present.severity
                assert mine.next_due is not None or mine.number in self.exhausted_and_told
        for one in running:
            assert any(calls(self.alarms[id.split("/")[0]]) for id in one.alarms)
            assert one.snapshot.policy == one.severity.name
        for one in self.all.values():
            assert one.running or one.next_due is None


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=20)
test_whatever_happens_in_whatever_order = AnyOrder.TestCase

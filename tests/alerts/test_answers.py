"""How soon alarms are answered, and which answers prove nothing."""

from alerts.answers import answers, summary
from alerts.machine import Transition
from facility.alarm import Acknowledgement, Alarm, AlarmState, Condition
from facility.instants import MINUTE, SECOND, Instant
from facility.limit import Severity
from storage.records.alarm_steps import AlarmStep


def step(at: Instant, what: Transition, alarm: str = "T1/high/0", by: str = "cleanwatch") -> AlarmStep:
    return AlarmStep(at, alarm, what, Severity.ALERT, False, by)


def answered(id: Instant, at: Instant, comment: str, by: str = "ann") -> tuple[list[AlarmStep], dict[str, Alarm]]:
    """An alarm raised at `id`, and the answer to it."""
    answer = Acknowledgement(by, at, comment, Severity.ALERT)
    alarm = Alarm(
        "T1", "R1", Condition.HIGH, Severity.ALERT, AlarmState.ACKNOWLEDGED, id, id, acknowledgements=(answer,)
    )
    return [step(id, Transition.RAISED, alarm.id), step(at, Transition.ACKNOWLEDGED, alarm.id, by)], {alarm.id: alarm}


def test_the_time_counts_from_the_last_call() -> None:
    steps = [
        step(0, Transition.RAISED),
        step(MINUTE, Transition.ACKNOWLEDGED, by="ann"),
        step(5 * MINUTE, Transition.ROSE),
        step(8 * MINUTE, Transition.ACKNOWLEDGED, by="ben"),
    ]
    assert [(answer.by, answer.after) for answer in answers(steps, {})] == [("ann", MINUTE), ("ben", 3 * MINUTE)]


def test_an_answer_to_a_call_before_the_period_has_no_time() -> None:
    (answer,) = answers([step(0, Transition.ACKNOWLEDGED, by="ann")], {})
    assert answer.after is None
    assert summary([answer])[0].middle is None


def test_hasty_repeated_and_bulk_answers_are_counted_for_each_person() -> None:
    steps: list[AlarmStep] = []
    alarms: dict[str, Alarm] = {}
    for number in range(5):
        some, known = answered(number * SECOND, 12 * SECOND + number, "  OK " if number % 2 else "ok")
        steps, alarms = steps + some, alarms | known
    some, known = answered(7_500, 20 * MINUTE, "Door was open; closed it.", by="ben")
    given = answers(steps + some, alarms | known)
    everybody, ann, ben = summary(given)
    assert (ann.by, ann.count, ann.hasty, ann.repeated, ann.bulk) == ("ann", 5, 2, 5, 5)
    assert (ben.by, ben.count, ben.hasty, ben.repeated, ben.bulk) == ("ben", 1, 0, 0, 0)
    assert (everybody.count, everybody.bulk) == (6, 5)
    assert everybody.slow is not None
    assert everybody.middle is not None
    assert everybody.slow > everybody.middle

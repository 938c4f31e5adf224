"""How alarms are answered: how soon, by whom, and whether anybody can have looked before.

An answer within seconds, the same words over and over, or many alarms at one stroke are no proof of anything done;
but they show where there are too many alarms, or alarms that need no answer.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from alerts.health import CALLS
from alerts.machine import Transition
from facility.alarm import Alarm
from facility.instants import SECOND, Instant, Span
from storage.records.alarm_steps import AlarmStep

HASTY: Span = 10 * SECOND
"""Nobody reads an alarm, understands it and looks at the room in less."""
REPEATED = 3
"""The same words of the same person so often are repeated."""
BULK, BULK_WITHIN = 5, 10 * SECOND
"""So many answers of one person in this time are bulk."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One acknowledgement; `after` is the time since the call that it answers, None where that is not known."""

    by: str
    at: Instant
    alarm: str
    after: Span | None
    comment: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one person, or of all (`by` is empty). Spans in ms; None where there are too few to say.

    `slow` is the time in which nine of ten were given.
    """

    by: str
    count: int
    middle: Span | None
    slow: Span | None
    hasty: int
    repeated: int
    bulk: int


def answers(steps: Sequence[AlarmStep], alarms: Mapping[str, Alarm]) -> list[Answer]:
    """Every acknowledgement among these steps of `alarms`, by time, with how long it took."""
    called: dict[str, list[Instant]] = {}
    found = []
    for step in sorted(steps, key=lambda step: step.at):
        if step.step in CALLS and step.announced:
            called.setdefault(step.alarm, []).append(step.at)
        elif step.step == Transition.ACKNOWLEDGED:
            before = called.get(step.alarm, [])
            place = bisect_right(before, step.at)
            after = step.at - before[place - 1] if place else None
            found.append(Answer(step.by, step.at, step.alarm, after, _comment(alarms.get(step.alarm), step)))
    return found


def summary(given: Sequence[Answer]) -> list[Answers]:
    """Of all together first, then of each person, who answered most first."""
    people = Counter(answer.by for answer in given)
    return [_of("", given), *(_of(by, [a for a in given if a.by == by]) for by, _ in people.most_common())]


def _of(by: str, given: Sequence[Answer]) -> Answers:
    taken = [answer.after for answer in given if answer.after is not None]
    texts = Counter((answer.by, " ".join(answer.comment.casefold().split())) for answer in given)
    return Answers(
        by=by,
        count=len(given),
        middle=round(median(taken)) if taken else None,
        slow=round(quantiles(taken, n=10, method="inclusive")[-1]) if len(taken) > 1 else None,
        hasty=sum(span < HASTY for span in taken),
        repeated=sum(number for number in texts.values() if number >= REPEATED),
        bulk=sum(
            _in_bulk([answer.at for answer in given if answer.by == person]) for person in {a.by for a in given}
        ),
    )


def _in_bulk(times: Sequence[Instant]) -> int:
    """How many of one person's answers, in order of time, were given together with at least four others."""
    bulk: set[int] = set()
    for first in range(len(times) - BULK + 1):
        if times[first + BULK - 1] - times[first] <= BULK_WITHIN:
            bulk.update(range(first, first + BULK))
    return len(bulk)


def _comment(alarm: Alarm | None, step: AlarmStep) -> str:
    if alarm is None:
        return ""
    return next((a.comment for a in alarm.acknowledgements if a.at == step.at and a.by == step.by), "")

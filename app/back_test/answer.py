"""A back-test carried out: every point judged by the limits of then and by the other ones, put beside each other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from alerts.replay import what_if
from alerts.replay.comparison import Comparison, Lost, Tally, compare, deepest, longest
from alerts.replay.processes import judge_all
from alerts.replay.what_if import Outcome
from app.back_test.question import Question
from facility.instants import text_of
from facility.language import _
from facility.limit import Severity
from facility.site import Site
from facility.site_words import duration
from storage.records.database import Records
from storage.samples.store import SampleStore

Progress = Callable[[float], None]
PROCESSES = 2


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What came of a question, point by point in the order of the question."""

    question: Question
    outcomes: tuple[Outcome, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def readings(self) -> int:
        return sum(outcome.readings for outcome in self.outcomes)

    @property
    def lost(self) -> list[Lost]:
        """All that would have been hidden, milder or later."""
        return [lost for comparison in self.comparisons for lost in comparison.lost]

    @property
    def hidden(self) -> list[Lost]:
        return [lost for comparison in self.comparisons for lost in comparison.hidden]

    @property
    def totals(self) -> dict[Severity, Tally]:
        """Alarms and time of all points, the worst severity first."""
        found: dict[Severity, Tally] = {}
        for severity in sorted({s for c in self.comparisons for s in c.tallies}, reverse=True):
            of_it = [c.tallies[severity] for c in self.comparisons if severity in c.tallies]
            found[severity] = Tally(
                sum(t.before for t in of_it),
                sum(t.after for t in of_it),
                sum(t.time_before for t in of_it),
                sum(t.time_after for t in of_it),
            )
        return found


def answer(
    site: Site,
    samples: SampleStore,
    records: Records,
    question: Question,
    progress: Progress,
    processes: int = PROCESSES,
) -> Answer:
    """Judge the past. `progress` may raise, which ends it. Raises HistoryAwayError, RecordsAwayError."""
    start, end = question.start, question.end
    with records.reading() as connection:
        tasks = what_if.tasks(connection, site, question.changed, start, end)
    found = {outcome.point: outcome for outcome in judge_all(samples, tasks, processes, progress)}
    outcomes = tuple(found[task.point] for task in tasks)
    compared = tuple(compare(o.point, o.readings, o.before, o.after, start, end) for o in outcomes)
    return Answer(question, outcomes, compared)


MOST_ATTACHED = 50
"""So many lost alarms are attached one by one, the longest."""


def attachment(site: Site, answer: Answer) -> dict[str, Any]:
    """What came of it as JSON, to be kept with a change."""
    lost = sorted(answer.lost, key=lambda one: one.lasted, reverse=True)
    return {
        "back-test": list(answer.question.changes),
        "from": text_of(answer.question.start),
        "to": text_of(answer.question.end),
        "readings": answer.readings,
        "hidden alarms": len(answer.hidden),
        "longest hidden": _one(site, longest(answer.hidden)),
        "deepest hidden": _one(site, deepest(answer.hidden)),
        "told otherwise on record": sum(len(outcome.differences) for outcome in answer.outcomes),
        "points": list(_points(answer)),
        "lost alarms": [_lost(site, one) for one in lost[:MOST_ATTACHED]],
        "more lost alarms": max(0, len(lost) - MOST_ATTACHED),
        "again": f"/back-test{answer.question.search}",
    }


def _points(answer: Answer) -> Iterator[dict[str, Any]]:
    for comparison in answer.comparisons:
        for severity, tally in comparison.tallies.items():
            yield {
                "point": comparison.point,
                "severity": severity.name.lower(),
                "alarms before": tally.before,
                "alarms after": tally.after,
                "time before": duration(tally.time_before),
                "time after": duration(tally.time_after),
            }


def _one(site: Site, lost: Lost | None) -> str | None:
    if lost is None:
        return None
    told = _lost(site, lost)
    return _(
        "{point} {condition} from {time}, {span}, worst {worst}",
        point=told["point"],
        condition=_(told["condition"]),
        time=told["from"],
        span=told["lasted"],
        worst=told["worst"],
    )


def _lost(site: Site, lost: Lost) -> dict[str, Any]:
    alarm = lost.alarm
    unit = site.points[alarm.point].unit if alarm.point in site.points else ""
    return {
        "point": alarm.point,
        "condition": alarm.condition.value,
        "severity": alarm.severity.name.lower(),
        "from": text_of(alarm.onset),
        "lasted": duration(lost.lasted),
        "worst": None if alarm.worst is None else f"{alarm.worst:g} {unit}".strip(),
        "becomes": _("later by {duration}", duration=duration(lost.by)) if lost.by else lost.fate.value,
    }

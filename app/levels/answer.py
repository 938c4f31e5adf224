"""Question, data and methods put together; the answer in words and as the record of a draft."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from app import formats
from app.levels.gather import Gathered, Progress, gather
from app.levels.question import Question, action_limit, checked, strictest_of, subject
from facility.instants import text_of
from facility.language import _
from facility.levels.compare import Comparison, compare
from facility.levels.result import Result
from facility.levels.sample import Sample, recovery_rate
from facility.limit import Each, Limit, RoomState, Severity, Side
from facility.quantities import Quantity
from facility.site import Point, Site
from facility.site_edit import cells, set_limit
from facility.site_file import parse_site
from facility.writing import significant
from storage.records.database import Records
from storage.samples.store import SampleStore


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the methods say of the data of a question."""

    question: Question
    subject: str
    sample: Sample
    gathered: Gathered
    comparison: Comparison

    @property
    def recovery(self) -> float | None:
        """Contamination recovery rate, percent; None where no colonies are counted."""
        return recovery_rate(self.gathered.values) if self.sample.counted and self.sample.n else None


def answer(site: Site, samples: SampleStore, records: Records, question: Question, progress: Progress) -> Answer:
    """The levels. Raises QuestionError, HistoryAwayError, RecordsAwayError."""
    question = checked(site, question)
    point = site.points[question.points[0]]
    found = gather(site, samples, records, question, progress)
    sample = Sample(
        found.values,
        point.quantity,
        question.side,
        action_limit(point, question.side, question.states),
        effective=found.effective,
    )
    return Answer(question, subject(site, question), sample, found, compare(sample, found.span))


def rationale(answer: Answer, result: Result, timezone: str) -> str:
    """Why the level is what it is, for the limit in the site file: method, period, data, fit, exclusions."""
    assert result.computed_alert is not None
    question, found = answer.question, answer.gathered
    parts = [
        _(
            "{method} of {n} values ({unit}) from history, {start} to {end}, {state}",
            method=_(result.method.value),
            n=formats.decimal(result.n, 0),
            unit=_(question.unit.value),
            start=formats.date(question.start, timezone),
            end=formats.date(question.end - 1, timezone),
            state=_(question.state) if question.state else _("all room states"),
        ),
        _("computed {value}", value=significant(result.computed_alert, 6)),
    ]
    if len(question.points) > 1:
        parts.append(_("pooled over {n} like points", n=len(question.points)))
    if result.capped:
        parts.append(_("capped inside the action limit"))
    if result.fit is not None:
        p = "" if result.fit.p is None else f", {_(result.fit.test)} p {significant(result.fit.p, 2)}"
        parts.append(_("fit r {correlation}{p}", correlation=formats.decimal(result.fit.correlation, 3), p=p))
    if excluded := sum(each.readings for each in found.excluded):
        causes = "; ".join(dict.fromkeys(e.exclusion.reason for e in found.excluded if e.readings))
        parts.append(_("{n} readings excluded ({causes})", n=formats.decimal(excluded, 0), causes=causes))
    if answer.comparison.provisional:
        parts.append(_("provisional: {reasons}", reasons=answer.comparison.provisional))
    return formats.sentence("; ".join(parts))[:LONGEST_RATIONALE] + "."


LONGEST_RATIONALE = 900
"""Characters, of the 1,000 that the site file takes."""


def attachment(answer: Answer) -> dict[str, Any]:
    """The whole answer as JSON, to be kept with a draft."""
    question, found = answer.question, answer.gathered
    return {
        "subject": answer.subject,
        "points": list(question.points),
        "side": question.side.value,
        "room state": question.state.value if question.state else None,
        "from": text_of(question.start),
        "to": text_of(question.end),
        "unit of analysis": question.unit.value,
        "action limit in force": answer.sample.action,
        "values": answer.sample.n,
        "effective values": round(found.effective, 1),
        "readings used": found.readings,
        "readings invalid": found.invalid,
        "readings in other room states": found.other_state,
        "excluded": [
            {
                "point": each.exclusion.point,
                "from": text_of(each.exclusion.start),
                "to": text_of(each.exclusion.end),
                "reason": each.exclusion.reason,
                "by": each.exclusion.by,
                "readings": each.readings,
                "lowest": each.lowest,
                "highest": each.highest,
            }
            for each in found.excluded
        ],
        "recovery rate, percent": answer.recovery,
        "provisional": answer.comparison.provisional,
        "warnings": list(answer.comparison.warnings),
        "methods": [asdict(result) | {"usable": result.usable} for result in answer.comparison.results],
    }


def with_level(text: str, answer: Answer, result: Result, why: str) -> str:
    """A site file's text with the level as the alert level of every point. Raises SiteFileError, SiteEditError.

    Delays, deadband and rule stay as they are; a new level takes those of the action limit, which were justified for
    the same readings.
    """
    assert result.alert is not None
    site = parse_site(text, _("the site file on record"))
    for id in answer.question.points:
        for limit in _levels(site.points[id], answer.question, result, result.alert, why):
            text = set_limit(text, id, limit)
    return text


def _levels(point: Point, question: Question, result: Result, value: float, why: str) -> list[Limit]:
    """The new alert levels of a point: one for all states whose present limit waits alike."""
    present = cells(point)
    found: dict[Limit, frozenset[RoomState]] = {}
    for state in question.states:
        kinds = ((severity, question.side, state) for severity in (Severity.ALERT, Severity.ACTION))
        old = next((present[kind] for kind in kinds if kind in present), Limit(Severity.ALERT, question.side, value))
        new = replace(
            old,
            severity=Severity.ALERT,
            value=value,
            reached=result.reached,
            rationale=_with_delay(why, old),
            exempt="",
            source="site",
            room_states=frozenset(),
        )
        found[new] = found.get(new, frozenset()) | {state}
    return [replace(limit, room_states=states) for limit, states in found.items()]


def _with_delay(why: str, old: Limit) -> str:
    """The rationale of a delay that is kept is kept, too (EU GMP Annex 1:2022, 4.16)."""
    waits = old.on_delay > 0 or not isinstance(old.rule, Each)
    kept = " " + _("Delay as before: {rationale}", rationale=old.rationale) if waits and old.rationale else ""
    return why[: LONGEST_RATIONALE - len(kept)] + kept


def in_force(site: Site, answer: Answer) -> tuple[Limit, ...]:
    """The limits in force on this side, of the first point, for the picture."""
    point, question = site.points[answer.question.points[0]], answer.question
    found = (strictest_of(point.limits, severity, question.side, question.states) for severity in Severity)
    return tuple(limit for limit in found if limit is not None)


def usual_side(point: Point) -> Side:
    """The side on which a point most likely needs a level: a pressure's low side, else the high one."""
    has_low = any(limit.side is Side.LOW and limit.severity is Severity.ACTION for limit in point.limits)
    return Side.LOW if has_low and point.quantity is Quantity.PRESSURE else Side.HIGH

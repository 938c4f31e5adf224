"""What happened in and around an excursion, one after the other: each with who or what says so, and its audit row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app import formats
from app.components.alarm_words import limit_beside_condition, point_words, value_words
from app.dossier.content import about
from app.dossier.measures import Measured
from app.trail_words import object_words
from facility.alarm import Alarm
from facility.excursion import Excursion
from facility.instants import Instant
from facility.language import N_, _
from facility.plant_events import RoomStateSet
from facility.site import Site
from storage.records.alarm_steps import AlarmStep
from storage.records.annotations import Annotation
from storage.records.assessments import ACTION, Assessment
from storage.records.batches import Run
from storage.records.closings import Closing
from storage.records.escalations import Call
from storage.records.notifications import Delivery


class Kind(StrEnum):
    """What an event is of."""

    READING = N_("Readings")
    ALARM = N_("Alarm")
    ANSWER = N_("Answer")
    STATE = N_("Room state")
    BATCH = N_("Batch")
    MESSAGE = N_("Message")
    CALL = N_("Call")
    NOTE = N_("Comment")
    RESULT = N_("Result")
    QA = N_("Assessment")


STEPS = {
    "alarm raised": N_("raised"),
    "alarm rose": N_("rose to a higher severity"),
    "alarm came back": N_("came back"),
    "alarm dated back": N_("began earlier than was known"),
    "alarm returned": N_("returned"),
    "alarm closed": N_("closed"),
    "alarm found in late readings": N_("found in late readings"),
    "alarm completed by late readings": N_("completed by late readings"),
    "alarm held": N_("calls nobody for now"),
    "alarm hold ended": N_("calls again"),
    "alarm reset": N_("reset"),
    "alarm explained": N_("explained by another alarm"),
    "alarm marked first-out": N_("marked first-out"),
    "alarm not first-out": N_("not first-out after all"),
}
"""The steps of an alarm, by their action in the audit trail. Acknowledgements stand with their words."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `row` is its number in the audit trail, where it has one of its own."""

    at: Instant
    kind: Kind
    source: str
    """A room, a point, a person."""
    words: str
    row: int | None = None
    key: bool = False
    """Is it one that tells the story, and not only completes it?"""


Rows = Mapping[tuple[str, str, Instant], int]


def in_order(*several: Iterable[Event]) -> tuple[Event, ...]:
    """All of them, by time."""
    kinds = list(Kind)
    return tuple(
        sorted((event for some in several for event in some), key=lambda e: (e.at, kinds.index(e.kind), e.words))
    )


def of_readings(site: Site, excursion: Excursion, measured: Sequence[Measured]) -> Iterable[Event]:
    """The worst reading of each point, exactly, and the first and the last of the whole."""
    for one in measured:
        if (gravest := one.gravest) is not None:
            value = formats.with_unit(gravest.worst, one.point.quantity)
            limits = ", ".join(formats.number(limit, one.point.quantity) for limit in gravest.limits)
            words = (
                _("Worst value, {value}; action limit {limits}", value=value, limits=limits)
                if gravest.severity.name == "ACTION"
                else _("Worst value, {value}; alert level {limits}", value=value, limits=limits)
            )
            yield Event(gravest.worst_at, Kind.READING, _place(site, one.point.id), words, key=True)
    where = object_words(about(excursion.number))
    yield Event(excursion.onset, Kind.READING, where, _("Onset: the first reading outside"), key=True)
    if excursion.returned is not None:
        yield Event(excursion.returned, Kind.READING, where, _("Return: the last alarm is back"), key=True)


def of_alarm(
    site: Site, alarm: Alarm, steps: Sequence[AlarmStep], rows: Rows, names: Mapping[str, str]
) -> Iterable[Event]:
    """Every step of an alarm, and every answer with its words."""
    source = _place(site, alarm.point)
    for step in steps:
        if step.step in STEPS:
            severity = _(step.severity.name.lower())
            limit = limit_beside_condition(site, alarm) if step.step == "alarm raised" else ""
            value = value_words(site, alarm.point, alarm.value) if step.step in ("alarm raised", "alarm rose") else ""
            words = ", ".join(
                filter(None, (_(alarm.condition.value), f"{severity} {_(STEPS[step.step])}", value, limit))
            )
            row = rows.get((f"alarm {alarm.id}", step.step, step.at))
            key = step.step in ("alarm raised", "alarm rose", "alarm returned", "alarm found in late readings")
            yield Event(step.at, Kind.ALARM, source, formats.sentence(words), row, key)
    for answer in alarm.acknowledgements:
        words = _("Acknowledged {alarm}: “{comment}”", alarm=source, comment=answer.comment)
        row = rows.get((f"alarm {alarm.id}", "alarm acknowledged", answer.at))
        yield Event(answer.at, Kind.ANSWER, names.get(answer.by, answer.by), words, row, key=True)


def of_rooms(states: Iterable[RoomStateSet], names: Mapping[str, str]) -> Iterable[Event]:
    """Every room state that was set."""
    for event in states:
        words = _(
            "{state}, set by {by}", state=formats.sentence(_(event.state.value)), by=names.get(event.by, event.by)
        )
        yield Event(event.time, Kind.STATE, event.room, words)


def of_batches(runs: Iterable[Run], start: Instant, end: Instant) -> Iterable[Event]:
    """What began and ended meanwhile."""
    for run in runs:
        if run.start >= start:
            yield Event(run.start, Kind.BATCH, run.room, _("Batch {batch} began", batch=run.batch), key=True)
        if run.end is not None and run.end < end:
            yield Event(run.end, Kind.BATCH, run.room, _("Batch {batch} ended", batch=run.batch), key=True)


def of_messages(found: Iterable[Delivery], channels: Mapping[int, str]) -> Iterable[Event]:
    """Who was sent what by which channel, and what the channel says of it."""
    for one in found:
        told = one.notification
        channel = channels.get(told.recipient.channel, "")
        if one.sent is not None:
            words = _("{subject}: handed over to {channel}", subject=told.subject, channel=channel)
            receipt = f" ({one.receipt})" if one.receipt else ""
            yield Event(one.sent, Kind.MESSAGE, told.recipient.name, words + receipt)
        elif one.failed is not None:
            words = _("{channel} failed: {error}", channel=channel, error=one.error)
            yield Event(one.failed, Kind.MESSAGE, told.recipient.name, words)
        else:
            words = _("{subject}: waits for {channel}", subject=told.subject, channel=channel)
            yield Event(told.at, Kind.MESSAGE, told.recipient.name, words)


def of_calls(calls: Iterable[tuple[int, Call]], rows: Rows) -> Iterable[Event]:
    """Who was called, in which round and step of the escalation."""
    for number, call in calls:
        words = _("Called, round {round}, step {step}", round=call.round + 1, step=call.step + 1)
        row = rows.get((f"escalation {number}", "escalation called", call.at))
        yield Event(call.at, Kind.CALL, call.name, words, row)


def of_notes(found: Iterable[Annotation], rows: Rows, names: Mapping[str, str]) -> Iterable[Event]:
    """Comments and corrections, when they were written."""
    for one in found:
        row = rows.get((one.about.object, f"{one.kind} added", one.at))
        words = _("About {object}: {text}", object=object_words(one.about.object), text=one.reason)
        yield Event(one.at, Kind.NOTE, names.get(one.by, one.by), words, row, key=True)


def of_assessments(
    found: Iterable[Assessment], closed: Iterable[Closing], rows: Rows, names: Mapping[str, str]
) -> Iterable[Event]:
    """Every version of what was judged; when it was closed and reopened."""
    for one in found:
        words = _("Version {number} of the assessment saved", number=one.number)
        row = rows.get((about(one.excursion), ACTION, one.at))
        yield Event(one.at, Kind.QA, names.get(one.by, one.by), words, row, key=True)
    for step in closed:
        words = _("Closed") if step.step == "closed" else _("Reopened: {reason}", reason=step.reason)
        row = rows.get((about(step.excursion), f"excursion {step.step}", step.at))
        yield Event(step.at, Kind.QA, names.get(step.by, step.by), words, row, key=True)


def _place(site: Site, point: str) -> str:
    known = site.points.get(point)
    return f"{known.room} {point_words(site, point)}" if known else point_words(site, point)

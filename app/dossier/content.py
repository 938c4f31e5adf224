"""What QA's signature under a closed excursion is bound to, and what of it is otherwise on record since.

It has the facts and not their words: alarms with their answers, a digest of every reading of their points while it
lasted, what was being made, room states, comments, messages, and the assessment. What is merely added later (a
comment, a message) is no part of it. What completes the past (a late reading, a batch entered afterwards) is, and so
it shows.
"""

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection

from facility.excursion import Excursion
from facility.instants import Instant, text_of
from facility.language import N_, _
from storage.records import alarm_steps, annotations, batches, excursions, notifications, room_states
from storage.records.assessments import Assessment, fields_told
from storage.records.trail.audit import JSON
from storage.samples.store import SampleStore

PARTS = {
    "excursion": N_("its beginning, its end or its severity"),
    "alarms": N_("its alarms"),
    "readings": N_("the readings of its points"),
    "batches": N_("what was being made"),
    "room states": N_("the room states"),
    "comments": N_("the comments"),
    "steps": N_("the steps of its alarms"),
    "messages": N_("the messages"),
    "assessment": N_("the assessment"),
}
"""The parts of the content, in words."""


def about(excursion: str) -> str:
    """An excursion as the audit trail, signatures and annotations name it."""
    return f"excursion {excursion}"


def written_about(excursion: Excursion, numbers: Sequence[str]) -> list[str]:
    """What comments on an excursion are about: itself, what was merged into it (`numbers` has both), its alarms."""
    return [*(about(number) for number in numbers), *(f"alarm {alarm}" for alarm in excursion.alarms)]


def content_of(
    connection: Connection,
    samples: SampleStore,
    excursion: Excursion,
    rooms: Sequence[str],
    assessment: Assessment,
    number: int,
    upto: Instant | None = None,
) -> dict[str, JSON]:
    """What the signature of the `number`th closing is bound to, as far as it was written `upto` then.

    `rooms` are those in which batches and room states matter. Raises HistoryAwayError.
    """
    end = excursion.onset if excursion.returned is None else excursion.returned
    numbers = excursions.numbers_in(connection, excursion.number)
    return {
        "closing": number,
        "rooms": sorted(rooms),
        "excursion": {
            "number": excursion.number,
            "onset": text_of(excursion.onset),
            "returned": None if excursion.returned is None else text_of(excursion.returned),
            "severity": excursion.severity.name.lower(),
        },
        "alarms": alarms_content(excursion),
        "readings": _readings(samples, excursion, end),
        "batches": _batches(connection, rooms, excursion.onset, end),
        "room states": [
            [event.room, text_of(event.time), event.state.value]
            for event in room_states.timeline(connection, sorted(rooms), excursion.onset, end + 1)
        ],
        "comments": [
            [one.id, one.about.object, one.was, one.becomes, one.reason, one.by, text_of(one.at)]
            for one in annotations.about(connection, written_about(excursion, numbers))
            if upto is None or one.at <= upto
        ],
        "steps": [
            [text_of(step.at), step.alarm, step.step, step.by]
            for steps in alarm_steps.of_each(connection, sorted(excursion.alarms)).values()
            for step in steps
            if upto is None or step.at <= upto
        ],
        "messages": [
            [text_of(one.notification.at), one.notification.id, one.notification.recipient.name]
            for event in numbers
            for one in notifications.of_event(connection, event)
            if upto is None or one.notification.at <= upto
        ],
        "assessment": {"version": assessment.number, "by": assessment.by, **fields_told(assessment.assessed)},
    }


def alarms_content(excursion: Excursion) -> list[JSON]:
    """Its alarms, as they are now."""
    return [
        {
            "id": alarm.id,
            "severity": alarm.severity.name.lower(),
            "raised": text_of(alarm.raised),
            "returned": None if alarm.returned is None else text_of(alarm.returned),
            "worst": alarm.worst,
            "worst at": None if alarm.worst_at is None else text_of(alarm.worst_at),
            "limit": alarm.limit,
            "operator": alarm.operator,
            "cause": alarm.cause,
            "late": alarm.retrospective,
            "answers": [[a.by, text_of(a.at), a.comment, a.severity.name.lower()] for a in alarm.acknowledgements],
        }
        for alarm in excursion.in_order()
    ]


def differences(signed: Mapping[str, JSON], present: Mapping[str, JSON]) -> list[str]:
    """Which parts are otherwise on record than they were signed, in words."""
    return [_(words) for part, words in PARTS.items() if signed.get(part) != present.get(part)]


def _readings(samples: SampleStore, excursion: Excursion, end: Instant) -> dict[str, JSON]:
    """Of each point how many readings there are, and the SHA-256 of their times, values and reasons (big-endian)."""
    points = sorted({alarm.point for alarm in excursion.alarms.values() if ":" not in alarm.point})
    found: dict[str, JSON] = {}
    for point in points:
        raw = samples.raw(point, excursion.onset, end + 1)
        digest = hashlib.sha256()
        for column, kind in (("time", ">i8"), ("value", ">f8"), ("reasons", ">i8")):
            digest.update(np.ascontiguousarray(raw[column].to_numpy(), dtype=kind).tobytes())
        found[point] = {"readings": len(raw), "SHA-256": digest.hexdigest()}
    return found


def _batches(connection: Connection, rooms: Sequence[str], start: Instant, end: Instant) -> list[JSON]:
    """A batch that ended later had not ended: that it has by now is no other fact."""
    return [
        [run.batch, run.room, text_of(run.start), None if run.end is None or run.end > end else text_of(run.end)]
        for run in batches.overlapping(connection, sorted(rooms), start, end + 1)
    ]

"""What people judge of an excursion: how grave, why, what of the batches, what is done about it.

Every version is a row that never changes; the newest holds. `assess` writes its audit row in the same transaction.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_

from facility.instants import Instant
from facility.language import N_, _
from facility.people import Person
from storage.records import closings
from storage.records.schema import assessments as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

LONGEST = 4_000
"""Characters of each text."""
ACTION = "excursion assessed"


class AssessmentError(ValueError):
    """This cannot be put on record; the message says why."""


class Classification(StrEnum):
    """How grave an excursion is, as the people of the site judge it."""

    MINOR = N_("minor")
    MAJOR = N_("major")
    CRITICAL = N_("critical")


@dataclass(frozen=True, slots=True)
class Assessed:
    """What is judged. What nobody has judged yet is empty.

    `cause` is a short name, the same for excursions with the same one, and `explanation` tells of it; `batches` are
    those that it has an impact on, `impact` says which; `measures` refers to what is done: CAPA-2026-0088.
    """

    classification: Classification | None = None
    cause: str = ""
    explanation: str = ""
    batches: tuple[str, ...] = ()
    impact: str = ""
    measures: str = ""

    @property
    def missing(self) -> list[str]:
        """What has to be judged before it can be closed, in words."""
        wanted = {
            _("the classification"): self.classification,
            _("the cause"): self.cause,
            _("the impact"): self.impact,
        }
        return [name for name, value in wanted.items() if not value]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One version of it: who judged so, when, and why otherwise than before."""

    excursion: str
    number: int
    at: Instant
    by: str
    assessed: Assessed
    reason: str


def assess(
    connection: Connection,
    at: Instant,
    person: Person,
    excursion: str,
    assessed: Assessed,
    *,
    after: int,
    reason: str = "",
) -> Assessment:
    """Put another version on record; `after` is the number of the one that the person has seen, 0 for none.

    Raises AssessmentError where somebody else was quicker, where nothing changes or no reason is given for what does,
    and where QA has closed the excursion.
    """
    newest = newest_of(connection, [excursion]).get(excursion)
    if closings.is_closed(connection, excursion):
        raise AssessmentError(_("This excursion is closed: QA has to reopen it first."))
    if (newest.number if newest else 0) != after:
        raise AssessmentError(_("Somebody else has saved an assessment meanwhile. Look at it, then save yours."))
    if newest is not None and newest.assessed == assessed:
        raise AssessmentError(_("Nothing of it has changed."))
    if newest is not None and not reason.strip():
        raise AssessmentError(_("Say why it is judged otherwise than before."))
    told, before = fields_told(assessed), fields_told(newest.assessed if newest else Assessed())
    texts = (*(value for value in told.values() if isinstance(value, str)), reason, *assessed.batches)
    if any("\0" in text or len(text) > LONGEST for text in texts):
        raise AssessmentError(_("Each text may have {longest} characters, and no NUL among them.", longest=LONGEST))
    made = Assessment(excursion, after + 1, at, person.account, assessed, reason.strip())
    values = {**told, "batches": json.dumps(assessed.batches), "classification": assessed.classification or ""}
    row = {"excursion": excursion, "number": made.number, "at": at, "by": person.account, "reason": made.reason}
    connection.execute(insert(table).values(**row, **values))
    changes = {name: (before[name], told[name]) for name in told if told[name] != before[name]}
    same = {name: value for name, value in told.items() if name not in changes}
    data: dict[str, JSON] = {"version": made.number, **same}
    audit.append(connection, at, [AuditEntry(person.actor, ACTION, f"excursion {excursion}", data, changes, reason)])
    return made


def of(connection: Connection, excursion: str) -> list[Assessment]:
    """Every version, the newest first."""
    rows = connection.execute(select(table).where(table.c.excursion == excursion).order_by(table.c.number.desc()))
    return [_assessment(row) for row in rows]


def newest_of(connection: Connection, excursions: Collection[str]) -> dict[str, Assessment]:
    """What holds of each of these excursions that was assessed."""
    last = select(table.c.excursion, func.max(table.c.number)).where(table.c.excursion.in_(excursions))
    query = select(table).where(tuple_(table.c.excursion, table.c.number).in_(last.group_by(table.c.excursion)))
    return {row.excursion: _assessment(row) for row in connection.execute(query)}


def causes(connection: Connection) -> list[str]:
    """Every cause that was named so far, by the alphabet."""
    found = connection.execute(select(table.c.cause).where(table.c.cause != "").distinct().order_by(table.c.cause))
    return list(found.scalars())


def fields_of(row: Row[Any]) -> dict[str, JSON]:
    """What the audit row of a version says that it judges."""
    return fields_told(_assessed(row))


def fields_told(assessed: Assessed) -> dict[str, JSON]:
    """What is judged, as the audit trail and signatures have it."""
    return {
        "classification": assessed.classification.value if assessed.classification else None,
        "cause": assessed.cause,
        "explanation": assessed.explanation,
        "batches": list(assessed.batches),
        "impact": assessed.impact,
        "measures": assessed.measures,
    }


def _assessed(row: Row[Any]) -> Assessed:
    return Assessed(
        Classification(row.classification) if row.classification else None,
        row.cause,
        row.explanation,
        tuple(json.loads(row.batches)),
        row.impact,
        row.measures,
    )


def _assessment(row: Row[Any]) -> Assessment:
    return Assessment(row.excursion, row.number, row.at, row.by, _assessed(row), row.reason)

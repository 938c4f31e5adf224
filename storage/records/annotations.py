"""Comments on what is on record, and corrections of what it means. The original stays as it is, and stays visible.

A correction says how something reads and how it should read: "12 CFU/m³" and "2 CFU/m³", "valid" and "invalid". It
holds once QA has approved it with a signature, and never does where it was refused, or taken back by its author.
Both are rows that never change; `comment`, `correct` and `refuse` write their audit rows under the object that they
are about. The signature is that of the object `annotation 7`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, insert, select

from facility.instants import Instant, text_of
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records import signatures
from storage.records.schema import annotations as table
from storage.records.schema import refusals
from storage.records.signatures import Meaning, NeedsRight, NotBy, Rule, Signature
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

LONGEST = 2_000
"""Characters of each text."""


class AnnotationError(ValueError):
    """This cannot be put on record; the message says why."""


class Kind(StrEnum):
    """What an annotation does."""

    COMMENT = "comment"
    CORRECTION = "correction"


class Standing(StrEnum):
    """How far an annotation has come. A comment holds as soon as it is written."""

    HOLDS = "holds"
    WAITS = "waits for QA's signature"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class About:
    """What an annotation is about: an object as the audit trail names it, and its time, both ends included.

    `point B101.DP1` from one instant to the same is one reading; `alarm …`, `room B101`, `batch P-1` have the time at
    which they began.
    """

    object: str
    start: Instant
    end: Instant


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a correction never came to hold."""

    by: str
    at: Instant
    reason: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """One comment or correction, with what became of it. Only a correction has `was` and `becomes`."""

    id: int
    kind: Kind
    about: About
    was: str
    becomes: str
    reason: str
    by: str
    at: Instant
    signatures: tuple[Signature, ...] = ()
    refusal: Refusal | None = None

    @property
    def object(self) -> str:
        """As a signature names it."""
        return f"annotation {self.id}"

    @property
    def content(self) -> Mapping[str, JSON]:
        """What a signature is bound to."""
        return {
            "annotation": self.id,
            "object": self.about.object,
            "from": text_of(self.about.start),
            "to": text_of(self.about.end),
            "was": self.was,
            "becomes": self.becomes,
            "reason": self.reason,
            "by": self.by,
            "at": text_of(self.at),
        }

    @property
    def standing(self) -> Standing:
        """Does it hold?"""
        if self.kind is Kind.COMMENT or any(signatures.holds(s, self.content) for s in self.signatures):
            return Standing.HOLDS
        return Standing.REFUSED if self.refusal else Standing.WAITS

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Four eyes: QA approves what somebody else has written."""
        return NeedsRight(Right.APPROVE), NotBy(self.by, N_("written"))


MEANING = Meaning.APPROVAL
"""What the signature under a correction says."""


def comment(connection: Connection, at: Instant, person: Person, about: About, text: str) -> Annotation:
    """Put a comment on record. Raises AnnotationError where nothing is said."""
    return _add(connection, at, person, Kind.COMMENT, about, "", "", text)


def correct(
    connection: Connection, at: Instant, person: Person, about: About, was: str, becomes: str, reason: str
) -> Annotation:
    """Put a correction on record, which waits for QA. Raises AnnotationError where one of the three is missing."""
    if not was.strip() or not becomes.strip():
        raise AnnotationError(_("A correction says how it reads now, and how it should read."))
    if was.strip() == becomes.strip():
        raise AnnotationError(_("What it should read is what it reads already."))
    return _add(connection, at, person, Kind.CORRECTION, about, was, becomes, reason)


def refuse(connection: Connection, at: Instant, person: Person, id: int, reason: str) -> None:
    """Say that a correction will not hold: QA refuses it, or its author takes it back.

    Raises AnnotationError where it does not wait, where it is not for this person, or without a reason.
    """
    found = find(connection, id)
    if found is None or found.standing is not Standing.WAITS:
        raise AnnotationError(_("This correction does not wait any more. Look at it again."))
    if found.by != person.account and not person.may(Right.APPROVE):
        raise AnnotationError(_("Only QA refuses a correction, and only its author takes it back."))
    reason = _text(reason)
    connection.execute(insert(refusals).values(annotation=id, by=person.account, at=at, reason=reason))
    action = "correction taken back" if found.by == person.account else "correction refused"
    entry = AuditEntry(person.actor, action, found.about.object, {"annotation": id}, reason=reason)
    audit.append(connection, at, [entry])


def find(connection: Connection, id: int) -> Annotation | None:
    """The annotation of this number."""
    return next(iter(_annotations(connection, table.c.id == id)), None)


def about(
    connection: Connection, objects: Sequence[str], start: Instant | None = None, end: Instant | None = None
) -> list[Annotation]:
    """All annotations of these objects, of those that lie in `[start, end)` or reach into it, by time."""
    within = []
    if start is not None:
        within.append(table.c.end >= start)
    if end is not None:
        within.append(table.c.start < end)
    return _annotations(connection, table.c.object.in_(objects), *within)


def newest(connection: Connection, count: int) -> list[Annotation]:
    """The annotations that were written last, newest first."""
    ids = select(table.c.id).order_by(table.c.id.desc()).limit(count)
    return sorted(_annotations(connection, table.c.id.in_(ids)), key=lambda one: -one.id)


def waiting(connection: Connection) -> list[Annotation]:
    """The corrections that wait for a signature, oldest first."""
    open_ = (table.c.kind == Kind.CORRECTION.value, table.c.id.not_in(select(refusals.c.annotation)))
    found = (one for one in _annotations(connection, *open_) if one.standing is Standing.WAITS)
    return sorted(found, key=lambda one: one.id)


def _add(
    connection: Connection,
    at: Instant,
    person: Person,
    kind: Kind,
    about: About,
    was: str,
    becomes: str,
    reason: str,
) -> Annotation:
    if about.end < about.start:
        raise AnnotationError(_("The end of the stretch lies before its beginning."))
    values = {"was": was.strip(), "becomes": becomes.strip(), "reason": _text(reason)}
    if any("\0" in text or len(text) > LONGEST for text in values.values()):
        raise AnnotationError(_("Each text may have {longest} characters, and no NUL among them.", longest=LONGEST))
    row = {"kind": kind.value, "object": about.object, "start": about.start, "end": about.end, **values}
    id: int = connection.execute(
        insert(table).values(**row, by=person.account, at=at).returning(table.c.id)
    ).scalar_one()
    data: dict[str, JSON] = {"annotation": id, "from": text_of(about.start), "to": text_of(about.end)}
    changes: dict[str, tuple[JSON, JSON]] = {"meaning": (values["was"], values["becomes"])} if values["was"] else {}
    entry = AuditEntry(person.actor, f"{kind} added", about.object, data, changes, values["reason"])
    audit.append(connection, at, [entry])
    return Annotation(id, kind, about, values["was"], values["becomes"], values["reason"], by=person.account, at=at)


def _text(text: str) -> str:
    if not text.strip():
        raise AnnotationError(_("Say why: it needs a reason, in words."))
    return text.strip()


def _annotations(connection: Connection, *which: ColumnElement[bool]) -> list[Annotation]:
    refused = (refusals.c.by.label("refused_by"), refusals.c.at.label("refused_at"), refusals.c.reason.label("why"))
    query = select(table, *refused).join(refusals, isouter=True).where(*which).order_by(table.c.start, table.c.id)
    rows = connection.execute(query).all()
    signed = signatures.of_each(connection, [f"annotation {row.id}" for row in rows])
    return [
        Annotation(
            row.id,
            Kind(row.kind),
            About(row.object, row.start, row.end),
            row.was,
            row.becomes,
            row.reason,
            row.by,
            row.at,
            tuple(signed.get(f"annotation {row.id}", ())),
            None if row.why is None else Refusal(row.refused_by, row.refused_at, row.why),
        )
        for row in rows
    ]

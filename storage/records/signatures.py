"""Electronic signatures: who signed what, in which meaning, when; bound to exactly the content that was signed.

A signature is a row that never changes, with the printed name, the date and time with their zone, and the meaning
(21 CFR 11.50), and with the SHA-256 of the content: it holds for that content and for no other (21 CFR 11.70). `sign`
writes the row and its audit row in the caller's transaction; both say the same, which `verify` checks.

Whoever asks for a signature says by `Rule`s what has to be so: which meaning comes first, who may not sign both.
The rules look only at signatures of the present content: what was reviewed and then changed, is not reviewed.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import TypeAlias

import msgspec
from sqlalchemy import Connection, insert, select

from facility.instants import Instant
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from storage.records.schema import audit as audit_rows
from storage.records.schema import audit_head
from storage.records.schema import signatures as table
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry


class NotToBeSignedError(Exception):
    """This person may not sign this now; the message says why."""


class Meaning(StrEnum):
    """What a signature says (21 CFR 11.50(a)(3))."""

    AUTHORSHIP = "authorship"
    REVIEW = "review"
    APPROVAL = "approval"
    RESPONSIBILITY = "responsibility"


DONE = {
    Meaning.AUTHORSHIP: N_("written"),
    Meaning.REVIEW: N_("reviewed"),
    Meaning.APPROVAL: N_("approved"),
    Meaning.RESPONSIBILITY: N_("taken responsibility for"),
}
"""What has been done to a record by a signature of each meaning."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. `number` counts from 1 for each object; `name` is the printed name at that time."""

    object: str
    number: int
    meaning: Meaning
    account: str
    name: str
    role: str
    at: Instant
    zone: str
    """The site's time zone then (IANA)."""
    content: str
    """The SHA-256 of what was signed, as `content_hash` gives it."""
    session: int | None
    """In which sign-in session: only its first signature needs all components (21 CFR 11.200(a)(1)(i))."""
    audit: int
    """The number of the audit row that says the same."""


@dataclass(frozen=True, slots=True)
class Before:
    """One meaning has to be on record before another: a review before the approval."""

    first: Meaning
    then: Meaning


@dataclass(frozen=True, slots=True)
class DifferentPeople:
    """Four eyes: nobody gives two of these meanings."""

    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, slots=True)
class NotBy:
    """Four eyes where the first pair did not sign: not by this account, which has done that: "drafted"."""

    account: str
    deed: str


@dataclass(frozen=True, slots=True)
class NeedsRight:
    """The person's role must have this right."""

    right: Right


Rule: TypeAlias = Before | DifferentPeople | NotBy | NeedsRight


def content_hash(content: JSON) -> str:
    """The SHA-256 of a content as canonical JSON: UTF-8, keys sorted, no spaces."""
    return hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()


def holds(signature: Signature, content: JSON) -> bool:
    """Was exactly this signed?"""
    return signature.content == content_hash(content)


def problem(
    person: Person, meaning: Meaning, content: JSON, signatures: Sequence[Signature], rules: Sequence[Rule]
) -> str | None:
    """In words why this person may not sign this content now; None where nothing stands against it."""
    signed = [signature for signature in signatures if holds(signature, content)]
    if any(s.account == person.account and s.meaning is meaning for s in signed):
        return _("You have {done} it already.", done=_(DONE[meaning]))
    return next((words for rule in rules if (words := _against(rule, person, meaning, signed))), None)


def _against(rule: Rule, person: Person, meaning: Meaning, signed: Sequence[Signature]) -> str | None:
    match rule:
        case Before(first, then) if meaning is then and all(s.meaning is not first for s in signed):
            return _("It has to be {done} first, with a signature.", done=_(DONE[first]))
        case DifferentPeople(meanings) if meaning in meanings:
            own = [s.meaning for s in signed if s.account == person.account and s.meaning in meanings]
            return _not_again(DONE[own[0]]) if own else None
        case NotBy(account, deed) if account == person.account:
            return _not_again(deed)
        case NeedsRight(right) if not person.may(right):
            return _(
                "Your role, {role}, has not the right to {right}.", role=_(person.role.value), right=_(right.value)
            )
    return None


def _not_again(deed: str) -> str:
    return _("You have {done} it yourself: another person has to sign this.", done=_(deed))


def sign(
    connection: Connection,
    at: Instant,
    person: Person,
    object: str,
    meaning: Meaning,
    content: JSON,
    *,
    rules: Sequence[Rule] = (),
    session: int | None = None,
) -> Signature:
    """Sign this content of an object (`change 12`) for a person who has just proven who it is.

    Raises NotToBeSignedError where a rule stands against it. The head of the audit trail is locked until the
    transaction ends, so do this last in it.
    """
    # The lock comes first: two who sign at once must see one another.
    zone: str = connection.execute(select(audit_head.c.zone).with_for_update()).scalar_one()
    before = of(connection, object)
    if words := problem(person, meaning, content, before, rules):
        raise NotToBeSignedError(words)
    told = _told(len(before) + 1, meaning, person.name, content_hash(content), session)
    audit.append(connection, at, [AuditEntry(person.actor, ACTION, object, told)])
    seq: int = connection.execute(select(audit_head.c.seq)).scalar_one()
    signature = Signature(
        object=object,
        number=len(before) + 1,
        meaning=meaning,
        account=person.account,
        name=person.name,
        role=person.role.value,
        at=at,
        zone=zone,
        content=content_hash(content),
        session=session,
        audit=seq,
    )
    connection.execute(insert(table).values(asdict(signature)))
    return signature


def of(connection: Connection, object: str) -> list[Signature]:
    """The signatures of an object, in their order."""
    return of_each(connection, [object]).get(object, [])


def of_each(connection: Connection, objects: Sequence[str]) -> dict[str, list[Signature]]:
    """The signatures of each of these objects that has some, in their order."""
    found: dict[str, list[Signature]] = {}
    query = select(table).where(table.c.object.in_(objects)).order_by(table.c.object, table.c.number)
    for row in connection.execute(query):
        found.setdefault(row.object, []).append(_signature(*row))
    return found


def signed_in(connection: Connection, session: int, account: str) -> bool:
    """Has this account signed anything yet in this session?"""
    query = select(table.c.object).where(table.c.session == session, table.c.account == account).limit(1)
    return connection.execute(query).first() is not None


def verify(connection: Connection) -> list[str]:
    """Signatures that do not say what their audit rows say, and audit rows whose signatures are gone, in words."""
    problems = []
    found = {row.audit: _signature(*row) for row in connection.execute(select(table))}
    rows = connection.execute(select(audit_rows).where(audit_rows.c.action == ACTION).order_by(audit_rows.c.seq))
    for row in rows:
        signature = found.pop(row.seq, None)
        if signature is None:
            problems.append(f"the signature of {row.object} that audit row {row.seq} tells of is missing")
        elif _as_audited(signature) != (row.at, row.actor, row.object, _facts(row.data)):
            problems.append(
                f"signature {signature.number} of {signature.object} is not what audit row {row.seq} says"
            )
    problems += [f"signature {s.number} of {s.object} was inserted: no audit row tells of it" for s in found.values()]
    return problems


ACTION = "signed"
"""The action of a signature's audit row."""


def _signature(object: str, number: int, meaning: str, *rest: object) -> Signature:
    return Signature(object, number, Meaning(meaning), *rest)  # type: ignore[arg-type]  # the columns' own types


def _told(number: int, meaning: Meaning, name: str, content: str, session: int | None) -> dict[str, JSON]:
    return {"number": number, "meaning": meaning.value, "name": name, "content": content, "session": session}


def _as_audited(signature: Signature) -> tuple[Instant, str, str, dict[str, JSON]]:
    told = _told(signature.number, signature.meaning, signature.name, signature.content, signature.session)
    facts = {**told, "role": signature.role, "zone": signature.zone}
    return signature.at, signature.account, signature.object, facts


def _facts(data: str) -> dict[str, JSON]:
    told: dict[str, JSON] = json.loads(data)
    return {name: value for name, value in told.items() if name != "origin"}

"""Changes of the site file on their way to being in force: drafts, what was said to them, and what became of them.

A change is a whole site file that somebody proposes, drawn up against the newest revision on record. Neither it nor
what is done to it is ever altered: every step is a row. `facility.change_states` says which step may follow which.
What is controlled is signed, for its review and for its approval; the signatures stand under `change <number>`.
Here they are drafted and read; `change_steps` is what is done to them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select

from facility.change_states import ChangeState, Step, after
from facility.instants import Instant, text_of
from facility.language import _
from facility.people import Actor, Person
from facility.roles import Right
from facility.site import Site
from facility.site_changes import Difference, decides, differences, lines
from facility.site_file import parse_site
from storage.records import revisions
from storage.records.revisions import Revision
from storage.records.schema import audit_head, change_steps, changes
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry
from storage.records.trail.kept import sha256_of


class ChangeRefusedError(Exception):
    """This may not be done to this change now; the message says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What was done to a change. `revision` is what it became, where it was put in force."""

    at: Instant
    by: str
    step: Step
    comment: str
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A proposed site file. `base` is the revision against which it was drawn up, and `differences` are to that one.

    `wanted_from` is when it shall take force: None for as soon as it may. `attachment` is what speaks for it: a
    back-test, statistics.
    """

    number: int
    at: Instant
    author: str
    base: int
    wanted_from: Instant | None
    controlled: bool
    reason: str
    rationale: str
    text: str
    differences: tuple[str, ...]
    attachment: JSON
    steps: tuple[StepTaken, ...] = ()

    @property
    def object(self) -> str:
        """As audit trail and signatures call it."""
        return name_of(self.number)

    @property
    def state(self) -> ChangeState:
        """Where it stands, as far as steps say it; `standing` says whether what was approved is in force."""
        state = ChangeState.DRAFT
        for taken in self.steps:
            state = after(state, taken.step, self.controlled) or state
        return state

    @property
    def revision(self) -> int | None:
        """The revision that it became."""
        return next((taken.revision for taken in self.steps if taken.revision is not None), None)

    @property
    def content(self) -> JSON:
        """What a signature is bound to."""
        return {
            "change": self.number,
            "author": self.author,
            "base": self.base,
            "wanted from": None if self.wanted_from is None else text_of(self.wanted_from),
            "reason": self.reason,
            "rationale": self.rationale,
            "text": self.text,
            "differences": self.differences,
            "attachment": self.attachment,
        }


def name_of(number: int) -> str:
    """As audit trail and signatures call a change."""
    return f"change {number}"


def standing(change: Change, every: Sequence[Revision], now: Instant) -> ChangeState:
    """Where a change stands at this moment; `every` are all revisions."""
    revision = next((found for found in every if found.number == change.revision), None)
    if change.state is not ChangeState.APPROVED or revision is None:
        return change.state
    return revision_state(revision, every, now)


def revision_state(revision: Revision, every: Sequence[Revision], now: Instant) -> ChangeState:
    """Approved and to take force, in force, or retired."""
    stretch = revisions.stretch_of(revision, every)
    if stretch is None:
        return ChangeState.RETIRED
    start, end = stretch
    if now < start:
        return ChangeState.APPROVED
    return ChangeState.IN_FORCE if end is None or now < end else ChangeState.RETIRED


def draft(
    connection: Connection,
    at: Instant,
    person: Person,
    text: str,
    reason: str,
    rationale: str = "",
    attachment: JSON = None,
    *,
    base: int | None = None,
    wanted_from: Instant | None = None,
) -> Change:
    """Propose a site file against the newest revision, with an audit row; call it last in a transaction.

    With `base` the text was made from that revision: it is refused where there is a newer one by now. Raises
    SiteFileError where the text has mistakes, ChangeRefusedError where it cannot be a change.
    """
    if not person.may(Right.DRAFT):
        raise ChangeRefusedError(_("Your role, {role}, may not draft changes.", role=_(person.role.value)))
    return draft_by(
        connection, at, person.actor, text, reason, rationale, attachment, base=base, wanted_from=wanted_from
    )


def draft_by(
    connection: Connection,
    at: Instant,
    author: Actor,
    text: str,
    reason: str,
    rationale: str = "",
    attachment: JSON = None,
    *,
    base: int | None = None,
    wanted_from: Instant | None = None,
) -> Change:
    """The same for whoever is at the shell, or a station that starts with a changed file."""
    lock(connection)
    site = parse_site(text, _("the proposed site file"))
    newest = revisions.newest(connection)
    if newest is None:
        raise ChangeRefusedError(_("No site file is in force yet: there is nothing to change."))
    if base is not None and base != newest.number:
        raise ChangeRefusedError(outdated(None, base, newest.number))
    if not reason.strip():
        raise ChangeRefusedError(_("Say why it is changed: the reason goes on record."))
    if wanted_from is not None and wanted_from < at:
        raise ChangeRefusedError(_("A change takes force now or later, never in the past."))
    before = site_of(newest)
    same_site(before, site)
    found = differences(before, site)
    if text == newest.text or not found:
        raise ChangeRefusedError(_("Nothing is different from the newest revision, but perhaps comments."))
    number = (connection.scalar(select(func.max(changes.c.number))) or 0) + 1
    change = Change(
        number,
        at,
        author.name,
        newest.number,
        wanted_from,
        decides(found),
        reason.strip(),
        rationale.strip(),
        text,
        lines(found),
        attachment,
    )
    row = _row(change)
    connection.execute(insert(changes).values(row))
    data: dict[str, JSON] = {
        "base": newest.number,
        "rationale": change.rationale,
        "controlled": change.controlled,
        "differences": change.differences,
        "SHA-256 of the file": sha256_of(text),
    }
    if attachment is not None:
        data["SHA-256 of the attachment"] = sha256_of(row["attachment"])
    if wanted_from is not None:
        data["wanted from"] = text_of(wanted_from)
    entry = AuditEntry(author, "change drafted", change.object, data, fields_of(found), change.reason)
    audit.append(connection, at, [entry])
    return change


def find(connection: Connection, number: int) -> Change | None:
    """A change with everything that was done to it."""
    row = connection.execute(select(changes).where(changes.c.number == number)).first()
    return _change(row, _steps(connection).get(number, ())) if row else None


def all(connection: Connection) -> list[Change]:
    """Every change, newest first."""
    steps = _steps(connection)
    found = connection.execute(select(changes).order_by(changes.c.number.desc()))
    return [_change(row, steps.get(row.number, ())) for row in found]


def came_of(connection: Connection, revision: int) -> int | None:
    """The number of the change that became this revision; None where it took force without one."""
    number: int | None = connection.scalar(select(change_steps.c.change).where(change_steps.c.revision == revision))
    return number


def lock(connection: Connection) -> None:
    """Of two who decide at once the second sees what the first did."""
    connection.execute(select(audit_head.c.seq).with_for_update())


def site_of(revision: Revision) -> Site:
    """The site that a revision describes."""
    return parse_site(revision.text, f"site revision {revision.number}")


def same_site(before: Site | None, site: Site) -> None:
    """Raises ChangeRefusedError where a file describes another site than the one on record."""
    if before is not None and before.id != site.id:
        raise ChangeRefusedError(
            _(
                "This describes the site {other}, but these records are of {site}; give another site a data folder "
                "of its own.",
                other=repr(site.id),
                site=repr(before.id),
            )
        )


def outdated(number: int | None, base: int, newest: int) -> str:
    """What is said of a change whose base is not the newest revision any more."""
    found = (
        _(
            "This was drawn up against site revision {base}, but by now there is revision {newest}.",
            base=base,
            newest=newest,
        )
        if number is None
        else _(
            "Change {number} was drawn up against site revision {base}, but by now there is revision {newest}.",
            number=number,
            base=base,
            newest=newest,
        )
    )
    again = _("Draw it up again against that one: what it would change is to be seen as it is now.")
    return f"{found} {again}"


def fields_of(found: Sequence[Difference]) -> Mapping[str, tuple[JSON, JSON]]:
    """Old and new of each field, for an audit row."""
    return {f"{d.object} {d.field.replace('_', ' ')}".strip(): (d.old, d.new) for d in found}


def _row(change: Change) -> dict[str, Any]:
    row = {column.name: getattr(change, column.name) for column in changes.columns}
    attachment = None if change.attachment is None else json.dumps(change.attachment, ensure_ascii=False)
    return row | {"differences": json.dumps(change.differences, ensure_ascii=False), "attachment": attachment}


def _change(row: Any, steps: Sequence[StepTaken]) -> Change:
    values = row._asdict()
    values["differences"] = tuple(json.loads(row.differences))
    values["attachment"] = None if row.attachment is None else json.loads(row.attachment)
    return Change(**values, steps=tuple(steps))


def _steps(connection: Connection) -> dict[int, list[StepTaken]]:
    found: dict[int, list[StepTaken]] = {}
    for row in connection.execute(select(change_steps).order_by(change_steps.c.change, change_steps.c.number)):
        taken = StepTaken(row.at, row.by, Step(row.step), row.comment, row.revision)
        found.setdefault(row.change, []).append(taken)
    return found

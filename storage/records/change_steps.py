"""What is done to a change: review, approval, putting in force, withdrawing, refusing; and the first site file.

Every function writes its own audit rows. It locks the head of the audit trail, so call it last in a transaction.
Where something may not be, it raises ChangeRefusedError with words for the person who tried: let the transaction end
by it, and nothing has changed. Whoever signs has just proven who it is (`app.signing`).
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from facility.change_states import Step, after
from facility.instants import Instant
from facility.people import Actor, Person
from facility.roles import Right
from facility.site_changes import differences, lines
from facility.site_file import parse_site
from storage.records import audit, revisions, signatures
from storage.records.audit import JSON, AuditEntry
from storage.records.changes import (
    Change,
    ChangeRefusedError,
    came_of,
    fields_of,
    find,
    lock,
    outdated,
    same_site,
    site_of,
)
from storage.records.revisions import Revision
from storage.records.schema import change_steps
from storage.records.signatures import Before, DifferentPeople, Meaning, NeedsRight, NotBy, NotToBeSignedError, Rule

BEGINNING: Instant = 0
"""From when the first revision is in force: so imported history is seen against its limits."""


def begin(connection: Connection, at: Instant, author: Actor, text: str, reason: str) -> Revision:
    """Put a site file in force at once without review: the first one of these records, or one of a simulated site.

    Raises SiteFileError where the text has mistakes.
    """
    lock(connection)
    site = parse_site(text, "the site file")
    newest = revisions.newest(connection)
    before = site_of(newest) if newest else None
    if before is not None and not (before.simulated and site.simulated):
        raise ChangeRefusedError("Only the first site file, or one of a simulated site, takes force without review.")
    same_site(before, site)
    audit.set_zone(connection, site.timezone)
    return revisions.add(
        connection,
        at,
        in_force_from=at if newest else BEGINNING,
        author=author,
        reason=reason,
        text=text,
        differences=lines(differences(before, site)),
        changes=fields_of(differences(before, site)) if before else {},
    )


def review(
    connection: Connection, at: Instant, person: Person, number: int, comment: str = "", session: int | None = None
) -> Change:
    """Sign that a controlled change was reviewed and is right. The person has just proven who it is."""
    change = _ready(connection, number, Step.REVIEW)
    _take(connection, at, person.actor, change, Step.REVIEW, comment)
    _sign(connection, at, person, change, Meaning.REVIEW, session)
    return _found(connection, number)


def approve(
    connection: Connection, at: Instant, person: Person, number: int, comment: str = "", session: int | None = None
) -> Change:
    """Sign that a controlled change is approved, and put it in force. The person has just proven who it is."""
    change = _ready(connection, number, Step.PUT_IN_FORCE)
    if not change.controlled:
        raise ChangeRefusedError(f"Change {number} needs no signature.")
    _put_in_force(connection, at, person.actor, change, comment)
    _sign(connection, at, person, change, Meaning.APPROVAL, session)
    return _found(connection, number)


def put_in_force(connection: Connection, at: Instant, by: Actor, number: int, comment: str = "") -> Change:
    """Put in force a change that needs nobody's signature."""
    change = _ready(connection, number, Step.PUT_IN_FORCE)
    if change.controlled:
        raise ChangeRefusedError(f"Change {number} decides about alarms: QA has to sign it.")
    _put_in_force(connection, at, by, change, comment)
    return _found(connection, number)


def withdraw(connection: Connection, at: Instant, person: Person, number: int, comment: str) -> Change:
    """Its author does not want it any more."""
    change = _ready(connection, number, Step.WITHDRAW)
    if person.account != change.author:
        raise ChangeRefusedError("Only its author withdraws a change. You can refuse it, with a reason.")
    _take(connection, at, person.actor, change, Step.WITHDRAW, comment)
    return _found(connection, number)


def refuse(connection: Connection, at: Instant, person: Person, number: int, comment: str) -> Change:
    """Somebody else says, with a reason, that it is not to be."""
    change = _ready(connection, number, Step.REFUSE)
    if not person.may(Right.DRAFT):
        raise ChangeRefusedError(f"Your role, {person.role}, may not refuse changes.")
    if person.account == change.author:
        raise ChangeRefusedError("This is your own: withdraw it.")
    if not comment.strip():
        raise ChangeRefusedError("Say why it is refused: the reason goes on record.")
    _take(connection, at, person.actor, change, Step.REFUSE, comment)
    return _found(connection, number)


def rules(change: Change, meaning: Meaning) -> Sequence[Rule]:
    """What has to be so for a signature under a change: four eyes, and the review before the approval."""
    right = Right.APPROVE if meaning is Meaning.APPROVAL else Right.DRAFT
    return (
        NeedsRight(right),
        NotBy(change.author, "drafted"),
        Before(Meaning.REVIEW, Meaning.APPROVAL),
        DifferentPeople((Meaning.REVIEW, Meaning.APPROVAL)),
    )


def revision_content(revision: Revision) -> JSON:
    """What a signature under a revision is bound to that took force without review."""
    return {"site revision": revision.number, "text": revision.text, "reason": revision.reason}


def sign_revision(
    connection: Connection, at: Instant, person: Person, number: int, session: int | None = None
) -> signatures.Signature:
    """QA approves afterwards a revision that took force without review: the first one, or a simulated site's."""
    revision = revisions.find(connection, number)
    if revision is None or came_of(connection, number) is not None:
        raise ChangeRefusedError(f"Site revision {number} took force by a change, and was approved with that.")
    needed = (NeedsRight(Right.APPROVE), NotBy(revision.author, "loaded"))
    try:
        return signatures.sign(
            connection,
            at,
            person,
            f"site revision {number}",
            Meaning.APPROVAL,
            revision_content(revision),
            rules=needed,
            session=session,
        )
    except NotToBeSignedError as error:
        raise ChangeRefusedError(str(error)) from None


def _ready(connection: Connection, number: int, step: Step) -> Change:
    lock(connection)
    change = _found(connection, number)
    if after(change.state, step, change.controlled) is None:
        raise ChangeRefusedError(f"Change {number} is {change.state}: it cannot be {step}.")
    newest = revisions.newest_number(connection)
    if step in (Step.REVIEW, Step.PUT_IN_FORCE) and change.base != newest:
        raise ChangeRefusedError(outdated(f"Change {number} was", change.base, newest))
    return change


def _put_in_force(connection: Connection, at: Instant, by: Actor, change: Change, comment: str) -> None:
    base = revisions.find(connection, change.base)
    assert base is not None
    before, site = site_of(base), parse_site(change.text, change.object)
    # Not before what it builds upon: that would bring the other change forward.
    start = max(at, change.wanted_from or at, base.in_force_from)
    audit.set_zone(connection, site.timezone)
    revision = revisions.add(
        connection,
        at,
        in_force_from=start,
        author=Actor(change.author),
        reason=change.reason,
        text=change.text,
        differences=change.differences,
        changes=fields_of(differences(before, site)),
        by=by,
    )
    _take(connection, at, by, change, Step.PUT_IN_FORCE, comment, revision.number)


def _take(
    connection: Connection,
    at: Instant,
    by: Actor,
    change: Change,
    step: Step,
    comment: str,
    revision: int | None = None,
) -> None:
    connection.execute(
        insert(change_steps).values(
            change=change.number,
            number=len(change.steps) + 1,
            at=at,
            by=by.name,
            step=step.value,
            comment=comment.strip(),
            revision=revision,
        )
    )
    end = after(change.state, step, change.controlled)
    state: tuple[JSON, JSON] = (change.state.value, end.value if end else None)
    data: dict[str, JSON] = {} if revision is None else {"site revision": revision}
    entry = AuditEntry(by, f"change {step}", change.object, data, {"state": state}, comment.strip())
    audit.append(connection, at, [entry])


def _sign(
    connection: Connection, at: Instant, person: Person, change: Change, meaning: Meaning, session: int | None
) -> None:
    try:
        signatures.sign(
            connection,
            at,
            person,
            change.object,
            meaning,
            change.content,
            rules=rules(change, meaning),
            session=session,
        )
    except NotToBeSignedError as error:
        raise ChangeRefusedError(str(error)) from None


def _found(connection: Connection, number: int) -> Change:
    change = find(connection, number)
    if change is None:
        raise ChangeRefusedError(f"There is no change {number}.")
    return change

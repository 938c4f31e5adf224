"""What is done to a change: review, approval, putting in force, withdrawing, refusing; and the first site file.

Every function writes its own audit rows. It locks the head of the audit trail, so call it last in a transaction.
Where something may not be, it raises ChangeRefusedError with words for the person who tried: let the transaction end
by it, and nothing has changed.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, insert

from facility.change_states import ChangeState, Step, after
from facility.instants import Instant
from facility.language import N_, _
from facility.people import Actor, Person
from facility.roles import Right
from facility.site_changes import differences, lines
from facility.site_file import parse_site
from storage.records import revisions
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
    standing,
)
from storage.records.revisions import Revision
from storage.records.schema import change_steps
from storage.records.signatures import Before, DifferentPeople, Meaning, NeedsRight, NotBy, Rule
from storage.records.trail import audit
from storage.records.trail.audit import JSON, AuditEntry

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
        raise ChangeRefusedError(
            _("Only the first site file, or one of a simulated site, takes force without review.")
        )
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


def review(connection: Connection, at: Instant, person: Person, number: int, comment: str = "") -> None:
    """A controlled change was reviewed. The caller writes the signature in the same transaction, by `rules`."""
    lock(connection)
    _take(connection, at, person.actor, ready(connection, number, Step.REVIEW), Step.REVIEW, comment)


def approve(connection: Connection, at: Instant, person: Person, number: int, comment: str = "") -> None:
    """Put a controlled change in force. The caller writes the signature in the same transaction, by `rules`."""
    lock(connection)
    change = ready(connection, number, Step.PUT_IN_FORCE)
    if not change.controlled:
        raise ChangeRefusedError(_("Change {number} needs no signature.", number=number))
    _put_in_force(connection, at, person.actor, change, comment)


def put_in_force(connection: Connection, at: Instant, by: Actor, number: int, comment: str = "") -> Change:
    """Put in force a change that needs nobody's signature."""
    lock(connection)
    change = ready(connection, number, Step.PUT_IN_FORCE)
    if change.controlled:
        raise ChangeRefusedError(_("Change {number} decides about alarms: QA has to sign it.", number=number))
    _put_in_force(connection, at, by, change, comment)
    return _found(connection, number)


def withdraw(connection: Connection, at: Instant, person: Person, number: int, comment: str) -> Change:
    """Its author does not want it any more."""
    lock(connection)
    change = ready(connection, number, Step.WITHDRAW)
    if person.account != change.author:
        raise ChangeRefusedError(_("Only its author withdraws a change. You can refuse it, with a reason."))
    _take(connection, at, person.actor, change, Step.WITHDRAW, comment)
    return _found(connection, number)


def refuse(connection: Connection, at: Instant, person: Person, number: int, comment: str) -> Change:
    """Somebody else says, with a reason, that it is not to be."""
    lock(connection)
    change = ready(connection, number, Step.REFUSE)
    if not person.may(Right.DRAFT):
        raise ChangeRefusedError(_("Your role, {role}, may not refuse changes.", role=_(person.role.value)))
    if person.account == change.author:
        raise ChangeRefusedError(_("This is your own: withdraw it."))
    if not comment.strip():
        raise ChangeRefusedError(_("Say why it is refused: the reason goes on record."))
    _take(connection, at, person.actor, change, Step.REFUSE, comment)
    return _found(connection, number)


def take_back(connection: Connection, at: Instant, person: Person, number: int, comment: str) -> Change:
    """Keep an approved change from taking force, before its moment: what it was drawn up against is to hold again.

    That becomes the newest revision, in force from now on, or from its own moment if that has not come either.
    """
    lock(connection)
    change = ready(connection, number, Step.TAKE_BACK)
    needed = Right.APPROVE if change.controlled else Right.DRAFT
    if not person.may(needed):
        raise ChangeRefusedError(_("Your role, {role}, may not take this change back.", role=_(person.role.value)))
    if change.revision != revisions.newest_number(connection):
        raise ChangeRefusedError(
            _("Another change builds upon change {number}: take that back first.", number=number)
        )
    if standing(change, revisions.all(connection), at) is not ChangeState.APPROVED:
        raise ChangeRefusedError(_("Change {number} has taken force. Propose another change.", number=number))
    if not comment.strip():
        raise ChangeRefusedError(_("Say why it is taken back: the reason goes on record."))
    base = revisions.find(connection, change.base)
    assert base is not None
    found = differences(parse_site(change.text, change.object), site_of(base))
    revision = revisions.add(
        connection,
        at,
        in_force_from=max(at, base.in_force_from),
        author=person.actor,
        reason=f"Change {number} was taken back: {comment.strip()}",
        text=base.text,
        differences=lines(found),
        changes=fields_of(found),
    )
    _take(connection, at, person.actor, change, Step.TAKE_BACK, comment, revision.number)
    return _found(connection, number)


def rules(change: Change, meaning: Meaning) -> Sequence[Rule]:
    """What has to be so for a signature under a change: four eyes, and the review before the approval."""
    right = Right.APPROVE if meaning is Meaning.APPROVAL else Right.DRAFT
    return (
        NeedsRight(right),
        NotBy(change.author, N_("drafted")),
        Before(Meaning.REVIEW, Meaning.APPROVAL),
        DifferentPeople((Meaning.REVIEW, Meaning.APPROVAL)),
    )


def revision_content(revision: Revision) -> JSON:
    """What a signature under a revision is bound to that took force without review."""
    return {"site revision": revision.number, "text": revision.text, "reason": revision.reason}


def unreviewed(connection: Connection, number: int) -> Revision:
    """A revision that took force without review: the first one, or a simulated site's. Raises ChangeRefusedError."""
    revision = revisions.find(connection, number)
    if revision is None or came_of(connection, number) is not None:
        raise ChangeRefusedError(
            _("Site revision {number} took force by a change, and was approved with that.", number=number)
        )
    return revision


def revision_rules(revision: Revision) -> Sequence[Rule]:
    """What has to be so for QA's signature under a revision that took force without review."""
    return NeedsRight(Right.APPROVE), NotBy(revision.author, N_("loaded"))


def ready(connection: Connection, number: int, step: Step) -> Change:
    """The change, where this step may be taken now. Raises ChangeRefusedError."""
    change = _found(connection, number)
    if after(change.state, step, change.controlled) is None:
        raise ChangeRefusedError(
            _(
                "Change {number} is {state}: it cannot be {step}.",
                number=number,
                state=_(change.state.value),
                step=_(step.value),
            )
        )
    newest = revisions.newest_number(connection)
    if step in (Step.REVIEW, Step.PUT_IN_FORCE) and change.base != newest:
        raise ChangeRefusedError(outdated(number, change.base, newest))
    return change


def _put_in_force(connection: Connection, at: Instant, by: Actor, change: Change, comment: str) -> None:
    base = revisions.find(connection, change.base)
    assert base is not None
    before, site = site_of(base), parse_site(change.text, change.object)
    # Not before what it builds upon: that would bring the other change forward.
    start = max(at, change.wanted_from or at, base.in_force_from)
    if start <= at:
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
    comment: str = "",
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


def _found(connection: Connection, number: int) -> Change:
    change = find(connection, number)
    if change is None:
        raise ChangeRefusedError(_("There is no change {number}.", number=number))
    return change

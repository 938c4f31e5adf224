"""What the pages about changes read from the records, and what of it is signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import formats
from app.context import AppContext
from app.guard import NotAllowedError
from app.signing import Signable, ToSign
from facility.change_states import OPEN, ChangeState, Step, next_step
from facility.instants import Instant
from facility.language import N_, _
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from storage.records import change_steps, changes, revisions, signatures
from storage.records.changes import Change, ChangeRefusedError
from storage.records.people import accounts
from storage.records.revisions import Revision
from storage.records.signatures import Meaning, NotToBeSignedError, Signature

WHOLE_SITE = N_("A change concerns the whole site, and your account is admitted to some of its areas only.")


@dataclass(frozen=True, slots=True)
class Book:
    """Every revision and every change, newest first, with the names of people and the signatures under each."""

    revisions: Sequence[Revision]
    changes: Sequence[Change]
    names: Mapping[str, str]
    signatures: Mapping[str, Sequence[Signature]]
    now: Instant

    def name(self, account: str) -> str:
        """The printed name of an account; what is no account stays as it is."""
        return self.names.get(account, account)

    def change_of(self, revision: Revision) -> Change | None:
        """The change that became this revision, or that was taken back by it."""
        number = revision.number
        return next((c for c in self.changes if any(taken.revision == number for taken in c.steps)), None)

    def state(self, change: Change) -> ChangeState:
        """Where a change stands now."""
        return changes.standing(change, self.revisions, self.now)

    def is_outdated(self, change: Change) -> bool:
        """Does an open change have to be drawn up again, for there is a newer revision than its base?"""
        return change.state in OPEN and change.base != self.revisions[0].number

    @property
    def unsigned(self) -> Revision | None:
        """The newest revision that took force without review and has not been signed since."""
        found = next((r for r in self.revisions if self.change_of(r) is None), None)
        return None if found is None or self.signatures.get(revision_object(found.number)) else found


def read(context: AppContext) -> Book:
    """Everything. Raises NotAllowedError where the person may not see the whole site."""
    of_whole_site(context)
    with context.records.reading() as connection:
        found, drafted = revisions.all(connection), changes.all(connection)
        objects = [change.object for change in drafted] + [revision_object(r.number) for r in found]
        signed = {name: signatures.of(connection, name) for name in objects}
        return Book(found, drafted, accounts.names(connection), signed, context.clock())


def of_whole_site(context: AppContext) -> None:
    """Raises NotAllowedError where the person is admitted to some areas only."""
    if context.areas is not None:
        raise NotAllowedError(_(WHOLE_SITE))


def revision_object(number: int) -> str:
    """As audit trail and signatures call a revision."""
    return _("site revision {number}", number=number)


def needs_words(change: Change) -> str:
    """What an open change waits for."""
    match next_step(change.state, change.controlled):
        case Step.REVIEW:
            return _("Review by somebody else, with a signature")
        case Step.PUT_IN_FORCE if change.controlled:
            return _("QA's approval by a third person, with a signature")
        case Step.PUT_IN_FORCE:
            return _("Somebody who puts it in force; no signature")
        case _:
            return ""


def force_words(wanted_from: Instant | None, site: Site, now: Instant) -> str:
    """When a change is to take force."""
    if wanted_from is None:
        return _("Takes force as soon as it is approved")
    moment = formats.moment(wanted_from, site.timezone, now)
    return _("Takes force on {moment}, or when it is approved, if that is later", moment=moment)


def _to_sign(context: AppContext, change: Change, meaning: Meaning) -> ToSign:
    def act(connection: Connection, at: Instant, person: Person, comment: str) -> None:
        step = change_steps.review if meaning is Meaning.REVIEW else change_steps.approve
        try:
            step(connection, at, person, change.number, comment)
        except ChangeRefusedError as error:
            raise NotToBeSignedError(str(error)) from None

    words = [*change.differences, _("Because: {reason}", reason=change.reason)]
    if change.rationale:
        words.append(_("Rationale: {rationale}", rationale=change.rationale))
    words.append(force_words(change.wanted_from, context.site(), context.clock()))
    return ToSign(
        object=change.object,
        meaning=meaning,
        content=change.content,
        title=_("Change {number}", number=change.number),
        commented=act,
        words=words,
        rules=change_steps.rules(change, meaning),
    )


def _prepare_review(context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    return _to_sign(context, _ready(connection, subject, Step.REVIEW), Meaning.REVIEW)


def _prepare_approval(context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    return _to_sign(context, _ready(connection, subject, Step.PUT_IN_FORCE), Meaning.APPROVAL)


def _ready(connection: Connection, subject: str, step: Step) -> Change:
    try:
        return change_steps.ready(connection, _number(subject), step)
    except ChangeRefusedError as error:
        raise NotToBeSignedError(str(error)) from None


def _prepare_revision(_context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    try:
        revision = change_steps.unreviewed(connection, _number(subject))
    except ChangeRefusedError as error:
        raise NotToBeSignedError(str(error)) from None
    return ToSign(
        object=revision_object(revision.number),
        meaning=Meaning.APPROVAL,
        content=change_steps.revision_content(revision),
        title=_("Site revision {number}, which took force without review", number=revision.number),
        words=[*revision.differences, _("Because: {reason}", reason=revision.reason)],
        rules=change_steps.revision_rules(revision),
    )


def _number(subject: str) -> int:
    if not subject.isdecimal():
        raise NotToBeSignedError(_("There is no such change."))
    return int(subject)


REVIEW = Signable("change-review", Right.DRAFT, _prepare_review)
APPROVAL = Signable("change-approval", Right.APPROVE, _prepare_approval)
AFTERWARDS_APPROVAL = Signable("site-revision", Right.APPROVE, _prepare_revision)

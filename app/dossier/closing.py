"""Closing an excursion and reopening it: what stands against it, and what is put before QA to sign."""

from sqlalchemy import Connection

from app import formats
from app.context import AppContext
from app.dossier.content import about
from app.dossier.gather import present_content
from app.excursions import admitted_to_whole
from app.signing import Signable, ToSign
from facility.alarm import AlarmState
from facility.excursion import Excursion
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.people import Person
from facility.roles import Right
from storage.records import assessments, closings
from storage.records.assessments import Assessment
from storage.records.closings import Step
from storage.records.signatures import Meaning, NotBy, NotToBeSignedError, content_hash
from storage.records.trail.audit import JSON
from storage.samples.store import HistoryAwayError


def against_closing(excursion: Excursion, assessment: Assessment | None) -> str | None:
    """Why it cannot be closed now, in words; None where nothing stands against it."""
    if excursion.merged_into is not None:
        return _("It was merged into another excursion, which is to be closed instead.")
    if excursion.returned is None:
        return _("It still stands: an alarm of it has not returned.")
    waiting = sum(alarm.state is not AlarmState.NORMAL for alarm in excursion.alarms.values())
    if waiting:
        return _n(
            "{n} alarm of it is not acknowledged, or waits for a reset.",
            "{n} alarms of it are not acknowledged, or wait for a reset.",
            waiting,
            n=waiting,
        )
    if assessment is None:
        return _("Nobody has assessed it yet.")
    if missing := assessment.assessed.missing:
        return _("The assessment lacks {missing}.", missing=", ".join(missing))
    return None


def _prepare_closing(context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    excursion = admitted_to_whole(context, connection, subject)
    assessment = assessments.newest_of(connection, [subject]).get(subject)
    if closings.is_closed(connection, subject):
        raise NotToBeSignedError(_("It is closed already."))
    problem = against_closing(excursion, assessment)
    if problem is not None or assessment is None:
        raise NotToBeSignedError(problem or "")
    try:
        content = present_content(context, connection, excursion, assessment)
    except HistoryAwayError as error:
        raise NotToBeSignedError(
            _("The readings that would be signed cannot be read: {error}", error=error)
        ) from error

    def act(connection: Connection, at: Instant, person: Person) -> None:
        closings.add(connection, at, person, subject, Step.CLOSED, content)

    return ToSign(
        object=about(subject),
        meaning=Meaning.APPROVAL,
        content=content,
        title=_("Close excursion {number}", number=subject),
        act=act,
        words=closing_words(assessment, content),
        rules=(NotBy(assessment.by, N_("assessed")),),
    )


def closing_words(assessment: Assessment, content: dict[str, JSON]) -> list[str]:
    """What is signed, as the dialog says it."""
    judged = assessment.assessed
    return [
        _(
            "Classification {classification}. Cause: {cause}.",
            classification=_(judged.classification) if judged.classification else "",
            cause=judged.cause,
        ),
        _("Impact: {impact}", impact=judged.impact),
        _("Corrective action: {measures}", measures=judged.measures or _("none named")),
        _("The dossier as it is on record now, SHA-256 {hash}.", hash=content_hash(content)),
    ]


def _prepare_reopening(context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    number, _slash, reason = subject.partition("/")
    reason = reason.strip()
    admitted_to_whole(context, connection, number)
    closed = closings.closed_of(connection, [number]).get(number)
    if closed is None:
        raise NotToBeSignedError(_("It is not closed."))
    if not reason or "\0" in reason:
        raise NotToBeSignedError(_("Say why it is reopened."))
    content: dict[str, JSON] = {"excursion": number, "reopens": closed.number, "reason": reason}
    zone = context.site().timezone
    at = f"{formats.date(closed.at, zone)} {formats.with_seconds(closed.at, zone)}"

    def act(connection: Connection, at: Instant, person: Person) -> None:
        closings.add(connection, at, person, number, Step.REOPENED, content, reason)

    return ToSign(
        object=about(number),
        meaning=Meaning.RESPONSIBILITY,
        content=content,
        title=_("Reopen excursion {number}", number=number),
        act=act,
        words=[
            _("It was closed at {at}.", at=at),
            _("What was signed then stays on record. Because: {reason}", reason=reason),
        ],
    )


CLOSING = Signable("excursion-closing", Right.CLOSE, _prepare_closing)
REOPENING = Signable("excursion-reopening", Right.CLOSE, _prepare_reopening)

"""How a hold lives: what may be put aside, and by whom. Every step is a function from one hold to the next."""

from collections.abc import Iterable
from dataclasses import replace

from alerts.machine import RefusedError
from facility.alarm import HoldKind, source_of
from facility.holds import (
    OUT_OF_SERVICE_AT_MOST,
    SHELVED_AT_LEAST,
    SHELVED_AT_MOST,
    Hold,
    instrument_of,
    room_of_hold,
)
from facility.instants import HOUR, MINUTE, Instant, datetime_of
from facility.language import N_
from facility.limit import Severity
from facility.site import Site
from storage.records.commands import ApproveShelving, Shelve, TakeOutOfService


def shelved(id: int, command: Shelve, by: str, at: Instant, others: Iterable[Hold], site: Site) -> Hold:
    """What a person has shelved, or asks to shelve: what is to hold back an action limit waits for an approval.

    `others` are the holds that are not over. Raises RefusedError, in words, where it cannot be.
    """
    if not SHELVED_AT_LEAST <= command.span <= SHELVED_AT_MOST:
        raise RefusedError(
            N_(
                "Shelve for {least} minute to {most} hours; what must call nobody for longer is taken out of "
                "service, or its limit is changed."
            ).format(least=SHELVED_AT_LEAST // MINUTE, most=SHELVED_AT_MOST // HOUR)
        )
    since = None if command.severity is Severity.ACTION else at
    hold = Hold(
        id=id,
        kind=HoldKind.SHELVED,
        of=command.of,
        condition=command.condition,
        severity=command.severity,
        asked_at=at,
        asked_by=by,
        reason=command.reason.strip(),
        span=command.span,
        since=since,
    )
    return _checked(hold, others, site)


def out_of_service(
    id: int, command: TakeOutOfService, by: str, at: Instant, others: Iterable[Hold], site: Site
) -> Hold:
    """What a person has taken out of service. Raises RefusedError, in words, where it cannot be."""
    if source_of(command.of) is not None:
        raise RefusedError(N_("A source is not taken out of service: shelve its alarm, or retire it."))
    if not 0 < command.span <= OUT_OF_SERVICE_AT_MOST:
        raise RefusedError(N_("Say when it is expected back: later than now, and within a year."))
    hold = Hold(
        id=id,
        kind=HoldKind.OUT_OF_SERVICE,
        of=command.of,
        condition=None,
        severity=Severity.ACTION,
        asked_at=at,
        asked_by=by,
        reason=command.reason.strip(),
        span=command.span,
        since=at,
    )
    return _checked(hold, others, site)


def approved(hold: Hold | None, command: ApproveShelving, by: str, at: Instant) -> Hold:
    """What was asked for is in force, and its time begins. Raises RefusedError, in words, where it cannot be."""
    if hold is None or not hold.waits or hold.of != command.of:
        raise RefusedError(
            N_("Nothing like that waits for an approval any more; the list shows what is shelved now.")
        )
    if hold.asked_by == by:
        raise RefusedError(N_("You have asked for this yourself: another person must approve it."))
    return replace(hold, approved_by=by, since=at)


def ended(hold: Hold | None, kind: HoldKind, of: str, by: str, at: Instant, why: str) -> Hold:
    """It is over, or what was asked for will not be. Raises RefusedError, in words, where it cannot be."""
    if hold is None or hold.ended is not None or (hold.kind, hold.of) != (kind, of):
        raise RefusedError(N_("That is over already; the list shows what calls nobody now."))
    if not why.strip():
        raise RefusedError(N_("Write why; that needs a reason."))
    return replace(hold, ended=at, ended_by=by, why_ended=why.strip())


def _checked(hold: Hold, others: Iterable[Hold], site: Site) -> Hold:
    if room_of_hold(hold.of, site) is None and source_of(hold.of) is None:
        instrument = instrument_of(hold.of)
        if instrument is not None:
            raise RefusedError(N_("There is no instrument {instrument} in this site.").format(instrument=instrument))
        raise RefusedError(N_("There is no point {point} in this site.").format(point=hold.of))
    if not hold.reason:
        raise RefusedError(N_("Write why it is to call nobody; that needs a reason."))
    for other in others:
        about = (other.kind, other.of) == (hold.kind, hold.of) and other.condition in (None, hold.condition)
        if about and other.severity >= hold.severity:
            raise RefusedError(_already(other))
    return hold


def _already(other: Hold) -> str:
    if other.until is None:
        asked = N_("That is asked for already, by {by}; nobody has approved it yet.")
        return asked.format(by=other.asked_by)
    until = f"{datetime_of(other.until):%Y-%m-%d %H:%M} UTC"
    already = (
        N_("That is shelved already, until {until}, by {by}: {reason}")
        if other.kind is HoldKind.SHELVED
        else N_("That is out of service already, expected back {until}, by {by}: {reason}")
    )
    return already.format(until=until, by=other.asked_by, reason=other.reason)

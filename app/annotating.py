"""Comments and corrections from the pages: what may be written about, by whom; and QA's signature under them."""

import math
from dataclasses import dataclass

from sqlalchemy import Connection

from app import excursions, formats
from app.areas import NOT_YOURS, admitted_to_alarm
from app.components.alarm_words import point_words
from app.context import AppContext
from app.excursions import EXCURSION
from app.guard import NotAllowedError, needs
from app.signing import Signable, ToSign
from app.trail_words import object_words
from facility.instants import Instant
from facility.language import _
from facility.people import Person
from facility.roles import Right
from facility.site import Site
from storage.records import alarms, annotations, batches
from storage.records.annotations import About, Annotation, AnnotationError, Kind, Standing
from storage.records.errors import RecordsAwayError
from storage.records.signatures import NotToBeSignedError

POINT, ALARM, ROOM, BATCH = "point ", "alarm ", "room ", "batch "
CORRECTION = "correction"
"""The name of what QA signs."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a person has written. `was` and `becomes` only say something in a correction."""

    kind: Kind
    was: str
    becomes: str
    reason: str


def add(context: AppContext, about: About, written: Written) -> str | None:
    """Put it on record. None when it is, else in words why not. Raises NotAllowedError."""
    person = needs(context, Right.ANNOTATE)
    _check(context, about)
    try:
        with context.records.transaction() as connection:
            at = context.clock()
            if written.kind is Kind.COMMENT:
                annotations.comment(connection, at, person, about, written.reason)
            else:
                annotations.correct(connection, at, person, about, written.was, written.becomes, written.reason)
    except AnnotationError as error:
        return str(error)
    except RecordsAwayError as error:
        return _("{error} It is not known whether this is on record: look before you write it again.", error=error)
    return None


def refuse(context: AppContext, id: int, reason: str) -> str | None:
    """Refuse a correction, or take it back. None when that is on record, else in words why not."""
    person = needs(context, Right.ANNOTATE)
    try:
        with context.records.transaction() as connection:
            found = annotations.find(connection, id)
            if found is not None:
                _check(context, found.about)
            annotations.refuse(connection, context.clock(), person, id, reason)
    except AnnotationError as error:
        return str(error)
    except RecordsAwayError as error:
        return _("{error} It is not known whether this is on record: look before you send it again.", error=error)
    return None


def may_see(context: AppContext, about: About) -> bool:
    """Is it about something in the person's areas?"""
    try:
        _check(context, about)
    except NotAllowedError:
        return False
    return True


def reads_now(context: AppContext, about: About) -> str:
    """What a single reading says, with its unit; empty for a stretch, and where there is no such reading."""
    point = context.site().points.get(about.object.removeprefix(POINT))
    if point is None or about.start != about.end:
        return ""
    raw = context.samples.raw(point.id, about.start, about.start + 1)
    values = [float(value) for value in raw["value"]]
    return formats.with_unit(values[0], point.quantity) if values and math.isfinite(values[0]) else ""


def about_words(site: Site, about: About) -> str:
    """What an annotation is about: B101 Room pressure (B101.DP1), 22 Nov 2026 10:18:42."""
    return f"{_object_words(site, about.object)}, {_when(about, site.timezone)}"


def _object_words(site: Site, object: str) -> str:
    if object.startswith(POINT):
        point = site.points.get(object.removeprefix(POINT))
        return f"{point.room} {formats.what(point)} ({point.id})" if point else object
    if object.startswith(ALARM):
        id, condition, _unused = object.removeprefix(ALARM).rsplit("/", 2)
        return _(
            "Alarm: {point} ({id}) {condition}",
            point=point_words(site, id),
            id=id,
            condition=_(condition.replace("-", " ")),
        )
    return formats.sentence(object_words(object))


def _when(about: About, zone: str) -> str:
    begin = _moment(about.start, zone)
    end = _moment(about.end, zone)
    return begin if about.start == about.end else _("{start} to {end}", start=begin, end=end)


def _moment(at: Instant, zone: str) -> str:
    return f"{formats.date(at, zone)} {formats.with_seconds(at, zone)}"


def _check(context: AppContext, about: About) -> None:
    """Raises NotAllowedError where this is nothing that the person may see."""
    site = context.site()
    if about.object.startswith(POINT) and about.object.removeprefix(POINT) in site.points:
        return None
    if about.object.startswith(ROOM) and about.object.removeprefix(ROOM) in site.rooms:
        return None
    if about.object.startswith(BATCH):
        with context.records.reading() as connection:
            runs = batches.overlapping(connection, list(site.rooms), about.start, about.start + 1)
        if about.object.removeprefix(BATCH) in {run.batch for run in runs}:
            return None
    if about.object.startswith(EXCURSION):
        with context.records.reading() as connection:
            if excursions.find(context, connection, about.object.removeprefix(EXCURSION)) is not None:
                return None
    if about.object.startswith(ALARM):
        with context.records.reading() as connection:
            alarm = alarms.find(connection, about.object.removeprefix(ALARM))
        if alarm is not None:
            return admitted_to_alarm(context, alarm)
    raise NotAllowedError(_(NOT_YOURS))


def _to_sign(context: AppContext, connection: Connection, _person: Person, subject: str) -> ToSign:
    found = annotations.find(connection, int(subject)) if subject.isdecimal() else None
    if found is None or found.kind is not Kind.CORRECTION or not may_see(context, found.about):
        raise NotToBeSignedError(_("There is no such correction."))
    if found.standing is not Standing.WAITS:
        raise NotToBeSignedError(_("This correction does not wait any more: it {state}.", state=_now(found)))
    return ToSign(
        object=found.object,
        meaning=annotations.MEANING,
        content=found.content,
        title=_("Correction {id}", id=found.id),
        act=lambda _connection, _at, _person: None,  # the signature alone makes it hold
        words=(
            about_words(context.site(), found.about),
            _("It reads {was}. It should read {becomes}.", was=found.was, becomes=found.becomes),
            _("Because: {reason}", reason=found.reason),
        ),
        rules=found.rules,
    )


def _now(found: Annotation) -> str:
    return _("holds already") if found.standing is Standing.HOLDS else _("was refused, or taken back")


SIGNABLE = Signable(CORRECTION, Right.APPROVE, _to_sign)
"""QA's signature under a correction."""

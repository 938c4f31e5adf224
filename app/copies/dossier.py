"""A copy of a dossier: the one document about an excursion that an inspector takes along."""

from collections.abc import Sequence

from app.areas import seen
from app.components.alarm_words import limit_beside_condition, point_words
from app.components.dossier_head import area_words, exactly, limit_of
from app.components.dossier_side import rows_words
from app.components.excursion_moves import reason_words
from app.context import AppContext
from app.copies.chart import chart
from app.copies.copy import Column, Copy, Kind, Row, Table, TooLongError, made_by, simulated
from app.copies.tables import alarm_table, annotation_table, batch_table, limit_table
from app.copies.trend import readings_table
from app.dossier.before import NotAlarmed, OtherAlarm, Silence
from app.dossier.content import written_about
from app.dossier.figure import picture_of
from app.dossier.gather import Dossier, gather
from app.pages.page import Address
from app.past_sites import sites_then
from app.signature_words import signature_words
from facility.language import N_, _
from facility.people import Person
from storage.records import annotations
from storage.records.assessments import fields_told
from storage.records.signatures import content_hash
from storage.samples.store import HistoryAwayError

TIME, WHOLE, NUMBER = Kind.TIME, Kind.WHOLE, Kind.NUMBER


def dossier_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the dossier at this address. Raises TooLongError where there is none, or history is away."""
    number = address.parts["number"]
    dossier = gather(context, number)
    if dossier is None:
        raise TooLongError(_("There is no excursion {number} that you may see.", number=number))
    if dossier.away:
        raise TooLongError(_("History cannot be read: {error}", error=dossier.away))
    excursion, site = dossier.excursion, dossier.site
    try:
        picture = picture_of(context, dossier)
        readings = [(one.point, context.samples.raw(one.point.id, one.start, one.end)) for one in dossier.measured]
    except HistoryAwayError as error:
        raise TooLongError(_("History cannot be read: {error}", error=error)) from error
    alarms = list(seen(context, excursion.in_order()))
    with context.records.reading() as connection:
        then = sites_then(context, connection, alarms)
        said = annotations.about(connection, written_about(excursion, dossier.numbers))
        tables = (
            _judged(dossier),
            _signed(dossier),
            _exactly(dossier),
            alarm_table(connection, site, alarms, site.timezone, then=then),
            _events(dossier),
            _before(dossier),
            _similar(dossier),
            limit_table(connection, dossier.histories),
            batch_table(dossier.runs),
            annotation_table(connection, said),
            _moved(dossier),
            readings_table(dossier.histories, readings),
        )
    return Copy(
        subject="dossier",
        title=_("Dossier of excursion {number}", number=number),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=dossier.now,
        period=(excursion.onset, dossier.end),
        facts=tuple(_facts(dossier)),
        remarks=(*_remarks(dossier), *simulated(site)),
        tables=tables,
        charts=() if picture is None else (chart(picture, together=True),),
    )


def _facts(dossier: Dossier) -> Sequence[tuple[str, str]]:
    excursion = dossier.excursion
    first = excursion.alarms[excursion.first_out]
    closing = dossier.closing
    standing = _("returned, not closed") if excursion.returned is not None else _("standing")
    if dossier.into is not None:
        standing = _("merged into {number}", number=dossier.into)
    rows = [event.row for event in dossier.events if event.row is not None]
    return [
        (_("Excursion"), f"{excursion.number}, {_(excursion.severity.name.lower())}"),
        (
            _("State"),
            standing
            if closing is None
            else _("closed, signed content SHA-256 {hash}", hash=content_hash(closing.content)),
        ),
        (_("Rooms"), ", ".join(excursion.rooms)),
        (_("Began with"), f"{first.point} {point_words(dossier.site, first.point)}, {_(first.condition)}"),
        (_("Lasted"), exactly(dossier.end - excursion.onset)),
        (_("Batches meanwhile"), ", ".join(dict.fromkeys(run.batch for run in dossier.runs)) or _("none")),
        (_("Audit trail"), rows_words(rows)),
        (
            _("End of the chain"),
            _("row {row}, SHA-256 {hash}, when this copy was made", row=dossier.head.seq, hash=dossier.head.hash),
        ),
    ]


def _remarks(dossier: Dossier) -> list[str]:
    said = []
    if not dossier.whole:
        said.append(_("Part of this excursion is in areas that whoever made the copy is not admitted to."))
    if dossier.changed:
        said.append(_("Since it was signed, this has changed: {parts}.", parts=", ".join(dossier.changed)))
    said.append(
        _(
            "Area outside: how far outside the limit in force, times how long, of each reading, summed up. A reading "
            "stands until the next one, at most for 2.5 intervals of its instrument."
        )
    )
    return said


def _judged(dossier: Dossier) -> Table:
    columns = tuple(
        Column(name, kind)
        for name, kind in (
            (N_("Version"), WHOLE),
            (N_("Saved"), TIME),
            (N_("By"), Kind.TEXT),
            (N_("Classification"), Kind.TEXT),
            (N_("Cause"), Kind.TEXT),
            (N_("Root cause"), Kind.TEXT),
            (N_("Batches with an impact"), Kind.TEXT),
            (N_("Impact"), Kind.TEXT),
            (N_("Corrective action"), Kind.TEXT),
            (N_("Why changed"), Kind.TEXT),
        )
    )
    rows: list[Row] = []
    for one in dossier.assessments:
        told = [
            ", ".join(map(str, v)) if isinstance(v, list) else str(v or "")
            for v in fields_told(one.assessed).values()
        ]
        rows.append((one.number, one.at, dossier.names.get(one.by, one.by), *told, one.reason))
    return Table(_("Assessment"), columns, rows)


def _signed(dossier: Dossier) -> Table:
    by_content = {signature.content: signature for signature in dossier.signatures}
    rows: list[Row] = []
    for one in dossier.closings:
        signature = by_content.get(content_hash(one.content))
        words = _("missing") if signature is None else signature_words(signature)
        row = None if signature is None else signature.audit
        rows.append((one.at, _(one.step.value), words, one.reason, content_hash(one.content), row))
    columns = (
        Column(N_("At"), TIME),
        Column(N_("What")),
        Column(N_("Signature")),
        Column(N_("Reason")),
        Column(N_("SHA-256 of what was signed")),
        Column(N_("Audit row"), WHOLE),
    )
    return Table(_("Signatures"), columns, rows)


def _exactly(dossier: Dossier) -> Table:
    rows: list[Row] = []
    for one in dossier.measured:
        expected, missing = one.expected, sum(end - start for start, end in one.missing)
        counts = (one.present, expected, one.invalid, one.suspect, missing / 60_000)
        for outside in one.outside or (None,):
            if outside is None:
                rows.append((one.point.id, _("never outside"), None, None, None, None, None, "", *counts))
            else:
                depth = (outside.worst, outside.worst_at, outside.readings, outside.lasting / 60_000, outside.area)
                rows.append((one.point.id, limit_of(outside, one), *depth, area_words(one, outside), *counts))
    columns = (
        Column(N_("Point")),
        Column(N_("Outside")),
        Column(N_("Worst"), NUMBER),
        Column(N_("Worst at"), TIME),
        Column(N_("Readings outside"), WHOLE),
        Column(N_("Minutes outside"), NUMBER),
        Column(N_("Area"), NUMBER),
        Column(N_("Area with unit")),
        Column(N_("Readings"), WHOLE),
        Column(N_("Expected"), WHOLE),
        Column(N_("Invalid"), WHOLE),
        Column(N_("Suspect"), WHOLE),
        Column(N_("Minutes missing"), NUMBER),
    )
    return Table(_("Worked out from every reading"), columns, rows)


def _events(dossier: Dossier) -> Table:
    columns = (
        Column(N_("Time"), TIME),
        Column(N_("Kind")),
        Column(N_("Source")),
        Column(N_("What")),
        Column(N_("Audit row"), WHOLE),
    )
    rows: list[Row] = [(e.at, _(e.kind), e.source, e.words, e.row) for e in dossier.events]
    return Table(_("Events"), columns, rows)


def _before(dossier: Dossier) -> Table:
    rows: list[Row] = []
    for one in dossier.before:
        match one:
            case OtherAlarm(where, alarm):
                words = ", ".join(filter(None, (_(alarm.condition), limit_beside_condition(dossier.site, alarm))))
                rows.append((_(where), alarm.room, alarm.point, words, alarm.onset, alarm.returned, alarm.worst))
            case NotAlarmed(where, point, outside):
                words = _("outside without an alarm: {n} readings", n=outside.readings)
                rows.append((_(where), point.room, point.id, words, outside.worst_at, None, outside.worst))
            case Silence(where, point, start, end):
                rows.append((_(where), point.room, point.id, _("no reading"), start, end, None))
    columns = (
        Column(N_("Where")),
        Column(N_("Room")),
        Column(N_("Point")),
        Column(N_("What")),
        Column(N_("From"), TIME),
        Column(N_("To"), TIME),
        Column(N_("Worst"), NUMBER),
    )
    return Table(_("The hour before"), columns, rows)


def _similar(dossier: Dossier) -> Table:
    rows: list[Row] = [
        (
            one.excursion.number,
            _(one.alike),
            one.excursion.onset,
            one.excursion.returned,
            ", ".join(one.excursion.rooms),
            one.assessment.assessed.cause if one.assessment else "",
        )
        for one in dossier.similar
    ]
    columns = (
        Column(N_("Number")),
        Column(N_("Alike by")),
        Column(N_("Onset"), TIME),
        Column(N_("Returned"), TIME),
        Column(N_("Rooms")),
        Column(N_("Cause")),
    )
    return Table(_("Similar excursions in the year before"), columns, rows)


def _moved(dossier: Dossier) -> Table:
    """From which excursion to which, where it was in one before."""
    columns = (
        Column(N_("At"), TIME),
        Column(N_("Alarm")),
        Column(N_("From")),
        Column(N_("To")),
        Column(N_("By")),
        Column(N_("Why")),
    )
    rows: list[Row] = [
        (
            one.at,
            one.move.alarm,
            one.move.previous or "",
            one.move.excursion,
            dossier.names.get(one.by.name, one.by.name),
            reason_words(one),
        )
        for one in dossier.moved
    ]
    return Table(_("How alarms came into it"), columns, rows)

"""The tables that several copies have: alarms, comments and corrections, room states, batches, limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from app import formats
from app.components.exempt import limits_of
from app.copies.copy import Column, Kind, Row, Table
from app.signature_words import broken, signature_words
from app.trends.picture import PointHistory
from facility import site_words
from facility.alarm import Alarm, source_of
from facility.instants import SECOND, Instant
from facility.language import N_, _
from facility.limit import Limit
from facility.plant_events import RoomStateSet
from facility.site import Site
from storage.records import annotations, change_steps, changes, revisions, signatures
from storage.records.annotations import Annotation
from storage.records.batches import Run
from storage.records.people import accounts
from storage.records.signatures import Signature
from storage.records.trail.audit import JSON

TIME, NUMBER, WHOLE = Kind.TIME, Kind.NUMBER, Kind.WHOLE


def alarm_table(
    connection: Connection,
    site: Site,
    found: Sequence[Alarm],
    zone: str,
    title: str = "",
    *,
    then: Mapping[str, Site],
) -> Table:
    """Alarms with all their answers, and what was written about them.

    `then` is by the id of an alarm the site in force at its onset.
    """
    names = accounts.names(connection)
    said = _numbers(annotations.about(connection, [f"alarm {alarm.id}" for alarm in found]))
    columns = (
        Column(N_("Onset"), TIME),
        Column(N_("Raised"), TIME),
        Column(N_("Returned"), TIME),
        Column(N_("Severity")),
        Column(N_("Condition")),
        Column(N_("Room")),
        Column(N_("Point")),
        Column(N_("What")),
        Column(N_("Limit")),
        Column(N_("Worst"), NUMBER),
        Column(N_("Worst at"), TIME),
        Column(N_("Unit")),
        Column(N_("State")),
        Column(N_("Found")),
        Column(N_("Answers")),
        Column(N_("Comments")),
    )
    rows = []
    for alarm in found:
        point = site.points.get(alarm.point)
        answers = "; ".join(
            f"{_moment(a.at, zone)} {names.get(a.by, a.by)} ({a.severity.name.lower()}): {a.comment}"
            for a in alarm.acknowledgements
        )
        mark = next((limit.mark for limit in limits_of(then.get(alarm.id, site), alarm) if limit.exempt), "")
        limit = "" if alarm.limit is None else f"{alarm.operator} {site_words.number(alarm.limit)} {mark}".rstrip()
        row: Row = (
            alarm.onset,
            alarm.raised,
            alarm.returned,
            alarm.severity.name.lower(),
            alarm.condition.value,
            ", ".join(alarm.rooms),
            alarm.point,
            formats.what(point) if point else (source_of(alarm.point) or ""),
            limit,
            alarm.worst,
            alarm.worst_at,
            point.unit if point else "",
            alarm.state.value,
            _("in late readings") if alarm.retrospective else _("as it happened"),
            answers,
            said.get(f"alarm {alarm.id}", ""),
        )
        rows.append(row)
    return Table(title or _("Alarms"), columns, rows)


def annotation_table(connection: Connection, found: Sequence[Annotation]) -> Table:
    """Comments and corrections, with their signatures."""
    names = accounts.names(connection)
    columns = (
        Column(N_("No."), WHOLE),
        Column(N_("Kind")),
        Column(N_("About")),
        Column(N_("From"), TIME),
        Column(N_("To"), TIME),
        Column(N_("It reads")),
        Column(N_("It should read")),
        Column(N_("Reason")),
        Column(N_("By")),
        Column(N_("At"), TIME),
        Column(N_("Standing")),
        Column(N_("Signatures")),
    )
    rows: list[Row] = [
        (
            one.id,
            one.kind.value,
            one.about.object,
            one.about.start,
            one.about.end,
            one.was,
            one.becomes,
            one.reason,
            names.get(one.by, one.by),
            one.at,
            one.standing.value + (f": {one.refusal.reason}" if one.refusal else ""),
            _signed(one.signatures, one.content),
        )
        for one in found
    ]
    return Table(_("Comments and corrections"), columns, rows)


def state_table(
    stretches: Mapping[str, Sequence[tuple[Instant, Instant, str]]], set_by: Sequence[RoomStateSet]
) -> Table:
    """Which state each room was in, and who set it."""
    authors = {(event.room, event.time): event.by for event in set_by}
    rows: list[Row] = [
        (room, start, end, state, authors.get((room, start), ""))
        for room, of_room in stretches.items()
        for start, end, state in of_room
    ]
    columns = (
        Column(N_("Room")),
        Column(N_("From"), TIME),
        Column(N_("To"), TIME),
        Column(N_("State")),
        Column(N_("Set by")),
    )
    return Table(_("Room states"), columns, rows)


def batch_table(runs: Sequence[Run]) -> Table:
    """What was being made."""
    columns = (Column(N_("Batch")), Column(N_("Room")), Column(N_("From"), TIME), Column(N_("To"), TIME))
    return Table(_("Batches"), columns, [(run.batch, run.room, run.start, run.end) for run in runs])


def limit_table(connection: Connection, histories: Sequence[PointHistory]) -> Table:
    """The limits in force, when, by which revision of the site file, and who has signed it."""
    columns = (
        Column(N_("Point")),
        Column(N_("From"), TIME),
        Column(N_("To"), TIME),
        Column(N_("Room state")),
        Column(N_("Severity")),
        Column(N_("Limit")),
        Column(N_("Unit")),
        Column(N_("On-delay s"), NUMBER),
        Column(N_("Off-delay s"), NUMBER),
        Column(N_("Deadband"), NUMBER),
        Column(N_("Source")),
        Column(N_("Mark")),
        Column(N_("Site revision"), WHOLE),
        Column(N_("Signatures")),
    )
    numbers = {step.revision for history in histories for step in history.steps if step.revision is not None}
    signed = {number: _signed_revision(connection, number) for number in numbers}
    rows: list[Row] = [
        (
            history.point.id,
            held.start,
            held.end,
            ", ".join(held.states),
            held.limit.severity.name.lower(),
            f"{held.limit.operator} {formats.number(held.limit.value, history.point.quantity)}",
            history.point.unit,
            held.limit.on_delay / SECOND,
            held.limit.off_delay / SECOND,
            held.limit.deadband,
            held.limit.source,
            held.limit.mark,
            held.revision,
            signed.get(held.revision, "") if held.revision is not None else "",
        )
        for history in histories
        for held in _held(history)
    ]
    return Table(_("Limits in force"), columns, rows)


@dataclass(slots=True)
class _Held:
    """From when to when one limit of one revision was in force without a break, and in which room states."""

    limit: Limit
    revision: int | None
    start: Instant
    end: Instant
    states: list[str]


def _held(history: PointHistory) -> list[_Held]:
    found: list[_Held] = []
    for step in history.steps:
        state = step.state.value if step.state else _("unknown: the stricter limits held")
        for limit in step.limits:
            same = (h for h in found if (h.limit, h.revision, h.end) == (limit, step.revision, step.start))
            before = next(same, None)
            if before is None:
                found.append(_Held(limit, step.revision, step.start, step.end, [state]))
                continue
            before.end = step.end
            before.states += [state] if state not in before.states else []
    return found


def _signed_revision(connection: Connection, number: int) -> str:
    """The signatures under the change that became a revision, or under the revision itself."""
    change_number = changes.came_of(connection, number)
    change = None if change_number is None else changes.find(connection, change_number)
    if change is not None:
        return _signed(signatures.of(connection, change.object), change.content)
    revision = revisions.find(connection, number)
    if revision is None:
        return ""
    found = signatures.of(connection, f"site revision {number}")
    return _signed(found, change_steps.revision_content(revision))


def _signed(found: Sequence[Signature], content: JSON) -> str:
    words = []
    for signature in found:
        fault = broken(signature, content)
        words.append(f"{signature_words(signature)}{f'. {fault.upper()}' if fault else ''}")
    return "; ".join(words)


def _numbers(found: Sequence[Annotation]) -> dict[str, str]:
    """For each object the numbers of its annotations: "No. 3, 7"."""
    numbers: dict[str, list[str]] = {}
    for one in found:
        numbers.setdefault(one.about.object, []).append(str(one.id))
    return {object: _("No. {listed}", listed=", ".join(ids)) for object, ids in numbers.items()}


def _moment(at: Instant, zone: str) -> str:
    return f"{formats.in_zone(at, zone):%Y-%m-%d %H:%M:%S} {formats.zone_name(at, zone)}"

"""The events of an excursion, read from the records."""

from collections.abc import Sequence

from sqlalchemy import Connection

from app import formats
from app.context import AppContext
from app.dossier import events
from app.dossier.content import written_about
from app.dossier.events import STEPS, Event, Kind
from app.dossier.measures import Measured
from app.dossier.scope import Scope
from facility.excursion import Excursion
from facility.instants import HOUR, Instant, Span
from facility.language import _
from facility.quantities import Quantity
from facility.reading import INVALID_MASK
from storage.records import alarm_steps, annotations, channels, escalations, identifications, room_states
from storage.records.assessments import ACTION, Assessment
from storage.records.batches import Run
from storage.records.closings import ACTIONS, Closing
from storage.records.notifications import Delivery
from storage.records.people import accounts
from storage.records.trail import audit
from storage.samples.store import HistoryAwayError

AROUND: Span = HOUR
"""So long before and after it room states and batches are told."""
EXPOSED: Span = 4 * HOUR
"""So long after it a plate may end that was exposed while it lasted (EU GMP Annex 1:2022, note to Table 6)."""
MOST_ROWS = 20_000
"""Rows of the audit trail that are looked through for the events' own."""


def story(
    context: AppContext,
    connection: Connection,
    excursion: Excursion,
    numbers: Sequence[str],
    scope: Scope,
    measured: Sequence[Measured],
    runs: Sequence[Run],
    deliveries: Sequence[Delivery],
    versions: Sequence[Assessment],
    closed: Sequence[Closing],
    end: Instant,
) -> tuple[Event, ...]:
    """All that happened in and around it, by time."""
    site = context.site()
    names = accounts.names(connection)
    start, until = excursion.onset - AROUND, end + AROUND
    objects = written_about(excursion, numbers)
    said = annotations.about(connection, objects)
    said += annotations.about(connection, [f"room {room}" for room in scope.rooms], start, until)
    said += annotations.about(connection, [f"point {point}" for point in scope.points], start, until)
    calls = [call for number in numbers for call in escalations.of_event(connection, number)]
    steps = alarm_steps.of_each(connection, list(excursion.alarms))
    about_points = [one.about.object for one in said]
    rows = audit.rows_of(
        connection,
        [*objects, *(f"escalation {one.number}" for one in calls), *about_points],
        [*STEPS, "alarm acknowledged", "escalation called", "comment added", "correction added", ACTION, *ACTIONS],
        MOST_ROWS,
    )
    called = escalations.calls(connection, [one.number for one in calls])
    return events.in_order(
        events.of_readings(site, excursion, measured),
        *(events.of_alarm(site, alarm, steps.get(alarm.id, ()), rows, names) for alarm in excursion.alarms.values()),
        events.of_rooms(room_states.timeline(connection, list(scope.rooms), start, until), names),
        events.of_batches(runs, start, until),
        events.of_messages(deliveries, channels.names(connection)),
        events.of_calls([(number, call) for number, some in called.items() for call in some], rows),
        events.of_notes(said, rows, names),
        events.of_assessments(versions, closed, rows, names),
        _results(context, connection, scope, excursion.onset, end),
    )


def _results(context: AppContext, connection: Connection, scope: Scope, start: Instant, end: Instant) -> list[Event]:
    """What grew on plates that were exposed meanwhile; results come days later."""
    site = context.site()
    points = [p for room in scope.rooms for p in site.points_by_room[room] if p.quantity is Quantity.VIABLE_AIR]
    named = identifications.between(connection, [point.id for point in points], start, end + EXPOSED)
    found: list[Event] = []
    for point in points:
        try:
            raw = context.samples.raw(point.id, start, end + EXPOSED)
        except HistoryAwayError:  # the dossier says so at its readings
            return found
        for time, value, reasons, received in raw[["time", "value", "reasons", "received"]].itertuples(index=False):
            if int(reasons) & INVALID_MASK:
                continue
            what = named.get((point.id, int(time)))
            result = formats.with_unit(float(value), point.quantity)
            words = (
                _("Plate of that time, {result}: {organisms}", result=result, organisms=", ".join(what.organisms))
                if what and what.organisms
                else _("Plate of that time, {result}", result=result)
            )
            source = f"{point.room} {formats.what(point)}"
            found.append(Event(int(received), Kind.RESULT, source, words, key=True))
    return found

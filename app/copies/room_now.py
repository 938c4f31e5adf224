"""A copy of a room's page: every point as it stands now, its alarms, its state, and what is made there."""

from alerts.rooms import around
from app import formats
from app.areas import admitted, seen
from app.components.basics import grade_words
from app.context import AppContext
from app.copies.copy import Column, Copy, Kind, Row, Table, TooLongError, made_by, simulated
from app.copies.tables import alarm_table, annotation_table, batch_table, state_table
from app.pages.page import Address
from app.past_sites import sites_then
from facility.instants import DAY, Instant
from facility.language import N_, _
from facility.people import Person
from facility.reading import validity_of, words_of
from facility.site import Point
from storage.records import alarms, annotations, batches, room_states
from storage.samples.store import HistoryAwayError

NUMBER, TIME = Kind.NUMBER, Kind.TIME
LOOK_BACK = DAY
"""How far back comments and corrections are told."""


def room_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the room at this address. Raises TooLongError where there is no such room, or history is away."""
    site, now = context.site(), context.clock()
    admitted(context, address.parts["room"])
    room = site.rooms.get(address.parts["room"])
    if room is None:
        raise TooLongError(_("There is no room {room} to copy.", room=address.parts["room"]))
    zones = [zone.id for zone in site.rooms.values() if zone.inside == room.id]
    places = [*zones, room.id]
    points = [point for place in places for point in site.points_by_room[place]]
    whole = list(around(site, room.id))
    with context.records.reading() as connection:
        standing = [a for a in seen(context, alarms.standing(connection)) if not set(places).isdisjoint(a.rooms)]
        then = sites_then(context, connection, standing)
        held = room_states.in_force(connection, now)
        runs = [run for run in batches.running(connection, now) if run.room in (*places, *whole)]
        objects = [f"point {p.id}" for p in points] + [f"room {place}" for place in places]
        said = annotations.about(connection, objects, now - LOOK_BACK, now + 1)
        said += annotations.about(connection, [f"alarm {alarm.id}" for alarm in standing])
        said += annotations.about(connection, sorted({f"batch {run.batch}" for run in runs}))
        stretches = {
            r: [(held[r].time, now, held[r].state.value)] for r in dict.fromkeys((*places, *whole)) if r in held
        }
        tables = (
            _points(context, points, now),
            alarm_table(connection, site, standing, site.timezone, _("Standing alarms"), then=then),
            annotation_table(connection, said),
            state_table(stretches, list(held.values())),
            batch_table(runs),
        )
    grade = grade_words(room.classification)
    return Copy(
        subject="room",
        title=_("Room {id} {name}", id=room.id, name=room.name),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=now,
        facts=(
            (_("Classification"), formats.sentence(grade) or _("none")),
            (_("As it stood"), _("when this copy was made")),
        ),
        remarks=simulated(site),
        tables=tables,
    )


def _points(context: AppContext, points: list[Point], now: Instant) -> Table:
    columns = (
        Column(N_("Room")),
        Column(N_("Point")),
        Column(N_("What")),
        Column(N_("Value"), NUMBER),
        Column(N_("Unit")),
        Column(N_("Validity")),
        Column(N_("Why")),
        Column(N_("Time"), TIME),
        Column(N_("Age")),
        *(Column(name, NUMBER) for name in (_("Action low"), _("Alert low"), _("Alert high"), _("Action high"))),
        Column(N_("Mark")),
    )
    names = ["value", "reasons", "time"]
    try:
        found = context.samples.latest([point.id for point in points])[names].itertuples(name=None)
    except HistoryAwayError as error:
        raise TooLongError(_("History cannot be read: {error}", error=error)) from error
    latest = {point: (value, int(reasons), int(time)) for point, value, reasons, time in found}
    rows: list[Row] = []
    for point in points:
        yardstick = context.hub.yardstick(point)
        b = yardstick.bounds
        mark = next((f"{limit.mark}: {limit.exempt}" for limit in yardstick.limits if limit.exempt), "")
        limits = (b.low_action, b.low_alert, b.high_alert, b.high_action, mark)
        if point.id not in latest:
            rows.append(
                (point.room, point.id, formats.what(point), None, point.unit, _("no reading"), "", None, "", *limits)
            )
            continue
        value, reasons, time = latest[point.id]
        number = value if value == value else None  # NaN: an invalid reading may have no number
        validity, why = validity_of(reasons).name.lower(), ", ".join(_(words) for words in words_of(reasons))
        age = formats.age(now - time)
        rows.append(
            (point.room, point.id, formats.what(point), number, point.unit, validity, why, time, age, *limits)
        )
    return Table(_("Points"), columns, rows)

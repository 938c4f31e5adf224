"""A copy of a trend: readings or buckets, with validity and the limits in force then, and all that stands around."""

from bisect import bisect_right
from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection

from alerts.rooms import around
from app import formats
from app.areas import seen
from app.context import AppContext
from app.copies.chart import chart
from app.copies.copy import Column, Copy, Kind, Row, Table, TooLongError, made_by, simulated
from app.copies.tables import alarm_table, annotation_table, batch_table, limit_table, state_table
from app.pages.page import Address
from app.past_sites import sites_then
from app.trends.gather import gather
from app.trends.picture import Picture, PointHistory, PointPicture
from app.trends.shown import known, window
from app.trends.steps import room_stretches
from app.trends.traces import sampling_words
from app.trends.view import view_of
from facility.instants import Instant
from facility.people import Person
from facility.reading import validity_of, words_of
from facility.site import Point, Site
from storage.records import alarms, annotations, batches, room_states
from storage.records.annotations import Annotation
from storage.samples.store import HistoryAwayError, SampleStore

NUMBER, WHOLE, TIME = Kind.NUMBER, Kind.WHOLE, Kind.TIME
LIMITS = tuple(Column(name, NUMBER) for name in ("Action low", "Alert low", "Alert high", "Action high"))


def trend_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the trend at this address. Raises TooLongError where no point is shown, or history is away."""
    site, now = context.site(), context.clock()
    view = view_of(address.query)
    points = known(site, view)
    if not points:
        raise TooLongError("No point is chosen: there is nothing to copy. Choose points first.")
    start, end = window(context, view)
    try:
        picture = gather(site, context.samples, context.records, points, start, end, now)
        single = [_readings(context.samples, p, start, end) for p in picture.points if p.series.width == 0]
    except HistoryAwayError as error:
        raise TooLongError(f"History cannot be read: {error}") from error
    rooms = list(dict.fromkeys(room for point in points for room in around(site, site.points[point].room)))
    until = min(end, now)
    with context.records.reading() as connection:
        found = list(seen(context, alarms.overlapping(connection, points, start, until)))
        then = sites_then(context, connection, found)
        states = room_states.timeline(connection, rooms, start, until)
        runs = batches.overlapping(connection, rooms, start, until)
        said = annotations_of(connection, points, rooms, start, end)
        said += annotations.about(connection, [f"alarm {alarm.id}" for alarm in found])
        said += annotations.about(connection, sorted({f"batch {run.batch}" for run in runs}))
        stretches = {
            room: [(a, b, s.value) for a, b, s in room_stretches(states, room, start, until) if s is not None]
            for room in rooms
        }
        about_points = [one for one in said if one.about.object.startswith("point ")]
        tables = (
            *([readings_table(picture.points, single, about_points)] if single else []),
            *([_buckets(picture, about_points)] if any(p.series.width for p in picture.points) else []),
            limit_table(connection, picture.points),
            alarm_table(connection, site, found, site.timezone, then=then),
            annotation_table(connection, said),
            state_table(stretches, states),
            batch_table(runs),
        )
    return Copy(
        subject="trend",
        title=f"Trend of {_some(points)}",
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=now,
        period=(start, end),
        facts=tuple((f"{p.point.id}", _words(site, p)) for p in picture.points),
        remarks=simulated(site),
        tables=tables,
        charts=(chart(picture, view.together),),
    )


def annotations_of(
    connection: Connection, points: Sequence[str], rooms: Sequence[str], start: Instant, end: Instant
) -> list[Annotation]:
    """What was written about these points and rooms in this time."""
    objects = [*(f"point {point}" for point in points), *(f"room {room}" for room in rooms)]
    return annotations.about(connection, objects, start, end)


def _some(points: Sequence[str]) -> str:
    return ", ".join(points[:3]) + (f" and {formats.count(len(points) - 3, 'more point')}" if len(points) > 3 else "")


def _words(site: Site, picture: PointPicture) -> str:
    point, instrument = picture.point, site.instruments[picture.point.instrument]
    serial = f", serial number {instrument.serial}" if instrument.serial else ""
    room = site.rooms[point.room]
    return f"{formats.what(point)} in {room.id} {room.name}, {point.unit}; {sampling_words(picture)}{serial}"


def _readings(
    samples: SampleStore, picture: PointPicture, start: Instant, end: Instant
) -> tuple[Point, pd.DataFrame]:
    return picture.point, samples.raw(picture.point.id, start, end)


def readings_table(
    histories: Sequence[PointHistory], single: Sequence[tuple[Point, pd.DataFrame]], said: Sequence[Annotation] = ()
) -> Table:
    """Every reading of points (as `SampleStore.raw` answers them), with the limits in force then."""
    columns = (
        Column("Point"),
        Column("Time", TIME),
        Column("Value", NUMBER),
        Column("Unit"),
        Column("Validity"),
        Column("Why"),
        Column("Count", NUMBER),
        Column("Volume l", NUMBER),
        *LIMITS,
        Column("Room state"),
        Column("Received", TIME),
        Column("Comments"),
    )
    of_point = {p.point.id: p for p in histories}
    rows: list[Row] = []
    for point, raw in single:
        for time, value, reasons, received, count, volume in raw[
            ["time", "value", "reasons", "received", "count", "volume"]
        ].itertuples(index=False, name=None):
            reason = int(reasons)
            rows.append(
                (
                    point.id,
                    int(time),
                    _finite(value),
                    point.unit,
                    validity_of(reason).name.lower(),
                    ", ".join(words_of(reason)),
                    _finite(count),
                    _finite(volume),
                    *_limits_then(of_point[point.id], int(time)),
                    int(received),
                    _said(said, point.id, int(time), int(time)),
                )
            )
    return Table("Readings", columns, rows)


def _buckets(picture: Picture, said: Sequence[Annotation]) -> Table:
    columns = (
        Column("Point"),
        Column("From", TIME),
        Column("To", TIME),
        Column("Lowest", NUMBER),
        Column("Mean", NUMBER),
        Column("Highest", NUMBER),
        Column("Unit"),
        Column("Readings", WHOLE),
        Column("Valid", WHOLE),
        Column("Suspect", WHOLE),
        Column("Invalid", WHOLE),
        *LIMITS,
        Column("Room state"),
        Column("Comments"),
    )
    rows: list[Row] = []
    for p in picture.points:
        series, width = p.series, p.series.width
        if width == 0:
            continue
        for i in range(len(series)):
            start = int(series.start[i])
            n, judged, valid = int(series.n[i]), int(series.judged[i]), int(series.valid[i])
            numbers = (_finite(series.low[i]), _finite(series.mean[i]), _finite(series.high[i]))
            counts = (n, valid, judged - valid, n - judged)
            about = _said(said, p.point.id, start, start + width - 1)
            rows.append(
                (p.point.id, start, start + width, *numbers, p.point.unit, *counts, *_limits_then(p, start), about)
            )
    return Table("Readings in steps", columns, rows)


def _limits_then(
    picture: PointHistory, at: Instant
) -> tuple[float | None, float | None, float | None, float | None, str]:
    """The strictest limit of each kind at that moment, and the room state that selected them."""
    index = max(bisect_right(picture.steps, at, key=lambda step: step.start) - 1, 0)
    step = picture.steps[index]
    b = step.bounds
    return b.low_action, b.low_alert, b.high_alert, b.high_action, step.state.value if step.state else "unknown"


def _said(said: Sequence[Annotation], point: str, start: Instant, end: Instant) -> str:
    """The numbers of the annotations that touch a stretch of a point."""
    numbers = [
        str(one.id)
        for one in said
        if one.about.object == f"point {point}" and one.about.start <= end and one.about.end >= start
    ]
    return f"No. {', '.join(numbers)}" if numbers else ""


def _finite(value: float) -> float | None:
    return float(value) if pd.notna(value) else None

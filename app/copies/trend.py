"""A copy of a trend: readings or buckets, with validity and the limits in force then, and all that stands around."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

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
from app.trends.comparison import comparison, comparison_words
from app.trends.gather import gather
from app.trends.picture import PointHistory, PointPicture
from app.trends.shown import known, meant, window
from app.trends.steps import room_stretches
from app.trends.traces import sampling_words
from app.trends.view import view_of
from facility.instants import Instant
from facility.language import N_, _, _n
from facility.people import Person
from facility.reading import validity_of, words_of
from facility.site import Point, Site
from storage.records import alarms, annotations, batches, room_states
from storage.records.annotations import Annotation
from storage.samples.store import HistoryAwayError, SampleStore

NUMBER, WHOLE, TIME = Kind.NUMBER, Kind.WHOLE, Kind.TIME
LIMITS = (N_("Action low"), N_("Alert low"), N_("Alert high"), N_("Action high"))


def trend_copy(context: AppContext, person: Person, address: Address) -> Copy:
    """The copy of the trend at this address. Raises TooLongError where no point is shown, or history is away."""
    site, now = context.site(), context.clock()
    view = meant(context, view_of(address.query))
    points = known(site, view)
    if not points:
        raise TooLongError(_("No point is chosen: there is nothing to copy. Choose points first."))
    start, end = window(context, view)
    compared = comparison(site, view, start, end, now)
    shift = compared.shift if compared else 0
    try:
        picture = gather(site, context.samples, context.records, points, start, end, now, compared)
        with context.records.reading() as connection:
            drawn = picture.points if shift else picture.everything
            tables = _tables(context, connection, drawn, start, end, now)
            if shift:
                earlier = [one for one in picture.everything if one.shift]
                then = _tables(context, connection, earlier, start - shift, end - shift, now)
                tables += tuple(replace(t, title=_("{table}, time compared", table=t.title)) for t in then)
    except HistoryAwayError as error:
        raise TooLongError(_("History cannot be read: {why}", why=error)) from error
    return Copy(
        subject="trend",
        title=_("Trend of {points}", points=_some(points)),
        site=site.name,
        zone=site.timezone,
        made_by=made_by(person),
        made_at=now,
        period=(start, end),
        facts=(
            *((one.point.id, _words(site, one)) for one in picture.everything if not one.shift),
            *([(_("Compared with"), comparison_words(site, compared, start, end))] if compared else []),
        ),
        remarks=simulated(site),
        tables=tables,
        charts=(chart(picture, view.together),),
    )


def shown_tables(
    samples: SampleStore,
    pictures: Sequence[PointPicture],
    start: Instant,
    end: Instant,
    said: Sequence[Annotation] = (),
) -> list[Table]:
    """Each reading or step that is drawn of these points, with validity, limits and room state then."""
    single = [(p.point, samples.raw(p.point.id, start, end)) for p in pictures if p.series.width == 0]
    stepped = [p for p in pictures if p.series.width]
    return [
        *([readings_table(pictures, single, said)] if single else []),
        *([_buckets(stepped, said)] if stepped else []),
    ]


def _tables(
    context: AppContext,
    connection: Connection,
    pictures: Sequence[PointPicture],
    start: Instant,
    end: Instant,
    now: Instant,
) -> tuple[Table, ...]:
    """What is drawn of these points over a range, and all that was recorded about them and their rooms in it."""
    site, until = context.site(), min(end, now)
    points = list(dict.fromkeys(p.point.id for p in pictures))
    rooms = list(dict.fromkeys(room for point in points for room in around(site, site.points[point].room)))
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
    return (
        *shown_tables(context.samples, pictures, start, end, about_points),
        limit_table(connection, pictures),
        alarm_table(connection, site, found, site.timezone, then=then),
        annotation_table(connection, said),
        state_table(stretches, states),
        batch_table(runs),
    )


def annotations_of(
    connection: Connection, points: Sequence[str], rooms: Sequence[str], start: Instant, end: Instant
) -> list[Annotation]:
    """What was written about these points and rooms in this time."""
    objects = [*(f"point {point}" for point in points), *(f"room {room}" for room in rooms)]
    return annotations.about(connection, objects, start, end)


def _some(points: Sequence[str]) -> str:
    first, more = ", ".join(points[:3]), len(points) - 3
    if more <= 0:
        return first
    return _n(
        "{points} and {n} more point", "{points} and {n} more points", more, points=first, n=formats.words(more)
    )


def _words(site: Site, picture: PointPicture) -> str:
    point, instrument = picture.point, site.instruments[picture.point.instrument]
    room = site.rooms[point.room]
    words = _(
        "{what} in {room}, {unit}; {sampling}",
        what=formats.what(point),
        room=f"{room.id} {room.name}",
        unit=point.unit,
        sampling=sampling_words(picture),
    )
    if not instrument.serial:
        return words
    return _("{words}, serial number {serial}", words=words, serial=instrument.serial)


def readings_table(
    histories: Sequence[PointHistory], single: Sequence[tuple[Point, pd.DataFrame]], said: Sequence[Annotation] = ()
) -> Table:
    """Every reading of points (as `SampleStore.raw` answers them), with the limits in force then."""
    columns = (
        Column(N_("Point")),
        Column(N_("Time"), TIME),
        Column(N_("Value"), NUMBER),
        Column(N_("Unit")),
        Column(N_("Validity")),
        Column(N_("Why")),
        Column(N_("Count"), NUMBER),
        Column(N_("Volume l"), NUMBER),
        *(Column(N_(name), NUMBER) for name in LIMITS),
        Column(N_("Room state")),
        Column(N_("Received"), TIME),
        Column(N_("Comments")),
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
                    _(validity_of(reason).name.lower()),
                    ", ".join(_(words) for words in words_of(reason)),
                    _finite(count),
                    _finite(volume),
                    *_limits_then(of_point[point.id], int(time)),
                    int(received),
                    _said(said, point.id, int(time), int(time)),
                )
            )
    return Table(_("Readings"), columns, rows)


def _buckets(pictures: Sequence[PointPicture], said: Sequence[Annotation]) -> Table:
    columns = (
        Column(N_("Point")),
        Column(N_("From"), TIME),
        Column(N_("To"), TIME),
        Column(N_("Lowest"), NUMBER),
        Column(N_("Mean"), NUMBER),
        Column(N_("Highest"), NUMBER),
        Column(N_("Unit")),
        Column(N_("Readings"), WHOLE),
        Column(N_("Valid"), WHOLE),
        Column(N_("Suspect"), WHOLE),
        Column(N_("Invalid"), WHOLE),
        *(Column(N_(name), NUMBER) for name in LIMITS),
        Column(N_("Room state")),
        Column(N_("Comments")),
    )
    rows: list[Row] = []
    for p in pictures:
        series, width = p.series, p.series.width
        for i in range(len(series)):
            start = int(series.start[i])
            n, judged, valid = int(series.n[i]), int(series.judged[i]), int(series.valid[i])
            numbers = (_finite(series.low[i]), _finite(series.mean[i]), _finite(series.high[i]))
            counts = (n, valid, judged - valid, n - judged)
            about = _said(said, p.point.id, start, start + width - 1)
            rows.append(
                (p.point.id, start, start + width, *numbers, p.point.unit, *counts, *_limits_then(p, start), about)
            )
    return Table(_("Readings in steps"), columns, rows)


def _limits_then(
    picture: PointHistory, at: Instant
) -> tuple[float | None, float | None, float | None, float | None, str]:
    """The strictest limit of each kind at that moment, and the room state that selected them."""
    index = max(bisect_right(picture.steps, at, key=lambda step: step.start) - 1, 0)
    step = picture.steps[index]
    b = step.bounds
    return b.low_action, b.low_alert, b.high_alert, b.high_action, _(step.state.value) if step.state else _("unknown")


def _said(said: Sequence[Annotation], point: str, start: Instant, end: Instant) -> str:
    """The numbers of the annotations that touch a stretch of a point."""
    numbers = [
        str(one.id)
        for one in said
        if one.about.object == f"point {point}" and one.about.start <= end and one.about.end >= start
    ]
    return _("No. {numbers}", numbers=", ".join(numbers)) if numbers else ""


def _finite(value: float) -> float | None:
    return float(value) if pd.notna(value) else None

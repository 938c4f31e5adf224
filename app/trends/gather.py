"""Asks the stores for all that a trend shows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Connection

from alerts.rooms import around
from app.trends.bands import BandRow, alarm_bands, batch_bands, state_bands
from app.trends.comparison import Comparison, counterpart, moved
from app.trends.outside import peaks
from app.trends.picture import Picture, PointHistory, PointPicture
from app.trends.series import Series, gaps, grid_of, incomplete, of_buckets, of_readings
from app.trends.steps import PointVersion, joined, limit_lines, limit_steps, revision_changes, room_stretches
from facility.instants import Instant, Span
from facility.language import _
from facility.plant_events import RoomStateSet
from facility.site import Site
from facility.site_file import parse_site
from storage.records import alarms, annotations, batches, revisions, room_states
from storage.records.annotations import Annotation
from storage.records.database import Records
from storage.records.people import accounts
from storage.records.revisions import Revision
from storage.samples.store import SampleStore


def gather(
    site: Site,
    samples: SampleStore,
    records: Records,
    points: Sequence[str],
    start: Instant,
    end: Instant,
    now: Instant,
    compared: Comparison | None = None,
    reads: Callable[[str], None] = lambda _point: None,
) -> Picture:
    """The picture of these points (all of them in the site) over `[start, end)`.

    `reads` is told each point before it is read, and may raise, which ends it.
    """
    shift = compared.shift if compared else 0
    others = _others(site, points, compared)
    with records.reading() as connection:
        beside_them = list(others.values())
        states = _states(connection, site, points if shift else [*points, *beside_them], start, end)
        then_states = _states(connection, site, beside_them, start - shift, end - shift) if shift else states
        histories = _histories(connection, site, states, points, start, end)
        beside = _histories(connection, site, then_states, beside_them, start - shift, end - shift)
        rows = _rows(connection, site, states, histories if shift else [*histories, *beside], start, min(end, now))
        if shift:
            then = _rows(connection, site, then_states, beside, start - shift, min(end - shift, now))
            rows += tuple(moved(row, shift) for row in then)
        said = annotations.about(connection, [f"point {point}" for point in points], start, end)
        said_then = annotations.about(
            connection, [f"point {point}" for point in others.values()], start - shift, end - shift
        )
    of_other = {history.point.id: history for history in beside}
    pictures = []
    for history in histories:
        reads(history.point.id)
        picture = _picture(samples, history, said, start, end, now)
        if (other := others.get(history.point.id)) is not None:
            reads(other)
            then_picture = _picture(samples, of_other[other], said_then, start - shift, end - shift, now)
            picture = replace(picture, beside=replace(then_picture, shift=shift))
        pictures.append(picture)
    return Picture(start, end, site.timezone, tuple(pictures), rows)


def _others(site: Site, points: Sequence[str], compared: Comparison | None) -> dict[str, str]:
    """What each point is compared with."""
    if compared is None:
        return {}
    if compared.room is None:
        return {point: point for point in points}
    found = ((point, counterpart(site, site.points[point], compared.room)) for point in points)
    return {point: other.id for point, other in found if other is not None}


def gather_limits(
    site: Site,
    records: Records,
    points: Sequence[str],
    start: Instant,
    end: Instant,
    compared: Comparison | None = None,
) -> list[PointHistory]:
    """The limits of these points (all of them in the site) over `[start, end)`, each followed by what it is
    compared with."""
    shift, others = compared.shift if compared else 0, _others(site, points, compared)
    beside_them = list(others.values())
    with records.reading() as connection:
        states = _states(connection, site, points, start, end)
        then_states = _states(connection, site, beside_them, start - shift, end - shift)
        own = _histories(connection, site, states, points, start, end)
        beside = _histories(connection, site, then_states, beside_them, start - shift, end - shift)
    of_other = {history.point.id: history for history in beside}
    return [
        one for history in own for one in (history, of_other.get(others.get(history.point.id, ""))) if one is not None
    ]


def read_series(samples: SampleStore, point: str, start: Instant, end: Instant, interval: Span) -> Series:
    """Single readings where they fit on the screen, else buckets."""
    grid = grid_of(start, end, interval)
    if grid.width == 0:
        return of_readings(samples.raw(point, grid.start, grid.end))
    return of_buckets(samples.envelope([point], grid.start, grid.end, grid.buckets), grid.width)


def _states(
    connection: Connection, site: Site, points: Sequence[str], start: Instant, end: Instant
) -> list[RoomStateSet]:
    """Of the rooms of these points, and of those around them."""
    rooms = list(dict.fromkeys(room for point in points for room in around(site, site.points[point].room)))
    return room_states.timeline(connection, rooms, start, end) if rooms else []


def _histories(
    connection: Connection,
    site: Site,
    states: Sequence[RoomStateSet],
    points: Sequence[str],
    start: Instant,
    end: Instant,
) -> list[PointHistory]:
    found = [site.points[point] for point in points]
    sites = [(r, _site_of(r, site)) for r in revisions.between(connection, start, end)]
    return [
        PointHistory(
            point,
            site.instruments[point.instrument].interval,
            limit_steps(
                [PointVersion(r.number, r.in_force_from, then.points.get(point.id)) for r, then in sites],
                states,
                around(site, point.room),
                start,
                end,
            ),
        )
        for point in found
    ]


def _site_of(revision: Revision, present: Site) -> Site:
    return present if revision.text == present.text else _parsed(revision.text)


@lru_cache(maxsize=64)
def _parsed(text: str) -> Site:
    """A site file of the past. Reading one takes a second, and what it says never changes."""
    return parse_site(text, "a site revision on record")


def _picture(
    samples: SampleStore,
    history: PointHistory,
    said: Sequence[Annotation],
    start: Instant,
    end: Instant,
    now: Instant,
) -> PointPicture:
    point, interval, until = history.point, history.interval, min(end, now)
    series = read_series(samples, point.id, start, end, interval)
    held = joined(history.steps)
    silences = gaps(series, interval, start, until, samples.extent([point.id]))
    return PointPicture(
        point=point,
        interval=interval,
        steps=history.steps,
        series=series,
        lines=limit_lines(held),
        changes=revision_changes(history.steps),
        gaps=tuple(silences) if point.silent_after is not None else (),
        incomplete=incomplete(series, interval, until),
        peaks=tuple(peaks(series, held, end - start)),
        said=tuple(one for one in said if one.about.object == f"point {point.id}"),
    )


def _rows(
    connection: Connection,
    site: Site,
    states: Sequence[RoomStateSet],
    histories: Sequence[PointHistory],
    start: Instant,
    end: Instant,
) -> tuple[BandRow, ...]:
    """Alarms, state and batches of each room; a zone stands with its room. Of a time to come nothing is known."""
    points = {history.point.id: history.point for history in histories}
    whole = {point: around(site, points[point].room)[-1] for point in points}
    zones = [room for room in site.rooms if around(site, room)[-1] in whole.values()]
    past = start < end
    found = alarms.overlapping(connection, list(points), start, end) if past else []
    runs = batches.overlapping(connection, zones, start, end) if past else []
    names = accounts.names(connection)
    rows: list[BandRow] = []
    for room in dict.fromkeys(whole.values()):
        prefix = f"{room} " if len(set(whole.values())) > 1 else ""
        of_room = [alarm for alarm in found if whole[alarm.point] == room]
        made = [run for run in runs if around(site, run.room)[-1] == room]
        rows += [
            BandRow(prefix + _("Alarms"), alarm_bands(of_room, points, start, end, site.timezone, names)),
            BandRow(prefix + _("State"), state_bands(room_stretches(states, room, start, end), room, site.timezone)),
            BandRow(prefix + _("Batch"), batch_bands(made, start, end, site.timezone)),
        ]
    return tuple(rows)

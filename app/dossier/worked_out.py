"""Readings of the store, worked out: its own points while it lasted, and everything around it in the hour before."""

from collections.abc import Mapping, Sequence

from app.areas import seen
from app.context import AppContext
from app.dossier.before import BEFORE, Abnormal, Where, not_alarmed, other_alarms
from app.dossier.measures import Measured, measure
from app.dossier.scope import Scope
from app.trends.gather import gather_limits
from app.trends.picture import PointHistory
from app.trends.series import INTERVALS_OF_A_GAP
from app.trends.statistics import outer
from facility.excursion import Excursion
from facility.instants import Instant, Span
from facility.limit import Severity
from facility.site import Site
from storage.records import alarms
from storage.samples.store import SampleStore


def measured_of(
    samples: SampleStore, histories: Sequence[PointHistory], start: Instant, end: Instant
) -> list[Measured]:
    """Each point over `[start, end)`, from every single reading. Raises HistoryAwayError."""
    return [
        measure(one.point, one.interval, one.steps, samples.raw(one.point.id, start, end), start, end)
        for one in histories
    ]


def abnormal_before(context: AppContext, excursion: Excursion, scope: Scope) -> list[Abnormal]:
    """What else was abnormal in the hour before it, the nearest first. Raises HistoryAwayError."""
    site, end = context.site(), excursion.onset
    start = end - BEFORE
    near = _near(site, scope)
    with context.records.reading() as connection:
        stood = list(seen(context, alarms.overlapping(connection, list(near), start, end)))
    others = other_alarms(excursion, [(near[alarm.point], alarm) for alarm in stood if alarm.point in near], start)
    quiet = [point for point in near if point not in {alarm.point for alarm in stood}]
    suspects = _suspects(context, quiet, start, end)
    measured = measured_of(context.samples, suspects, start, end)
    told = not_alarmed([(near[one.point.id], one) for one in measured], [])
    places = list(Where)
    return sorted([*others, *told], key=lambda one: places.index(one.where))


def _near(site: Site, scope: Scope) -> dict[str, Where]:
    """Every point around, with how near it is."""
    places = ((Where.SAME_AIR, scope.same_air), (Where.BESIDE, scope.beside), (Where.IN, scope.rooms))
    return {point.id: where for where, rooms in places for room in rooms for point in site.points_by_room[room]}


def _suspects(context: AppContext, points: Sequence[str], start: Instant, end: Instant) -> list[PointHistory]:
    """The points whose readings are worth a closer look: an extreme outside, or fewer than there should be."""
    if not points:
        return []
    histories = gather_limits(context.site(), context.records, points, start, end)
    found = context.samples.envelope(points, start, end, 1)[["point", "min", "max", "n"]]
    extremes = {point: {"min": low, "max": high, "n": n} for point, low, high, n in found.itertuples(index=False)}
    began = {point: context.samples.extent([point]) for point in points if point not in extremes}
    return [
        one
        for one in histories
        if (one.point.id in extremes and _is_suspect(one, extremes[one.point.id], end - start))
        or ((extent := began.get(one.point.id)) and extent[0] < start and one.point.silent_after is not None)
    ]


def _is_suspect(history: PointHistory, row: Mapping[str, float], span: Span) -> bool:
    low, high = row["min"], row["max"]
    if history.point.silent_after is not None and (row["n"] + INTERVALS_OF_A_GAP) * history.interval < span:
        return True
    for step in history.steps:
        for severity in (Severity.ALERT, Severity.ACTION):
            least, most = outer(step.limits, severity)
            if (least is not None and low < least) or (most is not None and high > most):
                return True
    return False

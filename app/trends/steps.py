"""Which limits were in force when: stepping with the room's state, and with the revision of the site file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TypeVar

import numpy as np

from alerts.rooms import periods
from app.scale import Bounds, bounds_of
from app.trends.bands import NARROW
from facility import writing
from facility.instants import Instant, Span
from facility.language import _
from facility.limit import Limit, RoomState, Severity, Side
from facility.limits import limits_in_force
from facility.plant_events import RoomStateSet
from facility.site import Point
from storage.samples.columns import Array

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PointVersion:
    """A point as one site revision describes it; None where that revision does not have it."""

    revision: int
    in_force_from: Instant
    point: Point | None


@dataclass(frozen=True, slots=True)
class LimitStep:
    """From `start` until `end` these limits of a point were in force, for its room was in this state."""

    start: Instant
    end: Instant
    state: RoomState | None
    revision: int | None
    limits: tuple[Limit, ...]

    @property
    def bounds(self) -> Bounds:
        return bounds_of(self.limits)


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One alert level or action limit, with the stretches over which it held; or would have, where it is supposed."""

    limit: Limit
    stretches: tuple[tuple[Instant, Instant], ...]
    supposed: bool = False

    def drawn(self, span: Span) -> Array:
        """Its stretches as rows of begin and end, in a picture over `span`: across pauses too short to be seen."""
        rows = np.array(self.stretches, np.int64)
        breaks = np.flatnonzero(rows[1:, 0] - rows[:-1, 1] >= NARROW * span)
        return np.column_stack([rows[np.r_[0, breaks + 1], 0], rows[np.r_[breaks, len(rows) - 1], 1]])


def limit_steps(
    versions: Sequence[PointVersion],
    states: Sequence[RoomStateSet],
    rooms: Sequence[str],
    start: Instant,
    end: Instant,
) -> tuple[LimitStep, ...]:
    """The limits of one point over `[start, end)`, without gaps; stretches that are the same are one step.

    `rooms` are the zone of the point and the rooms around it: of their `states`, which are ordered by time, the one
    that was set last holds. Of several versions in force the one with the highest revision holds; before the first
    there were no limits.
    """
    of_rooms = [event for event in states if event.room in rooms]
    steps: list[LimitStep] = []
    edges = [start, *sorted({v.in_force_from for v in versions if start < v.in_force_from < end}), end]
    for version, parts in groupby(pairwise(edges), lambda part: _in_force(versions, part[0])):
        of_version = list(parts)
        revision, point = (None, None) if version is None else (version.revision, version.point)
        equal: dict[tuple[Limit, ...], tuple[Limit, ...]] = {}
        limits = {
            state: equal.setdefault(held, held)
            for state in (*RoomState, None)
            for held in (limits_in_force(point, state) if point is not None else (),)
        }
        stretches = periods(of_rooms, of_version[0][0], of_version[-1][1])
        for state, alike in groupby(stretches, lambda stretch: stretch[2]):
            of_state = list(alike)
            steps.append(LimitStep(of_state[0][0], of_state[-1][1], state, revision, limits[state]))
    return tuple(steps)


def _in_force(versions: Sequence[PointVersion], at: Instant) -> PointVersion | None:
    held = [version for version in versions if version.in_force_from <= at]
    return max(held, key=lambda version: version.revision, default=None)


def of_limits(steps: Sequence[LimitStep], of: Callable[[Sequence[Limit]], T]) -> list[T]:
    """What this says of the limits of each step: once for limits that many steps share, as those of a year do."""
    known: dict[int, T] = {}
    for step in steps:
        if id(step.limits) not in known:
            known[id(step.limits)] = of(step.limits)
    return [known[id(step.limits)] for step in steps]


def joined(steps: Sequence[LimitStep]) -> list[LimitStep]:
    """Longer steps, over states that changed no limit, as of most points: the state is the one that it began in."""
    found = []
    for _limits, alike in groupby(steps, key=lambda step: id(step.limits)):
        of_same = list(alike)
        found.append(replace(of_same[0], end=of_same[-1].end))
    return found


def room_stretches(
    states: Sequence[RoomStateSet], room: str, start: Instant, end: Instant
) -> list[tuple[Instant, Instant, RoomState | None]]:
    """The states of one room over `[start, end)`, without gaps."""
    stretches: list[tuple[Instant, Instant, RoomState | None]] = []
    for begin, finish, state in periods([event for event in states if event.room == room], start, end):
        if stretches and stretches[-1][2] is state:
            begin = stretches.pop()[0]
        stretches.append((begin, finish, state))
    return stretches


def limit_lines(steps: Sequence[LimitStep]) -> tuple[LimitLine, ...]:
    """Each different limit that held at some time; of several of one kind only the strictest is drawn."""
    found: dict[Limit, list[tuple[Instant, Instant]]] = {}

    def stretches_of(limits: Sequence[Limit]) -> list[list[tuple[Instant, Instant]]]:
        kinds = [(severity, side) for severity in (Severity.ALERT, Severity.ACTION) for side in Side]
        strictest = (_strictest(limits, severity, side) for severity, side in kinds)
        return [found.setdefault(limit, []) for limit in strictest if limit is not None]

    for step, lines in zip(steps, of_limits(steps, stretches_of), strict=True):
        for stretches in lines:
            if stretches and stretches[-1][1] == step.start:
                stretches[-1] = (stretches[-1][0], step.end)
            else:
                stretches.append((step.start, step.end))
    return tuple(LimitLine(limit, tuple(stretches)) for limit, stretches in found.items())


def revision_changes(steps: Sequence[LimitStep]) -> tuple[tuple[Instant, int, str], ...]:
    """When another revision changed the limits: the moment, its number, and what changed in words."""
    changes = []
    for before, after in pairwise(steps):
        if before.revision is None or after.revision is None or before.revision == after.revision:
            continue
        if before.limits != after.limits and before.state == after.state:
            changes.append((after.start, after.revision, _difference(before.limits, after.limits)))
    return tuple(changes)


def _strictest(limits: Sequence[Limit], severity: Severity, side: Side) -> Limit | None:
    of_kind = [limit for limit in limits if limit.severity is severity and limit.side is side]
    strictest = of_kind[0] if of_kind else None
    for limit in of_kind:
        if strictest is not None and limit.is_stricter_than(strictest):
            strictest = limit
    return strictest


def _difference(before: Sequence[Limit], after: Sequence[Limit]) -> str:
    words = []
    for severity in (Severity.ALERT, Severity.ACTION):
        for side in Side:
            old, new = _strictest(before, severity, side), _strictest(after, severity, side)
            if old != new:
                before_it, after_it = (_value(limit) for limit in (old, new))
                kind = f"{_(severity.name.lower())} {_(side)}"
                words.append(
                    _("{limit} {old} to {new}", limit=kind, old=before_it, new=after_it)
                    if before_it != after_it
                    else _("{limit} {value}, delay or rule", limit=kind, value=after_it)
                )
    return "; ".join(words)


def _value(limit: Limit | None) -> str:
    return _("none") if limit is None else writing.significant(limit.value, 12)

"""Reads the history that a question is about, week by week, so that years of it need little memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from sqlalchemy import Connection

from alerts.rooms import around, periods
from app.levels.question import Exclusion, Question, QuestionError
from facility.alarm import Condition
from facility.instants import DAY, Instant, Span
from facility.language import _
from facility.levels.sample import Array, effective_size
from facility.levels.units import Series, gaps_before, in_units
from facility.reading import INVALID_MASK
from facility.site import Site
from storage.records import alarms, annotations, room_states
from storage.records.annotations import Annotation, Kind, Standing
from storage.records.database import Records
from storage.samples.store import SampleStore

CHUNK: Span = 7 * DAY
MOST_VALUES = 20_000_000
"""Values that are kept at once, 160 MB: six years of one point's readings every 10 s."""

Progress = Callable[[float], None]
"""Told the part that is done, 0 to 1; may raise, which ends the reading."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """What an exclusion left out: how many readings, and the farthest of them."""

    exclusion: Exclusion
    readings: int
    lowest: float | None
    highest: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The data of a question. `values` are in its unit of analysis; `readings` is how many they were made from."""

    values: Array
    effective: float
    readings: int
    invalid: int
    other_state: int
    excluded: tuple[Excluded, ...]
    first: Instant | None
    last: Instant | None

    @property
    def span(self) -> Span:
        """From the first to the last value."""
        return 0 if self.first is None or self.last is None else self.last - self.first


def gather(site: Site, samples: SampleStore, records: Records, question: Question, progress: Progress) -> Gathered:
    """Everything that was judged, in the room state, and not left out. Raises HistoryAwayError, RecordsAwayError."""
    with records.reading() as connection:
        exclusions = (*question.exclusions, *_recorded(connection, question))
        stretches = {point: _stretches(connection, site, point, question) for point in question.points}
    reader = _Reader(samples, question, exclusions)
    chunks = list(_chunks(question.start, question.end))
    found: list[Series] = []
    effective, kept = 0.0, 0
    for number, point in enumerate(question.points):
        parts: list[Series] = []
        for index, (start, end) in enumerate(chunks):
            progress((number + index / len(chunks)) / len(question.points))
            part = reader.read(point, start, end, stretches[point])
            parts.append(part)
            kept += len(part[0])
            if kept > MOST_VALUES:
                raise QuestionError(
                    _("This is too much at once. Choose a longer unit of analysis or a shorter period.")
                )
        time, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        interval = site.instruments[site.points[point].instrument].interval
        effective += effective_size(value, gaps_before(time, question.unit, interval)) if len(value) else 0
        found.append((time, value))
    values = np.concatenate([value for _unused, value in found])
    ends = [int(time[edge]) for time, _unused in found if len(time) for edge in (0, -1)]
    return Gathered(
        values=values,
        effective=effective,
        readings=reader.used,
        invalid=reader.invalid,
        other_state=reader.other_state,
        excluded=reader.excluded(),
        first=min(ends, default=None),
        last=max(ends, default=None),
    )


class _Reader:
    """Reads a point's chunk and keeps count of what was left out, and why."""

    def __init__(self, samples: SampleStore, question: Question, exclusions: Sequence[Exclusion]) -> None:
        self._samples = samples
        self._question = question
        self._exclusions = exclusions
        self._left_out = [0] * len(exclusions)
        self._lowest = [np.inf] * len(exclusions)
        self._highest = [-np.inf] * len(exclusions)
        self.used = 0
        self.invalid = 0
        self.other_state = 0

    def read(self, point: str, start: Instant, end: Instant, stretches: Array) -> Series:
        frame = self._samples.raw(point, start, end)
        time, value = frame["time"].to_numpy(np.int64), frame["value"].to_numpy(np.float64)
        judged = (frame["reasons"].to_numpy(np.int64) & INVALID_MASK == 0) & ~np.isnan(value)
        in_state = _within(time, stretches)
        self.invalid += int(np.count_nonzero(~judged & in_state))
        self.other_state += int(np.count_nonzero(~in_state))
        wanted = judged & in_state
        for index, exclusion in enumerate(self._exclusions):
            if exclusion.point not in (None, point):
                continue
            out = wanted & (time >= exclusion.start) & (time <= exclusion.end)
            if out.any():
                self._left_out[index] += int(np.count_nonzero(out))
                self._lowest[index] = min(self._lowest[index], float(value[out].min()))
                self._highest[index] = max(self._highest[index], float(value[out].max()))
                wanted &= ~out
        self.used += int(np.count_nonzero(wanted))
        return in_units(time[wanted], value[wanted], self._question.unit, self._question.side)

    def excluded(self) -> tuple[Excluded, ...]:
        """What each exclusion left out; of those on record only where it left out something."""
        return tuple(
            Excluded(exclusion, n, low if n else None, high if n else None)
            for exclusion, n, low, high in zip(
                self._exclusions, self._left_out, self._lowest, self._highest, strict=True
            )
            if n or exclusion in self._question.exclusions
        )


def _chunks(start: Instant, end: Instant) -> list[tuple[Instant, Instant]]:
    """Weeks that begin with a day of UTC, so that no unit of analysis is cut in two."""
    edges = [start, *range(start - start % DAY + CHUNK, end, CHUNK), end]
    return list(pairwise(edges))


def _stretches(connection: Connection, site: Site, point: str, question: Question) -> Array:
    """Start and end of each stretch in the room state that is asked for, in order of time."""
    rooms = around(site, site.points[point].room)
    timeline = sorted(
        room_states.timeline(connection, rooms, question.start, question.end), key=lambda event: event.time
    )
    found = [
        (start, end)
        for start, end, state in periods(timeline, question.start, question.end)
        if question.state is None or state is question.state
    ]
    return np.array(found, np.int64).reshape(-1, 2)


def _within(time: Array, stretches: Array) -> Array:
    if not len(stretches):
        return np.zeros(len(time), bool)
    at = np.searchsorted(stretches[:, 0], time, side="right") - 1
    inside: Array = (at >= 0) & (time < stretches[np.maximum(at, 0), 1])
    return inside


def _recorded(connection: Connection, question: Question) -> list[Exclusion]:
    """What records say must not be used: times of instrument fault, and readings that QA has found to be invalid."""
    faults = [
        Exclusion(
            alarm.onset, alarm.returned or question.end, _("instrument fault"), _("alarm on record"), alarm.point
        )
        for alarm in alarms.overlapping(connection, question.points, question.start, question.end)
        if alarm.condition is Condition.INSTRUMENT_FAULT
    ]
    objects = {f"point {point}": point for point in question.points}
    corrected = [
        Exclusion(
            a.about.start, a.about.end, a.reason, _("correction {id} on record", id=a.id), objects[a.about.object]
        )
        for a in annotations.about(connection, list(objects), question.start, question.end)
        if _makes_invalid(a)
    ]
    return sorted([*faults, *corrected], key=lambda exclusion: exclusion.start)


def _makes_invalid(annotation: Annotation) -> bool:
    holds = annotation.kind is Kind.CORRECTION and annotation.standing is Standing.HOLDS
    return holds and annotation.becomes.strip().casefold().startswith("invalid")

"""The questions that the trend of a room is to answer (EU GMP Annex 1:2022, 9.11 (i) to (iv)), as pure functions.

Excursions of one room are few, and with few much happens by chance. So every answer says how likely what is seen
would be by chance alone, and "too few to say" where no outcome at all could have been unlikely.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import binomtest, fisher_exact

from facility.instants import DAY, HOUR, MINUTE, Instant, Span

LIKELY = 0.05
"""What is less likely than this by chance alone is said; several looks at once share it (Holm, 1979)."""
WINDOW = 3
"""Hours of the day that are looked at together."""
AFTER: Span = HOUR
"""So long after an event something is taken to have come after it."""
NEXT: Span = DAY
"""Excursions of one point that follow each other within so much are consecutive."""
REGULAR = 3
"""So many excursions make a pattern: what happened once or twice is not regular, however rare the occasion."""
STEP: Span = 10 * MINUTE
"""How finely the time is cut that something could have happened in."""

Array: TypeAlias = npt.NDArray[Any]
NO_MOMENTS: Array = np.array([], np.int64)


class Answer(StrEnum):
    """What an answer says."""

    YES = "yes"
    NO = "no"
    TOO_FEW = "too few to say"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which excursions would have been seen."""

    start: Instant
    end: Instant

    @property
    def span(self) -> Span:
        return max(0, self.end - self.start)


@dataclass(frozen=True, slots=True)
class Rising:
    """(i) Are there more than in the period before? `probability` is that of so many by chance, at the same rate."""

    answer: Answer
    before: int
    now: int
    probability: float | None


@dataclass(frozen=True, slots=True)
class Run:
    """(ii) Excursions, or results, of one point one after the other."""

    point: str
    times: tuple[Instant, ...]


@dataclass(frozen=True, slots=True)
class Consecutive:
    """(ii) The longest runs of excursions of one point, and how many pairs so close chance alone would bring."""

    answer: Answer
    runs: tuple[Run, ...]
    pairs: int
    expected: float


@dataclass(frozen=True, slots=True)
class Pattern:
    """(iii) More than chance would bring at some hours, on a weekday, after something.

    `kind` is "hour", "weekday" or "after"; `name` the first hour, the weekday (0: Monday) or what it is after.
    `share` is the part of the time that it makes up, `probability` adjusted for all that was looked at.
    """

    kind: str
    name: str
    found: int
    of: int
    share: float
    probability: float


@dataclass(frozen=True, slots=True)
class Patterns:
    """(iii) What was found of all that was looked at."""

    answer: Answer
    found: tuple[Pattern, ...]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Share:
    """(iv) How often one organism was named, before and now."""

    organism: str
    before: int
    now: int
    probability: float | None
    """Adjusted for all organisms that were looked at; None where there are too few."""


@dataclass(frozen=True, slots=True)
class Flora:
    """(iv) What grew. `predominant` is named in more than half of the results of now that name any."""

    answer: Answer
    shares: tuple[Share, ...]
    new: tuple[str, ...]
    predominant: str | None
    named_before: int
    named_now: int


def rising(before: int, now: int, watched_before: Span, watched: Span) -> Rising:
    """Are there more than in the period before, for the time that was watched in each?

    The exact comparison of two Poisson rates: given how many there are together, those of now are binomial
    (Przyborowski and Wilenski, Biometrika 31, 1940).
    """
    together = before + now
    if together == 0 or watched_before <= 0 or watched <= 0:
        return Rising(Answer.TOO_FEW, before, now, None)
    share = watched / (watched + watched_before)
    if share**together > LIKELY:  # even if all of them were of now
        return Rising(Answer.TOO_FEW, before, now, None)
    probability = float(binomtest(now, together, share, alternative="greater").pvalue)
    return Rising(Answer.YES if probability < LIKELY else Answer.NO, before, now, probability)


def consecutive(onsets: Mapping[str, Sequence[Instant]], watched: Span) -> Consecutive:
    """Runs of excursions of one point, each within a day of the one before.

    `onsets` are those of each point. By chance alone, of n spread evenly over the time watched, (n - 1) neighbours
    are each nearer than w with the probability 1 - (1 - w / T)^n.
    """
    runs: list[Run] = []
    pairs, expected = 0, 0.0
    for point, times in onsets.items():
        ordered = sorted(times)
        near = [later - earlier <= NEXT for earlier, later in pairwise(ordered)]
        pairs += sum(near)
        if watched > NEXT and ordered:
            expected += (len(ordered) - 1) * (1 - (1 - NEXT / watched) ** len(ordered))
        runs += _runs(point, ordered, near)
    longest = sorted(runs, key=lambda run: (-len(run.times), run.times[0]))
    several = any(len(times) > 1 for times in onsets.values())
    answer = Answer.YES if runs else Answer.NO if several else Answer.TOO_FEW
    return Consecutive(answer, tuple(longest), pairs, expected)


def consecutive_results(results: Mapping[str, Sequence[tuple[Instant, bool]]]) -> tuple[Run, ...]:
    """Of results (plates) by point, each with whether it is beyond its alert level, those that follow each other."""
    runs: list[Run] = []
    for point, of_point in results.items():
        ordered = sorted(of_point)
        times = [at for at, _beyond in ordered]
        near = [a[1] and b[1] for a, b in pairwise(ordered)]
        runs += _runs(point, times, near)
    return tuple(sorted(runs, key=lambda run: (-len(run.times), run.times[0])))


def patterns(
    onsets: Sequence[Instant],
    watched: Sequence[Stretch],
    zone: str,
    after: Mapping[str, Sequence[Instant]],
) -> Patterns:
    """Are there more at some hours, on a weekday, or within an hour after something, than the time watched explains?

    Hours and weekdays are those of the `zone` (IANA). Every window of three hours, every weekday and every kind of
    event is looked at once; the probabilities are adjusted for all of these looks (Holm).
    """
    moments = np.concatenate([NO_MOMENTS, *(np.arange(w.start, w.end, STEP, dtype=np.int64) for w in watched)])
    inside = np.array([at for at in onsets if any(w.start <= at < w.end for w in watched)], np.int64)
    if len(moments) == 0 or len(inside) < REGULAR:
        return Patterns(Answer.TOO_FEW, (), 0)
    looks = [
        (kind, name, float(share.mean()), int(found.sum()))
        for (kind, name, share), (_kind, _name, found) in zip(
            _looks(moments, zone, after), _looks(inside, zone, after), strict=True
        )
        if 0 < share.mean() < 1
    ]
    least = min((share for _kind, _name, share, _found in looks), default=1.0)
    if not looks or least ** len(inside) * len(looks) > LIKELY:
        return Patterns(Answer.TOO_FEW, (), len(looks))
    raw = [float(binomtest(n, len(inside), share, alternative="greater").pvalue) for *_name, share, n in looks]
    found = [
        Pattern(kind, name, n, len(inside), share, probability)
        for (kind, name, share, n), probability in zip(looks, holm(raw), strict=True)
        if probability < LIKELY and n >= REGULAR
    ]
    found.sort(key=lambda one: one.probability)
    return Patterns(Answer.YES if found else Answer.NO, tuple(found), len(looks))


def flora(before: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> Flora:
    """Has what grows changed? Each result names the organisms that grew on it."""
    then, today = _named(before), _named(now)
    n_then, n_now = len([1 for some in before if some]), len([1 for some in now if some])
    organisms = sorted({*then, *today}, key=lambda name: (-today[name], -then[name], name))
    top = organisms[0] if organisms and today[organisms[0]] * 2 > n_now and n_now > 1 else None
    new = tuple(name for name in organisms if today[name] and not then[name])
    if n_then == 0 or n_now == 0:
        shares = tuple(Share(name, then[name], today[name], None) for name in organisms)
        return Flora(Answer.TOO_FEW, shares, new if n_then else (), top, n_then, n_now)
    tables = [[[today[name], n_now - today[name]], [then[name], n_then - then[name]]] for name in organisms]
    adjusted = holm([float(fisher_exact(np.array(table))[1]) for table in tables])
    shares = tuple(
        Share(name, then[name], today[name], probability)
        for name, probability in zip(organisms, adjusted, strict=True)
    )
    if min(adjusted) < LIKELY:
        answer = Answer.YES
    else:  # could the plainest change of all have been told from chance?
        extreme = float(fisher_exact(np.array([[n_now, 0], [0, n_then]]))[1]) * len(organisms)
        answer = Answer.NO if extreme < LIKELY else Answer.TOO_FEW
    return Flora(answer, shares, new, top, n_then, n_now)


def holm(probabilities: Sequence[float]) -> list[float]:
    """Adjusted for being looked at together (Holm, Scandinavian Journal of Statistics 6, 1979)."""
    order = sorted(range(len(probabilities)), key=lambda index: probabilities[index])
    adjusted, highest = [1.0] * len(probabilities), 0.0
    for rank, index in enumerate(order):
        highest = max(highest, min(1.0, (len(probabilities) - rank) * probabilities[index]))
        adjusted[index] = highest
    return adjusted


def _looks(times: Array, zone: str, after: Mapping[str, Sequence[Instant]]) -> Iterator[tuple[str, str, Array]]:
    """Which of these moments lie in each window of hours, on each weekday, after each kind of event."""
    local = pd.DatetimeIndex(pd.to_datetime(times, unit="ms", utc=True)).tz_convert(zone)
    hour, weekday = local.hour.to_numpy(), local.day_of_week.to_numpy()
    for first in range(24):
        yield "hour", str(first), (hour - first) % 24 < WINDOW
    for day in range(7):
        yield "weekday", str(day), weekday == day
    for kind, events in after.items():
        ordered = np.sort(np.array(events, np.int64))
        last = np.searchsorted(ordered, times, side="right") - 1
        yield "after", kind, (last >= 0) & (times - ordered[last] < AFTER) if len(ordered) else last >= 0


def _runs(point: str, ordered: Sequence[Instant], near: Sequence[bool]) -> list[Run]:
    """The stretches of at least two that are near each other."""
    runs: list[Run] = []
    begin = 0
    for index in range(len(ordered)):
        if index + 1 == len(ordered) or not near[index]:
            if index > begin:
                runs.append(Run(point, tuple(ordered[begin : index + 1])))
            begin = index + 1
    return runs


def _named(results: Sequence[Sequence[str]]) -> Counter[str]:
    return Counter(name for some in results for name in dict.fromkeys(some))

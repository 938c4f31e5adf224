"""Stored readings held against the digests that are on record: in which hours they differ, and how."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from facility.instants import HOUR, Instant, text_of
from storage.samples.columns import Array, Columns
from storage.samples.digest import HourDigest, by_hour, hours_of, sha256_of
from storage.samples.summaries import SUMMARY
from storage.samples.summaries import by_hour as summed_up

MOST_TOLD = 3
"""So many readings of an hour are told one by one."""


class What(StrEnum):
    """How the readings of an hour differ from what was sealed."""

    MISSING = "missing"
    ADDED = "added"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class Difference:
    """An hour (since 1970) whose readings are not those on record; how many there are, and how many there were."""

    hour: int
    found: int
    sealed: int

    @property
    def what(self) -> What:
        if self.found == self.sealed:
            return What.ALTERED
        return What.MISSING if self.found < self.sealed else What.ADDED

    @property
    def words(self) -> str:
        """What is wrong, in words."""
        if self.what is What.ALTERED:
            return f"a reading was altered: there are {self.found}, as on record, and they do not say the same"
        number = abs(self.found - self.sealed)
        readings = "1 reading is" if number == 1 else f"{number} readings are"
        if self.what is What.MISSING:
            return f"{readings} missing of {self.sealed} on record"
        return f"{readings} more than the {self.sealed} on record: added by somebody else than the station"


def differences(readings: Columns, on_record: Sequence[HourDigest]) -> list[Difference]:
    """The hours in which readings, ordered by time, differ from the digests of these hours."""
    found = {hour.hour: hour for hour in hours_of(readings)}
    sealed: defaultdict[int, list[HourDigest]] = defaultdict(list)
    for digest in on_record:
        sealed[digest.hour].append(digest)
    suspicious = [hour for hour in sorted(found.keys() | sealed.keys()) if [found.get(hour)] != sealed[hour]]
    if not suspicious:
        return []
    of_hour = by_hour(readings)
    differing = []
    for hour in suspicious:
        there = of_hour.get(hour, Columns.of_rows([]))
        if not _adds_up(there, sealed[hour]):
            number = sum(digest.readings for digest in sealed[hour])
            differing.append(Difference(hour, len(there), number))
    return differing


def compared(readings: Columns, right: Columns) -> Iterator[str]:
    """The first readings of an hour that are not those of another store, which agrees with the record."""
    _, ours, theirs = np.intersect1d(readings.time, right.time, return_indices=True)
    a, b = readings.take(ours), right.take(theirs)
    told: list[tuple[Instant, str]] = []
    for time in np.setdiff1d(right.time, readings.time)[:MOST_TOLD].tolist():
        told.append((time, "is missing"))
    for time in np.setdiff1d(readings.time, right.time)[:MOST_TOLD].tolist():
        told.append((time, "was not sealed"))
    for name in Columns.names()[1:]:
        here, there = getattr(a, name), getattr(b, name)
        unequal = np.flatnonzero((here != there) & ~((here != here) & (there != there)))
        for place in unequal[:MOST_TOLD].tolist():
            told.append((int(a.time[place]), f"says {name} {here[place]:g}, sealed was {there[place]:g}"))
    for time, words in sorted(told)[:MOST_TOLD]:
        yield f"{text_of(time)} {words}"


def wrong_sums(kept: Array, readings: Columns) -> list[int]:
    """The hours (since 1970) whose sums (`SUMMARY`) are not those of their readings; none kept is not wrong.

    Sums may differ in their last digits, since they depend on the order of adding.
    """
    real = {int(row["key"]): row for row in summed_up(readings)}
    nothing = np.zeros((), SUMMARY)
    nothing["min"], nothing["max"] = np.inf, -np.inf
    wrong = []
    for row in kept:
        expected = real.get(int(row["key"]), nothing)
        same = all(row[name] == expected[name] for name in ("n", "judged", "valid", "min", "max"))
        if not same or not np.isclose(row["sum"], expected["sum"], rtol=1e-9, atol=1e-6):
            wrong.append(int(row["key"]))
    return wrong


def _adds_up(readings: Columns, on_record: Sequence[HourDigest]) -> bool:
    """Are these exactly the readings of the digests together?"""
    whole = [digest for digest in on_record if digest.times is None]
    named = [digest for digest in on_record if digest.times is not None]
    rest = np.ones(len(readings), bool)
    for digest in named:
        meant = np.isin(readings.time, digest.named())
        if sha256_of(readings.take(meant)) == digest.sha256:
            rest &= ~meant
        elif meant.sum() != digest.readings:
            return False
        # Else they are there and were so before: stored a second time after the local store had let their day go.
    return _in_turn(readings.take(rest), whole)


def _in_turn(readings: Columns, sealed: Sequence[HourDigest]) -> bool:
    """Are these the readings of each digest, one after the other? A point may have gone on at another station."""
    waiting = list(sealed)
    while waiting:
        fitting = next((one for one in waiting if sha256_of(_first(readings, one.readings)) == one.sha256), None)
        if fitting is None:
            return False
        waiting.remove(fitting)
        readings = readings.take(slice(fitting.readings, None))
    return len(readings) == 0


def _first(readings: Columns, number: int) -> Columns:
    return readings.take(slice(0, number))


def start_of(hour: int) -> str:
    """The hour as people read it: 2026-11-22T10:00Z."""
    return text_of(hour * HOUR)[:16] + "Z"

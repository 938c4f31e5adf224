"""Many readings of one point as numpy arrays: what goes in and out in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from facility.instants import Instant
from facility.reading import INVALID_MASK

Array: TypeAlias = npt.NDArray[Any]

NO_NUMBER = -1
"""Stands for none in the integer columns `sequence` and `count`; `volume` has NaN there."""

COLUMN_TYPES: dict[str, Any] = {
    "time": np.int64,
    "value": np.float64,
    "reasons": np.uint16,
    "received": np.int64,
    "sequence": np.int64,
    "count": np.int64,
    "volume": np.float64,
    "number": np.int64,
}


@dataclass(frozen=True, slots=True, eq=False)
class Values:
    """What judging and drawing need of one point's readings, ordered by time."""

    time: Array
    """int64, instants."""
    value: Array
    """float64, NaN where an invalid reading has no number."""
    reasons: Array
    """uint16, see `facility.reading.Reason`."""

    def __len__(self) -> int:
        return len(self.time)

    @classmethod
    def names(cls) -> list[str]:
        """The columns, in their order."""
        return [column.name for column in fields(cls)]

    @property
    def judged(self) -> Array:
        """Which readings are judged: valid or suspect, and with a number."""
        judged: Array = (self.reasons & INVALID_MASK == 0) & ~np.isnan(self.value)
        return judged

    @property
    def valid(self) -> Array:
        """Which readings have no reason against them, and a number."""
        valid: Array = (self.reasons == 0) & ~np.isnan(self.value)
        return valid

    def take(self, which: Array | slice) -> Self:
        """The readings at these places (a mask, indices or a slice)."""
        return type(self)(*(getattr(self, name)[which] for name in self.names()))

    def between(self, start: Instant, end: Instant) -> Self:
        """The readings of a range of time, without its end; the columns must be ordered by time."""
        first, last = np.searchsorted(self.time, (start, end))
        return self.take(slice(int(first), int(last)))

    def ordered(self) -> Self:
        """By time; those of one time stay in their order."""
        if np.all(self.time[1:] >= self.time[:-1]):
            return self
        return self.take(np.argsort(self.time, kind="stable"))

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> Self:
        """Columns of rows with their cells in the order of the fields; None stands for no value, no count etc."""
        columns = dict(zip(cls.names(), zip(*rows, strict=True), strict=bool(rows)))
        for name in ("sequence", "count", "number"):
            if name in columns:
                columns[name] = tuple(NO_NUMBER if cell is None else cell for cell in columns[name])
        return cls(*(np.array(columns.get(name, ()), COLUMN_TYPES[name]) for name in cls.names()))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """One after the other; at least one part."""
        if len(parts) == 1:
            return parts[0]
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in cls.names()))


@dataclass(frozen=True, slots=True, eq=False)
class Columns(Values):
    """Everything that is kept of one point's readings, ordered by time."""

    received: Array
    """int64, instants."""
    sequence: Array
    """int64, the sender's number of the message; `NO_NUMBER` where there is none."""
    count: Array
    """int64, raw and cumulative; `NO_NUMBER` where there is none."""
    volume: Array
    """float64, litres; NaN where there is none."""

    def same(self, others: Self) -> Array:
        """Which readings say the same as the one at the same place of the others: value, count and volume."""
        same: Array = self.count == others.count
        for a, b in ((self.value, others.value), (self.volume, others.volume)):
            same = same & ((a == b) | (np.isnan(a) & np.isnan(b)))
        return same


@dataclass(frozen=True, slots=True, eq=False)
class Numbered(Columns):
    """The same with the commit that brought each reading."""

    number: Array
    """int64; `NO_NUMBER` of history that was stored in bulk, whose commits the stretches name."""

    @classmethod
    def of(cls, columns: Columns, number: int = NO_NUMBER) -> Self:
        """Columns that one commit brought."""
        return cls(
            **{name: getattr(columns, name) for name in Columns.names()},
            number=np.full(len(columns), number, np.int64),
        )

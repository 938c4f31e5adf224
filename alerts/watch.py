"""One point while it is watched: what has been judged of it, when it was heard, what is to be judged again."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf
from typing import Self

import msgspec

from alerts import point_judge
from alerts.beside import CLOCK_AHEAD, Still
from alerts.findings import Finding, Raised, Returned, Worsened
from alerts.point_judge import ALL_QUIET, SPECIAL, PointState, carry, of_point
from alerts.reviews import Review
from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import RoomState
from facility.quantities import Quantity
from facility.reading import Reading
from facility.site import Point

VERSION = 1

UNUSUAL = SPECIAL | CLOCK_AHEAD


class MemoryNotUsableError(Exception):
    """The engine's memory was written by another version of Cleanwatch."""


class Memory(msgspec.Struct, frozen=True, array_like=True):
    """What the engine must know of a point to go on after a restart as if there had been none.

    `judged` is the newest moment that was judged, None before the first reading; `heard` when the newest reading
    arrived, or since when the point is watched; `silent` whether a no-data alarm has been raised since.
    """

    heard: Instant
    judged: Instant | None = None
    silent: bool = False
    state: PointState = ALL_QUIET
    reviews: tuple[Review, ...] = ()


def encode(memory: Memory) -> bytes:
    """As it is kept in the records."""
    return bytes([VERSION]) + msgspec.msgpack.encode(memory)


def decode(stored: bytes) -> Memory:
    """What `encode` wrote. Raises MemoryNotUsableError for the bytes of another version."""
    if stored[:1] != bytes([VERSION]):
        raise MemoryNotUsableError(
            f"the alert engine's memory has version {stored[:1].hex()}, this program knows {VERSION:02d}: "
            "start the Cleanwatch that wrote it, or restore the records from a backup"
        )
    return msgspec.msgpack.decode(stored[1:], type=Memory)


class Watch:
    """One point of the site. The only thing here that changes; everything that it decides is `point_judge`'s.

    Judging a reading that is inside every limit, while nothing is pending, only moves two times. Whether a value has
    stood still too long is looked at here for such readings, as `point_judge` would.
    """

    __slots__ = (
        "_frozen",
        "_high",
        "_low",
        "_plain",
        "_state",
        "_still",
        "_still_since",
        "changed",
        "force",
        "heard",
        "judged",
        "point",
        "quiet",
        "reviews",
        "silent",
    )

    _low: float
    _high: float
    _still: float
    _still_since: Instant

    def __init__(self, point: Point, room_state: RoomState | None, memory: Memory) -> None:
        self.point = point
        self.heard = memory.heard
        self.judged = memory.judged
        self.silent = memory.silent
        self.reviews = memory.reviews
        self._state, self._plain = memory.state, False
        self.judge_by(room_state)

    def judge_by(self, room_state: RoomState | None) -> None:
        """From now on by the limits of this room state."""
        state = self.state
        self.force = of_point(self.point, None if self._comes_late else room_state)
        self._frozen = self.force.conditions.frozen
        self._become(carry(state, self.force))

    @property
    def state(self) -> PointState:
        """What is remembered of the point."""
        if not self._plain or self._frozen is None or self.judged is None:
            return self._state
        return msgspec.structs.replace(self._state, still=Still(self._still, self._still_since, self.judged))

    def memory(self) -> Memory:
        return Memory(self.heard, self.judged, self.silent, self.state, self.reviews)

    def take(self, reading: Reading, stamp: Instant) -> Sequence[Finding] | None:
        """What a reading says that arrived at `stamp`; None where it is late, and says nothing of the present."""
        time, judged = reading.time, self.judged
        if judged is not None and time <= judged:
            return None
        value, reasons = reading.value, reading.reasons
        if self._low < value < self._high and not reasons & UNUSUAL:
            frozen = self._frozen
            if frozen is None:
                self.judged, self.heard, self.changed = time, stamp, True
                return ()
            if judged is None or abs(value - self._still) > frozen.within or time - judged > frozen.longest_pause:
                self._still, self._still_since = value, time
                self.judged, self.heard, self.changed = time, stamp, True
                return ()
            if time - self._still_since < frozen.after:
                self.judged, self.heard, self.changed = time, stamp, True
                return ()
        if reasons & CLOCK_AHEAD:
            time = believed_time(time, reading.received, judged)
        state = self.state
        self.judged, self.heard = time, stamp
        state, findings = point_judge.judge(self.force, state, time, value, reasons, reading.count, reading.volume)
        if self._comes_late:
            findings = [f if isinstance(f, Worsened) else replace(f, at=stamp) for f in findings]
        was_silent, self.silent = self.silent, False
        self._become(state)
        return [Returned(Condition.NO_DATA, stamp), *findings] if was_silent else findings

    def late_result(self, reading: Reading, stamp: Instant) -> Sequence[Raised]:
        """What a plate says by itself that was read after one of a later sample; nothing of other points."""
        if not self._comes_late:
            return ()
        _, findings = point_judge.judge(self.force, ALL_QUIET, reading.time, reading.value, reading.reasons)
        return [replace(finding, at=stamp) for finding in findings if isinstance(finding, Raised)]

    @property
    def _comes_late(self) -> bool:
        """Are readings results, known days after what they tell of, and the room state of that time with them?"""
        return self.point.quantity is Quantity.VIABLE_AIR

    def silence_due(self, listening_since: Instant) -> Instant | None:
        """When it will have been silent for too long; None where that is no alarm, or one already."""
        if self.silent or self.point.silent_after is None:
            return None
        return max(self.heard, listening_since) + self.point.silent_after

    def fall_silent(self, due: Instant) -> Finding:
        """It has been silent for too long."""
        state, self.silent = self.state, True
        self._become(state)
        return Raised(Condition.NO_DATA, self.point.fault_severity, onset=self.heard, at=due)

    def expire(self, now: Instant) -> Sequence[Finding]:
        """What is found because delays have run out."""
        state, findings = point_judge.expire(self.force, self.state, now)
        self._become(state)
        return findings

    def plan(self, reviews: tuple[Review, ...]) -> None:
        """Have these stretches judged again, and no others."""
        self.reviews, self.changed = reviews, True

    def _become(self, state: PointState) -> None:
        """Readings between `_low` and `_high` say nothing by themselves; where each has to be judged, none is."""
        self._state, self.changed, self.quiet = state, True, state.quiet
        remembers = self.force.rolling is not None or self.force.conditions.rate is not None
        self._plain = self.quiet and not self.silent and not remembers
        if self._frozen is not None:
            if state.still is None:
                self._plain = False
            else:
                self._still, self._still_since = state.still.value, state.still.since
        self._low, self._high = (self.force.low, self.force.high) if self._plain else (inf, -inf)

    @classmethod
    def new(cls, point: Point, room_state: RoomState | None, now: Instant) -> Self:
        """A point that is watched from now on, and was never heard before."""
        return cls(point, room_state, Memory(heard=now))


def believed_time(time: Instant, received: Instant, judged: Instant | None) -> Instant:
    """When a reading of a clock that is ahead is taken to be: when it was received, but after all that was judged.

    So one wrong stamp in the future never makes all that follow late.
    """
    return min(time, received if judged is None else max(received, judged + 1))

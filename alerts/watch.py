"""One point while it is watched: what has been judged of it, when it was heard, what is to be judged again."""

from collections.abc import Sequence
from typing import Self

import msgspec

from alerts import point_judge
from alerts.findings import Finding, Raised, Returned
from alerts.point_judge import ALL_QUIET, SPECIAL, PointState, carry, in_force
from alerts.reviews import Review
from facility.alarm import Condition
from facility.instants import Instant
from facility.limit import RoomState
from facility.limits import limits_in_force
from facility.reading import Reading, Reason
from facility.site import Point

VERSION = 1

CLOCK_AHEAD = int(Reason.CLOCK_AHEAD)
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

    Judging a reading that is inside every limit, while nothing is pending, only moves two times.
    """

    __slots__ = (
        "_high",
        "_low",
        "_quiet",
        "changed",
        "force",
        "heard",
        "judged",
        "point",
        "reviews",
        "silent",
        "state",
    )

    def __init__(self, point: Point, room_state: RoomState | None, memory: Memory) -> None:
        self.point = point
        self.heard = memory.heard
        self.judged = memory.judged
        self.silent = memory.silent
        self.reviews = memory.reviews
        self.changed = True
        self.state = memory.state
        self.judge_by(room_state)

    def judge_by(self, room_state: RoomState | None) -> None:
        """From now on by the limits of this room state."""
        self.force = in_force(limits_in_force(self.point, room_state))
        self._low, self._high = self.force.low, self.force.high
        self._become(carry(self.state, self.force))

    def memory(self) -> Memory:
        return Memory(self.heard, self.judged, self.silent, self.state, self.reviews)

    @property
    def quiet(self) -> bool:
        """Is nothing outside, nothing pending, nothing broken?"""
        return self._quiet

    def take(self, reading: Reading, stamp: Instant) -> Sequence[Finding] | None:
        """What a reading says that arrived at `stamp`; None where it is late, and says nothing of the present."""
        time, judged = reading.time, self.judged
        if judged is not None and time <= judged:
            return None
        reasons = reading.reasons
        ordinary = self._quiet and not self.silent and not reasons & UNUSUAL
        if ordinary and self._low < reading.value < self._high:
            self.judged, self.heard, self.changed = time, stamp, True
            return ()
        if reasons & CLOCK_AHEAD:
            time = believed_time(time, reading.received, judged)
        self.judged, self.heard, self.changed = time, stamp, True
        state, findings = point_judge.judge(
            self.force,
            self.point.fault_severity,
            self.state,
            time,
            reading.value,
            reasons,
            reading.count,
            reading.volume,
        )
        self._become(state)
        if self.silent:
            self.silent = False
            return [Returned(Condition.NO_DATA, stamp), *findings]
        return findings

    def silence_due(self, listening_since: Instant) -> Instant | None:
        """When it will have been silent for too long; None where that is no alarm, or one already."""
        if self.silent or self.point.silent_after is None:
            return None
        return max(self.heard, listening_since) + self.point.silent_after

    def fall_silent(self, due: Instant) -> Finding:
        """It has been silent for too long."""
        self.silent, self.changed = True, True
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
        self.state, self.changed = state, True
        self._quiet = state.quiet

    @classmethod
    def new(cls, point: Point, room_state: RoomState | None, now: Instant) -> Self:
        """A point that is watched from now on, and was never heard before."""
        return cls(point, room_state, Memory(heard=now))


def believed_time(time: Instant, received: Instant, judged: Instant | None) -> Instant:
    """When a reading of a clock that is ahead is taken to be: when it was received, but after all that was judged.

    So one wrong stamp in the future never makes all that follow late.
    """
    return min(time, received if judged is None else max(received, judged + 1))

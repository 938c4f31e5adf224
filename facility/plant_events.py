"""What the plant says beside readings: room states, and batches that start and end."""

from typing import TypeAlias

import msgspec

from facility.instants import Instant
from facility.limit import RoomState


class RoomStateSet(msgspec.Struct, frozen=True, tag="room state"):
    """From `time` on, a room (and the zones inside it) is in this state. `by` names the system or person."""

    room: str
    state: RoomState
    time: Instant
    by: str


class BatchStarted(msgspec.Struct, frozen=True, tag="batch start"):
    """A batch is made in a room from `time` on."""

    batch: str
    room: str
    time: Instant
    by: str


class BatchEnded(msgspec.Struct, frozen=True, tag="batch end"):
    """A batch left a room at `time`."""

    batch: str
    room: str
    time: Instant
    by: str


PlantEvent: TypeAlias = RoomStateSet | BatchStarted | BatchEnded

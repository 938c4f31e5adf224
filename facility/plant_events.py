"""What the plant says beside readings: room states, batches that start and end, sources that come and go."""

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


class SourceStatus(msgspec.Struct, frozen=True, tag="source status"):
    """A source is online, or gone. `time` is when that was said: of a last will when the connection was made."""

    source: str
    online: bool
    time: Instant


class SourceHeard(msgspec.Struct, frozen=True, tag="source heard"):
    """These points are heard through this source from now on."""

    source: str
    points: tuple[str, ...]


RoomEvent: TypeAlias = RoomStateSet | BatchStarted | BatchEnded
SourceEvent: TypeAlias = SourceStatus | SourceHeard
PlantEvent: TypeAlias = RoomEvent | SourceEvent

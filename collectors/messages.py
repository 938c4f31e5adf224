"""Our own JSON messages: what instruments and gateways send to `instruments/<site>/<source>/...`.

`docs/messages.md` explains them with examples; `docs/*.schema.json` are generated from these types. Fields that are
not named here make a message malformed: a misspelt `flags` must not pass for a sound instrument.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from facility.limit import RoomState

LARGEST = 2**53
"""The largest whole number that JSON carries exactly everywhere."""

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Term: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^\\x00]*$")]
"""What goes on record as it came; PostgreSQL cannot hold a NUL character."""
Time: TypeAlias = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset: 2026-11-22T08:35:00Z")]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=LARGEST)]
Litres: TypeAlias = Annotated[float, Meta(ge=0)]
Number: TypeAlias = Annotated[int, Meta(ge=0, le=LARGEST)]


class Flag(StrEnum):
    """What the instrument says about itself during a sample."""

    FLOW = "flow"
    LASER = "laser"
    SENSOR = "sensor"
    OVERFLOW = "overflow"
    SERVICE = "service"
    MAINTENANCE = "maintenance"


class Value(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One number of one point, in the unit of the point's quantity; null where the instrument has none."""

    point: Name
    time: Time
    value: float | None
    flags: tuple[Flag, ...] = ()
    serial: Name | None = None


class Sample(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One particle sample. `time` is its end; `counts` are raw and cumulative, by size in µm ("0.5": 1234)."""

    instrument: Name
    time: Time
    duration_s: Annotated[float, Meta(ge=0)]
    volume_l: Litres
    counts: dict[str, Count]
    flags: tuple[Flag, ...] = ()
    serial: Name | None = None


class Viable(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, omit_defaults=True):
    """One viable-air result. `time` is the end of the sampling, not of the incubation; `holes` those of the sieve."""

    point: Name
    time: Time
    count: Count
    volume_l: Litres
    holes: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    flags: tuple[Flag, ...] = ()
    serial: Name | None = None


class ReadingsMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`instruments/<site>/<source>/readings`: any number of readings of any kind.

    `epoch` and `sequence` number the messages of a source that keeps an outbox: a new epoch for each start of the
    outbox, sequences from 1 without gaps.
    """

    version: Literal[1]
    epoch: Number | None = None
    sequence: Number | None = None
    values: tuple[Value, ...] = ()
    samples: tuple[Sample, ...] = ()
    viable: tuple[Viable, ...] = ()


class RoomStateEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag="room state"):
    """From `time` on, a room is in this state. `by` names the system or person."""

    room: Name
    state: RoomState
    time: Time
    by: Term


class BatchStartEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag="batch start"):
    """A batch is made in a room from `time` on."""

    batch: Term
    room: Name
    time: Time
    by: Term


class BatchEndEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="event", tag="batch end"):
    """A batch left a room at `time`."""

    batch: Term
    room: Name
    time: Time
    by: Term


Event: TypeAlias = RoomStateEvent | BatchStartEvent | BatchEndEvent


class EventsMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """`instruments/<site>/<source>/events`: room states and batches. Numbered together with the readings."""

    version: Literal[1]
    epoch: Number | None = None
    sequence: Number | None = None
    events: tuple[Event, ...] = ()


class StatusMessage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`instruments/<site>/<source>/status`, retained: a source is online, or gone. Also its last will.

    `time` is when it is said; in a will, when the connection was made.
    """

    version: Literal[1]
    online: bool
    time: Time


class Acknowledgement(msgspec.Struct, frozen=True):
    """`instruments/<site>/<source>/ack`: every message of this epoch up to this sequence is stored."""

    epoch: int
    sequence: int

"""What goes into the local store together, and what comes out of it by number."""

from collections.abc import Sequence

import msgspec

from facility.instants import Instant
from facility.plant_events import PlantEvent
from facility.reading import Reading


class DeadLetter(msgspec.Struct, frozen=True):
    """A message, or a part of one, that could not be understood: kept whole, with its reason.

    `readings` says for how many readings it stands in the balance.
    """

    received: Instant
    source: str
    topic: str
    payload: bytes
    reason: str
    readings: int = 1


class Intake(msgspec.Struct, frozen=True, gc=False):
    """One decoded message of one source. `epoch` and `sequence` are the sender's numbering, where it has one."""

    source: str
    readings: Sequence[Reading] = ()
    events: Sequence[PlantEvent] = ()
    dead_letters: Sequence[DeadLetter] = ()
    epoch: int | None = None
    sequence: int | None = None


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of one point's time, both ends included."""

    point: str
    start: Instant
    end: Instant


class Commit(msgspec.Struct, frozen=True):
    """What one transaction of the local store added, numbered without gaps from 1.

    `stamp` is when it was committed and never decreases from one commit to the next. `readings` are those newly
    stored, ordered by time and point; repeats and conflicts are not among them. `backfilled` are stretches of
    history that were stored in bulk: read them from the store.
    """

    number: int
    stamp: Instant
    readings: tuple[Reading, ...] = ()
    events: tuple[PlantEvent, ...] = ()
    backfilled: tuple[Stretch, ...] = ()

"""What Cleanwatch publishes on its clean topics, as JSON. Times are ISO 8601 in UTC.

These are for anyone on site: a building management system, an andon light, the app's own live hub.
"""

from datetime import datetime
from typing import Annotated, TypeAlias

import msgspec

Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
ValidityWord: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(valid|suspect|invalid)$")]
SeverityWord: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(advisory|alert|action)$")]
RoomStateWord: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(in operation|at rest|cleaning|not in use)$")]

HoldWord: TypeAlias = Annotated[str, msgspec.Meta(pattern="^(out of service|suppressed by design|shelved|cause)$")]


class CleanReading(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stored reading: `cleanwatch/<site>/readings/<point>`, not retained. `value` is null without a number."""

    point: str
    time: Moment
    value: float | None
    unit: str
    validity: ValidityWord
    received: Moment
    reasons: tuple[str, ...] = ()
    late: bool = False
    """Older than a reading of the same point that is stored already."""


class HeldNotice(msgspec.Struct, frozen=True):
    """Why an alarm calls nobody, although it is judged as ever. `until` is null where no moment ends it."""

    kind: HoldWord
    since: Moment
    until: Moment | None
    by: str
    reason: str
    hold: int | None = None
    """The number of the hold on record, of what a person has put aside."""


class AlarmNotice(msgspec.Struct, frozen=True):
    """The present state of one alarm: `cleanwatch/<site>/alarms/<point>/<condition>`, retained.

    For a source that is lost, `point` is `source:` and its name, and `blinds` are the points heard through it.
    """

    alarm: str
    point: str
    room: str
    condition: str
    severity: SeverityWord
    state: str
    onset: Moment
    raised: Moment
    returned: Moment | None
    value: float | None
    limit: float | None
    operator: str | None
    worst: float | None
    unit: str
    acknowledged_by: str | None
    acknowledged_at: Moment | None
    comment: str | None
    blinds: tuple[str, ...] = ()
    latched: bool = False
    """Must a person reset it after it has returned?"""
    held: HeldNotice | None = None
    """Why it calls nobody now; null while it does."""
    cause: str | None = None
    """The alarm that explains it."""
    first_out: bool = False
    """Was it the first of several that began together?"""


class HoldNotice(msgspec.Struct, frozen=True):
    """One thing that a person has put aside, or asks to: then `since` and `until` are null until it is approved."""

    hold: int
    kind: HoldWord
    of: str
    """A point; or `instrument:`, `source:` or `room:` and a name."""
    condition: str | None
    severity: SeverityWord
    since: Moment | None
    until: Moment | None
    by: str
    reason: str


class HoldsNotice(msgspec.Struct, frozen=True):
    """Everything that is shelved or out of service at a station: `cleanwatch/<site>/holds/<station>`, retained."""

    holds: tuple[HoldNotice, ...]


class RoomNotice(msgspec.Struct, frozen=True):
    """Room state and running batches: `cleanwatch/<site>/rooms/<room>`, retained. `state` is null while unknown."""

    room: str
    state: RoomStateWord | None
    since: Moment | None
    batches: tuple[str, ...]


class StationBeat(msgspec.Struct, frozen=True):
    """A station's heartbeat, once a second: `cleanwatch/<site>/stations/<station>`, retained.

    Its will has `alive` false.
    """

    station: str
    alive: bool
    at: Moment
    revision: int
    """The site revision in force."""
    commit: int
    """The number of the newest commit in the local store."""
    judged: int
    """The number of the newest commit that the engine has judged."""

"""What Cleanwatch publishes on its clean topics, as JSON. Times are ISO 8601 in UTC.

These are for anyone on site: a building management system, an andon light, the app's own live hub.
"""

from datetime import datetime

import msgspec


class CleanReading(msgspec.Struct, frozen=True, omit_defaults=True):
    """One stored reading: `cleanwatch/<site>/readings/<point>`, not retained. `value` is null without a number."""

    point: str
    time: datetime
    value: float | None
    unit: str
    validity: str
    received: datetime
    reasons: tuple[str, ...] = ()
    late: bool = False
    """Older than a reading of the same point that is stored already."""


class AlarmNotice(msgspec.Struct, frozen=True):
    """The present state of one alarm: `cleanwatch/<site>/alarms/<point>/<condition>`, retained.

    For a source that is lost, `point` is `source:` and its name, and `blinds` are the points heard through it.
    """

    alarm: str
    point: str
    room: str
    condition: str
    severity: str
    state: str
    onset: datetime
    raised: datetime
    returned: datetime | None
    value: float | None
    limit: float | None
    operator: str | None
    worst: float | None
    unit: str
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    comment: str | None
    blinds: tuple[str, ...] = ()


class RoomNotice(msgspec.Struct, frozen=True):
    """Room state and running batches: `cleanwatch/<site>/rooms/<room>`, retained. `state` is null while unknown."""

    room: str
    state: str | None
    since: datetime | None
    batches: tuple[str, ...]


class StationBeat(msgspec.Struct, frozen=True):
    """A station's heartbeat, once a second: `cleanwatch/<site>/stations/<station>`, retained.

    Its will has `alive` false.
    """

    station: str
    alive: bool
    at: datetime
    revision: int
    """The site revision in force."""
    commit: int
    """The number of the newest commit in the local store."""
    judged: int
    """The number of the newest commit that the engine has judged."""

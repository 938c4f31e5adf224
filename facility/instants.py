"""Time inside Cleanwatch: whole milliseconds since 1970, UTC. Shown in the site's zone, never stored in it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Instant: TypeAlias = int
"""A moment: milliseconds since 1970-01-01T00:00:00Z."""

Span: TypeAlias = int
"""A length of time in milliseconds."""

Clock: TypeAlias = Callable[[], Instant]
"""Whatever tells the time; passed in wherever time decides something."""

SECOND: Span = 1_000
MINUTE: Span = 60 * SECOND
HOUR: Span = 60 * MINUTE
DAY: Span = 24 * HOUR


def system_clock() -> Instant:
    """Now, by this machine's clock."""
    return time.time_ns() // 1_000_000


def instant_of(moment: datetime) -> Instant:
    """The instant of a datetime that carries a zone; one without a zone raises ValueError."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; write 2026-11-22T08:35:00Z")
    return round(moment.timestamp() * 1000)


def datetime_of(instant: Instant) -> datetime:
    """The UTC datetime of an instant."""
    return datetime.fromtimestamp(instant / 1000, UTC)


def text_of(instant: Instant) -> str:
    """ISO 8601 in UTC with milliseconds: 2026-11-22T08:35:00.000Z."""
    return datetime_of(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")

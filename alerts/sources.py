"""When the loss of a source is an alarm, and when it is over. Every step is a function from one source to the next.

A source announces itself, and its broker says when it is gone (MQTT's last will). Of one that never announced itself
nothing is judged: its points fall silent one by one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from alerts.findings import Finding, Raised, Returned
from facility.alarm import Blinded, Condition, of_source
from facility.instants import MINUTE, SECOND, Instant, Span
from facility.limit import Severity
from facility.plant_events import SourceHeard, SourceStatus
from facility.site import Point
from storage.records.sources import KnownSource

FORGIVEN: Span = 20 * SECOND
"""A loss this short calls nobody: longer than our gateways' longest pause between attempts to connect (15 s), shorter
than the shortest usual silence of a point (30 s), for which it stands in."""

BACK_FOR_GOOD: Span = 10 * SECOND
"""So long a source must be back before its loss is over: one that comes and goes all the time is lost."""

TIME_TO_COME: Span = MINUTE
"""After a start of the station every source is given this long: after a power cut they all come up together."""


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """What the alarm of a source is of; the room is the first of those where it is worst, empty if none is known."""

    id: str
    room: str


def said(known: KnownSource | None, status: SourceStatus, station: str, at: Instant) -> KnownSource:
    """The source after it has come or gone at `at`."""
    if known is None:
        return KnownSource(status.source, station, status.online, at, None if status.online else at)
    if known.online == status.online:
        return known
    lost = known.lost if status.online or known.lost is not None else at
    return replace(known, station=station, online=status.online, since=at, lost=lost)


def heard(known: KnownSource, event: SourceHeard) -> KnownSource:
    """The source after points were heard through it."""
    return replace(known, points=tuple(sorted({*known.points, *event.points})))


def due(known: KnownSource, raised: bool, listening_since: Instant) -> Instant | None:
    """When its loss becomes an alarm, or is over; None while nothing is to come by time alone."""
    if known.lost is None:
        return None
    if known.online:
        return known.since + BACK_FOR_GOOD
    return None if raised else max(known.lost + FORGIVEN, known.since, listening_since + TIME_TO_COME)


def at_due(known: KnownSource, when: Instant, severity: Severity) -> tuple[KnownSource, Finding]:
    """The source when the moment that `due` said has come, and what is found."""
    if known.online:
        return replace(known, lost=None), Returned(Condition.SOURCE_LOST, known.since)
    assert known.lost is not None
    return known, Raised(Condition.SOURCE_LOST, severity, onset=known.lost, at=when)


def place(known: KnownSource, points: Mapping[str, Point]) -> tuple[SourcePlace, Severity, tuple[Blinded, ...]]:
    """What an alarm of this source is of, how bad it is, and which points of the site it blinds.

    As bad as the silence of its worst point; an alert where no point is known.
    """
    blind = [points[id] for id in known.points if id in points]
    severity = max((point.fault_severity for point in blind), default=Severity.ALERT)
    worst = next((point.room for point in blind if point.fault_severity is severity), "")
    blinds = tuple(Blinded(point.id, point.room) for point in blind)
    return SourcePlace(of_source(known.source), worst), severity, blinds

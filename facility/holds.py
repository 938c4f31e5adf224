"""Holds: what people put aside for a while, so that its alarms call nobody, and how long that may be."""

from dataclasses import dataclass

from facility.alarm import Alarm, Condition, Held, HoldKind, room_of
from facility.instants import DAY, MINUTE, Instant, Span
from facility.limit import Severity
from facility.site import Site

SHELVED_AT_LEAST: Span = MINUTE
SHELVED_AT_MOST: Span = DAY
"""Longer than that is no putting aside: the limit is changed, or the instrument is taken out of service."""

OUT_OF_SERVICE_AT_MOST: Span = 366 * DAY

INSTRUMENT = "instrument:"
"""A hold of an instrument has, where others have the id of a point, this and the id of the instrument."""


def of_instrument(instrument: str) -> str:
    """What stands in place of a point's id in a hold of an instrument. No point's id has a colon."""
    return INSTRUMENT + instrument


def instrument_of(place: str) -> str | None:
    """The instrument that a hold is of, by what it has for a place; None where that is something else."""
    return place.removeprefix(INSTRUMENT) if place.startswith(INSTRUMENT) else None


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that a person has put aside, or asks to put aside: shelved, or taken out of service.

    `of` is a point, an instrument, a source or a room, as alarms name them; `condition` is None for all of them.
    `severity` is up to which it holds back: an alarm that is more severe calls all the same. `span` is for how long
    it was asked; shelving ends by itself then, what is out of service is only expected back.
    `since` is None until it is in force, `approved_by` whoever has approved it where that was needed.
    """

    id: int
    kind: HoldKind
    of: str
    condition: Condition | None
    severity: Severity
    asked_at: Instant
    asked_by: str
    reason: str
    span: Span
    approved_by: str | None = None
    since: Instant | None = None
    ended: Instant | None = None
    ended_by: str | None = None
    why_ended: str | None = None

    @property
    def in_force(self) -> bool:
        """Does it hold anything back?"""
        return self.since is not None and self.ended is None

    @property
    def waits(self) -> bool:
        """Must somebody approve it first?"""
        return self.since is None and self.ended is None

    @property
    def until(self) -> Instant | None:
        """When it ends, or is expected to; None where it is not in force yet."""
        return None if self.since is None else self.since + self.span

    @property
    def due(self) -> Instant | None:
        """When it ends by itself; None where it does not."""
        return self.until if self.in_force and self.kind is HoldKind.SHELVED else None

    def concerns(self, alarm: Alarm, site: Site) -> bool:
        """Is an alarm one of those that it is about, whatever its severity?"""
        instrument = site.points[alarm.point].instrument if alarm.point in site.points else None
        here = self.of == alarm.point or (instrument is not None and self.of == of_instrument(instrument))
        all_of_it = self.condition is None and alarm.condition is not Condition.STILL_OUT_OF_SERVICE
        return here and (all_of_it or self.condition is alarm.condition)

    def covers(self, alarm: Alarm, site: Site) -> bool:
        """Does it hold this alarm back now?"""
        return self.in_force and alarm.severity <= self.severity and self.concerns(alarm, site)

    @property
    def held(self) -> Held:
        """What an alarm says of it that it holds back."""
        assert self.since is not None
        return Held(self.kind, self.since, self.until, self.asked_by, self.reason, self.id)


def object_of(place: str) -> str:
    """What a hold is of, as the audit trail names it: `point B101.DP1`, `instrument PC1`, `source gateway-1`."""
    kind, colon, name = place.partition(":")
    return f"{kind} {name}" if colon else f"point {place}"


def room_of_hold(place: str, site: Site) -> str | None:
    """The room of what a hold is of; None where the site has no such thing, or it is a source."""
    if place in site.points:
        return site.points[place].room
    instrument = site.instruments.get(instrument_of(place) or "")
    room = room_of(place) if instrument is None else instrument.room
    return room if room in site.rooms else None

"""Which state each room is in: what was set last, for the room itself or for a room around it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from facility.instants import Instant
from facility.limit import RoomState
from facility.plant_events import RoomStateSet
from facility.site import Site


@dataclass(frozen=True, slots=True)
class RoomStates:
    """The newest state set for each room, and those that begin later, by time."""

    held: dict[str, RoomStateSet]
    coming: tuple[RoomStateSet, ...] = ()

    @property
    def due(self) -> Instant | None:
        """When the next state begins."""
        return self.coming[0].time if self.coming else None

    def at(self, now: Instant) -> "RoomStates":
        """As they are when time has come to `now`."""
        if not self.coming or self.coming[0].time > now:
            return self
        held = dict(self.held)
        for event in self.coming:
            if event.time <= now and (event.room not in held or event.time >= held[event.room].time):
                held[event.room] = event
        return RoomStates(held, tuple(event for event in self.coming if event.time > now))

    def with_set(self, event: RoomStateSet, now: Instant) -> "RoomStates":
        """With one more state; of two from the same time the later word holds, and an older one changes nothing."""
        coming = sorted((*self.coming, event), key=lambda coming: coming.time)
        return replace(self, coming=tuple(coming)).at(now)

    def of(self, site: Site, room: str) -> RoomStateSet | None:
        """What holds for a room now; None while its state is unknown."""
        known = [self.held[name] for name in around(site, room) if name in self.held]
        return max(known, key=lambda event: event.time, default=None)


def around(site: Site, room: str) -> tuple[str, ...]:
    """A room and the rooms that it is inside of, from the inside out."""
    names = [room]
    while (outer := site.rooms[names[-1]].inside) is not None:
        names.append(outer)
    return tuple(names)


def within(site: Site, room: str) -> tuple[str, ...]:
    """A room and the zones inside it."""
    return tuple(other for other in site.rooms if room in around(site, other))


def periods(
    timeline: Sequence[RoomStateSet], start: Instant, end: Instant
) -> Iterable[tuple[Instant, Instant, RoomState | None]]:
    """Start, end and room state of each part of `[start, end)`, by the states that were set, in order of time."""
    state: RoomState | None = None
    for event in timeline:
        if event.time >= end:
            break
        if event.time > start:
            yield start, event.time, state
            start = event.time
        state = event.state
    if start < end:
        yield start, end, state

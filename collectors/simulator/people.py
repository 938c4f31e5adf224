"""People and material on their way: through the doors in order, and through an airlock one party at a time."""

import random
from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from collectors.simulator.changes import Change, DoorMoves, PeopleMove
from collectors.simulator.design import PlantDesign
from facility.instants import MINUTE, SECOND, Instant
from facility.site import Site

DOOR_OPEN = (6.0, 12.0)
WALK = (10.0, 25.0)
"""Seconds: a door is open for one passage, and from door to door through a room that is no airlock."""
INTERLOCK_PAUSE = 4 * SECOND
"""Between the closing of one door of an airlock and the opening of its other."""
CHANGING = 4 * MINUTE
"""How long people are in the entrance, before they go in and before they leave."""


@dataclass(frozen=True, slots=True, order=True)
class Walk:
    """A party of so many people goes from room to room. Material that is handed on is a party of nobody."""

    start: Instant
    route: tuple[str, ...]
    people: int


def route(site: Site, design: PlantDesign, kind: Literal["people", "material"], end: str) -> tuple[str, ...]:
    """The rooms on the shortest way in, both ends included, through no airlock that is meant for the other kind.

    People come in at the entrance, or with the material where no way leads there from the entrance.

    Empty where no doors lead there.
    """
    starts = (design.entrance, design.receiving) if kind == "people" else (design.receiving,)
    neighbours: dict[str, list[str]] = defaultdict(list)
    for door in site.doors:
        for one, other in (door.between, door.between[::-1]):
            neighbours[one].append(other)
    came_from, ahead = dict.fromkeys(starts, ""), deque(starts)
    while ahead:
        room = ahead.popleft()
        if room == end:
            way = [end]
            while came_from[way[-1]]:
                way.append(came_from[way[-1]])
            return tuple(reversed(way))
        for other in neighbours[room]:
            if other not in came_from and design.rooms[other].airlock_for in (None, kind):
                came_from[other] = room
                ahead.append(other)
    return ()


def passages(walks: Iterable[Walk], design: PlantDesign, chance: random.Random) -> list[Change]:
    """What these walks do to doors and rooms. A party waits at an airlock until the one before has left it."""
    changes: list[Change] = []
    doors_out = (design.entrance, design.receiving)
    free_from: dict[str, Instant] = defaultdict(int)
    for walk in sorted(walks):
        now, behind = walk.start, None
        if walk.people and walk.route[0] in doors_out:
            changes.append(PeopleMove(now - CHANGING, walk.route[0], walk.people))
        for here, there in zip(walk.route, walk.route[1:], strict=False):
            now = max(now, free_from[there])
            closed = now + round(chance.uniform(*DOOR_OPEN) * SECOND)
            changes += [DoorMoves(now, (here, there), opens=True), DoorMoves(closed, (here, there), opens=False)]
            if walk.people:
                changes += [PeopleMove(now, here, -walk.people), PeopleMove(now, there, walk.people)]
            if behind is not None:
                free_from[behind] = closed + INTERLOCK_PAUSE
            dwell = design.rooms[there].dwell
            behind = there if dwell else None
            stay = chance.uniform(0.8, 1.3) * dwell or chance.uniform(*WALK)
            now = closed + INTERLOCK_PAUSE + round(stay * SECOND)
            if dwell:
                free_from[there] = now
        if walk.people and walk.route[-1] in doors_out:
            changes.append(PeopleMove(now + CHANGING, walk.route[-1], -walk.people))
    return changes

"""In which row of a schematic a room stands: air falls down the page, from the highest pressure and grade on top."""

from collections.abc import Iterable, Sequence

from facility.site import Classification, Grade, Room

_CLEANNESS = {Grade.A: 4.8, Grade.B: 5.0, Grade.C: 7.0, Grade.D: 8.0}
"""Grades among ISO classes: about their class at 0.5 µm, at rest (EU GMP Annex 1:2022, Table 1)."""
_UNCLASSIFIED = 10.0


def ranks(
    rooms: Sequence[Room], steps: Iterable[tuple[str, str]], doors: Iterable[tuple[str, str]]
) -> dict[str, int]:
    """The row of each room, from 0 at the top. `steps` lead from high to low pressure.

    A room is below all whose air falls into it, and no higher than it must be. One without a step stands beside a
    room of its class that it has a door to, else beside its class, else below what is cleaner.
    """
    falling = _without_circles([room.id for room in rooms], steps)
    found = _by_steps(falling)
    for room in sorted((room for room in rooms if room.id not in found), key=lambda room: cleanness(room)):
        found[room.id] = _beside(room, rooms, found, list(doors))
    rows = {rank: row for row, rank in enumerate(sorted(set(found.values())))}
    return {room.id: rows[found[room.id]] for room in rooms}


def cleanness(room: Room) -> float:
    """Lower is cleaner: by ISO class, or by the class that a grade is at rest."""
    found: Classification | None = room.classification
    if found is None:
        return _UNCLASSIFIED
    return _CLEANNESS[found] if isinstance(found, Grade) else found.number


def _without_circles(rooms: Sequence[str], steps: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The steps of these rooms, but for those that lead back to where the air came from."""
    kept: list[tuple[str, str]] = []
    for high, low in steps:
        if high in rooms and low in rooms and high not in _reached(low, kept):
            kept.append((high, low))
    return kept


def _reached(start: str, steps: Sequence[tuple[str, str]]) -> set[str]:
    found = {start}
    while more := {low for high, low in steps if high in found} - found:
        found |= more
    return found


def _by_steps(steps: Sequence[tuple[str, str]]) -> dict[str, int]:
    found = {room: 0 for step in steps for room in step}
    falling = True
    while falling:
        falling = False
        for high, low in steps:
            if found[low] <= found[high]:
                found[low], falling = found[high] + 1, True
    for room in found.keys() - {low for _high, low in steps}:
        found[room] = min(found[low] for high, low in steps if high == room) - 1
    return found


def _beside(room: Room, rooms: Sequence[Room], found: dict[str, int], doors: Sequence[tuple[str, str]]) -> int:
    alike = {other.id for other in rooms if other.id in found and cleanness(other) == cleanness(room)}
    through = [other for door in doors if room.id in door for other in door if other in alike]
    if through or alike:
        return max(found[other] for other in through or alike)
    cleaner = [found[other.id] for other in rooms if other.id in found and cleanness(other) < cleanness(room)]
    return max(cleaner) + 1 if cleaner else min(found.values(), default=0) - 1

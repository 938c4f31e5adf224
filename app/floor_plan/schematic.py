"""A plan for rooms whose places nobody has written: rows from the cleanest down, joined as doors and pressures do.

Every room is a box; what belongs together is brought above each other, and a lane is kept free through a row that a
way leads past.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.floor_plan.ranks import cleanness, ranks
from facility.site import Rectangle, Room

WIDTH = 1200.0
MOST = 6
"""Rooms in a row; what is more begins another one."""
GAP = 52.0
"""Between rows: so high an arrow and its figure are."""
LANE = 72.0
LANES = 0.4
"""The part of a row that its lanes take at most."""
ROW = 150.0
ZONE = 88.0
"""The height that a zone takes in its room."""
SWEEPS = 6


@dataclass(frozen=True, slots=True)
class _Lane:
    """A place kept free in a row, for the way from a room above it to one below."""

    high: str
    low: str


_Item = str | _Lane


def schematic(
    rooms: Sequence[Room],
    zones: Mapping[str, int],
    steps: Iterable[tuple[str, str]],
    doors: Iterable[tuple[str, str]],
) -> dict[str, Rectangle]:
    """A box for each room. `steps` lead from high to low pressure, `zones` are how many each room has."""
    ways = [(a, b) for a, b in dict.fromkeys([*steps, *doors])]
    rows = _ordered(_rows(rooms, ranks(rooms, steps, doors)), ways)
    boxes, y = {}, 0.0
    for row in rows:
        height = max([ROW, *(36 + ZONE * zones.get(item, 0) for item in row if isinstance(item, str))])
        for item, (left, right) in _spans(row).items():
            if isinstance(item, str):
                boxes[item] = Rectangle(left, y, right - left, height)
        y += height + GAP
    return boxes


def _rows(rooms: Sequence[Room], found: Mapping[str, int]) -> list[list[str]]:
    """The rooms of each row, in the order of the site file; a rank with too many for one row takes several."""
    rows = []
    for rank in range(max(found.values()) + 1):
        of_rank = sorted((room for room in rooms if found[room.id] == rank), key=cleanness)
        parts = -(-len(of_rank) // MOST)
        each = -(-len(of_rank) // parts)
        rows += [[room.id for room in of_rank[at : at + each]] for at in range(0, len(of_rank), each)]
    return rows


def _ordered(rows: Sequence[Sequence[str]], ways: Sequence[tuple[str, str]]) -> list[list[_Item]]:
    """The rows with their lanes, each item as near as may be to what it is joined to above and below."""
    row_of = {room: number for number, row in enumerate(rows) for room in row}
    ordered: list[list[_Item]] = [list(row) for row in rows]
    joined: dict[_Item, list[_Item]] = {}
    for a, b in ways:
        high, low = sorted((a, b), key=lambda room: row_of[room])
        chain: list[_Item] = [high]
        for number in range(row_of[high] + 1, row_of[low]):
            lane = _Lane(high, low)
            if lane not in ordered[number]:
                ordered[number].append(lane)
            chain.append(lane)
        for one, other in zip(chain, [*chain[1:], low], strict=True):
            joined.setdefault(one, []).append(other)
            joined.setdefault(other, []).append(one)
    for sweep in range(SWEEPS):
        numbers = range(len(ordered)) if sweep % 2 == 0 else range(len(ordered) - 1, -1, -1)
        for number in numbers:
            beside = number - 1 if sweep % 2 == 0 else number + 1
            if 0 <= beside < len(ordered):
                ordered[number] = _towards(ordered[number], _spans(ordered[beside]), joined)
    return ordered


def _towards(
    row: list[_Item], beside: Mapping[_Item, tuple[float, float]], joined: Mapping[_Item, Sequence[_Item]]
) -> list[_Item]:
    own = _spans(row)

    def wanted(item: _Item) -> float:
        spans = [beside[other] for other in joined.get(item, ()) if other in beside] or [own[item]]
        return sum(left + right for left, right in spans) / len(spans)

    return sorted(row, key=wanted)


def _spans(row: Sequence[_Item]) -> dict[_Item, tuple[float, float]]:
    """From where to where each item of a row goes: rooms are alike in width."""
    lanes = sum(isinstance(item, _Lane) for item in row)
    lane = min(LANE, LANES * WIDTH / lanes) if lanes else 0.0
    room = (WIDTH - lanes * lane) / (len(row) - lanes)
    spans, x = {}, 0.0
    for item in row:
        width = lane if isinstance(item, _Lane) else room
        spans[item] = (x, x + width)
        x += width
    return spans
